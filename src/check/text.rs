//! What is wrong with a text itself, whatever it deploys: told once, and of no environment.

use crate::diagnostic::{Diagnostic, Environments, Severity};
use crate::syntax::{Document, INVALID_JSON};
use crate::template::DocumentKind;

/// What is wrong with the text of a document. A file that is no template may be meant for something else than JSON: there
/// it is worth a note.
pub(super) fn text_problems(document: &Document, kind: DocumentKind) -> Vec<Diagnostic> {
    let ours = matches!(kind, DocumentKind::Template(_) | DocumentKind::ParameterFile);
    let told = document.problems().iter().filter(|problem| ours || problem.rule.as_ref() == INVALID_JSON);
    told.cloned()
        .map(|mut problem| {
            if !ours {
                problem.severity = Severity::Note;
            }
            anywhere(problem)
        })
        .collect()
}

/// What is wrong with a text is so in every environment, and none is named.
pub(super) fn anywhere(problem: Diagnostic) -> Diagnostic {
    Diagnostic { environments: Environments::default(), ..problem }
}
