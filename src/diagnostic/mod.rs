//! What the linter says: one type for lints, syntax errors and errors in our own rule and configuration files.

mod edit;
mod fingerprint;
mod nearest;
mod run;

pub use edit::{Edit, Fix, Safety};
pub use fingerprint::{Fingerprint, Fingerprints, fingerprints};
pub use nearest::{is_slip, nearest};
pub use run::{Catalogue, FileCounts, RuleMeta, RuleOption, Run, Suppressed, Unreadable, Untouched};

use std::fmt;
use std::sync::Arc;

use crate::source::{FileId, Span};

/// How bad it is; the same three words in every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be changed.
    Warning,
    /// Wrong: it will fail, or it loses what it promises.
    Error,
}

/// Where the catalogue of rules is read on the web.
const CATALOGUE: &str = "https://github.com/armlint/armlint/blob/main/docs/rules.md";

/// The address of a rule's section in the catalogue.
#[must_use]
pub fn rule_url(rule: &str) -> String {
    format!("{CATALOGUE}#{}", rule.replace('/', "-"))
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place and what to say there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say; may be empty.
    pub text: String,
}

impl Label {
    /// `text` at `span`.
    #[must_use]
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// Whether a diagnostic says that something is wrong, or that it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The rule fails on the resource.
    Fails,
    /// It depends on something unknown: the reason.
    Undecided(String),
}

/// The resource a diagnostic is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRef {
    /// The file it is declared in.
    pub file: FileId,
    /// Its full type as Azure spells it where known, else as written.
    pub resource_type: String,
    /// Its name; unknown parts in braces.
    pub name: String,
    /// Its symbolic name in a template of language version 2.
    pub symbolic_name: Option<String>,
    /// The JSON pointer of the resource in its file, as written.
    pub pointer: String,
}

/// In which environments a diagnostic holds: `defaults`, or the path of a parameter file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environments {
    /// It fails in these.
    pub fails: Vec<String>,
    /// It does not fail in these.
    pub passes: Vec<String>,
    /// It cannot be told in these.
    pub undecided: Vec<String>,
}

/// Something to tell the user, with exactly one primary place.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule's name: `api-management/stv1-api-version`.
    pub rule: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// Fails, or cannot be told.
    pub verdict: Verdict,
    /// One line: lower-case first word, no final stop, values in backticks.
    pub message: String,
    /// The place it is about.
    pub primary: Label,
    /// Other places that explain it: where the value comes from, what it is joined to. May be in other files.
    pub labels: Vec<Label>,
    /// What to do; starts with a verb.
    pub help: Option<String>,
    /// The resource, where it is about one.
    pub resource: Option<ResourceRef>,
    /// The property path inside the resource, dotted; empty where it is about the resource or the document as a whole.
    pub path: String,
    /// In which environments.
    pub environments: Environments,
    /// The condition under which the resource is deployed at all, where that is unknown.
    pub condition: Option<String>,
    /// Failing diagnostics of a rule and a file with equal groups are told as one.
    pub group: Option<Arc<str>>,
    /// The other members of its group, where several are told as one: the place and the resource of each.
    pub others: Vec<(Span, Option<ResourceRef>)>,
    /// How many instances of one loop, or members of one group, have the same defect.
    pub instances: usize,
    /// Ways to mend it.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A diagnostic that fails at `primary` in the environment `defaults`.
    #[must_use]
    pub fn new(rule: impl Into<Arc<str>>, severity: Severity, message: impl Into<String>, primary: Label) -> Self {
        Self {
            rule: rule.into(),
            severity,
            verdict: Verdict::Fails,
            message: message.into(),
            primary,
            labels: Vec::new(),
            help: None,
            resource: None,
            path: String::new(),
            environments: Environments { fails: vec!["defaults".to_owned()], ..Environments::default() },
            condition: None,
            group: None,
            others: Vec::new(),
            instances: 1,
            fixes: Vec::new(),
        }
    }

    /// The file of the resource it is about. The primary place may be in another one: where the value comes from.
    #[must_use]
    pub fn resource_file(&self) -> FileId {
        self.resource.as_ref().map_or(self.primary.span.file, |resource| resource.file)
    }

    /// Adds a place that explains it.
    #[must_use]
    pub fn with_label(mut self, label: Label) -> Self {
        self.labels.push(label);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
