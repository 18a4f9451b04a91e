//! One fixture of a rule: what it expects, held against what is told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::expect::{self, Expected, Said};
use super::regime::Regime;
use super::rules::{Rules, RulesError};
use super::trial::{Level, Remark, Tally};
use super::{Request, check};
use crate::diagnostic::{Diagnostic, Run, Verdict, nearest};
use crate::rules::Reach;
use crate::source::{FileId, SourceFile, Span};

/// What a fixture is for, by the start of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Fail,
    Pass,
    Undecided,
}

/// A fixture.
pub(super) struct Fixture {
    pub(super) rule: String,
    pub(super) kind: Kind,
    pub(super) file: Arc<SourceFile>,
}

impl Kind {
    /// What kind of fixture a file is: `None` for a parameter file or a template that a fixture links to.
    pub(super) fn of(path: &str) -> Option<Self> {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        let kinds = [("fail-", Self::Fail), ("pass-", Self::Pass), ("undecided-", Self::Undecided)];
        let (_, kind) = kinds.into_iter().find(|(start, _)| name.starts_with(start))?;
        (!name.contains(".parameters.")).then_some(kind)
    }
}

/// What one fixture came to.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) tally: Tally,
    pub(super) remarks: Vec<Remark>,
    pub(super) reach: Reach,
}

/// A rule told on a line of a file.
type Told<'r> = BTreeMap<(String, u32, String), &'r Diagnostic>;

/// Judges a fixture by `rules`, of which `known` are the names.
pub(super) fn judge(fixture: &Fixture, rules: &Rules, known: &BTreeSet<Arc<str>>) -> Outcome {
    let mut outcome = Outcome::default();
    let said = expect::read(&fixture.file);
    let rules = match said.circumstances(rules.trying(&fixture.rule), &fixture.rule) {
        Ok(rules) => rules,
        Err((at, error)) => {
            outcome.fail(place(&fixture.file, at), error.to_string());
            return outcome;
        }
    };
    let regime = Regime::fixed(rules.clone());
    let request = Request { paths: vec![PathBuf::from(fixture.file.path())], all_templates: true, ..Request::of(&regime) };
    let run = match check(&request) {
        Ok(checked) => checked.run,
        Err(error) => {
            outcome.fail(fixture.file.path().to_owned(), error.to_string());
            return outcome;
        }
    };
    outcome.reach = rules.reach();
    for unreadable in &run.unreadable {
        outcome.fail(unreadable.file.clone(), unreadable.error.clone());
    }
    if run.files.templates == 0 {
        outcome.fail(
            fixture.file.path().to_owned(),
            "it is no template, so that nothing in it is judged: add its `$schema`".to_owned(),
        );
    }
    compare(fixture, &run, known, &mut outcome);
    outcome
}

impl Said {
    /// The rules under the circumstances that a fixture of `rule` names.
    pub(super) fn circumstances(&self, rules: Rules, rule: &str) -> Result<Rules, (Span, RulesError)> {
        let mut rules = rules;
        if let Some((date, at)) = &self.as_of {
            rules = rules.set(Some(date), &[]).map_err(|error| (*at, error))?;
        }
        for (option, at) in &self.options {
            let own = option.split_once('=').is_none_or(|(name, _)| !name.contains('.'));
            let whole = if own { format!("{rule}.{option}") } else { option.clone() };
            rules = rules.set(None, &[whole]).map_err(|error| (*at, error))?;
        }
        Ok(rules)
    }
}

impl Outcome {
    /// Whether the fixture is what its name says.
    fn purpose(&mut self, fixture: &Fixture, expects: bool, quiet: bool) {
        let file = || fixture.file.path().to_owned();
        match (fixture.kind, expects) {
            (Kind::Pass, true) => {
                self.fail(file(), format!("a `pass` fixture expects {}: call it `fail-…` or `undecided-…`", fixture.rule));
            }
            (Kind::Pass, false) if quiet => self.tally.quiet += 1,
            (Kind::Pass, false) | (Kind::Fail | Kind::Undecided, true) => {}
            (Kind::Fail | Kind::Undecided, false) => {
                self.tally.missing += 1;
                self.fail(file(), format!("it expects nothing of its rule: write `// expect: {}` on a line", fixture.rule));
            }
        }
    }

    fn fail(&mut self, place: String, text: String) {
        self.remarks.push(Remark { level: Level::Failure, place, text });
    }
}

/// Compares what a fixture and the files that belong to it expect with what was told of them.
fn compare(fixture: &Fixture, run: &Run, known: &BTreeSet<Arc<str>>, outcome: &mut Outcome) {
    let expected = expected(fixture, run);
    let own = |rule: &str| rule == fixture.rule;
    let named: BTreeSet<&str> = expected.iter().map(|(_, one)| one.rule.as_str()).chain([fixture.rule.as_str()]).collect();
    let (fails, undecided) = (told(&run.diagnostics, &named, run), told(&run.undecided, &named, run));
    let mut awaited: BTreeSet<(String, u32, String)> = BTreeSet::new();
    for (file, one) in &expected {
        let at = (file.path().to_owned(), one.line, one.rule.clone());
        if !awaited.insert(at.clone()) {
            continue;
        }
        let uncertain = own(&one.rule) && fixture.kind == Kind::Undecided;
        let (wanted, other) = if uncertain { (&undecided, &fails) } else { (&fails, &undecided) };
        match (wanted.contains_key(&at), uncertain) {
            (true, false) => outcome.tally.reported += 1,
            (true, true) => outcome.tally.undecided += 1,
            (false, _) => {
                outcome.tally.missing += 1;
                outcome.fail(place(file, one.at), missing(one, known, wanted, other.get(&at).copied()));
            }
        }
    }
    // What other rules cannot tell is the business of their own fixtures.
    let told = fails.iter().chain(undecided.iter().filter(|((_, _, rule), _)| own(rule)));
    let unexpected: Vec<(&str, &Diagnostic)> =
        told.filter(|(at, _)| !awaited.contains(*at)).map(|((_, _, rule), told)| (rule.as_str(), *told)).collect();
    for &(rule, told) in &unexpected {
        outcome.tally.noisy += 1;
        outcome.remarks.extend(unwanted(rule, told, run));
    }
    let expects = expected.iter().any(|(_, one)| own(&one.rule));
    let quiet = !unexpected.iter().any(|(rule, _)| own(rule));
    outcome.purpose(fixture, expects, quiet);
}

/// What the files of a run expect.
fn expected(fixture: &Fixture, run: &Run) -> Vec<(Arc<SourceFile>, Expected)> {
    let files = (0..).map_while(|id| run.sources.get(FileId(id)));
    let others = files.filter(|file| file.path() != fixture.file.path() && file.text().contains("expect:"));
    let all = std::iter::once(Arc::clone(&fixture.file)).chain(others);
    all.flat_map(|file| expect::read(&file).expected.into_iter().map(move |one| (Arc::clone(&file), one))).collect()
}

/// What was told of the rules that a fixture names.
fn told<'r>(diagnostics: &'r [Diagnostic], named: &BTreeSet<&str>, run: &Run) -> Told<'r> {
    let mut told = Told::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| named.contains(&*diagnostic.rule)) {
        let Some(file) = run.sources.get(diagnostic.primary.span.file) else { continue };
        let line = file.position(diagnostic.primary.span.start).line;
        told.insert((file.path().to_owned(), line, diagnostic.rule.to_string()), diagnostic);
    }
    told
}

/// What nothing expects.
fn unwanted(rule: &str, told: &Diagnostic, run: &Run) -> Option<Remark> {
    let file = run.sources.get(told.primary.span.file)?;
    let text = match &told.verdict {
        Verdict::Fails => format!("{rule} is reported here, and nothing expects it: {}", told.message),
        Verdict::Undecided(why) => format!("{rule} cannot be told here: {why}"),
    };
    Some(Remark { level: Level::Failure, place: place(&file, told.primary.span), text })
}

/// Why what a fixture expects is not there.
fn missing(one: &Expected, known: &BTreeSet<Arc<str>>, wanted: &Told<'_>, other: Option<&Diagnostic>) -> String {
    let rule = &one.rule;
    if !known.contains(rule.as_str()) {
        let near = nearest(rule, known.iter().map(|name| &**name));
        let help = near.map_or_else(|| "`armlint rules` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
        return format!("no rule named `{rule}`: {help}");
    }
    match other.map(|other| &other.verdict) {
        Some(Verdict::Undecided(why)) => return format!("expected {rule} here, and it cannot be told: {why}"),
        Some(Verdict::Fails) => return format!("expected that {rule} cannot be told here, and it is reported"),
        None => {}
    }
    let elsewhere: Vec<String> = wanted.keys().filter(|(_, _, name)| name == rule).map(|(_, line, _)| line.to_string()).collect();
    match elsewhere.as_slice() {
        [] => format!("expected {rule} here, and it was not reported"),
        lines => format!("expected {rule} here, and it was reported on line {}", lines.join(", ")),
    }
}

/// `file:line:column`
pub(super) fn place(file: &SourceFile, at: Span) -> String {
    let position = file.position(at.start);
    format!("{}:{}:{}", file.path(), position.line, position.column)
}
