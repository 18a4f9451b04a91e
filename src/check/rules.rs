//! The rules of a run: which take part, and what is set for them.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::folder::{self, Folder, SameName};
use crate::diagnostic::{Catalogue, Diagnostic, RuleMeta};
use crate::model::Model;
use crate::rules::{self, NoSuchRule, Reach, RuleSet, Selection, Settings, Trees};
use crate::source::Sources;

/// The type that the linter is for: it is counted and listed even where no rule is chosen.
pub(super) const SERVICE_TYPE: &str = "Microsoft.ApiManagement/service";

/// What a user wants of the rules.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The preset; `recommended` where it is empty.
    pub preset: String,
    /// Rules instead of the preset.
    pub select: Vec<String>,
    /// Rules besides.
    pub extend_select: Vec<String>,
    /// Rules to leave out.
    pub ignore: Vec<String>,
    /// Options: `RULE.NAME=VALUE`.
    pub options: Vec<String>,
    /// The date of the run, `YYYY-MM-DD`; today where it is not given.
    pub as_of: Option<String>,
    /// Folders of rules besides the built-in ones.
    pub folders: Vec<PathBuf>,
}

/// Why there are no rules.
#[derive(Debug)]
pub enum RulesError {
    /// Something wanted that does not exist: what, and what to do.
    Wanted(String),
    /// Mistakes in rule files, with the files.
    Mistakes(Vec<Diagnostic>, Sources),
}

/// The rules of a run.
#[derive(Debug, Clone)]
pub struct Rules {
    set: Arc<RuleSet>,
    selection: Selection,
    settings: Settings,
    as_of: Date,
    /// The rule that is being tried, and how far its paths led so far.
    tried: Option<Tried>,
}

#[derive(Debug, Clone)]
struct Tried {
    rule: String,
    reach: Arc<Mutex<Reach>>,
}

impl fmt::Display for RulesError {
    /// In one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wanted(text) => f.write_str(&text.replace("\n  ", ": ")),
            Self::Mistakes(mistakes, _) => write!(f, "there are {} mistakes in rule files", mistakes.len()),
        }
    }
}

impl From<NoSuchRule> for RulesError {
    fn from(error: NoSuchRule) -> Self {
        Self::Wanted(format!("{}\n  {}", error.message, error.help))
    }
}

impl Rules {
    /// The built-in rules as wanted.
    ///
    /// # Errors
    /// Something wanted that does not exist, or a mistake in a rule file: then no rule is loaded at all.
    pub fn new(wanted: &Wanted) -> Result<Self, RulesError> {
        let folders: Vec<Folder> = wanted.folders.iter().map(|path| Folder::at(path)).collect();
        let set = folder::load(&folders, SameName::Refuse)?.set;
        let preset = if wanted.preset.is_empty() { "recommended" } else { &wanted.preset };
        let selection = set.choose(preset, &wanted.select, &wanted.extend_select, &wanted.ignore)?;
        let rules = Self::of(set, selection, today());
        rules.set(wanted.as_of.as_deref(), &wanted.options)
    }

    /// Every rule of a set.
    pub(super) fn all(set: RuleSet) -> Result<Self, RulesError> {
        let selection = set.choose("all", &[], &[], &[])?;
        Ok(Self::of(set, selection, today()))
    }

    fn of(set: RuleSet, selection: Selection, as_of: Date) -> Self {
        Self { set: Arc::new(set), selection, settings: Settings::new(as_of), as_of, tried: None }
    }

    /// The same rules on that day and with these options.
    pub(super) fn set(mut self, as_of: Option<&str>, options: &[String]) -> Result<Self, RulesError> {
        if let Some(text) = as_of {
            self.as_of = text.parse().map_err(|_| no_date(text))?;
            self.settings = Settings::new(self.as_of);
        }
        for option in options {
            self.settings.set(&self.set, option)?;
        }
        Ok(self)
    }

    /// The same rules, with an eye on how far the paths of one of them lead.
    pub(super) fn trying(&self, rule: &str) -> Self {
        Self { tried: Some(Tried { rule: rule.to_owned(), reach: Arc::default() }), ..self.clone() }
    }

    /// One rule alone.
    pub(super) fn only(&self, rule: &str) -> Result<Self, RulesError> {
        let selection = self.set.choose("", &[rule.to_owned()], &[], &[])?;
        Ok(Self { selection, ..self.clone() })
    }

    /// Every rule there is, set as these are.
    pub(super) fn everything(&self) -> Self {
        let selection = self.set.choose("all", &[], &[], &[]);
        Self { selection: selection.unwrap_or_else(|_| self.selection.clone()), ..self.clone() }
    }

    /// How far the paths of the rule that is tried led.
    pub(super) fn reach(self) -> Reach {
        let reach = self.tried.map(|tried| std::mem::take(&mut *tried.reach.lock().unwrap_or_else(PoisonError::into_inner)));
        reach.unwrap_or_default()
    }

    /// The rule that a word means: a name, or enough of one.
    ///
    /// # Errors
    /// It means no rule or several; then the names that are near.
    pub fn named(&self, word: &str) -> Result<&RuleMeta, RulesError> {
        Ok(self.set.rule(word)?)
    }

    /// No rule at all: to list services.
    #[must_use]
    pub fn none() -> Self {
        Self::of(RuleSet::default(), Selection::default(), today())
    }

    /// What the catalogue says of each rule.
    #[must_use]
    pub fn metas(&self) -> Vec<RuleMeta> {
        self.set.metas()
    }

    /// The same, when somebody asks for it.
    pub(super) fn catalogue(&self) -> Catalogue {
        let set = Arc::clone(&self.set);
        Catalogue::new(Box::new(move || set.metas()))
    }

    /// The date of the run.
    pub(super) fn as_of(&self) -> String {
        self.as_of.to_string()
    }

    /// Whether anybody looks at resources of this type.
    pub(super) fn wants(&self, resource_type: &str) -> bool {
        resource_type.eq_ignore_ascii_case(SERVICE_TYPE) || self.set.wants(&self.selection, resource_type)
    }

    /// The words of which a file must hold one to matter.
    pub(super) fn provider_words(&self) -> Vec<String> {
        let mut words = self.set.provider_words(&self.selection);
        words.insert("apimanagement".to_owned());
        words.into_iter().collect()
    }

    /// Whether a rule takes part.
    pub(super) fn selects(&self, rule: &str) -> bool {
        self.set.selects(&self.selection, rule)
    }

    /// Judges a model.
    pub(super) fn run(&self, model: &Model, trees: &dyn Trees) -> Vec<Diagnostic> {
        if let Some(tried) = &self.tried {
            let mut reach = tried.reach.lock().unwrap_or_else(PoisonError::into_inner);
            reach.note(&self.set, &tried.rule, &self.settings, model);
        }
        rules::run(&self.set, &self.selection, &self.settings, model, trees, &|_| false)
    }
}

fn no_date(text: &str) -> RulesError {
    RulesError::Wanted(format!("`{text}` is no date\n  write it as year, month and day: 2026-11-23"))
}

/// Today's date by universal time, so that it is the same for everyone who runs at the same moment.
fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}
