//! One defect is one diagnostic: what the environments and the copies of a loop have in common is told once.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Environments, Verdict};
use crate::rules::merge_fixes;
use crate::source::Span;

/// The environment of a template without a parameter file.
pub(super) const DEFAULTS: &str = "defaults";

/// The name of an environment; `defaults` comes before all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    other: bool,
    text: Arc<str>,
}

impl Name {
    pub(super) fn new(text: &str) -> Self {
        Self { other: text != DEFAULTS, text: text.into() }
    }

    pub(super) fn is_defaults(&self) -> bool {
        !self.other
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

/// What the environments found about the resources of one file.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<Found>,
    /// Which resource, by its pointer, was judged in which environment; the empty pointer is the document itself.
    judged: Vec<(Arc<str>, Name)>,
}

#[derive(Debug)]
struct Found {
    environment: Name,
    diagnostic: Box<Diagnostic>,
}

impl Findings {
    /// Notes that the resource at `pointer` was judged in an environment.
    pub(super) fn judged(&mut self, pointer: Arc<str>, environment: Name) {
        self.judged.push((pointer, environment));
    }

    /// Takes in one diagnostic of one environment.
    pub(super) fn add(&mut self, environment: Name, diagnostic: Box<Diagnostic>) {
        self.found.push(Found { environment, diagnostic });
    }

    /// Takes in what others found.
    pub(super) fn extend(&mut self, others: Self) {
        self.found.extend(others.found);
        self.judged.extend(others.judged);
    }

    /// The environments in which something was judged, once or more often.
    pub(super) fn environments(&self) -> impl Iterator<Item = &Name> {
        self.judged.iter().map(|(_, environment)| environment)
    }

    /// The pointers of the resources that something was found about.
    pub(super) fn places(&self) -> BTreeSet<Arc<str>> {
        let pointers: BTreeSet<&str> = self.found.iter().map(|one| pointer(&one.diagnostic)).collect();
        pointers.into_iter().map(Arc::from).collect()
    }

    /// Forgets the diagnostics that `keeps` does not hold for.
    pub(super) fn retain(&mut self, keeps: impl Fn(&Diagnostic) -> bool) {
        self.found.retain(|one| keeps(&one.diagnostic));
    }

    /// All diagnostics that fail, and all that are undecided.
    pub(super) fn merge(self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        let Self { mut found, mut judged } = self;
        found.sort_by(|one, other| by_defect(&one.diagnostic, &other.diagnostic));
        judged.sort_unstable();
        judged.dedup();
        let mut groups: Vec<Vec<Found>> = Vec::new();
        for one in found {
            match groups.last_mut() {
                Some(group) if by_defect(&group[0].diagnostic, &one.diagnostic).is_eq() => group.push(one),
                _ => groups.push(vec![one]),
            }
        }
        let merged = groups.into_iter().flat_map(defects).map(|defect| merge(defect, &judged));
        merged.partition(|merged| merged.verdict == Verdict::Fails)
    }
}

/// The pointer of the resource that a diagnostic is about.
fn pointer(diagnostic: &Diagnostic) -> &str {
    diagnostic.resource.as_ref().map_or("", |resource| &resource.pointer)
}

/// Brings together what is told of the same part of a resource by the same rule. Copies of a property differ only in indices.
fn by_defect(one: &Diagnostic, other: &Diagnostic) -> Ordering {
    let parts = || without_indices(part(&one.path)).cmp(without_indices(part(&other.path)));
    pointer(one).cmp(pointer(other)).then_with(|| one.rule.cmp(&other.rule)).then_with(parts)
}

/// The defects of a group. The place tells them apart, but only where one environment has several: the same defect may be
/// told at another place where it is undecided.
fn defects(found: Vec<Found>) -> Vec<Vec<Found>> {
    let mut places: BTreeMap<&Name, Span> = BTreeMap::new();
    let place = |one: &Found| one.diagnostic.primary.span;
    if found.len() == 1 || found.iter().all(|one| *places.entry(&one.environment).or_insert(place(one)) == place(one)) {
        return vec![found];
    }
    let mut by_place: BTreeMap<Span, Vec<Found>> = BTreeMap::new();
    for one in found {
        by_place.entry(place(&one)).or_default().push(one);
    }
    by_place.into_values().collect()
}

fn merge(mut found: Vec<Found>, judged: &[(Arc<str>, Name)]) -> Diagnostic {
    let environments = environments(&found, judged);
    // What fails is told before what is undecided, the defaults before the rest.
    found.sort_by(|one, other| {
        let fails = |one: &Found| one.diagnostic.verdict == Verdict::Fails;
        fails(other).cmp(&fails(one)).then_with(|| one.environment.cmp(&other.environment))
    });
    let mut first = found.remove(0);
    for one in found.iter().filter(|one| one.diagnostic.verdict == Verdict::Fails) {
        merge_fixes(&mut first.diagnostic, &one.diagnostic);
    }
    let same =
        found.iter().filter(|one| one.environment == first.environment && one.diagnostic.verdict == first.diagnostic.verdict);
    let instances = first.diagnostic.instances + same.map(|one| one.diagnostic.instances).sum::<usize>();
    Diagnostic { environments, instances, ..*first.diagnostic }
}

/// In which environments a defect fails, in which it cannot be told, and in which else its resource was judged.
fn environments(found: &[Found], judged: &[(Arc<str>, Name)]) -> Environments {
    let of = |fails: bool| {
        let names = found.iter().filter(|one| (one.diagnostic.verdict == Verdict::Fails) == fails);
        let mut names: Vec<&Name> = names.map(|one| &one.environment).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let (fails, mut undecided) = (of(true), of(false));
    undecided.retain(|name| fails.binary_search(name).is_err());
    let pointer = found.first().map_or("", |one| pointer(&one.diagnostic));
    let here = &judged[judged.partition_point(|(judged, _)| **judged < *pointer)..];
    let here = here.iter().take_while(|(judged, _)| **judged == *pointer).map(|(_, name)| name);
    let passes = here.filter(|name| fails.binary_search(name).is_err() && undecided.binary_search(name).is_err());
    let text = |name: &Name| name.text.to_string();
    Environments {
        passes: passes.map(text).collect(),
        fails: fails.into_iter().map(text).collect(),
        undecided: undecided.into_iter().map(text).collect(),
    }
}

/// The part of a resource that a rule judges by itself: the path up to its last index. What fails and what is undecided of
/// one part may be told at different properties of it.
pub(super) fn part(path: &str) -> &str {
    path.rfind(']').map_or("", |at| &path[..=at])
}

/// `additionalLocations[2].zones` without its indices.
fn without_indices(path: &str) -> impl Iterator<Item = char> {
    let mut inside = false;
    path.chars().filter(move |c| {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ => return !(inside && c.is_ascii_digit()),
        }
        false
    })
}
