//! Three-valued truth (Kleene), and equality that knows what it does not know.

use super::{Piece, Shape, Text, Value, ValueKind};

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It certainly holds.
    True,
    /// It certainly does not.
    False,
    /// It depends on something unknown.
    Unknown,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            (Self::Unknown, Self::True | Self::Unknown) | (Self::True, Self::Unknown) => Self::Unknown,
        }
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// It does not hold.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "`!truth` reads as two-valued; the word stands beside `and` and `or`")]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Self::True } else { Self::False }
    }
}

/// See [`Value::equals`].
pub(super) fn equals(a: &Value, b: &Value) -> Truth {
    use ValueKind::{Array, Bool, Float, Int, Null, Object, Str, Unknown};
    match (&a.kind, &b.kind) {
        (Unknown(x), Unknown(y)) if x.symbol() == y.symbol() => Truth::True,
        (Unknown(x), _) => shaped(&x.shape, b),
        (_, Unknown(y)) => shaped(&y.shape, a),
        (Null, Null) => Truth::True,
        (Bool(x), Bool(y)) => (x == y).into(),
        (Int(x), Int(y)) => (x == y).into(),
        (Float(x), Float(y)) => (x == y).into(),
        #[allow(clippy::cast_precision_loss, reason = "an integer beyond 2^53 is compared with a fraction as a number is")]
        (Int(x), Float(y)) | (Float(y), Int(x)) => ((*x as f64) == *y).into(),
        (Str(x), Str(y)) => (x == y).into(),
        (Array(x), Array(y)) => {
            if x.len() != y.len() {
                return Truth::False;
            }
            x.iter().zip(y.iter()).fold(Truth::True, |so_far, (x, y)| so_far.and(equals(x, y)))
        }
        (Object(x), Object(y)) => {
            if x.len() != y.len() {
                return Truth::False;
            }
            x.iter().fold(Truth::True, |so_far, (key, x)| so_far.and(y.get(key.as_str()).map_or(Truth::False, |y| equals(x, y))))
        }
        (Null | Bool(_) | Int(_) | Float(_) | Str(_) | Array(_) | Object(_), _) => Truth::False,
    }
}

/// Whether an unknown of this shape can equal `other`.
fn shaped(shape: &Shape, other: &Value) -> Truth {
    match (shape, other.as_unknown().map(|unknown| &unknown.shape)) {
        (Shape::OneOf(values), _) => each(values, other),
        (_, Some(Shape::OneOf(values))) => {
            // NOTE: the other side's own symbol was compared before; here only its shape is left.
            values
                .iter()
                .fold(None, |so_far: Option<Truth>, value| Some(agree(so_far, shaped(shape, value))))
                .unwrap_or(Truth::Unknown)
        }
        (Shape::Text(text), None) => other.as_str().map_or(Truth::False, |known| fits(text, known)),
        (Shape::Text(a), Some(Shape::Text(b))) => texts(a, b),
        (Shape::Items(_), None) if other.as_array().is_none() => Truth::False,
        (Shape::Members(_), None) if other.as_object().is_none() => Truth::False,
        (shape, _) => match (shape.type_of(), other.type_of()) {
            (Some(a), Some(b)) if a != b && !(a.is_number() && b.is_number()) => Truth::False,
            _ => Truth::Unknown,
        },
    }
}

fn each(values: &[Value], other: &Value) -> Truth {
    values.iter().fold(None, |so_far: Option<Truth>, value| Some(agree(so_far, equals(value, other)))).unwrap_or(Truth::Unknown)
}

/// The truth on which all cases so far and one more agree.
fn agree(so_far: Option<Truth>, case: Truth) -> Truth {
    match so_far {
        None => case,
        Some(earlier) if earlier == case => case,
        Some(_) => Truth::Unknown,
    }
}

/// Whether a partly known text can be `known`.
fn fits(text: &Text, known: &str) -> Truth {
    let (least, most) = text.length();
    let units = known.encode_utf16().count();
    let possible = units >= least && most.is_none_or(|most| units <= most) && in_order(text, known);
    if possible { Truth::Unknown } else { Truth::False }
}

/// Whether the known pieces stand in `known` in their order, the first and the last at its ends.
fn in_order(text: &Text, known: &str) -> bool {
    let mut rest = known;
    let last = text.pieces().count();
    for (n, piece) in text.pieces().enumerate() {
        let Piece::Known(part) = piece else { continue };
        if n == 0 {
            let Some(after) = rest.strip_prefix(part) else { return false };
            rest = after;
        } else if n + 1 == last {
            return rest.ends_with(part);
        } else {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
    }
    true
}

/// Two partly known texts: certainly different where what both start or end with differs.
fn texts(a: &Text, b: &Text) -> Truth {
    if a == b {
        return Truth::True;
    }
    let heads = a.prefix().bytes().zip(b.prefix().bytes()).all(|(x, y)| x == y);
    let tails = a.suffix().bytes().rev().zip(b.suffix().bytes().rev()).all(|(x, y)| x == y);
    if heads && tails { Truth::Unknown } else { Truth::False }
}

impl super::Type {
    /// Whether it is one of the two number types, which compare by value.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Unknown};

    /// What a truth may turn out to be.
    fn outcomes(truth: Truth) -> Vec<Truth> {
        if truth == Unknown { vec![True, False] } else { vec![truth] }
    }

    #[test]
    fn truth_obeys_the_laws_of_kleene() {
        let all = [True, False, Unknown];
        for a in all {
            assert_eq!(a.not().not(), a);
            assert_eq!((a.and(a), a.or(a)), (a, a));
            assert_eq!((a.and(True), a.or(False), a.and(False), a.or(True)), (a, a, False, True));
            for b in all {
                assert_eq!((a.and(b), a.or(b)), (b.and(a), b.or(a)));
                assert_eq!(a.and(b).not(), a.not().or(b.not()), "de Morgan, {a:?} {b:?}");
                assert_eq!(a.and(a.or(b)), a, "absorption, {a:?} {b:?}");
                for c in all {
                    assert_eq!(a.and(b).and(c), a.and(b.and(c)));
                    assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)), "{a:?} {b:?} {c:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_true_or_false_stays_so_when_an_unknown_becomes_known() {
        for a in [True, False, Unknown] {
            for b in [True, False, Unknown] {
                for x in outcomes(a) {
                    for y in outcomes(b) {
                        assert!(a.and(b) == Unknown || a.and(b) == x.and(y), "{a:?} and {b:?}");
                        assert!(a.or(b) == Unknown || a.or(b) == x.or(y), "{a:?} or {b:?}");
                    }
                }
            }
        }
    }
}
