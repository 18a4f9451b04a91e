//! Conditions, asked of one resource: true, false or unknown, and what made them so.
//!
//! Truth and evidence are two walks: most rules pass, and a pass needs no reason.

use std::cell::{Cell, OnceCell};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use smallvec::SmallVec;

use super::condition::{Leaf, Predicate, Quantifier, Source, Test};
use super::join::{self, Joined, Seen};
use super::policy::Policies;
use super::rule::{Place, Rule, Subject};
use super::select::{Assumptions, Hit, Hits, Selected, select};
use super::set::Settings;
use crate::model::{Model, Resource, ResourceIx};
use crate::value::{Symbol, Truth, Unknown, Value};

/// A rule on a resource, or on one part of it, with some unknowns perhaps assumed to be known.
pub(super) struct Case<'m, 'r> {
    pub(super) model: &'m Model,
    pub(super) ix: ResourceIx,
    pub(super) rule: &'r Rule,
    pub(super) settings: &'r Settings,
    pub(super) seen: &'r Seen<'m>,
    pub(super) policies: &'m Policies<'m>,
    /// The part that is judged, or the unknown behind which parts may be.
    pub(super) each: Result<Hit<'m>, Cause<'m>>,
    assumptions: Vec<(&'m Symbol, &'m Value)>,
    /// Where its joins lead, each found out when somebody asks.
    joins: OnceCell<Box<[OnceCell<Joined<'m>>]>>,
    /// Why it is undecided, found out when somebody asks.
    pub(super) causes: OnceCell<Box<[Cause<'m>]>>,
    /// Set when an assumed value turned out to be one that the rule's bounds rule out.
    pub(super) impossible: Cell<bool>,
}

/// Why something cannot be told. It is handed on by every question that meets it, and read where an answer is explained.
#[derive(Debug, Clone)]
pub(super) struct Cause<'m>(Rc<Told<'m>>);

/// What a cause tells.
#[derive(Debug)]
pub(super) struct Told<'m> {
    /// The value that would have to be known.
    pub(super) place: Option<Hit<'m>>,
    /// The reason.
    pub(super) reason: Reason<'m>,
}

/// The reason why something cannot be told.
#[derive(Debug, Clone)]
pub(super) enum Reason<'m> {
    /// A value is unknown.
    Unknown(&'m Unknown),
    /// Something else, in words.
    Words(Arc<str>),
}

/// One value, or what stands for it.
pub(super) enum Got<'m> {
    Hit(Hit<'m>),
    Stated(Value),
    Absent,
    Stopped(Cause<'m>),
    /// How many there are: at least and, where it is known, at most.
    Count(i64, Option<i64>, Option<Cause<'m>>),
}

/// There is seldom more than one reason.
pub(super) type Stops<'m> = SmallVec<[Cause<'m>; 2]>;

/// Every value at a place, and why there may be more.
pub(super) struct Found<'m> {
    pub(super) hits: Hits<'m>,
    pub(super) stops: Stops<'m>,
}

impl<'m> Got<'m> {
    /// The value of a hit, or its name where that is meant: an element of a list has none.
    pub(super) fn of(hit: Hit<'m>) -> Self {
        match (hit.named, hit.key()) {
            (false, _) => Self::Hit(hit),
            (true, Some(name)) => Self::Stated(Value::string(name, hit.site())),
            (true, None) => Self::Absent,
        }
    }
}

impl<'m> Deref for Cause<'m> {
    type Target = Told<'m>;

    fn deref(&self) -> &Told<'m> {
        &self.0
    }
}

impl Reason<'_> {
    /// A resource is only read.
    pub(super) fn existing(resource: &Resource) -> Self {
        let name = resource.display_name();
        let words = format!("`{name}` is declared `existing`, its properties are not in the files being linted");
        Self::Words(words.into())
    }
}

impl<'m> Cause<'m> {
    /// The value that would have to be known, and the reason.
    pub(super) fn new(place: Option<Hit<'m>>, reason: Reason<'m>) -> Self {
        Self(Rc::new(Told { place, reason }))
    }

    /// The unknown value at `place`.
    pub(super) fn unknown(place: Hit<'m>) -> Option<Self> {
        let reason = Reason::Unknown(place.value.first_unknown()?);
        Some(Self::new(Some(place), reason))
    }

    /// A resource that is only read: of its properties no more is known than is written.
    pub(super) fn existing(resource: &Resource) -> Self {
        Self::new(None, Reason::existing(resource))
    }

    /// The reason in words.
    pub(super) fn words(&self) -> String {
        match &self.reason {
            Reason::Unknown(unknown) => unknown.why.to_string(),
            Reason::Words(words) => words.to_string(),
        }
    }
}

impl<'m, 'r> Case<'m, 'r> {
    /// `rule` on the resource at `ix`, for the part `each` of it.
    pub(super) fn new(
        model: &'m Model,
        ix: ResourceIx,
        rule: &'r Rule,
        settings: &'r Settings,
        seen: &'r Seen<'m>,
        policies: &'m Policies<'m>,
    ) -> Self {
        let each = Ok(Hit::root(model.get(ix)));
        Self {
            model,
            ix,
            rule,
            settings,
            seen,
            policies,
            each,
            assumptions: Vec::new(),
            joins: OnceCell::new(),
            causes: OnceCell::new(),
            impossible: Cell::new(false),
        }
    }

    /// The same for another part.
    pub(super) fn part(&self, each: Result<Hit<'m>, Cause<'m>>) -> Self {
        Self { each, ..Self::new(self.model, self.ix, self.rule, self.settings, self.seen, self.policies) }
    }

    /// The same with one more assumption.
    pub(super) fn assuming(&self, symbol: &'m Symbol, value: &'m Value) -> Self {
        let mut assumptions = self.assumptions.clone();
        assumptions.push((symbol, value));
        Self { assumptions, ..self.part(self.each.clone()) }
    }

    /// Whether an assumption that was made is ruled out by what the rule knows.
    pub(super) fn is_impossible(&self) -> bool {
        self.impossible.get()
    }

    /// What is assumed.
    pub(super) fn assumptions(&self) -> &Assumptions<'m> {
        &self.assumptions
    }

    /// The values at a place.
    pub(super) fn find(&self, place: &Place, elements: &[Hit<'m>]) -> Found<'m> {
        self.find_in(place, elements, false)
    }

    /// The values of the first path that leads anywhere.
    pub(super) fn find_first(&self, place: &Place, elements: &[Hit<'m>]) -> Found<'m> {
        self.find_in(place, elements, true)
    }

    fn find_in(&self, place: &Place, elements: &[Hit<'m>], first: bool) -> Found<'m> {
        let mut found = Found { hits: Hits::new(), stops: Stops::new() };
        if self.leads_nowhere(place) {
            return found;
        }
        let stops = &mut found.stops;
        let mut selected = Selected::default();
        let mut from = |start: &Hit<'m>| {
            let (before, stops_before) = (selected.hits.len(), selected.stops.len());
            for path in &place.paths {
                select(start, path, &self.assumptions, &mut selected);
                if first && (selected.hits.len() > before || selected.stops.len() > stops_before) {
                    break;
                }
            }
            selected.hits[before..].iter_mut().for_each(|hit| hit.named = place.key);
        };
        match place.of {
            Subject::SELF => from(&Hit::root(self.model.get(self.ix))),
            Subject::EACH => match &self.each {
                Ok(each) => from(each),
                Err(cause) => stops.push(cause.clone()),
            },
            Subject(ix) => {
                match (self.joined(place.of), elements.get(ix.wrapping_sub(Subject::FIRST_JOIN + self.rule.joins.len()))) {
                    (Some(Joined::One(target)), _) => {
                        from(target);
                        if target.owner.existing && selected.hits.is_empty() && selected.stops.is_empty() {
                            stops.push(Cause::existing(target.owner));
                        }
                    }
                    (Some(Joined::None), _) | (None, None) => {}
                    (Some(Joined::Unknown(cause)), _) => stops.push(cause.clone()),
                    (Some(Joined::Many { sure, maybe }), _) => {
                        sure.iter().for_each(from);
                        stops.extend(maybe.iter().cloned());
                    }
                    (None, Some(element)) => from(element),
                }
            }
        }
        if !selected.stops.is_empty() {
            stops.insert_many(0, selected.stops.into_iter().filter_map(Cause::unknown));
        }
        if !selected.hits.is_empty() {
            found.hits = selected.hits;
        }
        found
    }

    /// Whether a place of the resource itself has nothing, as its outline tells.
    fn leads_nowhere(&self, place: &Place) -> bool {
        let body = &self.model.get(self.ix).body;
        place.of == Subject::SELF && !place.paths.iter().any(|path| body.may_lead(path.way()))
    }

    /// What the join that `subject` names leads to; `None` for what is no join.
    pub(super) fn joined(&self, subject: Subject) -> Option<&Joined<'m>> {
        let at = subject.0.checked_sub(Subject::FIRST_JOIN)?;
        let joins = self.joins.get_or_init(|| self.rule.joins.iter().map(|_| OnceCell::new()).collect());
        Some(joins.get(at)?.get_or_init(|| join::resolve(self, at)))
    }

    /// Whether a condition holds.
    pub(super) fn truth(&self, predicate: &Predicate, elements: &mut Vec<Hit<'m>>) -> Truth {
        match predicate {
            Predicate::All(parts) => {
                let mut so_far = Truth::True;
                for part in parts.iter() {
                    so_far = so_far.and(self.truth(part, elements));
                    if so_far == Truth::False {
                        break;
                    }
                }
                so_far
            }
            Predicate::Any(parts) => {
                let mut so_far = Truth::False;
                for part in parts.iter() {
                    so_far = so_far.or(self.truth(part, elements));
                    if so_far == Truth::True {
                        break;
                    }
                }
                so_far
            }
            Predicate::Not(part) => self.truth(part, elements).not(),
            Predicate::Leaf(leaf) => self.leaf(leaf, elements),
        }
    }

    /// The sum of the whole numbers at a place. None of them is negative, so that one which is not known can only add to it.
    fn sum(&self, place: &Place, elements: &[Hit<'m>]) -> Got<'m> {
        let Found { hits, stops } = self.find(place, elements);
        let known = hits.iter().filter_map(|hit| hit.value.as_int()).fold(0, i64::saturating_add);
        let unknown = hits.into_iter().filter(|hit| hit.value.is_unknown()).filter_map(Cause::unknown);
        let cause = stops.into_iter().chain(unknown).next();
        Got::Count(known, cause.is_none().then_some(known), cause)
    }

    /// Whether a condition on the resource certainly holds.
    pub(super) fn certainly(&self, predicate: &Predicate) -> bool {
        self.truth(predicate, &mut Vec::new()) == Truth::True
    }

    pub(super) fn leaf(&self, leaf: &Leaf, elements: &mut Vec<Hit<'m>>) -> Truth {
        let Source::At(place) = &leaf.term.source else { return self.ask(leaf, &self.got(leaf, elements), elements) };
        if leaf.quantifier == Quantifier::One {
            if let Some(seen) = self.glance(place)
                && !matches!(leaf.test, Test::Where(_) | Test::CannotTell(_))
            {
                return match seen {
                    Some(value) => self.ask_value(leaf, value, false, elements),
                    None => self.ask(leaf, &Got::Absent, elements),
                };
            }
            return self.ask(leaf, &self.got(leaf, elements), elements);
        }
        let mut found = self.find(place, elements);
        let unseen = if found.stops.is_empty() { None } else { Some(Truth::Unknown) };
        let answers = found.hits.drain(..).map(|hit| self.ask(leaf, &Got::of(hit), elements)).chain(unseen);
        match leaf.quantifier {
            Quantifier::All => answers.fold(Truth::True, Truth::and),
            Quantifier::Any | Quantifier::One => answers.fold(Truth::False, Truth::or),
            Quantifier::None => answers.fold(Truth::False, Truth::or).not(),
        }
    }

    /// The value of the first path that leads anywhere, or that none does: the usual case without the way to it. `None` where
    /// that does not tell all.
    pub(super) fn glance(&self, place: &Place) -> Option<Option<&'m Value>> {
        if place.of != Subject::SELF || place.key || !self.assumptions.is_empty() {
            return None;
        }
        let body = &self.model.get(self.ix).body;
        for path in place.paths.iter().filter(|path| body.may_lead(path.way())) {
            let seen = path.glance(body)?;
            if seen.is_some() {
                return Some(seen);
            }
        }
        Some(None)
    }

    /// The one value that a leaf asks about.
    fn got(&self, leaf: &Leaf, elements: &mut Vec<Hit<'m>>) -> Got<'m> {
        self.value(&leaf.term.source, elements)
    }

    pub(super) fn value(&self, source: &Source, elements: &[Hit<'m>]) -> Got<'m> {
        match source {
            Source::At(place) => {
                let Found { mut hits, stops } = self.find_first(place, elements);
                if !hits.is_empty() {
                    return Got::of(hits.swap_remove(0));
                }
                stops.into_iter().next().map_or(Got::Absent, Got::Stopped)
            }
            Source::Count(place) => {
                let Found { hits, stops } = self.find(place, elements);
                let least = i64::try_from(hits.len()).unwrap_or(i64::MAX);
                Got::Count(least, stops.is_empty().then_some(least), stops.into_iter().next())
            }
            Source::Sum(place) => self.sum(place, elements),
            Source::Option(option) => Got::Stated(self.settings.option(self.rule, *option)),
            Source::AsOf(days) => Got::Stated(self.settings.date_after(*days)),
        }
    }
}
