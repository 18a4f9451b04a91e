//! Folders of rules tried on their fixtures: what each fixture expects, and what the rules say of it.
//!
//! A fixture `fail-….json` has the rule of its folder fail on the lines with `// expect: <rule>` and nowhere else, in
//! `undecided-….json` it cannot be told there, in `pass-….json` it stays silent. Another rule that a fixture expects fails
//! on that line and nowhere else. Rules that a fixture does not name may say what they like.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fixture::{Fixture, Kind, judge, place};
use super::folder::{self, Folder, Named, SameName};
use super::rules::{Rules, RulesError};
use crate::diagnostic::nearest;
use crate::rules::Reach;
use crate::source::{Disk, Files as _, RuleFile, Sources};
use crate::threads;

/// The date by which a fixture is judged that names none: a fixed one, so that fixtures do not rot.
const AS_OF: &str = "2026-11-23";
/// What the prose of a rule says, in this order.
const HEADINGS: [&str; 4] = ["What it flags", "Why it matters", "How to fix", "When to suppress"];
/// What to do where there are no rules.
const START: &str = "name a folder that holds `rules` and `fixtures`; `armlint rules new my/first-rule` makes one";
/// How a shared file of a folder of rules is called.
const DEFINITIONS: &str = "definitions.json";

/// What folders of rules came to.
#[derive(Debug, Default)]
pub struct Trial {
    /// Each rule, by name.
    pub rules: Vec<Tried>,
}

/// What one rule came to on its fixtures.
#[derive(Debug, Default)]
pub struct Tried {
    /// The rule.
    pub name: String,
    /// How many expectations there are of each kind.
    pub tally: Tally,
    /// What is wrong.
    pub remarks: Vec<Remark>,
}

/// The expectations of a rule's fixtures by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Expected to fail, and does.
    pub reported: usize,
    /// Expected to be silent in a `pass` fixture, and is.
    pub quiet: usize,
    /// Expected to be undecided, and is.
    pub undecided: usize,
    /// Expected, and not told.
    pub missing: usize,
    /// Told, and not expected.
    pub noisy: usize,
}

/// Something wrong with a rule or its fixtures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// How bad it is.
    pub level: Level,
    /// Where: `file:line:column`, or the file alone.
    pub place: String,
    /// What, in one line.
    pub text: String,
}

/// How bad a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// An expectation does not hold, or there is none.
    Failure,
    /// It may be a slip.
    Warning,
}

impl Tally {
    /// How many expectations hold.
    #[must_use]
    pub fn hold(self) -> usize {
        self.reported + self.quiet + self.undecided
    }

    /// How many there are.
    #[must_use]
    pub fn all(self) -> usize {
        self.hold() + self.missing + self.noisy
    }
}

/// Tries the rules of folders on their fixtures, by the date `as_of` where a fixture names none.
///
/// # Errors
/// A folder cannot be read or holds no rules, or a rule file has a mistake.
pub fn trial(folders: &[PathBuf], as_of: Option<&str>) -> Result<Trial, RulesError> {
    let folders = folders.iter().map(|path| folder_at(path)).collect::<Result<Vec<Folder>, RulesError>>()?;
    let loaded = folder::load(&folders, SameName::Replace)?;
    if loaded.named.is_empty() {
        let named: Vec<String> = folders.iter().map(|folder| folder.rules.display().to_string()).collect();
        return Err(RulesError::Wanted(format!("there are no rules in {}\n  {START}", named.join(", "))));
    }
    let rules = Rules::all(loaded.set).set(Some(as_of.unwrap_or(AS_OF)), &[])?;
    let mut trial = Trial::new(&loaded.named);
    let texts = Sources::new();
    let mut fixtures = BTreeMap::new();
    for folder in &folders {
        trial.collect(folder, &texts, &mut fixtures)?;
    }
    trial.lacking(&loaded.named, &fixtures);
    let paths: Vec<String> = fixtures.keys().cloned().collect();
    let known: BTreeSet<Arc<str>> = rules.metas().into_iter().map(|meta| meta.name).collect();
    let outcomes =
        threads::share(&paths, paths.len() >= 4, |path| fixtures.get(path).map(|fixture| judge(fixture, &rules, &known)));
    let mut reach: BTreeMap<String, Reach> = BTreeMap::new();
    for (fixture, outcome) in fixtures.values().zip(outcomes.into_iter().flatten()) {
        trial.of(&fixture.rule).add(outcome.tally, outcome.remarks);
        reach.entry(fixture.rule.clone()).or_default().merge(outcome.reach);
    }
    for (rule, reach) in &reach {
        trial.of(rule).remarks.extend(unreached(reach, &loaded.sources));
    }
    trial.rules.iter_mut().for_each(|tried| tried.remarks.sort());
    Ok(trial)
}

/// A folder of rules that can be tried: one that holds neither `rules` nor fixtures beside it is likely to hold something else.
fn folder_at(path: &Path) -> Result<Folder, RulesError> {
    let folder = Folder::at(path);
    if folder.rules == path && Disk.is_folder(path) && !Disk.is_folder(&folder.fixtures) {
        let message = format!("{} holds no folder `rules`, and there is no folder `fixtures` beside it", path.display());
        return Err(RulesError::Wanted(format!("{message}\n  {START}")));
    }
    Ok(folder)
}

impl Trial {
    fn new(named: &[Named]) -> Self {
        let tried = |rule: &Named| Tried { name: rule.name.clone(), tally: Tally::default(), remarks: of_file(rule) };
        let mut rules: Vec<Tried> = named.iter().map(tried).collect();
        rules.sort_by(|a, b| a.name.cmp(&b.name));
        rules.dedup_by(|a, b| a.name == b.name);
        Self { rules }
    }

    /// The row of a rule; that of a folder of fixtures without a rule is made when it is needed.
    fn of(&mut self, rule: &str) -> &mut Tried {
        let at = match self.rules.binary_search_by(|tried| tried.name.as_str().cmp(rule)) {
            Ok(at) => at,
            Err(at) => {
                self.rules.insert(at, Tried { name: rule.to_owned(), ..Tried::default() });
                at
            }
        };
        &mut self.rules[at]
    }

    /// Finds the fixtures of a folder, and what is missing among them.
    fn collect(&mut self, folder: &Folder, texts: &Sources, fixtures: &mut BTreeMap<String, Fixture>) -> Result<(), RulesError> {
        let found = folder::by_folder(&folder.fixtures)?;
        let names: Vec<String> = self.rules.iter().map(|tried| tried.name.clone()).collect();
        for (rule, files) in found {
            let cases: Vec<(Kind, RuleFile)> = files.into_iter().filter_map(|file| Some((Kind::of(&file.path)?, file))).collect();
            if cases.is_empty() {
                continue;
            }
            if !names.contains(&rule) {
                let near = nearest(&rule, names.iter().map(String::as_str));
                let text = near.map_or_else(
                    || "there is no rule of that name".to_owned(),
                    |near| format!("no rule has that name: did you mean `{near}`?"),
                );
                let place = shown(&folder.fixtures.join(&rule));
                self.of(&rule).remarks.push(Remark { level: Level::Failure, place, text });
                continue;
            }
            for (kind, file) in cases {
                let path = file.path.clone();
                let file = texts.add(file.path, file.loaded);
                fixtures.insert(path, Fixture { rule: rule.clone(), kind, file });
            }
        }
        Ok(())
    }

    /// Notes which rules have no fixture that fails, or none that passes.
    fn lacking(&mut self, named: &[Named], fixtures: &BTreeMap<String, Fixture>) {
        for rule in named {
            let has = |kind: Kind| fixtures.values().any(|fixture| fixture.rule == rule.name && fixture.kind == kind);
            let wanted = [(Kind::Fail, "`fail-….json`"), (Kind::Pass, "`pass-….json`")];
            let lacking: Vec<&str> = wanted.into_iter().filter(|(kind, _)| !has(*kind)).map(|(_, name)| name).collect();
            if !lacking.is_empty() {
                let folder = format!("fixtures/{}", rule.name);
                let text = format!(
                    "there is no {} in {folder}: a rule shows where it fails and where it does not",
                    lacking.join(" and no ")
                );
                let place = rule.file.path().to_owned();
                self.of(&rule.name).remarks.push(Remark { level: Level::Failure, place, text });
            }
        }
    }
}

impl Tried {
    fn add(&mut self, tally: Tally, remarks: Vec<Remark>) {
        self.tally.reported += tally.reported;
        self.tally.quiet += tally.quiet;
        self.tally.undecided += tally.undecided;
        self.tally.missing += tally.missing;
        self.tally.noisy += tally.noisy;
        self.remarks.extend(remarks);
    }
}

/// What is to be said of a rule file whatever its fixtures say.
fn of_file(rule: &Named) -> Vec<Remark> {
    let text = "it takes the place of the built-in rule of that name; `check --rules` would refuse it".to_owned();
    let changed = rule.changed.then(|| Remark { level: Level::Warning, place: rule.file.path().to_owned(), text });
    prose(rule).into_iter().chain(changed).collect()
}

/// What is missing in the prose of a rule.
fn prose(rule: &Named) -> Vec<Remark> {
    let place = rule.file.path().strip_suffix("json").map_or_else(|| rule.file.path().to_owned(), |stem| format!("{stem}md"));
    let warn = |text: String| vec![Remark { level: Level::Warning, place: place.clone(), text }];
    if rule.prose.trim().is_empty() {
        return warn("there is no prose: say what the rule flags, why, how to fix it and when to suppress it".to_owned());
    }
    let has =
        |heading: &str| rule.prose.lines().any(|line| line.trim_start_matches('#').trim() == heading && line.starts_with('#'));
    match HEADINGS.iter().filter(|heading| !has(heading)).map(|heading| format!("`{heading}`")).collect::<Vec<_>>() {
        missing if missing.is_empty() => Vec::new(),
        missing => warn(format!("there is no heading {}", missing.join(", "))),
    }
}

/// The paths of a rule that led nowhere in any of its fixtures. Those of shared definitions may be there for other rules.
fn unreached(reach: &Reach, sources: &Sources) -> Vec<Remark> {
    let remark = |path: crate::rules::Unreached| {
        let file = sources.get(path.at.file)?;
        let near = path.near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
        let text = format!("`{}` matched nothing in any fixture{near}", path.path);
        let shared = file.path().rsplit('/').next() == Some(DEFINITIONS);
        (!shared).then(|| Remark { level: Level::Warning, place: place(&file, path.at), text })
    };
    reach.unreached().into_iter().filter_map(remark).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
