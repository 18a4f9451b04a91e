//! What a question of a rule says of what was found at a place: one value, none, or a number of them.

use super::condition::{Leaf, Operand, Operands, Source, Test};
use super::operator;
use super::path::Path;
use super::predicate::{Case, Got};
use super::select::Hit;
use crate::value::{Truth, Value, ValueKind};

impl<'m> Case<'m, '_> {
    /// What the leaf's test says of one value.
    pub(super) fn ask(&self, leaf: &Leaf, got: &Got<'m>, elements: &mut Vec<Hit<'m>>) -> Truth {
        match (&leaf.test, got) {
            (Test::Where(inner), Got::Hit(hit)) => {
                elements.push(hit.clone());
                let truth = self.truth(inner, elements);
                elements.pop();
                truth
            }
            (Test::CannotTell(_) | Test::Where(_), Got::Absent) => Truth::False,
            (Test::CannotTell(_), _) => Truth::Unknown,
            (_, Got::Hit(hit)) => self.ask_value(leaf, hit.value, hit.assumed, elements),
            (Test::Exists(wanted) | Test::Set(wanted) | Test::Written(wanted) | Test::ByDefault(wanted), Got::Absent) => {
                (!wanted).into()
            }
            (_, Got::Stopped(_)) => Truth::Unknown,
            (Test::Where(_), _) => Truth::False,
            (Test::Exists(wanted), _) => (*wanted).into(),
            (Test::Set(wanted), Got::Stated(value)) => flip(operator::is_set(value), !wanted),
            (Test::Set(wanted), Got::Count(..)) => (*wanted).into(),
            // An option and a count stand in no template.
            (Test::Written(wanted) | Test::ByDefault(wanted), Got::Stated(_) | Got::Count(..)) => (!wanted).into(),
            (_, Got::Stated(value)) => self.compare(leaf, value, false, elements),
            (_, Got::Absent) => {
                leaf.term.default.as_ref().map_or(Truth::False, |value| self.compare(leaf, value, false, elements))
            }
            (_, Got::Count(least, most, _)) => self.count(leaf, *least, *most, elements),
        }
    }

    /// What the leaf's test, which is not about its members, says of a value of the template.
    pub(super) fn ask_value(&self, leaf: &Leaf, value: &'m Value, assumed: bool, elements: &mut Vec<Hit<'m>>) -> Truth {
        match &leaf.test {
            Test::Exists(wanted) => (*wanted).into(),
            Test::Set(wanted) => flip(operator::is_set(value), !wanted),
            Test::Written(wanted) => flip(operator::is_written(value), !wanted),
            Test::ByDefault(wanted) => (operator::is_default(value) == *wanted).into(),
            _ => match (&leaf.term.default, value.is_null()) {
                (Some(default), true) => self.compare(leaf, default, false, elements),
                _ => self.compare(leaf, value, assumed, elements),
            },
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
            (Test::Equals(operand), Truth::False) => {
                let passed = |other: &Value| operator::relate(&stated(least), other, &operator::number, &|a, b| a > b);
                if self.related(operand, elements, &passed) == Truth::True { Truth::False } else { Truth::Unknown }
            }
            (_, _) => Truth::Unknown,
        }
    }

    /// Whether a relation holds with what a value is compared with.
    fn related(&self, operand: &Operand, elements: &[Hit<'m>], relation: &dyn Fn(&Value) -> Truth) -> Truth {
        let term = match operand {
            Operand::Literal(literal) => return relation(literal),
            Operand::Term(term) => term,
        };
        let glanced = match &term.source {
            Source::At(place) => self.glance(place),
            _ => None,
        };
        if let Some(seen) = glanced {
            let given = seen.filter(|value| !value.is_null()).or(term.default.as_ref());
            return given.map_or(Truth::False, relation);
        }
        match self.value(&term.source, elements) {
            Got::Hit(hit) if !hit.value.is_null() => relation(hit.value),
            Got::Hit(_) | Got::Absent => term.default.as_ref().map_or(Truth::False, relation),
            Got::Stated(value) => relation(&value),
            Got::Count(least, most, _) if most == Some(least) => {
                relation(&Value::new(ValueKind::Int(least), self.model.get(self.ix).declared))
            }
            Got::Stopped(_) | Got::Count(..) => Truth::Unknown,
        }
    }

    fn compare(&self, leaf: &Leaf, value: &Value, assumed: bool, elements: &mut Vec<Hit<'m>>) -> Truth {
        let related = |operand: &Operand, relation: &dyn Fn(&Value) -> Truth| self.related(operand, elements, relation);
        let numbers =
            |other: &Value, holds: &dyn Fn(&f64, &f64) -> bool| operator::relate(value, other, &operator::number, holds);
        match &leaf.test {
            Test::Equals(operand) if !leaf.spaces => related(operand, &|other| {
                let (value, other) = (operator::without_spaces(value), operator::without_spaces(other));
                operator::same(&value, &other, leaf.exact)
            }),
            Test::Equals(operand) => related(operand, &|other| self.bounded(leaf, value, assumed, other)),
            Test::In(Operands::Literal(list)) => {
                let mut so_far = Truth::False;
                for other in list {
                    so_far = so_far.or(self.bounded(leaf, value, assumed, other));
                    if so_far == Truth::True {
                        break;
                    }
                }
                so_far
            }
            Test::In(Operands::Term(term)) => self.among(leaf, value, &term.source, elements),
            Test::HasType(wanted) => operator::has_type(value, *wanted),
            Test::Near(names) => operator::near(value, names),
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
            Test::Exists(_) | Test::Set(_) | Test::Written(_) | Test::ByDefault(_) | Test::CannotTell(_) | Test::Where(_) => {
                Truth::Unknown
            }
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
        let many = place.paths.iter().any(Path::has_wildcard);
        let one = |hit: &Hit<'m>| match Got::of(hit.clone()) {
            Got::Hit(hit) if !many => in_one(hit.value),
            Got::Hit(hit) => operator::same(hit.value, value, leaf.exact),
            Got::Stated(name) => operator::same(&name, value, leaf.exact),
            Got::Absent | Got::Stopped(_) | Got::Count(..) => Truth::False,
        };
        let seen = found.hits.iter().fold(Truth::False, |so_far, hit| so_far.or(one(hit)));
        if found.stops.is_empty() { seen } else { seen.or(Truth::Unknown) }
    }
}

fn flip(truth: Truth, turned: bool) -> Truth {
    if turned { truth.not() } else { truth }
}
