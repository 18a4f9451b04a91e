//! All chosen rules on one deployment in one environment.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::describe;
use super::join::Seen;
use super::judge::{Tally, Verdict, is_open, judge};
use super::mend::Trees;
use super::policy::{self, Policies};
use super::predicate::{Case, Cause};
use super::rule::Rule;
use super::select::{Hit, Selected, select};
use super::set::{RuleSet, Selection, Settings};
use crate::diagnostic::{Diagnostic, Label, Verdict as Told};
use crate::model::{Model, ResourceIx};
use crate::source::FileId;
use crate::threads;
use crate::value::Value;

/// A diagnostic that may still make way for another.
struct Pending {
    diagnostic: Box<Diagnostic>,
    rule: usize,
    resource: ResourceIx,
}

/// For how many verdicts a second thread is started.
const MANY: usize = 2_000;

/// Judges `model` by the chosen rules. `accepted` tells whether the user accepts a diagnostic: it is then still returned, but
/// does not silence the rules that its own supersedes.
///
/// The diagnostics are those of the environment `defaults`, in the order of their places. Each instance of a copy loop is one.
pub fn run(
    rules: &RuleSet,
    selection: &Selection,
    settings: &Settings,
    model: &Model,
    trees: &dyn Trees,
    accepted: &dyn Fn(&Diagnostic) -> bool,
) -> Vec<Box<Diagnostic>> {
    let policies = Policies::new(rules, model, trees);
    let judging = model.types().flat_map(|(name, of_type)| {
        rules.judging(selection, name).filter_map(move |judging| {
            let may_judge = |ix: &ResourceIx| judging.may_judge(&model.get(*ix).body);
            let mut judged: Vec<ResourceIx> = of_type.iter().copied().filter(may_judge).collect();
            let rule = if judged.is_empty() { return None } else { rules.at(judging.at())? };
            judged.retain(|ix| rule.existing.takes(model.get(*ix)));
            Some((judging.at(), rule, judged))
        })
    });
    let queried = model.queried().flat_map(|(ix, resource)| {
        rules.judging_queried(selection, &resource.resource_type).map(move |(at, rule)| (at, rule, vec![ix]))
    });
    let work: Vec<(usize, &Rule, Vec<ResourceIx>)> = judging.chain(queried).collect();
    let amount: usize = work.iter().map(|(.., resources)| resources.len()).sum();
    let judged = threads::share(&work, amount > MANY, |(at, rule, resources)| {
        let seen = Seen::new(rule);
        let mut told = Vec::new();
        for &ix in resources {
            let case = Case::new(model, ix, rule, settings, &seen, &policies);
            parts(&case, &mut |case| told.extend(tell(case, *at, trees)));
        }
        told
    });
    let mut told: Vec<Pending> = judged.into_iter().flatten().collect();
    supersede(rules, &mut told, accepted);
    told.sort_by(|a, b| {
        let place = |pending: &Pending| (pending.diagnostic.primary.span.file, pending.diagnostic.primary.span.start);
        place(a).cmp(&place(b)).then_with(|| a.diagnostic.rule.cmp(&b.diagnostic.rule))
    });
    told.into_iter().map(|told| told.diagnostic).collect()
}

/// Calls `judge` with each part of the resource that the rule judges by itself.
pub(super) fn parts<'m, 'r>(case: &Case<'m, 'r>, judge: &mut dyn FnMut(&Case<'m, 'r>)) {
    if !case.rule.policy.is_empty() {
        return policy::parts(case, &case.rule.policy, judge);
    }
    if case.rule.each.is_empty() {
        return judge(case);
    }
    let root = Hit::root(case.model.get(case.ix));
    let mut stopped: Vec<&Value> = Vec::new();
    for path in case.rule.each.iter().filter(|path| root.may_lead(path)) {
        let mut selected = Selected::default();
        select(&root, path, &[], &mut selected);
        for hit in selected.hits {
            judge(&case.part(Ok(hit)));
        }
        for stop in selected.stops {
            // Several paths may end at one unknown object: that is one thing that cannot be told.
            if !stopped.iter().any(|known| std::ptr::eq(*known, stop.value)) {
                stopped.push(stop.value);
                Cause::unknown(stop).into_iter().for_each(|cause| judge(&case.part(Err(cause))));
            }
        }
    }
}

fn tell(case: &Case<'_, '_>, rule: usize, trees: &dyn Trees) -> Option<Pending> {
    let (verdict, tally) = judge(case);
    let diagnostic = match verdict {
        Verdict::Passes | Verdict::NotApplicable => return None,
        Verdict::Fails => Diagnostic { group: group_of(case), ..describe::fails(case, trees) },
        Verdict::Undecided if case.rule.skips_unknown && is_open(case) && !tally.as_ref().is_some_and(Tally::fails) => {
            return None;
        }
        Verdict::Undecided => describe::undecided(case, tally.as_ref(), trees),
    };
    Some(Pending { diagnostic: Box::new(diagnostic), rule, resource: case.ix })
}

/// The values that make failing resources of one file one diagnostic.
fn group_of(case: &Case<'_, '_>) -> Option<Arc<str>> {
    let values = case.rule.group.as_ref()?.iter().map(|place| {
        let hits = case.find_first(place, &[]).hits;
        hits.first().map(|hit| hit.value.canonical().to_ascii_lowercase()).unwrap_or_default()
    });
    Some(values.collect::<Vec<_>>().join("\n").into())
}

/// Drops what another rule says better about the same resource.
fn supersede(rules: &RuleSet, told: &mut Vec<Pending>, accepted: &dyn Fn(&Diagnostic) -> bool) {
    let fails = |told: &&Pending| told.diagnostic.verdict == Told::Fails && !accepted(&told.diagnostic);
    let silenced: Vec<(ResourceIx, usize)> = told
        .iter()
        .filter(fails)
        .filter_map(|told| Some((told.resource, rules.at(told.rule)?)))
        .flat_map(|(resource, rule)| rule.supersedes.iter().filter_map(move |name| Some((resource, rules.find(name)?))))
        .collect();
    told.retain(|told| !silenced.contains(&(told.resource, told.rule)));
}

/// Makes the failing resources of a group one diagnostic: the first carries it, the others are counted and labelled. Their
/// order may be another then.
///
/// It comes last, when every diagnostic was followed through all environments by the resource that it is about.
#[must_use]
pub fn group(told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut groups: Vec<Vec<Diagnostic>> = Vec::new();
    let mut places: BTreeMap<(FileId, Arc<str>, Arc<str>), Vec<usize>> = BTreeMap::new();
    for next in told {
        let Some(name) = next.group.clone() else {
            groups.push(vec![next]);
            continue;
        };
        let known = places.entry((next.resource_file(), Arc::clone(&next.rule), name)).or_default();
        let same = |at: &&usize| groups[**at][0].environments == next.environments;
        match known.iter().find(same) {
            Some(&at) => groups[at].push(next),
            None => {
                known.push(groups.len());
                groups.push(vec![next]);
            }
        }
    }
    groups.into_iter().map(one).collect()
}

/// The members of a group as one. Of the places in the first resource the shortest carries it, in whatever order they are
/// written.
fn one(mut members: Vec<Diagnostic>) -> Diagnostic {
    let first = members[0].resource.clone();
    let of_first = members.iter().enumerate().filter(|(_, member)| member.resource == first);
    let carrier = of_first.min_by_key(|(_, member)| (member.path.len(), &member.path)).map_or(0, |(n, _)| n);
    let mut whole = members.remove(carrier);
    for next in &members {
        whole.instances += next.instances;
        whole.others.push((next.primary.span, next.resource.clone()));
        if !whole.labels.iter().chain([&whole.primary]).any(|label| label.span == next.primary.span) {
            whole.labels.push(Label::new(next.primary.span, "here too"));
        }
        merge_fixes(&mut whole, next);
    }
    whole
}

/// Joins the fixes of two diagnostics that are told as one. A fix edits all of it, or is none: half a defect mended is one that
/// looks mended.
pub fn merge_fixes(first: &mut Diagnostic, next: &Diagnostic) {
    first.fixes.retain_mut(|fix| {
        let Some(other) = next.fixes.iter().find(|other| other.title == fix.title) else { return false };
        fix.join(other);
        true
    });
}
