//! What made a condition true, false or unknown: the leaves that decided, and the values they saw.

use std::sync::Arc;

use super::condition::{Leaf, Predicate, Quantifier, Source, Test};
use super::predicate::{Case, Cause, Found, Got, Reason, Stops};
use super::select::{Hit, Hits};
use crate::value::Truth;

/// What a leaf asked about, and where.
#[derive(Debug)]
pub(super) struct Evidence<'m, 'r> {
    /// The leaf.
    pub(super) leaf: &'r Leaf,
    /// The value that decided; none where nothing was there.
    pub(super) hit: Option<Hit<'m>>,
    /// Why it cannot be told, where it cannot.
    pub(super) cause: Option<Cause<'m>>,
}

impl<'m, 'r> Case<'m, 'r> {
    /// Whether a condition holds, and where that is as wanted what made it so: the leaves of that truth, in the order in which
    /// the rule has them.
    pub(super) fn explain(
        &self,
        predicate: &'r Predicate,
        wanted: Truth,
        elements: &mut Vec<Hit<'m>>,
        out: &mut Vec<Evidence<'m, 'r>>,
    ) -> Truth {
        let before = out.len();
        let truth = match predicate {
            Predicate::All(parts) => self.explain_parts(parts, (Truth::True, Truth::and), wanted, elements, out),
            Predicate::Any(parts) => self.explain_parts(parts, (Truth::False, Truth::or), wanted, elements, out),
            Predicate::Not(part) => self.explain(part, wanted.not(), elements, out).not(),
            Predicate::Leaf(leaf) => {
                let truth = self.leaf(leaf, elements);
                if truth == wanted {
                    self.explain_leaf(leaf, wanted, elements, out);
                }
                truth
            }
        };
        if truth != wanted {
            out.truncate(before);
        }
        truth
    }

    /// The truth of parts that are joined from `start` on. One that settles it otherwise than wanted ends the matter.
    fn explain_parts(
        &self,
        parts: &'r [Predicate],
        (start, join): (Truth, fn(Truth, Truth) -> Truth),
        wanted: Truth,
        elements: &mut Vec<Hit<'m>>,
        out: &mut Vec<Evidence<'m, 'r>>,
    ) -> Truth {
        let mut so_far = start;
        for part in parts {
            so_far = join(so_far, self.explain(part, wanted, elements, out));
            if so_far == start.not() && so_far != wanted {
                break;
            }
        }
        so_far
    }

    fn explain_leaf(&self, leaf: &'r Leaf, wanted: Truth, elements: &mut Vec<Hit<'m>>, out: &mut Vec<Evidence<'m, 'r>>) {
        let (found, wanted) = match (&leaf.term.source, leaf.quantifier) {
            (Source::At(place), Quantifier::One) => {
                let found = self.find_first(place, elements);
                (Found { hits: found.hits.into_iter().take(1).collect(), ..found }, wanted)
            }
            (Source::At(place), Quantifier::None) => (self.find(place, elements), wanted.not()),
            (Source::At(place), _) => (self.find(place, elements), wanted),
            (Source::Count(place) | Source::Sum(place), _) => (Found { hits: Hits::new(), ..self.find(place, elements) }, wanted),
            (Source::Option(_) | Source::AsOf(_), _) => (Found { hits: Hits::new(), stops: Stops::new() }, wanted),
        };
        let before = out.len();
        for hit in found.hits {
            if let Test::Where(inner) = &leaf.test {
                elements.push(hit);
                self.explain(inner, wanted, elements, out);
                elements.pop();
            } else if self.ask(leaf, &Got::of(hit.clone()), elements) == wanted {
                let cause = (wanted == Truth::Unknown).then(|| self.cause_of(leaf, &hit, elements)).flatten();
                out.push(Evidence { leaf, hit: Some(hit), cause });
            }
        }
        if wanted == Truth::Unknown {
            out.extend(found.stops.into_iter().map(|cause| Evidence { leaf, hit: cause.place.clone(), cause: Some(cause) }));
        }
        if out.len() == before {
            out.push(Evidence { leaf, hit: None, cause: None });
        }
    }

    /// Why a test of a value that is there cannot be told: the value is unknown, or what it is compared with is.
    fn cause_of(&self, leaf: &Leaf, hit: &Hit<'m>, elements: &[Hit<'m>]) -> Option<Cause<'m>> {
        if let Test::CannotTell(why) = &leaf.test {
            return Some(Cause::new(Some(hit.clone()), Reason::Words(Arc::clone(why))));
        }
        Cause::unknown(hit.clone()).or_else(|| {
            let term = leaf.test.term()?;
            match self.value(&term.source, elements) {
                Got::Hit(other) => Cause::unknown(other),
                Got::Stopped(cause) => Some(cause),
                Got::Count(_, _, cause) => cause,
                Got::Stated(_) | Got::Absent => None,
            }
        })
    }
}
