//! The rules of a run: which take part, and what is set for them.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::folder::{self, Folder, SameName};
use crate::config::{Assignment, FailOn, Given, Layer, OptionValue, Origin, Undecided};
use crate::diagnostic::{Diagnostic, RuleMeta, Severity};
use crate::model::Model;
use crate::rules::{self, NoSuchRule, Reach, RuleSet, Selection, Settings, Trees};
use crate::source::{FileId, Sources, Span};
use crate::value::{Value, ValueKind};

/// The rule of a resource whose type cannot be told.
pub(super) const MISSING_RESOURCE_TYPE: &str = "template/missing-resource-type";
/// The rule of a link that leads nowhere.
pub(super) const LINKED_TEMPLATE_MISSING: &str = "template/linked-template-missing";
/// The rules of what no other rule can look into.
const GAPS: [&str; 2] = [LINKED_TEMPLATE_MISSING, MISSING_RESOURCE_TYPE];

/// The type that the linter is for: it is counted and listed even where no rule is chosen.
pub(super) const SERVICE_TYPE: &str = "Microsoft.ApiManagement/service";

/// The preset where nobody names one.
const DEFAULT_PRESET: &str = "recommended";

/// What a user wants of the rules, by flags.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The preset.
    pub preset: Option<String>,
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
    /// The least severity that makes the exit code 1.
    pub fail_on: Option<FailOn>,
    /// What to do with what cannot be told.
    pub undecided: Option<Undecided>,
}

/// Why there are no rules.
#[derive(Debug)]
pub enum RulesError {
    /// Something wanted that does not exist: what, and what to do.
    Wanted(String),
    /// Mistakes in rule files, with the files.
    Mistakes(Vec<Diagnostic>, Sources),
    /// Mistakes in configurations, with the files.
    Configuration(Vec<Diagnostic>, Arc<Sources>),
    /// Mistakes in a baseline, with its file.
    Baseline(Vec<Diagnostic>, Sources),
}

/// A word that means nothing, and where it comes from.
#[derive(Debug)]
pub(super) struct Misgiven {
    pub(super) origin: Origin,
    pub(super) error: NoSuchRule,
}

/// The rules of a run.
#[derive(Debug, Clone)]
pub struct Rules {
    set: Arc<RuleSet>,
    selection: Selection,
    /// Other severities than those of the rules; the last that means a rule holds.
    severities: Vec<(Selection, Severity)>,
    settings: Settings,
    as_of: Date,
    /// The rule that is being tried, and how far its paths led so far.
    tried: Option<Tried>,
    /// Whether what could not be looked into is told, be its rules there or not.
    tells_gaps: bool,
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
            Self::Configuration(mistakes, _) => write!(f, "there are {} mistakes in configurations", mistakes.len()),
            Self::Baseline(mistakes, _) => write!(f, "there are {} mistakes in the baseline", mistakes.len()),
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
        let set = Arc::new(folder::load(&folders, SameName::Refuse)?.set);
        Ok(Self::layered(set, &[&wanted.layer()], wanted.as_of.as_deref())?)
    }

    /// The rules of a set as these layers have them, a later one before an earlier one.
    pub(super) fn layered(set: Arc<RuleSet>, layers: &[&Layer], as_of: Option<&str>) -> Result<Self, Misgiven> {
        let choose = |preset: &str, select: &[String]| set.choose(preset, select, &[], &[]);
        let no_date = |error| Misgiven { origin: Origin::Flag("--as-of"), error };
        let as_of = as_of.map_or_else(|| Ok(today()), date).map_err(no_date)?;
        let mut rules = Self::of(Arc::clone(&set), Selection::default(), as_of);
        rules.selection = choose(DEFAULT_PRESET, &[]).unwrap_or_default();
        for layer in layers {
            if let Some(preset) = &layer.preset {
                rules.selection = choose(&preset.value, &[]).map_err(|error| misgiven(preset, error))?;
            }
            if !layer.select.is_empty() {
                rules.selection = Selection::default();
            }
            for word in layer.select.iter().chain(&layer.extend_select) {
                let meant = rules.meaning(word)?;
                rules.selection.add(&meant);
            }
            for word in &layer.ignore {
                let meant = rules.meaning(word)?;
                rules.selection.remove(&meant);
            }
            for (word, severity) in &layer.severity {
                match severity {
                    Some(severity) => rules.severities.push((rules.meaning(word)?, *severity)),
                    None => rules.selection.remove(&rules.meaning(word)?),
                }
            }
            for option in &layer.options {
                rules.assign(&option.value).map_err(|error| misgiven(option, error))?;
            }
        }
        Ok(rules)
    }

    fn assign(&mut self, option: &Assignment) -> Result<(), NoSuchRule> {
        match option {
            Assignment::Typed(text) => self.settings.set(&self.set, text),
            Assignment::Written { rule, name, value } => {
                let nowhere = Span::new(FileId(u32::MAX), 0, 0);
                let kind = match value {
                    OptionValue::Flag(flag) => ValueKind::Bool(*flag),
                    OptionValue::Whole(number) => ValueKind::Int(*number),
                    OptionValue::Texts(texts) => {
                        ValueKind::Array(texts.iter().map(|text| Value::string(text.as_str(), nowhere)).collect())
                    }
                };
                self.settings.assign(&self.set, rule, name, Value::new(kind, nowhere))
            }
        }
    }

    /// Every rule of a set.
    pub(super) fn all(set: RuleSet) -> Self {
        Self::of(Arc::new(set), Selection::default(), today()).everything()
    }

    fn of(set: Arc<RuleSet>, selection: Selection, as_of: Date) -> Self {
        Self { set, selection, severities: Vec::new(), settings: Settings::new(as_of), as_of, tried: None, tells_gaps: false }
    }

    /// The same rules on that day and with these options.
    pub(super) fn set(mut self, as_of: Option<&str>, options: &[String]) -> Result<Self, RulesError> {
        if let Some(text) = as_of {
            self.as_of = date(text)?;
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
        Self { selection: self.set.choose("all", &[], &[], &[]).unwrap_or_default(), ..self.clone() }
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

    /// No rule at all.
    #[must_use]
    pub fn none() -> Self {
        Self::of(Arc::default(), Selection::default(), today())
    }

    /// No rule, but what could not be looked into is told: to list services.
    pub(super) fn listing() -> Self {
        Self { tells_gaps: true, ..Self::none() }
    }

    /// What the catalogue says of each rule.
    #[must_use]
    pub fn metas(&self) -> Vec<RuleMeta> {
        self.set.metas()
    }

    /// The date of the run.
    pub(super) fn as_of(&self) -> Date {
        self.as_of
    }

    /// Whether anybody looks at resources of this type.
    pub(super) fn wants(&self, resource_type: &str) -> bool {
        resource_type.eq_ignore_ascii_case(SERVICE_TYPE) || self.set.wants(&self.selection, resource_type)
    }

    /// The words of which a file must hold one to matter.
    pub(super) fn provider_words(&self) -> BTreeSet<String> {
        let mut words = self.set.provider_words(&self.selection);
        words.insert("apimanagement".to_owned());
        words
    }

    /// Whether a rule takes part.
    pub(super) fn selects(&self, rule: &str) -> bool {
        self.set.selects(&self.selection, rule) || (self.tells_gaps && GAPS.contains(&rule))
    }

    /// The severity that was set for a rule.
    pub(super) fn severity(&self, rule: &str) -> Option<Severity> {
        self.severities.iter().rev().find(|(meant, _)| self.set.selects(meant, rule)).map(|(_, severity)| *severity)
    }

    /// The rules that a word means.
    pub(super) fn meaning(&self, word: &Given<String>) -> Result<Selection, Misgiven> {
        self.set.choose("", std::slice::from_ref(&word.value), &[], &[]).map_err(|error| misgiven(word, error))
    }

    /// Whether a rule is among those that were meant.
    pub(super) fn means(&self, meant: &Selection, rule: &str) -> bool {
        self.set.selects(meant, rule)
    }

    /// The name of the rule that a word is, with or without its service.
    pub(super) fn exactly(&self, word: &str) -> Result<Arc<str>, NoSuchRule> {
        self.set.exactly(word)
    }

    /// Judges a model. What `accepted` holds for is still told, but silences nothing.
    pub(super) fn run(&self, model: &Model, trees: &dyn Trees, accepted: &dyn Fn(&Diagnostic) -> bool) -> Vec<Box<Diagnostic>> {
        if let Some(tried) = &self.tried {
            let mut reach = tried.reach.lock().unwrap_or_else(PoisonError::into_inner);
            reach.note(&self.set, &tried.rule, &self.settings, model, trees);
        }
        rules::run(&self.set, &self.selection, &self.settings, model, trees, accepted)
    }
}

impl Wanted {
    /// The flags as the last of the layers.
    pub(super) fn layer(&self) -> Layer {
        let all = |words: &[String], flag| words.iter().map(|word| Given::by_flag(word.clone(), flag)).collect();
        let mut layer = Layer::default();
        layer.preset = self.preset.clone().map(|preset| Given::by_flag(preset, "--preset"));
        layer.select = all(&self.select, "--select");
        layer.extend_select = all(&self.extend_select, "--extend-select");
        layer.ignore = all(&self.ignore, "--ignore");
        layer.options = self.options.iter().map(|text| Given::by_flag(Assignment::Typed(text.clone()), "--option")).collect();
        layer.fail_on = self.fail_on.map(|fail_on| Given::by_flag(fail_on, "--fail-on"));
        layer.undecided = self.undecided.map(|undecided| Given::by_flag(undecided, "--undecided"));
        layer
    }
}

impl From<Misgiven> for RulesError {
    fn from(wrong: Misgiven) -> Self {
        wrong.error.into()
    }
}

fn misgiven<T>(given: &Given<T>, error: NoSuchRule) -> Misgiven {
    Misgiven { origin: given.origin, error }
}

pub(super) fn date(text: &str) -> Result<Date, NoSuchRule> {
    text.parse().map_err(|_| NoSuchRule {
        message: format!("`{text}` is no date"),
        help: "write it as year, month and day: 2026-11-23".to_owned(),
    })
}

/// Today's date by universal time, so that it is the same for everyone who runs at the same moment.
fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}
