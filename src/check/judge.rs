//! One root template, judged in each of its environments.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::documents::Documents;
use super::inventory::{self, Service};
use super::ledger::Ledger;
use super::link::Linked;
use super::merge::{Findings, Name, part};
use super::rules::{LINKED_TEMPLATE_MISSING, MISSING_RESOURCE_TYPE, Rules, SERVICE_TYPE};
use crate::diagnostic::{Diagnostic, Label, ResourceRef, Severity, Verdict};
use crate::lower::{self, Blueprint, Choice, Closed, Links, Lowered, Untyped, Values};
use crate::source::{FileId, Span};
use crate::value::{Key, Value};

/// How many combinations of parameter values are tried to decide what is undecided.
const MAX_CASES: usize = 24;

/// A set of values for the parameters of a template, by the name that reports give it.
pub(super) struct Environment {
    /// `defaults`, or the path of a parameter file.
    pub(super) name: Name,
    pub(super) values: Values,
}

/// What one root template came to.
#[derive(Default)]
pub(super) struct Judged {
    /// What the rules found and by what, by the file that holds the resource.
    pub(super) found: BTreeMap<FileId, Findings>,
    /// The services in it.
    pub(super) services: Vec<Service>,
    /// Whether there is any resource in it that a rule looks at.
    pub(super) looked_at: bool,
    /// Whether it came to more than is judged.
    pub(super) truncated: bool,
}

impl Judged {
    /// What was found in a file.
    fn of(&mut self, file: FileId) -> &mut Findings {
        self.found.entry(file).or_default()
    }
}

/// A root template and what judging it needs.
pub(super) struct Root<'r> {
    pub(super) blueprint: Arc<Blueprint>,
    /// The file, as reported.
    pub(super) path: &'r str,
    /// What its defaults are called in the files that it links to.
    as_parent: Name,
    pub(super) file: FileId,
    pub(super) documents: &'r Arc<Documents>,
    pub(super) rules: &'r Rules,
    /// What is accepted.
    pub(super) ledger: &'r Ledger<'r>,
    pub(super) links: Arc<dyn Links>,
}

impl<'r> Root<'r> {
    pub(super) fn new(
        blueprint: Arc<Blueprint>,
        path: &'r str,
        file: FileId,
        documents: &'r Arc<Documents>,
        rules: &'r Rules,
        ledger: &'r Ledger<'r>,
    ) -> Self {
        let as_parent = Name::new(path);
        Self { blueprint, path, as_parent, file, documents, rules, ledger, links: Arc::new(Linked::new(documents)) }
    }

    /// Judges the template in each environment.
    pub(super) fn judge(&self, environments: &[Environment]) -> Judged {
        let mut judged = Judged::default();
        for environment in environments {
            self.environment(environment, &mut judged);
        }
        // What is told of a resource in one environment is not so in the others.
        for (file, findings) in &mut judged.found {
            let names: Vec<&Name> = environments.iter().map(|environment| self.name_in(*file, environment)).collect();
            for pointer in findings.places() {
                names.iter().for_each(|name| findings.judged(Arc::clone(&pointer), (*name).clone()));
            }
        }
        judged
    }

    fn environment(&self, environment: &Environment, judged: &mut Judged) {
        let lowered = self.lower(&environment.values);
        let mut found = self.run(&lowered);
        self.decide(&environment.values, &mut found);
        for (_, resource) in lowered.model.iter() {
            judged.looked_at = true;
            let name = self.name_in(resource.declared.file, environment);
            judged.of(resource.declared.file).judged(Arc::clone(&resource.pointer), name.clone());
            if resource.resource_type.is(SERVICE_TYPE) {
                judged.services.push(inventory::service(resource, name.as_str().to_owned()));
            }
        }
        for (_, resource) in lowered.model.queried() {
            let name = self.name_in(resource.declared.file, environment).clone();
            judged.of(resource.declared.file).judged(Arc::clone(&resource.pointer), name);
        }
        judged.truncated |= lowered.truncated;
        // A template that was read only because it may link to another one is nobody's business by itself.
        if judged.looked_at || self.documents.was_found(self.path) {
            found.extend(lowered.closed.iter().map(closed).map(Box::new));
            found.extend(lowered.untyped.iter().map(untyped).map(Box::new));
        }
        if judged.looked_at {
            found.extend(lowered.problems.into_iter().map(Box::new));
        }
        for told in found {
            let file = told.resource_file();
            judged.of(file).add(self.name_in(file, environment).clone(), told);
        }
    }

    fn run(&self, lowered: &Lowered) -> Vec<Box<Diagnostic>> {
        self.rules.run(&lowered.model, &**self.documents, &|diagnostic| self.ledger.accepts(diagnostic))
    }

    fn lower(&self, values: &Values) -> Lowered {
        lower::deploy(&self.blueprint, values, &self.links, &|kind| self.rules.wants(kind), &self.documents.sources)
    }

    /// The name of an environment in a file: in a linked file the defaults of the root are those of the root, not its own.
    fn name_in<'n>(&'n self, file: FileId, environment: &'n Environment) -> &'n Name {
        if file != self.file && environment.name.is_defaults() { &self.as_parent } else { &environment.name }
    }

    /// Decides what is undecided only because a parameter has no value but few to choose from: each is tried.
    fn decide(&self, values: &Values, found: &mut Vec<Box<Diagnostic>>) {
        if found.iter().all(|diagnostic| diagnostic.verdict == Verdict::Fails) {
            return;
        }
        let choices: Vec<Choice> = values.choices(&self.blueprint);
        let cases = cases(&choices);
        if cases.len() < 2 {
            return;
        }
        let outcomes: Vec<Outcome> = cases.iter().map(|case| self.outcome(values, case)).collect();
        found.retain_mut(|diagnostic| {
            if diagnostic.verdict == Verdict::Fails {
                return true;
            }
            let identity = Identity::of(diagnostic);
            let verdicts: Vec<Option<&Diagnostic>> =
                outcomes.iter().map(|outcome| outcome.get(&identity).map(Box::as_ref)).collect();
            if verdicts.iter().all(Option::is_none) {
                return false;
            }
            let certain = verdicts.iter().all(|verdict| verdict.is_some_and(|found| found.verdict == Verdict::Fails));
            match (certain, verdicts[0]) {
                (true, Some(first)) => **diagnostic = first.clone(),
                _ => explain(diagnostic, &cases, &verdicts),
            }
            true
        });
    }

    fn outcome(&self, values: &Values, case: &Case) -> Outcome {
        let chosen = case.iter().fold(values.clone(), |values, (name, value)| values.with(name, value));
        let lowered = self.lower(&chosen);
        let found = self.run(&lowered);
        let mut outcome = Outcome::new();
        for diagnostic in found {
            let identity = Identity::of(&diagnostic);
            // Of several with one identity, one that fails stands for all.
            if diagnostic.verdict == Verdict::Fails || !outcome.contains_key(&identity) {
                outcome.insert(identity, diagnostic);
            }
        }
        outcome
    }
}

/// The values of one combination.
type Case = Vec<(Key, Value)>;
/// What one combination gives.
type Outcome = BTreeMap<Identity, Box<Diagnostic>>;

/// Which defect a diagnostic is about, whatever its verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    rule: Arc<str>,
    file: FileId,
    pointer: String,
    part: String,
}

impl Identity {
    fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            rule: Arc::clone(&diagnostic.rule),
            file: diagnostic.resource_file(),
            pointer: diagnostic.resource.as_ref().map(|resource| resource.pointer.clone()).unwrap_or_default(),
            part: part(&diagnostic.path).to_owned(),
        }
    }
}

/// All combinations of the choices, or those of the leading choices for which they are few enough.
fn cases(choices: &[Choice]) -> Vec<Case> {
    let mut cases: Vec<Case> = vec![Vec::new()];
    for choice in choices {
        if cases.len() * choice.values.len() > MAX_CASES {
            continue;
        }
        let with = |case: &Case, value: &Value| case.iter().cloned().chain([(choice.name.clone(), value.clone())]).collect();
        cases = cases.iter().flat_map(|case| choice.values.iter().map(move |value| with(case, value))).collect();
    }
    cases
}

/// Says for which of the allowed values an undecided diagnostic fails.
fn explain(diagnostic: &mut Diagnostic, cases: &[Case], verdicts: &[Option<&Diagnostic>]) {
    let fails = |n: &usize| verdicts[*n].is_some_and(|found| found.verdict == Verdict::Fails);
    let failing: Vec<usize> = (0..cases.len()).filter(fails).collect();
    if failing.is_empty() {
        return;
    }
    // Only the parameters whose value makes a difference are worth naming.
    let decisive: Vec<usize> = (0..cases[0].len()).filter(|&at| matters(at, cases, verdicts)).collect();
    let label = |n: &usize| {
        let parts: Vec<String> = decisive.iter().map(|&at| show(&cases[*n][at], decisive.len() > 1)).collect();
        parts.join(", ")
    };
    let all: BTreeSet<String> = (0..cases.len()).map(|n| label(&n)).collect();
    let bad: BTreeSet<String> = failing.iter().map(label).collect();
    let kind = if decisive.len() == 1 { "allowed values" } else { "combinations of allowed values" };
    let separator = if decisive.len() == 1 { ", " } else { "; " };
    let shown: Vec<&str> = bad.iter().take(4).map(String::as_str).collect();
    let more = if bad.len() > shown.len() { format!("{separator}…") } else { String::new() };
    diagnostic.verdict =
        Verdict::Undecided(format!("fails for {} of {} {kind}: {}{more}", bad.len(), all.len(), shown.join(separator)));
}

/// Whether two combinations that differ only at `at` come to different verdicts.
fn matters(at: usize, cases: &[Case], verdicts: &[Option<&Diagnostic>]) -> bool {
    let key = |n: usize| -> Vec<String> {
        cases[n].iter().enumerate().filter(|(m, _)| *m != at).map(|(_, (_, value))| value.canonical()).collect()
    };
    let verdict = |n: usize| verdicts[n].map(|found| found.verdict == Verdict::Fails);
    let mut seen: BTreeMap<Vec<String>, Option<bool>> = BTreeMap::new();
    (0..cases.len()).any(|n| *seen.entry(key(n)).or_insert_with(|| verdict(n)) != verdict(n))
}

fn show((name, value): &(Key, Value), named: bool) -> String {
    let text = value.as_str().map_or_else(|| value.canonical(), str::to_owned);
    if named { format!("{name} {text}") } else { text }
}

/// A link that cannot be followed: certainly wrong where a relative path leads to no file, undecided elsewhere.
fn closed((resource, at, closed): &(ResourceRef, Span, Closed)) -> Diagnostic {
    let (message, help, undecided) = match closed {
        Closed::Missing(name) => (
            format!("there is no linked template `{name}`"),
            "correct `relativePath`: it is seen from the folder of this template",
            None,
        ),
        Closed::Circular => (
            "the linked template deploys the template that deploys it".to_owned(),
            "link to another template, or break the circle",
            Some("what is deployed from here on is not followed".to_owned()),
        ),
        Closed::Hidden(why) => (
            "cannot look into the template that is deployed here".to_owned(),
            "write the template as an object, as a variable that is one, or in a file of its own",
            Some((*why).to_owned()),
        ),
        Closed::Outside(name) => (
            format!("cannot look into the linked template {name}"),
            "lint the folder that holds both, or put the template beside this one",
            Some(format!("{name} is not among the files being linted")),
        ),
    };
    let label = Label::new(*at, "deployed here");
    let told = Diagnostic::new(LINKED_TEMPLATE_MISSING, Severity::Warning, message, label).with_help(help);
    let verdict = undecided.map_or(Verdict::Fails, Verdict::Undecided);
    Diagnostic { resource: Some(resource.clone()), verdict, ..told }
}

/// A resource without a type that can be told: certainly wrong where no type is written.
fn untyped((resource, found): &(ResourceRef, Untyped)) -> Diagnostic {
    let label = Label::new(found.at, "here");
    let told = match &found.why {
        None => Diagnostic::new(MISSING_RESOURCE_TYPE, Severity::Error, "the resource has no type", label)
            .with_help("write the provider and the type: `Microsoft.ApiManagement/service`"),
        Some(why) => {
            let message = "cannot tell the type of the resource, so no rule looks at it";
            let mut diagnostic = Diagnostic::new(MISSING_RESOURCE_TYPE, Severity::Error, message, label)
                .with_help("write the type as text, or give the parameter a value");
            diagnostic.verdict = Verdict::Undecided(why.clone());
            diagnostic
        }
    };
    Diagnostic { resource: Some(resource.clone()), ..told }
}
