//! The verdict of one rule on one resource, told apart by cases where an unknown has only a few possible values.

use super::evidence::Evidence;
use super::predicate::{Case, Cause};
use super::select::Hit;
use crate::value::{Shape, Symbol, Truth, Value, ValueKind, Why};

/// What a rule says of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What must hold does.
    Passes,
    /// What must hold does not.
    Fails,
    /// It depends on something unknown.
    Undecided,
    /// The rule is about something else.
    NotApplicable,
}

/// For how many of the possible values of an unknown the rule fails.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tally {
    fails: Vec<String>,
    of: usize,
    allowed: bool,
}

/// How many cases are tried for one resource. A template has few parameters that matter to one rule, with few values each.
const MAX_CASES: usize = 256;
/// How many unknowns are told apart at once.
const MAX_UNKNOWNS: usize = 3;

impl Tally {
    /// Whether it fails for some of them by themselves.
    pub(super) fn fails(&self) -> bool {
        !self.fails.is_empty()
    }

    /// "fails for 1 of 3 allowed values: Consumption"; `None` where it fails for none of them by itself.
    pub(super) fn words(&self) -> Option<String> {
        let kind = if self.allowed { "allowed" } else { "possible" };
        (!self.fails.is_empty())
            .then(|| format!("fails for {} of {} {kind} values: {}", self.fails.len(), self.of, self.fails.join(", ")))
    }
}

/// Judges, and where it stays undecided says for which values of the first unknown it would fail.
pub(super) fn judge<'m>(case: &Case<'m, '_>) -> (Verdict, Option<Tally>) {
    let mut budget = MAX_CASES;
    settle(case, &mut budget)
}

fn settle<'m>(case: &Case<'m, '_>, budget: &mut usize) -> (Verdict, Option<Tally>) {
    let verdict = verdict(case);
    if verdict != Verdict::Undecided || case.assumptions().len() >= MAX_UNKNOWNS {
        return (verdict, None);
    }
    let Some((symbol, values, allowed)) = divisible(case) else { return (verdict, None) };
    let mut tally = Tally { fails: Vec::new(), of: 0, allowed };
    let (mut failing, mut passing) = (0, 0);
    for value in values {
        let Some(left) = budget.checked_sub(1) else { return (Verdict::Undecided, None) };
        *budget = left;
        let assumed = case.assuming(symbol, value);
        let (verdict, _) = settle(&assumed, budget);
        if assumed.is_impossible() {
            continue;
        }
        tally.of += 1;
        match verdict {
            Verdict::Fails => {
                failing += 1;
                tally.fails.push(super::describe::shown(value));
            }
            Verdict::Passes | Verdict::NotApplicable => passing += 1,
            Verdict::Undecided => {}
        }
    }
    match (failing, passing) {
        (0, passing) if passing == tally.of && passing > 0 => (Verdict::Passes, None),
        (failing, 0) if failing == tally.of && failing > 0 => (Verdict::Fails, None),
        (_, _) => (Verdict::Undecided, Some(tally)),
    }
}

/// The verdict as far as three-valued logic alone gives it.
fn verdict(case: &Case<'_, '_>) -> Verdict {
    let mut none = Vec::new();
    let when = case.rule.when.as_ref().map_or(Truth::True, |predicate| case.truth(predicate, &mut none));
    if when == Truth::False {
        return Verdict::NotApplicable;
    }
    let exempt = case.rule.exempt.as_ref().map_or(Truth::False, |predicate| case.truth(predicate, &mut none));
    let applies = exempt.not().and(when);
    if applies == Truth::False {
        return Verdict::NotApplicable;
    }
    let holds = case.rule.assert.as_ref().map_or(Truth::False, |predicate| case.truth(predicate, &mut none));
    match (applies, holds) {
        (_, Truth::True) => Verdict::Passes,
        // NOTE: where it is unknown whether there is a part to judge at all, nothing certainly fails.
        (Truth::True, Truth::False) if case.each.is_ok() => Verdict::Fails,
        (Truth::True | Truth::False | Truth::Unknown, Truth::False | Truth::Unknown) => Verdict::Undecided,
    }
}

/// Whether what must hold is unknown. Where it certainly does not hold, only whether the rule applies can be open.
pub(super) fn is_open(case: &Case<'_, '_>) -> bool {
    case.rule.assert.as_ref().is_none_or(|assert| case.truth(assert, &mut Vec::new()) == Truth::Unknown)
}

/// Why a case is undecided, the first reason first.
pub(super) fn causes<'m, 'c>(case: &'c Case<'m, '_>) -> &'c [Cause<'m>] {
    case.causes.get_or_init(|| {
        let rule = case.rule;
        let mut evidence: Vec<Evidence<'m, '_>> = Vec::new();
        let asked = [rule.exempt.as_ref(), rule.when.as_ref(), rule.assert.as_ref()];
        for predicate in asked.into_iter().flatten() {
            case.explain(predicate, Truth::Unknown, &mut Vec::new(), &mut evidence);
        }
        let known = evidence.into_iter().filter_map(|evidence| evidence.cause);
        known.chain(case.each.as_ref().err().cloned()).collect()
    })
}

/// What made a case fail.
pub(super) fn failures<'m, 'r>(case: &Case<'m, 'r>) -> Vec<Evidence<'m, 'r>> {
    let mut evidence = Vec::new();
    for (predicate, wanted) in [(&*case.rule.assert, Truth::False), (&case.rule.when, Truth::True)] {
        if let Some(predicate) = predicate {
            case.explain(predicate, wanted, &mut Vec::new(), &mut evidence);
            break;
        }
    }
    evidence
}

/// The first unknown that the case depends on of which all possible values are known, and whether they are allowed values.
fn divisible<'m>(case: &Case<'m, '_>) -> Option<(&'m Symbol, &'m [Value], bool)> {
    let places = causes(case).iter().filter_map(|cause| cause.place.as_ref());
    places.filter_map(|place: &Hit<'m>| one_of(place.value)).find(|(symbol, _, _)| {
        let assumed = case.assumptions().iter().any(|(known, _)| known == symbol);
        !assumed
    })
}

fn one_of(value: &Value) -> Option<(&Symbol, &[Value], bool)> {
    let ValueKind::Unknown(unknown) = &value.kind else { return None };
    let Shape::OneOf(values) = &unknown.shape else { return None };
    Some((unknown.symbol(), values, matches!(unknown.why, Why::Parameter(_) | Why::SecureParameter(_) | Why::KeyVault(_))))
}
