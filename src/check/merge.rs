//! One defect is one diagnostic: what the environments and the copies of a loop have in common is told once.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Environments, Verdict};
use crate::rules::merge_fixes;
use crate::source::{FileId, Span};

/// The environment of a template without a parameter file.
pub(super) const DEFAULTS: &str = "defaults";

/// A resource as it stands in a file; the empty pointer is the document itself.
type Place = (FileId, String);

/// Collects what the environments found.
#[derive(Default)]
pub(super) struct Merger {
    groups: BTreeMap<Group, Vec<Found>>,
    /// The environments in which each resource was judged.
    judged: BTreeMap<Place, BTreeSet<Environment>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    place: Place,
    rule: String,
    /// The part of the resource, with the indices taken out: copies of a property differ only there.
    part: String,
}

struct Found {
    environment: Environment,
    diagnostic: Diagnostic,
}

/// The name of an environment; `defaults` comes before all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Environment {
    other: bool,
    name: String,
}

impl Environment {
    fn new(name: &str) -> Self {
        Self { other: name != DEFAULTS, name: name.to_owned() }
    }
}

impl Merger {
    /// Notes that the resource at `pointer` was judged in an environment.
    pub(super) fn judged(&mut self, file: FileId, pointer: &str, environment: &str) {
        self.judged.entry((file, pointer.to_owned())).or_default().insert(Environment::new(environment));
    }

    /// Takes in one diagnostic of one environment.
    pub(super) fn add(&mut self, environment: &str, diagnostic: Diagnostic) {
        let pointer = diagnostic.resource.as_ref().map(|resource| resource.pointer.clone()).unwrap_or_default();
        let file = diagnostic.resource_file();
        let group =
            Group { place: (file, pointer), rule: diagnostic.rule.to_string(), part: without_indices(part(&diagnostic.path)) };
        self.groups.entry(group).or_default().push(Found { environment: Environment::new(environment), diagnostic });
    }

    /// All diagnostics that fail, and all that are undecided.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
        let (mut fails, mut undecided) = (Vec::new(), Vec::new());
        for (group, found) in std::mem::take(&mut self.groups) {
            let judged = self.judged.get(&group.place);
            for defect in defects(found) {
                let merged = merge(defect, judged);
                match merged.verdict {
                    Verdict::Fails => fails.push(merged),
                    Verdict::Undecided(_) => undecided.push(merged),
                }
            }
        }
        (fails, undecided)
    }
}

/// The defects of a group. The place tells them apart, but only where one environment has several: the same defect may be
/// told at another place where it is undecided.
fn defects(found: Vec<Found>) -> Vec<Vec<Found>> {
    let mut places: BTreeMap<Environment, BTreeSet<Span>> = BTreeMap::new();
    for one in &found {
        places.entry(one.environment.clone()).or_default().insert(one.diagnostic.primary.span);
    }
    if places.values().all(|spans| spans.len() == 1) {
        return vec![found];
    }
    let mut by_place: BTreeMap<Span, Vec<Found>> = BTreeMap::new();
    for one in found {
        by_place.entry(one.diagnostic.primary.span).or_default().push(one);
    }
    by_place.into_values().collect()
}

fn merge(mut found: Vec<Found>, judged: Option<&BTreeSet<Environment>>) -> Diagnostic {
    let environments = |verdict: fn(&Verdict) -> bool| -> BTreeSet<Environment> {
        found.iter().filter(|one| verdict(&one.diagnostic.verdict)).map(|one| one.environment.clone()).collect()
    };
    let fails = environments(|verdict| *verdict == Verdict::Fails);
    let undecided: BTreeSet<Environment> =
        environments(|verdict| *verdict != Verdict::Fails).difference(&fails).cloned().collect();
    let passes =
        judged.into_iter().flatten().filter(|environment| !fails.contains(environment) && !undecided.contains(environment));
    let names = |set: &BTreeSet<Environment>| set.iter().map(|environment| environment.name.clone()).collect();
    let told = Environments {
        passes: passes.map(|environment| environment.name.clone()).collect(),
        fails: names(&fails),
        undecided: names(&undecided),
    };
    // What fails is told before what is undecided, the defaults before the rest.
    found.sort_by_key(|one| (one.diagnostic.verdict != Verdict::Fails, one.environment.clone()));
    let mut first = found.remove(0);
    for one in found.iter().filter(|one| one.diagnostic.verdict == Verdict::Fails) {
        merge_fixes(&mut first.diagnostic, &one.diagnostic);
    }
    let same =
        found.iter().filter(|one| one.environment == first.environment && one.diagnostic.verdict == first.diagnostic.verdict);
    let instances = first.diagnostic.instances + same.map(|one| one.diagnostic.instances).sum::<usize>();
    Diagnostic { environments: told, instances, ..first.diagnostic }
}

/// The part of a resource that a rule judges by itself: the path up to its last index. What fails and what is undecided of
/// one part may be told at different properties of it.
pub(super) fn part(path: &str) -> &str {
    path.rfind(']').map_or("", |at| &path[..=at])
}

/// `additionalLocations[2].zones` without its indices.
fn without_indices(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ if inside && c.is_ascii_digit() => {}
            c => out.push(c),
        }
    }
    out
}
