//! Conditions, asked of one resource: true, false or unknown, and what made them so.
//!
//! Truth and evidence are two walks: most rules pass, and a pass needs no reason.

use std::cell::{Cell, OnceCell};

use super::join::{self, Joined};
use super::operator;
use super::rule::{Leaf, Operand, Operands, Place, Predicate, Quantifier, Rule, Source, Subject, Test};
use super::select::{Assumptions, Hit, Selected, select};
use super::set::Settings;
use crate::model::{Model, Resource, ResourceIx};
use crate::value::{Symbol, Truth, Unknown, Value, ValueKind};

/// A rule on a resource, or on one part of it, with some unknowns perhaps assumed to be known.
pub(super) struct Case<'m, 'r> {
    pub(super) model: &'m Model,
    pub(super) ix: ResourceIx,
    pub(super) rule: &'r Rule,
    pub(super) settings: &'r Settings,
    /// The part that is judged, or the unknown behind which parts may be.
    pub(super) each: Result<Hit<'m>, Cause<'m>>,
    assumptions: Vec<(&'m Symbol, &'m Value)>,
    joins: Vec<OnceCell<Joined<'m>>>,
    /// Set when an assumed value turned out to be one that the rule's bounds rule out.
    impossible: Cell<bool>,
}

/// Why something cannot be told.
#[derive(Debug, Clone)]
pub(super) struct Cause<'m> {
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
    Words(String),
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

/// Every value at a place, and why there may be more.
pub(super) struct Found<'m> {
    pub(super) hits: Vec<Hit<'m>>,
    pub(super) stops: Vec<Cause<'m>>,
}

impl<'m> Cause<'m> {
    /// The unknown value at `place`.
    pub(super) fn unknown(place: Hit<'m>) -> Option<Self> {
        let reason = Reason::Unknown(place.value.first_unknown()?);
        Some(Self { place: Some(place), reason })
    }

    /// A resource that is only read: of its properties no more is known than is written.
    pub(super) fn existing(resource: &Resource) -> Self {
        let name = resource.display_name();
        let words = format!("`{name}` is declared `existing`, its properties are not in the files being linted");
        Self { place: None, reason: Reason::Words(words) }
    }

    /// The reason in words.
    pub(super) fn words(&self) -> String {
        match &self.reason {
            Reason::Unknown(unknown) => unknown.why.to_string(),
            Reason::Words(words) => words.clone(),
        }
    }
}

impl<'m, 'r> Case<'m, 'r> {
    /// `rule` on the resource at `ix`, for the part `each` of it.
    pub(super) fn new(model: &'m Model, ix: ResourceIx, rule: &'r Rule, settings: &'r Settings) -> Self {
        let joins = rule.joins.iter().map(|_| OnceCell::new()).collect();
        let each = Ok(Hit::root(model.get(ix)));
        Self { model, ix, rule, settings, each, assumptions: Vec::new(), joins, impossible: Cell::new(false) }
    }

    /// The same for another part.
    pub(super) fn part(&self, each: Result<Hit<'m>, Cause<'m>>) -> Self {
        Self { each, ..Self::new(self.model, self.ix, self.rule, self.settings) }
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
        let mut found = Found { hits: Vec::new(), stops: Vec::new() };
        let mut from = |start: &Hit<'m>| {
            for path in &place.paths {
                let mut selected = Selected::default();
                select(start, path, &self.assumptions, &mut selected);
                let led_on = !selected.hits.is_empty() || !selected.stops.is_empty();
                found.hits.append(&mut selected.hits);
                found.stops.extend(selected.stops.into_iter().filter_map(Cause::unknown));
                if first && led_on {
                    break;
                }
            }
        };
        match place.of {
            Subject::SELF => from(&Hit::root(self.model.get(self.ix))),
            Subject::EACH => match &self.each {
                Ok(each) => from(each),
                Err(cause) => found.stops.push(cause.clone()),
            },
            Subject(ix) => match (self.joined(place.of), elements.get(ix.wrapping_sub(Subject::FIRST_JOIN + self.joins.len()))) {
                (Some(Joined::One(target)), _) => {
                    from(target);
                    if target.owner.existing && found.hits.is_empty() && found.stops.is_empty() {
                        found.stops.push(Cause::existing(target.owner));
                    }
                }
                (Some(Joined::None), _) | (None, None) => {}
                (Some(Joined::Unknown(cause)), _) => found.stops.push(cause.clone()),
                (Some(Joined::Many { sure, maybe }), _) => {
                    sure.iter().for_each(from);
                    found.stops.extend(maybe.iter().cloned());
                }
                (None, Some(element)) => from(element),
            },
        }
        found
    }

    /// What the join that `subject` names leads to; `None` for what is no join.
    pub(super) fn joined(&self, subject: Subject) -> Option<&Joined<'m>> {
        let at = subject.0.checked_sub(Subject::FIRST_JOIN)?;
        Some(self.joins.get(at)?.get_or_init(|| join::resolve(self, &self.rule.joins[at])))
    }

    /// Whether a condition holds.
    pub(super) fn truth(&self, predicate: &Predicate, elements: &mut Vec<Hit<'m>>) -> Truth {
        match predicate {
            Predicate::All(parts) => {
                let mut so_far = Truth::True;
                for part in parts {
                    so_far = so_far.and(self.truth(part, elements));
                    if so_far == Truth::False {
                        break;
                    }
                }
                so_far
            }
            Predicate::Any(parts) => {
                let mut so_far = Truth::False;
                for part in parts {
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

    /// Whether a condition on the resource certainly holds.
    pub(super) fn certainly(&self, predicate: &Predicate) -> bool {
        self.truth(predicate, &mut Vec::new()) == Truth::True
    }

    fn leaf(&self, leaf: &Leaf, elements: &mut Vec<Hit<'m>>) -> Truth {
        let Source::At(place) = &leaf.term.source else { return self.ask(leaf, &self.got(leaf, elements), elements) };
        if leaf.quantifier == Quantifier::One {
            return self.ask(leaf, &self.got(leaf, elements), elements);
        }
        let found = self.find(place, elements);
        let unseen = if found.stops.is_empty() { None } else { Some(Truth::Unknown) };
        let answers = found.hits.into_iter().map(|hit| self.ask(leaf, &Got::Hit(hit), elements)).chain(unseen);
        match leaf.quantifier {
            Quantifier::All => answers.fold(Truth::True, Truth::and),
            Quantifier::Any | Quantifier::One => answers.fold(Truth::False, Truth::or),
            Quantifier::None => answers.fold(Truth::False, Truth::or).not(),
        }
    }

    /// The one value that a leaf asks about.
    fn got(&self, leaf: &Leaf, elements: &mut Vec<Hit<'m>>) -> Got<'m> {
        self.value(&leaf.term.source, elements)
    }

    pub(super) fn value(&self, source: &Source, elements: &[Hit<'m>]) -> Got<'m> {
        match source {
            Source::At(place) => {
                let Found { hits, stops } = self.find_first(place, elements);
                match (hits.into_iter().next(), stops.into_iter().next()) {
                    (Some(hit), _) => Got::Hit(hit),
                    (None, Some(cause)) => Got::Stopped(cause),
                    (None, None) => Got::Absent,
                }
            }
            Source::Count(place) => {
                let Found { hits, stops } = self.find(place, elements);
                let least = i64::try_from(hits.len()).unwrap_or(i64::MAX);
                Got::Count(least, stops.is_empty().then_some(least), stops.into_iter().next())
            }
            Source::Option(option) => Got::Stated(self.settings.option(self.rule, *option)),
            Source::AsOf(days) => Got::Stated(self.settings.date_after(*days)),
        }
    }

    /// What the leaf's test says of one value.
    pub(super) fn ask(&self, leaf: &Leaf, got: &Got<'m>, elements: &mut Vec<Hit<'m>>) -> Truth {
        match (&leaf.test, got) {
            (Test::Exists(wanted) | Test::Set(wanted) | Test::Written(wanted), Got::Absent) => (!wanted).into(),
            (Test::CannotTell(_), Got::Absent) => Truth::False,
            (Test::CannotTell(_), _) => Truth::Unknown,
            (Test::Exists(_) | Test::Set(_) | Test::Written(_) | Test::Where(_), Got::Stopped(_)) => Truth::Unknown,
            (Test::Exists(wanted), _) => (*wanted).into(),
            (Test::Set(wanted), Got::Hit(hit)) => flip(operator::is_set(hit.value), !wanted),
            (Test::Set(wanted), Got::Stated(value)) => flip(operator::is_set(value), !wanted),
            (Test::Set(wanted), Got::Count(..)) => (*wanted).into(),
            (Test::Written(wanted), Got::Hit(hit)) => flip(operator::is_written(hit.value), !wanted),
            // An option and a count stand in no template.
            (Test::Written(wanted), Got::Stated(_) | Got::Count(..)) => (!wanted).into(),
            (Test::Where(inner), Got::Hit(hit)) => {
                elements.push(hit.clone());
                let truth = self.truth(inner, elements);
                elements.pop();
                truth
            }
            (Test::Where(_), _) => Truth::False,
            (_, Got::Hit(hit)) => match (&leaf.term.default, hit.value.is_null()) {
                (Some(default), true) => self.compare(leaf, default, false, elements),
                _ => self.compare(leaf, hit.value, hit.assumed, elements),
            },
            (_, Got::Stated(value)) => self.compare(leaf, value, false, elements),
            (_, Got::Absent) => {
                leaf.term.default.as_ref().map_or(Truth::False, |value| self.compare(leaf, value, false, elements))
            }
            (_, Got::Stopped(_)) => Truth::Unknown,
            (_, Got::Count(least, most, _)) => self.count(leaf, *least, *most, elements),
        }
    }

    /// What a test says of a number of which only the bounds are known.
    fn count(&self, leaf: &Leaf, least: i64, most: Option<i64>, elements: &mut Vec<Hit<'m>>) -> Truth {
        let stated = |number| Value::new(ValueKind::Int(number), self.model.get(self.ix).declared);
        let low = self.compare(leaf, &stated(least), false, elements);
        if most == Some(least) {
            return low;
        }
        // More can only come: what holds of the least and can but grow holds, what fails of it and can but fail fails.
        match (&leaf.test, low) {
            (Test::GreaterThan(_), Truth::True) => Truth::True,
            (Test::LessThan(_), Truth::False) => Truth::False,
            (_, _) => Truth::Unknown,
        }
    }

    fn compare(&self, leaf: &Leaf, value: &Value, assumed: bool, elements: &mut Vec<Hit<'m>>) -> Truth {
        let related = |operand: &Operand, relation: &dyn Fn(&Value) -> Truth| match operand {
            Operand::Literal(literal) => relation(literal),
            Operand::Term(term) => match self.value(&term.source, elements) {
                Got::Hit(hit) if hit.value.is_null() => term.default.as_ref().map_or(Truth::False, relation),
                Got::Hit(hit) => relation(hit.value),
                Got::Stated(value) => relation(&value),
                Got::Absent => term.default.as_ref().map_or(Truth::False, relation),
                Got::Stopped(_) => Truth::Unknown,
                Got::Count(least, most, _) if most == Some(least) => {
                    relation(&Value::new(ValueKind::Int(least), self.model.get(self.ix).declared))
                }
                Got::Count(..) => Truth::Unknown,
            },
        };
        let numbers =
            |other: &Value, holds: &dyn Fn(&f64, &f64) -> bool| operator::relate(value, other, &operator::number, holds);
        match &leaf.test {
            Test::Equals(operand) if !leaf.spaces => related(operand, &|other| {
                let (value, other) = (operator::without_spaces(value), operator::without_spaces(other));
                operator::same(&value, &other, leaf.exact)
            }),
            Test::Equals(operand) => related(operand, &|other| self.bounded(leaf, value, assumed, other)),
            Test::In(Operands::Literal(list)) => {
                list.iter().fold(Truth::False, |so_far, other| so_far.or(self.bounded(leaf, value, assumed, other)))
            }
            Test::In(Operands::Term(term)) => self.among(leaf, value, &term.source, elements),
            Test::Matches(pattern) => operator::matches(value, pattern),
            Test::StartsWith(heads) => operator::starts_with(value, heads, leaf.exact),
            Test::EndsWith(tails) => operator::ends_with(value, tails, leaf.exact),
            Test::Contains(operand) => related(operand, &|part| operator::contains(value, part, leaf.exact)),
            Test::LongerThan(operand) => related(operand, &|than| operator::length(value, than, false)),
            Test::ShorterThan(operand) => related(operand, &|than| operator::length(value, than, true)),
            Test::GreaterThan(operand) => related(operand, &|other| numbers(other, &|a, b| a > b)),
            Test::LessThan(operand) => related(operand, &|other| numbers(other, &|a, b| a < b)),
            Test::MultipleOf(operand) => related(operand, &|other| numbers(other, &|a, b| *b != 0.0 && a % b == 0.0)),
            Test::OlderThan(operand) => {
                related(operand, &|other| operator::relate(value, other, &operator::version, &|a, b| a < b))
            }
            Test::NewerThan(operand) => {
                related(operand, &|other| operator::relate(value, other, &operator::version, &|a, b| a > b))
            }
            // NOTE: these are answered by `ask`, which alone knows absent from null.
            Test::Exists(_) | Test::Set(_) | Test::Written(_) | Test::CannotTell(_) | Test::Where(_) => Truth::Unknown,
        }
    }

    /// Whether a value equals one that the rule states, given what the rule knows an unknown cannot be.
    fn bounded(&self, leaf: &Leaf, value: &Value, assumed: bool, other: &Value) -> Truth {
        let same = operator::same(value, other, leaf.exact);
        let ruled_out = |literal: &Value| {
            leaf.term.bounds.iter().any(|bound| {
                let named = bound.values.iter().any(|value| operator::same(value, literal, false) == Truth::True);
                named && self.certainly(&bound.when)
            })
        };
        match same {
            Truth::Unknown if ruled_out(other) => Truth::False,
            Truth::True | Truth::False if assumed && ruled_out(value) => {
                self.impossible.set(true);
                same
            }
            Truth::True | Truth::False | Truth::Unknown => same,
        }
    }

    /// Whether a value is in a list that the template or an option gives.
    fn among(&self, leaf: &Leaf, value: &Value, list: &Source, elements: &[Hit<'m>]) -> Truth {
        let in_one = |list: &Value| operator::contains(list, value, leaf.exact);
        let Source::At(place) = list else {
            return match self.value(list, elements) {
                Got::Stated(list) => in_one(&list),
                Got::Hit(_) | Got::Absent | Got::Stopped(_) | Got::Count(..) => Truth::False,
            };
        };
        let found = self.find(place, elements);
        let many = place.paths.iter().any(super::path::Path::has_wildcard);
        let one = |hit: &Hit<'m>| if many { operator::same(hit.value, value, leaf.exact) } else { in_one(hit.value) };
        let seen = found.hits.iter().fold(Truth::False, |so_far, hit| so_far.or(one(hit)));
        if found.stops.is_empty() { seen } else { seen.or(Truth::Unknown) }
    }
}

fn flip(truth: Truth, turned: bool) -> Truth {
    if turned { truth.not() } else { truth }
}
