//! Which paths of a rule lead anywhere: one that never does in all the fixtures of its rule is most likely misspelt.
//!
//! Nothing here runs while templates are linted; the kit for rule authors asks for it.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Predicate, Source, Term, Test};
use super::join::Seen;
use super::mend::Trees;
use super::path::{Path, Step};
use super::policy::Policies;
use super::predicate::Case;
use super::rule::{By, How, Place, Rule, Subject};
use super::run::parts;
use super::select::{Hit, Hits, Selected, select};
use super::set::{RuleSet, Settings};
use crate::diagnostic::nearest;
use crate::model::Model;
use crate::source::Span;

/// How far the paths of a rule led in the models seen so far, by where they are written.
#[derive(Debug, Default)]
pub struct Reach {
    paths: BTreeMap<Span, Progress>,
}

/// A path that led nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// Where it is written in the rule file.
    pub at: Span,
    /// The path.
    pub path: String,
    /// The name that was probably meant in place of the one that was not found.
    pub near: Option<String>,
}

/// How far one path led.
#[derive(Debug, Default)]
struct Progress {
    path: String,
    reached: bool,
    /// How many of its steps were taken at most.
    depth: usize,
    /// The name that is the next step there.
    missing: Option<String>,
    /// The names that are there instead.
    names: BTreeSet<String>,
}

impl Reach {
    /// Notes how far the paths of the rule called `rule` lead in `model`, whatever its verdict.
    pub fn note(&mut self, rules: &RuleSet, rule: &str, settings: &Settings, model: &Model, trees: &dyn Trees) {
        let Some(rule) = rules.find(rule).and_then(|ix| rules.at(ix)) else { return };
        let policies = Policies::new(rules, model, trees);
        let seen = Seen::new(rule);
        for (ix, resource) in rule.resource.iter().flat_map(|kind| model.of_type(kind.as_str())) {
            if rule.existing.takes(resource) {
                let case = Case::new(model, ix, rule, settings, &seen, &policies);
                self.places(&case, &Place::values(Subject::SELF, rule.each.clone()), &[]);
                parts(&case, &mut |case| self.rule(case, rule));
            }
        }
    }

    /// Takes in what was noted elsewhere.
    pub fn merge(&mut self, other: Self) {
        for (at, progress) in other.paths {
            self.paths.entry(at).or_default().merge(progress);
        }
    }

    /// The paths that never led anywhere, in the order in which they are written.
    #[must_use]
    pub fn unreached(&self) -> Vec<Unreached> {
        let left = self.paths.iter().filter(|(_, progress)| !progress.reached);
        left.map(|(at, progress)| Unreached {
            at: *at,
            path: progress.path.clone(),
            near: progress
                .missing
                .as_deref()
                .and_then(|name| nearest(name, progress.names.iter().map(String::as_str)))
                .map(str::to_owned),
        })
        .collect()
    }

    fn rule(&mut self, case: &Case<'_, '_>, rule: &Rule) {
        for join in &rule.joins {
            match &join.by {
                By::Id(paths) | By::Name(paths) => self.places(case, &Place::values(join.from, paths.clone()), &[]),
                By::Child(place) => self.places(case, place, &[]),
                By::Referrers(paths) => {
                    for (_, referrer) in join.resource.iter().flat_map(|kind| case.model.of_type(kind.as_str())) {
                        paths.iter().for_each(|path| self.path(path, &|prefix| selected(&Hit::root(referrer), prefix)));
                    }
                }
                By::Parent | By::Children { .. } | By::Within(_) => {}
            }
        }
        let conditions = rule.when.iter().chain(rule.assert.iter()).chain(rule.severity.cases.iter().map(|(when, _)| when));
        conditions.for_each(|condition| self.predicate(case, condition, &mut Vec::new()));
        let places = rule.report.texts.at.iter().chain(rule.report.cases.iter().flat_map(|(_, texts)| &texts.at));
        places.chain(rule.group.iter().flatten()).for_each(|place| self.places(case, place, &[]));
        for label in &rule.report.labels {
            self.places(case, &label.at, &[]);
            label.when.iter().for_each(|when| self.predicate(case, when, &mut Vec::new()));
        }
        rule.report.cases.iter().for_each(|(when, _)| self.predicate(case, when, &mut Vec::new()));
        for fix in rule.fixes.iter() {
            // NOTE: what a fix sets may be absent, that is why it is set.
            let there = fix.changes.iter().filter(|change| !matches!(change.how, How::Set(_) | How::Add(_)));
            there.for_each(|change| self.places(case, &change.at, &[]));
            let conditions = fix.when.iter().chain(fix.changes.iter().filter_map(|change| change.when.as_ref()));
            conditions.for_each(|when| self.predicate(case, when, &mut Vec::new()));
        }
    }

    /// Every branch, whatever it comes to. Rules are not nested deeper than their loader allows.
    fn predicate<'m>(&mut self, case: &Case<'m, '_>, predicate: &Predicate, elements: &mut Vec<Hit<'m>>) {
        let leaf = match predicate {
            Predicate::All(inner) | Predicate::Any(inner) => {
                return inner.iter().for_each(|part| self.predicate(case, part, elements));
            }
            Predicate::Not(part) => return self.predicate(case, part, elements),
            Predicate::Leaf(leaf) => leaf,
        };
        self.term(case, &leaf.term, elements);
        match (&leaf.test, &leaf.term.source) {
            (Test::Where(inner), Source::At(place)) => {
                for hit in case.find(place, elements).hits {
                    elements.push(hit);
                    self.predicate(case, inner, elements);
                    elements.pop();
                }
            }
            (test, _) => test.term().into_iter().for_each(|term| self.term(case, term, elements)),
        }
    }

    fn term<'m>(&mut self, case: &Case<'m, '_>, term: &Term, elements: &mut Vec<Hit<'m>>) {
        if let Source::At(place) | Source::Count(place) | Source::Sum(place) = &term.source {
            self.places(case, place, elements);
        }
        term.bounds.iter().for_each(|bound| self.predicate(case, &bound.when, elements));
    }

    fn places<'m>(&mut self, case: &Case<'m, '_>, place: &Place, elements: &[Hit<'m>]) {
        for path in &place.paths {
            self.path(path, &|prefix| case.find(&Place::values(place.of, vec![prefix]), elements).hits);
        }
    }

    /// Notes how far `path` leads; `hits` tells what a part of it selects.
    fn path<'m>(&mut self, path: &Path, hits: &dyn Fn(Path) -> Hits<'m>) {
        let Some(at) = path.at else { return };
        let known = self.paths.entry(at).or_default();
        if !known.reached {
            known.merge(Progress::of(path, hits));
        }
    }
}

/// What a path selects from a resource.
fn selected<'m>(start: &Hit<'m>, path: Path) -> Hits<'m> {
    let mut found = Selected::default();
    select(start, &path, &[], &mut found);
    found.hits
}

impl Progress {
    fn of<'m>(path: &Path, hits: &dyn Fn(Path) -> Hits<'m>) -> Self {
        let mut progress = Self { path: path.to_string(), ..Self::default() };
        let prefix = |depth: usize| hits(Path::new(&path.steps[..depth]));
        let farthest = (0..=path.steps.len()).rev().map(|depth| (depth, prefix(depth))).find(|(_, hits)| !hits.is_empty());
        let Some((depth, hits)) = farthest else { return progress };
        progress.reached = depth == path.steps.len();
        progress.depth = depth;
        if let Some(Step::Name(name)) = path.steps.get(depth) {
            progress.missing = Some(name.to_string());
        }
        for object in hits.iter().filter_map(|hit| hit.value.as_object()) {
            progress.names.extend(object.iter().map(|(name, _)| name.to_string()));
        }
        progress
    }

    /// The farther of the two; of equally far ones, the names of both.
    fn merge(&mut self, other: Self) {
        if other.reached || other.depth > self.depth || self.path.is_empty() {
            *self = Self { reached: other.reached || self.reached, ..other };
        } else if other.depth == self.depth {
            self.names.extend(other.names);
        }
    }
}
