//! What one run found: everything a reporter may print.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use super::{Diagnostic, Severity};
use crate::source::Sources;

/// A rule as reporters and catalogues show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMeta {
    /// `api-management/stv1-api-version`
    pub name: Arc<str>,
    /// One line.
    pub title: String,
    /// The severity it has unless a predicate says otherwise.
    pub severity: Severity,
    /// What it is about: `network`, `migration`, …
    pub tags: Vec<String>,
    /// The presets that hold it.
    pub presets: Vec<String>,
    /// The ids of the rules of other tools that it covers.
    pub covers: Vec<String>,
    /// The version it first came with.
    pub since: String,
    /// Where to read about what it says: page addresses.
    pub references: Vec<String>,
    /// What a configuration may set for it.
    pub options: Vec<RuleOption>,
    /// Why it should no longer be used, and what to use.
    pub deprecated: Option<String>,
    /// The prose, Markdown.
    pub prose: Cow<'static, str>,
}

impl RuleMeta {
    /// Brings rules into the order of their names, in which people look for them.
    pub fn sort(rules: &mut [Self]) {
        rules.sort_by(|one, other| one.name.cmp(&other.name));
    }
}

/// What a configuration may set for a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOption {
    /// Its name: `--option RULE.NAME=VALUE`.
    pub name: String,
    /// What values it takes, in words.
    pub takes: &'static str,
    /// What it is unless set, as JSON.
    pub default: String,
    /// What it does.
    pub description: String,
}

/// What there is to say of each rule: read when a reporter asks for it.
pub type Catalogue = LazyLock<Vec<RuleMeta>, Box<dyn FnOnce() -> Vec<RuleMeta> + Send>>;

/// Everything that one run found, in the order in which it is told: file, offset, rule.
#[derive(Debug)]
pub struct Run {
    /// The date that time-dependent rules used, `YYYY-MM-DD`.
    pub as_of: String,
    /// What fails.
    pub diagnostics: Vec<Diagnostic>,
    /// What cannot be told.
    pub undecided: Vec<Diagnostic>,
    /// What fails and was accepted by the user.
    pub suppressed: Vec<Suppressed>,
    /// How many entries of the baseline accept nothing any more.
    pub outdated: usize,
    /// What nothing that changed touches, where only that is asked for.
    pub untouched: Option<Untouched>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What was seen.
    pub files: FileCounts,
    /// How many API Management services were judged or seen as `existing`.
    pub services: usize,
    /// The rules that took part.
    pub rules: Catalogue,
    /// The files that the spans of the diagnostics point into.
    pub sources: Arc<Sources>,
}

/// A diagnostic that the user accepted.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// What it was.
    pub diagnostic: Diagnostic,
    /// How: `comment`, `metadata`, `config` or `baseline`.
    pub kind: &'static str,
    /// Why, in the user's words.
    pub reason: Option<String>,
}

/// What was found, and is as it was at a revision.
#[derive(Debug, Clone)]
pub struct Untouched {
    /// The revision, as typed.
    pub since: String,
    /// What fails, and what cannot be told.
    pub diagnostics: Vec<Diagnostic>,
}

/// A file that could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// Its path as reached from the argument.
    pub file: String,
    /// Why, with a next step where there is one.
    pub error: String,
    /// The configuration that is to blame, where the file itself is not.
    pub configuration: Option<String>,
}

impl Unreadable {
    /// A file that could not be checked for a reason of its own.
    #[must_use]
    pub fn new(file: impl Into<String>, error: impl Into<String>) -> Self {
        Self { file: file.into(), error: error.into(), configuration: None }
    }

    /// A file that was not checked because its configuration cannot be understood.
    #[must_use]
    pub fn under(file: impl Into<String>, configuration: &str) -> Self {
        let error = format!("not checked: its configuration `{configuration}` cannot be understood");
        Self { file: file.into(), error, configuration: Some(configuration.to_owned()) }
    }
}

/// Every file that was seen, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileCounts {
    /// All of them: the sum of templates, parameter files, other and unreadable ones.
    pub seen: usize,
    /// Deployment templates.
    pub templates: usize,
    /// Parameter files.
    pub parameter_files: usize,
    /// Anything else that could be read.
    pub other: usize,
    /// What could not be read.
    pub unreadable: usize,
    /// Bicep files met on the way; they are not linted and not among the seen.
    pub bicep: usize,
}

impl Run {
    /// How many diagnostics have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}
