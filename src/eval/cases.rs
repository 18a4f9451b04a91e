//! Values that are one of a few: working on each case, and putting the cases together again.

use super::{Fault, Scope};
use crate::source::Span;
use crate::value::{Shape, Symbol, Type, Unknown, Value, ValueKind, Why};

/// Up to how many cases a value is one of; beyond, only its type is kept.
pub(super) const MAX_CASES: usize = 16;

/// The cases of a value that is one of a few.
pub(super) fn cases(value: &Value) -> Option<&[Value]> {
    match &value.as_unknown()?.shape {
        Shape::OneOf(cases) => Some(cases),
        _ => None,
    }
}

/// Whether no function can tell two values apart. Stricter than `equals()`, for which neither the order and the case of
/// keys nor the kind of a number counts.
pub(super) fn identical(a: &Value, b: &Value) -> bool {
    match (&a.kind, &b.kind) {
        (ValueKind::Null, ValueKind::Null) => true,
        (ValueKind::Bool(x), ValueKind::Bool(y)) => x == y,
        (ValueKind::Int(x), ValueKind::Int(y)) => x == y,
        (ValueKind::Float(x), ValueKind::Float(y)) => x.to_bits() == y.to_bits(),
        (ValueKind::Str(x), ValueKind::Str(y)) => x == y,
        (ValueKind::Array(x), ValueKind::Array(y)) => x.len() == y.len() && x.iter().zip(y.iter()).all(|(x, y)| identical(x, y)),
        (ValueKind::Object(x), ValueKind::Object(y)) => {
            let same = |((k, x), (l, y)): ((_, _), (_, _))| {
                let (k, l): (&crate::value::Key, &crate::value::Key) = (k, l);
                k.as_str() == l.as_str() && identical(x, y)
            };
            x.len() == y.len() && x.iter().zip(y.iter()).all(same)
        }
        (ValueKind::Unknown(x), ValueKind::Unknown(y)) => x.symbol() == y.symbol(),
        _ => false,
    }
}

/// The value that is one of `values`: the very value where they are all the same one. `values` is not empty.
pub(super) fn one_of(values: impl IntoIterator<Item = Value>, why: &Why, symbol: impl FnOnce() -> Symbol, at: Span) -> Value {
    let mut distinct: Vec<Value> = Vec::new();
    let mut too_many = false;
    let mut kind: Option<Option<Type>> = None;
    for value in values {
        let inner = cases(&value).unwrap_or_else(|| std::slice::from_ref(&value));
        for case in inner {
            let of = case.type_of();
            kind = Some(kind.map_or(of, |so_far| so_far.filter(|_| so_far == of)));
            if !too_many && !distinct.iter().any(|known| identical(known, case)) {
                distinct.push(case.clone());
                too_many = distinct.len() > MAX_CASES;
            }
        }
    }
    let shape = match (distinct.len(), kind.flatten()) {
        (1, _) => return distinct.swap_remove(0),
        _ if !too_many => Shape::OneOf(distinct.into()),
        (_, Some(kind)) => Shape::Of(kind),
        (_, None) => Shape::Any,
    };
    Value::unknown(Unknown::named(why.clone(), symbol()).shaped(shape), at)
}

impl Scope {
    /// What comes out for each of several cases of which one holds: in error only where every case is.
    pub(super) fn any_of(
        &self,
        outcomes: impl IntoIterator<Item = Result<Value, Fault>>,
        why: &Why,
        symbol: impl FnOnce() -> Symbol,
        at: Span,
    ) -> Result<Value, Fault> {
        let outcomes: Vec<_> = outcomes.into_iter().collect();
        if !outcomes.is_empty() && outcomes.iter().all(Result::is_err) {
            return outcomes.into_iter().next().unwrap_or_else(|| Ok(Value::null(at)));
        }
        let values = outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|fault| self.erroneous(&fault.message, at)));
        Ok(one_of(values, why, symbol, at))
    }
}
