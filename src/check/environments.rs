//! The environments of a template: its defaults, and each parameter file that belongs to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Request;
use super::documents::{Documents, folder, join, name};
use super::judge::Environment;
use super::merge::{DEFAULTS, Name};
use super::pair::{Claim, Pairs};
use super::text::text_problems;
use crate::diagnostic::{Diagnostic, Environments, Unreadable};
use crate::lower::{Blueprint, Values};
use crate::syntax::Node;
use crate::template::{DocumentKind, recognise};

/// How many parameter files of one template are looked at.
const MAX_FILES: usize = 200;

/// Where the parameter files of templates are looked for.
pub(super) struct Around<'r> {
    pub(super) documents: &'r Documents,
    pub(super) request: &'r Request<'r>,
    /// Whether there is no other file to check.
    pub(super) alone: bool,
    /// What is in each folder, which is listed once.
    pub(super) folders: Mutex<BTreeMap<String, Arc<OnceLock<Pairs>>>>,
}

impl Around<'_> {
    /// The parameter files of the templates of a folder.
    fn pairs(&self, own: &str) -> Arc<OnceLock<Pairs>> {
        let slot = Arc::clone(self.folders.lock().unwrap_or_else(PoisonError::into_inner).entry(own.to_owned()).or_default());
        slot.get_or_init(|| {
            let below = format!("{own}parameters/");
            Pairs::of((own, &self.documents.names(own)), (&below, &self.documents.names(&below)))
        });
        slot
    }

    /// The files beside a template that may hold its parameters.
    fn beside(&self, path: &str) -> Vec<(String, Claim)> {
        let pairs = self.pairs(folder(path));
        let found = pairs.get().map(|pairs| pairs.beside(path, MAX_FILES)).unwrap_or_default();
        found.into_iter().map(|(file, claim)| (file.to_owned(), claim)).collect()
    }
}

/// The environments of the template at `path`, and what does not fit in their files.
pub(super) fn of(
    around: &Around<'_>,
    path: &str,
    blueprint: &Blueprint,
    unreadable: &mut Vec<Unreadable>,
) -> (Vec<Environment>, Vec<Diagnostic>) {
    let mut environments = vec![Environment { name: Name::new(DEFAULTS), values: Values::default() }];
    let mut problems = Vec::new();
    let given = &around.request.parameters;
    let local = around.request.regime.of(path);
    let paired = local.config.as_ref().and_then(|config| config.parameters_of(path));
    let candidates = match (given.as_slice(), paired) {
        ([], Some(files)) => files.iter().map(|file| (file.value.clone(), Claim::Named)).collect(),
        ([], None) => around.beside(path),
        (given, _) => {
            let claim = if around.alone { Claim::Named } else { Claim::Likely };
            given.iter().map(|file| (file.clone(), claim)).collect()
        }
    };
    for (file, claim) in candidates.into_iter().take(MAX_FILES) {
        match read(around.documents, &file) {
            Ok(Some(mut content)) => {
                let target = content.template.and_then(|template| join(folder(&file), &template));
                let named = target.is_some() && target == join(folder(path), name(path));
                if claim == Claim::Likely && !named && !content.values.fit(blueprint) {
                    continue;
                }
                problems.append(&mut content.problems);
                problems.extend(content.values.mismatches(blueprint).into_iter().map(|problem| in_file(problem, &file)));
                environments.push(Environment { name: Name::new(&file), values: content.values });
            }
            Ok(None) => {}
            Err(error) => unreadable.push(Unreadable::new(file, error)),
        }
    }
    (environments, problems)
}

/// A problem of a parameter file is one of the environment that the file is.
fn in_file(problem: Diagnostic, file: &str) -> Diagnostic {
    Diagnostic { environments: Environments { fails: vec![file.to_owned()], ..Environments::default() }, ..problem }
}

/// What a parameter file says.
struct Content {
    values: Values,
    /// The template that it names itself.
    template: Option<String>,
    /// What is wrong with its text.
    problems: Vec<Diagnostic>,
}

/// The template that a parameter file names itself.
pub(super) fn target(root: Node<'_>) -> Option<String> {
    root.get("metadata")?.get("template")?.string().map(std::borrow::Cow::into_owned)
}

/// Reads a parameter file; `None` for a file that is none.
fn read(documents: &Documents, file: &str) -> Result<Option<Content>, String> {
    let document = documents.open(file)?;
    let Some(root) = document.root().filter(|root| recognise(*root) == DocumentKind::ParameterFile) else { return Ok(None) };
    // NOTE: a file that discovery kept is examined for itself; its text would be told twice.
    let told = documents.was_found(file);
    Ok(Some(Content {
        values: root.get("parameters").map(Values::read).unwrap_or_default(),
        template: target(root),
        problems: if told { Vec::new() } else { text_problems(&document, DocumentKind::ParameterFile) },
    }))
}
