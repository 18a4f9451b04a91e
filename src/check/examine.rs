//! One file: what it is, what is wrong with its text, and what the templates in it come to.

use std::sync::Arc;

use super::documents::Documents;
use super::judge::{Environment, Judged, Root};
use super::ledger::Ledger;
use super::merge::{DEFAULTS, Name};
use super::text::{anywhere, text_problems};
use super::{Request, environments};
use crate::diagnostic::{Diagnostic, Unreadable};
use crate::lower::{self, Values};
use crate::source::FileId;
use crate::syntax::{Document, Node};
use crate::template::{self, DocumentKind, Template, recognise};
use environments::Around;

/// What one file came to.
pub(super) struct Examined {
    pub(super) kind: DocumentKind,
    /// What is wrong with the text, whatever the environment.
    pub(super) problems: Vec<Diagnostic>,
    /// What the templates in it came to.
    pub(super) judged: Vec<Judged>,
    /// Files beside it that could not be read.
    pub(super) unreadable: Vec<Unreadable>,
    /// Whether it is a template that cannot be deployed, for it is not JSON.
    pub(super) broken: bool,
}

impl Examined {
    /// Forgets what was found outside of the files that `concerns` holds for.
    pub(super) fn keep_what_concerns(&mut self, concerns: impl Fn(FileId) -> bool) {
        self.problems.retain(|problem| concerns(problem.primary.span.file));
        self.broken = false;
        for judged in &mut self.judged {
            judged.found.values_mut().for_each(|found| found.retain(|told| concerns(told.primary.span.file)));
            judged.services.retain(|service| concerns(service.file()));
        }
    }
}

/// Examines files, each for itself.
pub(super) struct Examiner<'r> {
    pub(super) documents: &'r Arc<Documents>,
    /// What is accepted.
    pub(super) ledger: &'r Ledger<'r>,
    pub(super) request: &'r Request<'r>,
    /// Where the parameter files are.
    pub(super) around: Around<'r>,
}

impl Examiner<'_> {
    /// Examines the file at a path.
    pub(super) fn examine(&self, path: &str) -> Examined {
        let mut examined = Examined {
            kind: DocumentKind::Other,
            problems: Vec::new(),
            judged: Vec::new(),
            unreadable: Vec::new(),
            broken: false,
        };
        if let Some(configuration) = self.request.regime.of(path).broken() {
            examined.unreadable.push(Unreadable::under(path, configuration));
            return examined;
        }
        match self.documents.open(path) {
            Ok(document) => {
                self.document(path, &document, &mut examined);
                self.documents.close(path);
            }
            Err(error) => examined.unreadable.push(Unreadable::new(path, error)),
        }
        examined
    }

    fn document(&self, path: &str, document: &Document, examined: &mut Examined) {
        let root = document.root();
        examined.kind = root.map_or(DocumentKind::Other, recognise);
        examined.problems.extend(text_problems(document, examined.kind));
        let Some(root) = root else { return };
        let is_template = matches!(examined.kind, DocumentKind::Template(_));
        examined.broken = is_template && !document.is_well_formed();
        if is_template {
            self.template(root, path, document, examined);
        }
        for found in template::embedded(root) {
            self.embedded(&found, is_template, path, document, examined);
        }
        let mut beyond = |error: String| examined.unreadable.push(Unreadable::new(path, error));
        if let Some(limit) = document.limit() {
            beyond(format!("{limit}: what is beyond was not looked at"));
        }
        if examined.judged.iter().any(|judged| judged.truncated) {
            beyond("comes to more resources than are judged: its loops and deployments multiply".to_owned());
        }
    }

    /// A template that is the whole file.
    fn template(&self, root: Node<'_>, path: &str, document: &Document, examined: &mut Examined) {
        let mut problems = Vec::new();
        let blueprint = lower::read(&Template::new(root), "", false, &mut problems);
        let file = document.file().id();
        let local = self.request.regime.of(path);
        let root = Root::new(blueprint, path, file, self.documents, &local.rules, self.ledger);
        let (environments, mismatches) = environments::of(&self.around, path, &root.blueprint, &mut examined.unreadable);
        let judged = root.judge(&environments);
        if judged.looked_at || self.request.all_templates {
            examined.problems.extend(problems.into_iter().map(anywhere));
            examined.problems.extend(mismatches);
        }
        examined.judged.push(judged);
    }

    /// A template inside another document.
    fn embedded(&self, found: &template::Embedded<'_>, escaped: bool, path: &str, document: &Document, examined: &mut Examined) {
        let mut problems = Vec::new();
        let blueprint = lower::read(&Template::new(found.node), &found.pointer, escaped, &mut problems);
        let values = found.parameters.map(Values::embedded).unwrap_or_default();
        let local = self.request.regime.of(path);
        let root = Root::new(blueprint, path, document.file().id(), self.documents, &local.rules, self.ledger);
        let judged = root.judge(&[Environment { name: Name::new(DEFAULTS), values }]);
        if judged.looked_at || self.request.all_templates {
            examined.problems.extend(problems.into_iter().map(anywhere));
        }
        examined.judged.push(judged);
    }
}
