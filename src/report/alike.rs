//! Checks that cannot tell for the same reason at the same place: one thing to look up for whoever reads the report.
//!
//! One value that nobody gives leaves a dozen rules undecided. Programs get each of them; people get the value once, with the
//! rules that wait for it.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Verdict};
use crate::source::Span;

/// Undecided checks of different rules that differ in nothing else that is told: never empty.
pub(super) type Alike<'r> = Vec<&'r Diagnostic>;

/// The checks in their order, each with those that wait for the same as it does.
pub(super) fn alike(undecided: &[Diagnostic]) -> Vec<Alike<'_>> {
    let mut groups: Vec<Alike<'_>> = Vec::new();
    let mut at: BTreeMap<Span, Vec<usize>> = BTreeMap::new();
    for next in undecided {
        let here = at.entry(next.primary.span).or_default();
        match here.iter().find(|group| waits_for_the_same(groups[**group][0], next)) {
            Some(&group) => groups[group].push(next),
            None => {
                here.push(groups.len());
                groups.push(vec![next]);
            }
        }
    }
    groups
}

/// Whether two checks at one place have one reason, told with the same words under the same circumstances.
fn waits_for_the_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    let told = |diagnostic: &Diagnostic| match &diagnostic.verdict {
        Verdict::Undecided(reason) => *reason == diagnostic.primary.text,
        Verdict::Fails => false,
    };
    told(one)
        && one.rule != other.rule
        && one.verdict == other.verdict
        && one.primary.text == other.primary.text
        && one.resource == other.resource
        && one.environments == other.environments
        && one.condition == other.condition
        && one.instances == other.instances
}

/// What several checks have in common, as one diagnostic.
pub(super) fn as_one(alike: &[&Diagnostic]) -> Diagnostic {
    let about = alike[0].resource.as_ref().map(|resource| format!(" of `{}`", resource.name)).unwrap_or_default();
    let message = format!("{} checks{about} cannot be decided for one reason", alike.len());
    Diagnostic { message, help: None, fixes: Vec::new(), ..alike[0].clone() }
}
