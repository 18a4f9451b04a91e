//! The rules of a run, which of them were chosen, and what was set for them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::builtin;
use super::head::Head;
use super::load::{self, Definitions};
use super::policy::PolicyTable;
use super::rule::{OptionSpec, OptionType, Rule};
use crate::diagnostic::{Diagnostic, RuleMeta, nearest};
use crate::model::{Body, Way};
use crate::source::SourceFile;
use crate::syntax::{Document, Node};
use crate::table::{Problems, advice};
use crate::value::{Key, Value, ValueKind};

/// The file of a folder that holds what its rules share.
const DEFINITIONS_FILE: &str = "definitions.json";

/// The file of a folder that holds what is known of policy documents.
const POLICIES_FILE: &str = "policies.json";

/// The presets that there are though no rule names them.
const PRESETS: [&str; 4] = ["all", "recommended", "migration", "security"];

/// A rule file, or one that rules share (`definitions.json`, `policies.json`), read but not yet understood.
#[derive(Debug, Clone)]
pub struct RuleText {
    /// The JSON.
    pub file: Arc<SourceFile>,
    /// The text of the Markdown file beside it; empty where there is none.
    pub prose: String,
}

/// Rules: of each its head, and the rest where it is needed.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Entry>,
    /// What is known of policy documents: what comes with the program, and what folders add to it.
    policies: OnceLock<Arc<PolicyTable>>,
    /// The rules that judge resources of the types that were met.
    judging: Mutex<BTreeMap<Key, Judges>>,
}

/// The places of the rules that judge resources of a type, and what each needs.
type Judges = Arc<[(usize, Box<[Box<[Way]>]>)]>;

/// A rule that judges resources of a type, before it is read.
pub(super) struct Judging<'s> {
    entry: &'s Entry,
    all: Judges,
    n: usize,
}

impl Judging<'_> {
    /// Its place in the set.
    pub(super) fn at(&self) -> usize {
        self.all[self.n].0
    }

    /// Whether it may say something of a resource with this body.
    pub(super) fn may_judge(&self, body: &Body) -> bool {
        let outline = self.all[self.n].1.iter().all(|ways| ways.iter().any(|way| body.may_lead(*way)));
        // A rule that was read finds out itself what it has nothing to say of.
        outline && (self.entry.is_read() || self.entry.head().may_judge(body))
    }
}

/// A rule of a set.
#[derive(Debug)]
enum Entry {
    /// The built-in one of that place.
    Builtin(usize),
    /// One of a folder.
    Read(Box<(Head, Rule)>),
}

impl Entry {
    fn head(&self) -> &Head {
        match self {
            Self::Builtin(n) => builtin::head(*n),
            Self::Read(read) => &read.0,
        }
    }

    fn is_read(&self) -> bool {
        match self {
            Self::Builtin(n) => builtin::is_read(*n),
            Self::Read(_) => true,
        }
    }

    fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Builtin(n) => builtin::rule(*n),
            Self::Read(read) => Some(&read.1),
        }
    }
}

/// The rules of a [`RuleSet`] that take part in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    pub(super) chosen: BTreeSet<usize>,
}

/// What a run sets for its rules.
#[derive(Debug, Clone)]
pub struct Settings {
    as_of: Date,
    options: BTreeMap<(Arc<str>, Arc<str>), Value>,
}

/// Something asked for that no rule has, with a next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchRule {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl RuleSet {
    /// The built-in rules.
    #[must_use]
    pub fn builtin() -> Self {
        Self { rules: (0..builtin::COUNT).map(Entry::Builtin).collect(), ..Self::default() }
    }

    /// These rules but the one called `name`.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.rules.retain(|entry| entry.head().name != name);
        self.judging = Mutex::default();
        self
    }

    /// These rules and those of `texts`: all of them or, where one has a mistake, none.
    ///
    /// # Errors
    /// Every mistake in the files, each with its place and the next step.
    pub fn with(self, texts: &[RuleText]) -> Result<Self, Vec<Diagnostic>> {
        let documents: Vec<Document> = texts.iter().map(|text| Document::parse(Arc::clone(&text.file))).collect();
        let mut problems = Problems::new(super::INVALID_RULE);
        let mut shared: BTreeMap<&str, Option<Definitions<'_>>> = BTreeMap::new();
        for document in documents.iter().filter(|document| parts(document).1 == DEFINITIONS_FILE) {
            let definitions = Definitions::open(document, &mut problems);
            definitions.iter().for_each(|definitions| definitions.check(&mut problems));
            shared.insert(parts(document).0, definitions);
        }
        let mut set = Self { judging: Mutex::default(), ..self };
        for document in documents.iter().filter(|document| parts(document).1 == POLICIES_FILE) {
            let table = PolicyTable::load(document, &mut problems).unwrap_or_default();
            set.policies = OnceLock::from(Arc::new(table.over(&set.policies())));
        }
        let is_rule = |document: &Document| ![DEFINITIONS_FILE, POLICIES_FILE].contains(&parts(document).1);
        for (document, text) in documents.iter().zip(texts).filter(|(document, _)| is_rule(document)) {
            let definitions = shared.get(parts(document).0).and_then(Option::as_ref);
            let Some(rule) = load::rule(document, &text.prose, definitions, &|| set.policies(), &mut problems) else { continue };
            if set.find(&rule.meta.name).is_some() {
                let name = document.root().and_then(|root| root.get("name"));
                if let Some(name) = name {
                    let message = format!("there is a rule `{}` already", rule.meta.name);
                    problems.report(name.span(), message, "choose another name");
                }
                continue;
            }
            set.rules.push(Entry::Read(Box::new((Head::of(&rule), rule))));
        }
        for document in &documents {
            let superseded = document.root().and_then(|root| root.get("supersedes")).into_iter().flat_map(Node::items);
            for node in superseded {
                let Some(name) = node.string().filter(|name| set.find(name).is_none()) else { continue };
                let help = advice(&name, set.words(), "name a rule of this set");
                problems.report(node.span(), format!("no rule named `{name}`"), help);
            }
        }
        let found = problems.into_found();
        if found.is_empty() { Ok(set) } else { Err(found) }
    }

    /// What catalogues and reporters show of each rule, by name.
    #[must_use]
    pub fn metas(&self) -> Vec<RuleMeta> {
        let mut metas: Vec<RuleMeta> = (0..self.rules.len()).filter_map(|ix| Some(self.at(ix)?.meta.clone())).collect();
        RuleMeta::sort(&mut metas);
        metas
    }

    /// Whether some chosen rule judges resources of this type, or looks at them while it judges others.
    #[must_use]
    pub fn wants(&self, selection: &Selection, resource_type: &str) -> bool {
        // Ancestors are wanted with their descendants: `apis` is the way from a service to its `apis/policies`.
        let is = |name: &str| {
            let length = resource_type.len();
            matches!(name.as_bytes().get(length), None | Some(b'/'))
                && name.get(..length).is_some_and(|head| head.eq_ignore_ascii_case(resource_type))
        };
        self.chosen(selection).any(|(_, head)| head.judges.iter().chain(head.reads.iter()).any(is))
    }

    /// The chosen rules that judge resources of this type, before they are read.
    pub(super) fn judging<'s>(
        &'s self,
        selection: &'s Selection,
        resource_type: &Key,
    ) -> impl Iterator<Item = Judging<'s>> + use<'s> {
        let mut known = self.judging.lock().unwrap_or_else(PoisonError::into_inner);
        let all = known.entry(resource_type.clone()).or_insert_with(|| {
            let judges = |head: &Head| head.judges.has(resource_type.as_str());
            let judging = self.rules.iter().enumerate().filter(|(_, entry)| judges(entry.head()));
            judging.map(|(at, entry)| (at, entry.head().outline())).collect()
        });
        let all = Arc::clone(all);
        let chosen = (0..all.len()).filter(|n| selection.chosen.contains(&all[*n].0)).collect::<Vec<_>>();
        chosen.into_iter().map(move |n| Judging { entry: &self.rules[all[n].0], all: Arc::clone(&all), n })
    }

    /// The chosen rules that judge resources of a type which calls ask about.
    pub(super) fn judging_queried<'s>(
        &'s self,
        selection: &'s Selection,
        resource_type: &'s Key,
    ) -> impl Iterator<Item = (usize, &'s Rule)> {
        let judging = self.judging(selection, resource_type).filter(|judging| judging.entry.head().queried);
        judging.filter_map(|judging| Some((judging.at(), self.at(judging.at())?)))
    }

    fn chosen<'s>(&'s self, selection: &'s Selection) -> impl Iterator<Item = (usize, &'s Head)> {
        selection.chosen.iter().filter_map(|&ix| Some((ix, self.rules.get(ix)?.head())))
    }

    /// Whether the rule of this name was chosen.
    #[must_use]
    pub fn selects(&self, selection: &Selection, name: &str) -> bool {
        self.find(name).is_some_and(|ix| selection.chosen.contains(&ix))
    }

    /// The words of which a file must hold one for a chosen rule to judge anything in it: `apimanagement`.
    #[must_use]
    pub fn provider_words(&self, selection: &Selection) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        let mut last = "";
        for name in self.chosen(selection).flat_map(|(_, head)| head.judges.iter()) {
            // Most types are of the provider of the one before.
            if !name.strip_prefix(last).is_some_and(|rest| rest.starts_with('/')) {
                last = name.split('/').next().unwrap_or_default();
                words.extend(last.rsplit('.').next().map(str::to_ascii_lowercase));
            }
        }
        words
    }

    /// What is known of policy documents.
    pub(super) fn policies(&self) -> Arc<PolicyTable> {
        Arc::clone(self.policies.get_or_init(builtin::policies))
    }

    /// The rule at that place.
    pub(super) fn at(&self, ix: usize) -> Option<&Rule> {
        self.rules.get(ix)?.rule()
    }

    /// The heads of the rules.
    pub(super) fn heads(&self) -> impl Iterator<Item = &Head> {
        self.rules.iter().map(Entry::head)
    }

    /// The rule of that name or former name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        // Whoever asks for each diagnostic has the name as it is.
        let exact = self.heads().position(|head| *head.name == *name);
        exact.or_else(|| self.heads().position(|head| head.name.eq_ignore_ascii_case(name) || head.aliases.has(name)))
    }

    /// The rules of `preset`, or of `select` where that is not empty, with those of `extend` and without those of `ignore`.
    /// Each is a rule's name, with or without its service, a prefix (`api-management/`), a tag, or `all`.
    ///
    /// # Errors
    /// The first word that means no rule, with the nearest that does.
    pub fn choose(&self, preset: &str, select: &[String], extend: &[String], ignore: &[String]) -> Result<Selection, NoSuchRule> {
        let mut chosen = BTreeSet::new();
        if select.is_empty() {
            chosen.extend(self.preset(preset)?);
        }
        for word in select.iter().chain(extend) {
            chosen.extend(self.named(word)?);
        }
        for word in ignore {
            let ignored = self.named(word)?;
            chosen.retain(|ix| !ignored.contains(ix));
        }
        Ok(Selection { chosen })
    }

    fn preset(&self, preset: &str) -> Result<Vec<usize>, NoSuchRule> {
        let holds = |head: &Head| preset == "all" || head.presets().any(|name| name == preset);
        let held: Vec<usize> = self.heads().enumerate().filter(|(_, head)| holds(head)).map(|(ix, _)| ix).collect();
        if held.is_empty() && !PRESETS.contains(&preset) {
            let known: BTreeSet<&str> = PRESETS.into_iter().chain(self.heads().flat_map(Head::presets)).collect();
            let all = format!("use one of {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
            return Err(NoSuchRule::new(format!("no preset named `{preset}`"), preset, known.into_iter(), &all));
        }
        Ok(held)
    }

    /// The rules that a word means.
    fn named(&self, word: &str) -> Result<BTreeSet<usize>, NoSuchRule> {
        if let Some(ix) = self.find(word) {
            return Ok(BTreeSet::from([ix]));
        }
        let word = word.trim_end_matches('*');
        let means = |head: &Head| {
            let name = &*head.name;
            let prefix = name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)) && !word.is_empty();
            word.eq_ignore_ascii_case("all")
                || head.bare().eq_ignore_ascii_case(word)
                || (prefix && (word.ends_with(['/', '-']) || name[word.len()..].starts_with(['/', '-'])))
                || head.tags.has(word)
        };
        let found: BTreeSet<usize> = self.heads().enumerate().filter(|(_, head)| means(head)).map(|(ix, _)| ix).collect();
        if !found.is_empty() {
            return Ok(found);
        }
        Err(self.unknown(word))
    }

    /// An option of a rule, which may be named without its service.
    fn option(&self, rule: &str, name: &str) -> Result<(&Rule, &OptionSpec), NoSuchRule> {
        let Some(found) = self.find_bare(rule).and_then(|ix| self.at(ix)) else { return Err(self.unknown(rule)) };
        let Some(spec) = found.options.iter().find(|spec| spec.name.eq_ignore_ascii_case(name)) else {
            let names = found.options.iter().map(|spec| &*spec.name);
            let message = format!("`{}` has no option `{name}`", found.meta.name);
            let otherwise = format!("`armlint explain {}` tells its options", found.meta.name);
            return Err(NoSuchRule::new(message, name, names, &otherwise));
        };
        Ok((found, spec))
    }

    /// That a word means no rule.
    pub(super) fn unknown(&self, word: &str) -> NoSuchRule {
        NoSuchRule::new(format!("no rule named `{word}`"), word, self.words(), "`armlint rules` lists them all")
    }

    /// Every name and tag.
    fn words<'s>(&'s self) -> impl Iterator<Item = &'s str> {
        let of = |head: &'s Head| [&*head.name, head.bare()].into_iter().chain(head.tags.iter());
        self.heads().flat_map(of)
    }
}

/// The folder and the name of a document's file.
fn parts(document: &Document) -> (&str, &str) {
    let path = document.file().path();
    path.rsplit_once('/').unwrap_or(("", path))
}

impl NoSuchRule {
    pub(super) fn new<'n>(message: String, written: &str, names: impl Iterator<Item = &'n str>, otherwise: &str) -> Self {
        let help = nearest_by_end(written, names.collect())
            .map_or_else(|| otherwise.to_owned(), |name| format!("did you mean `{name}`?"));
        Self { message, help }
    }
}

/// The nearest name, or the only one that starts as what is written nearly does: `api-managment/stv1` is a short and misspelt name.
fn nearest_by_end<'n>(written: &str, names: Vec<&'n str>) -> Option<&'n str> {
    let start = |name: &'n str| name.char_indices().nth(written.chars().count() + 1).map_or(name, |(at, _)| &name[..at]);
    nearest(written, names.iter().copied()).or_else(|| {
        let close = nearest(written, names.iter().map(|name| start(name)))?;
        names.iter().copied().find(|name| name.starts_with(close))
    })
}

impl Settings {
    /// The date of the run, and every option as its rule has it.
    #[must_use]
    pub fn new(as_of: Date) -> Self {
        Self { as_of, options: BTreeMap::new() }
    }

    /// Sets an option: `RULE.NAME=VALUE`, the rule with or without its service.
    ///
    /// # Errors
    /// What is wrong with it, and what is meant or would be right.
    pub fn set(&mut self, rules: &RuleSet, option: &str) -> Result<(), NoSuchRule> {
        let split = option.split_once('=').and_then(|(name, value)| Some((name.rsplit_once('.')?, value)));
        let Some(((rule, name), text)) = split else {
            let help = "write `RULE.NAME=VALUE`: `vnet-without-standard-public-ip.strict=true`".to_owned();
            return Err(NoSuchRule { message: format!("`{option}` sets no option"), help });
        };
        let (found, spec) = rules.option(rule, name)?;
        let kind = match spec.takes {
            OptionType::Boolean => text.parse().ok().map(ValueKind::Bool),
            OptionType::Integer(..) => text.parse().ok().map(ValueKind::Int),
            OptionType::List => {
                let at = spec.default.origin.written;
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(ValueKind::Array(items.map(|item| Value::string(item, at)).collect()))
            }
        };
        let value = kind.map(|kind| Value::new(kind, spec.default.origin.written));
        self.put(found, spec, value, &format!("`{text}`"))
    }

    /// Sets an option of a rule, with or without its service, to a value.
    ///
    /// # Errors
    /// As for [`Settings::set`].
    pub fn assign(&mut self, rules: &RuleSet, rule: &str, name: &str, value: Value) -> Result<(), NoSuchRule> {
        let (found, spec) = rules.option(rule, name)?;
        self.put(found, spec, Some(value), "this")
    }

    fn put(&mut self, rule: &Rule, spec: &OptionSpec, value: Option<Value>, shown: &str) -> Result<(), NoSuchRule> {
        let Some(value) = value.filter(|value| spec.takes.fits(value)) else {
            let message = format!("{shown} is no value of option `{}` of `{}`", spec.name, rule.meta.name);
            return Err(NoSuchRule { message, help: format!("write {}: {}", spec.takes.name(), spec.description) });
        };
        self.options.insert((Arc::clone(&rule.meta.name), Arc::clone(&spec.name)), value);
        Ok(())
    }

    /// The value of an option.
    pub(super) fn option(&self, rule: &Rule, option: usize) -> Value {
        let spec = &rule.options[option];
        let set = self.options.get(&(Arc::clone(&rule.meta.name), Arc::clone(&spec.name)));
        set.unwrap_or(&spec.default).clone()
    }

    /// The date of the run plus so many days, as a string.
    pub(super) fn date_after(&self, days: i64) -> Value {
        // A date beyond the calendar is its last.
        let date = self.as_of.saturating_add(days.clamp(-100_000, 100_000).days());
        Value::string(date.to_string(), crate::source::Span::new(crate::source::FileId(u32::MAX), 0, 0))
    }
}
