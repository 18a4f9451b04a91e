//! Comparing two values, and taking the first that is not null.

use std::cmp::Ordering;

use super::super::cases::{cases, one_of};
use super::super::symbol;
use super::order::compare;
use super::{Args, Ask, Fault, Function, MANY, Run};
use crate::value::{Truth, Type, Value, ValueKind};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "equals", arity: (2, 2), run: Run::Partial(Some(Type::Bool), equals) },
    Function { name: "less", arity: (2, 2), run: ordered(|args| in_order(args, Ordering::is_lt)) },
    Function { name: "lessOrEquals", arity: (2, 2), run: ordered(|args| in_order(args, Ordering::is_le)) },
    Function { name: "greater", arity: (2, 2), run: ordered(|args| in_order(args, Ordering::is_gt)) },
    Function { name: "greaterOrEquals", arity: (2, 2), run: ordered(|args| in_order(args, Ordering::is_ge)) },
    Function { name: "coalesce", arity: (1, MANY), run: Run::Lazy(coalesce) },
];

const fn ordered(body: fn(&Args<'_>) -> Result<Option<Value>, Fault>) -> Run {
    Run::Partial(Some(Type::Bool), body)
}

fn equals(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    Ok(match args.value(0)?.equals(args.value(1)?) {
        Truth::True => Some(args.result(ValueKind::Bool(true))),
        Truth::False => Some(args.result(ValueKind::Bool(false))),
        Truth::Unknown => None,
    })
}

/// Two integers by value, or two strings by the order of the culture.
fn in_order(args: &Args<'_>, holds: fn(Ordering) -> bool) -> Result<Option<Value>, Fault> {
    let (a, b) = (args.value(0)?, args.value(1)?);
    let order = match (&a.kind, &b.kind) {
        (ValueKind::Int(x), ValueKind::Int(y)) => Some(x.cmp(y)),
        (ValueKind::Str(x), ValueKind::Str(y)) => compare(x, y),
        #[allow(clippy::cast_precision_loss, reason = "an integer beyond 2^53 is compared with a fraction as a number is")]
        (ValueKind::Int(x), ValueKind::Float(y)) => (*x as f64).partial_cmp(y),
        #[allow(clippy::cast_precision_loss, reason = "an integer beyond 2^53 is compared with a fraction as a number is")]
        (ValueKind::Float(x), ValueKind::Int(y)) => x.partial_cmp(&(*y as f64)),
        (ValueKind::Float(x), ValueKind::Float(y)) => x.partial_cmp(y),
        _ => {
            let (x, y) = (rank(args, 0)?, rank(args, 1)?);
            if let (Some(x), Some(y)) = (x, y)
                && x != y
            {
                return Err(
                    args.wrong_type(1, if x { "a number as the other argument is" } else { "a string as the other argument is" })
                );
            }
            None
        }
    };
    Ok(order.map(|order| args.result(ValueKind::Bool(holds(order)))))
}

/// Whether an argument is a number (or else a string), where that is known.
fn rank(args: &Args<'_>, index: usize) -> Result<Option<bool>, Fault> {
    match args.value(index)?.type_of() {
        None => Ok(None),
        Some(Type::Int | Type::Float) => Ok(Some(true)),
        Some(Type::String) => Ok(Some(false)),
        Some(Type::Null | Type::Bool | Type::Array | Type::Object) => Err(args.wrong_type(index, "an integer or a string")),
    }
}

/// The first value that is not null. What stands behind one that may be null may never be reached.
fn coalesce(ask: &Ask<'_>) -> Result<Value, Fault> {
    let mut seen: Vec<Value> = Vec::new();
    let mut candidates: Vec<Value> = Vec::new();
    for index in 0..ask.len() {
        let value = if seen.is_empty() { ask.arg(index)? } else { ask.maybe(index)? };
        match may_be_null(&value) {
            Truth::True => continue,
            Truth::False => {
                if seen.is_empty() {
                    return Ok(ask.hand_on(value));
                }
                seen.push(value.clone());
                candidates.push(ask.hand_on(value));
                return Ok(choice(ask, candidates, &seen));
            }
            Truth::Unknown => {
                seen.push(value.clone());
                match cases(&value) {
                    Some(cases) => {
                        candidates.extend(cases.iter().filter(|case| !case.is_null()).map(|case| ask.hand_on(case.clone())));
                    }
                    None => candidates.push(ask.hand_on(value)),
                }
            }
        }
    }
    candidates.push(ask.result(ValueKind::Null));
    Ok(if seen.is_empty() { ask.result(ValueKind::Null) } else { choice(ask, candidates, &seen) })
}

/// One of the candidates; `seen` are the arguments that decide which.
fn choice(ask: &Ask<'_>, candidates: Vec<Value>, seen: &[Value]) -> Value {
    let unknown = ask.unknown(seen, crate::value::Shape::Any);
    let Some(known) = unknown.as_unknown() else { return unknown };
    one_of(candidates, &known.why, || symbol::of_call("coalesce", seen), ask.at)
}

/// Whether a value is null.
fn may_be_null(value: &Value) -> Truth {
    match (value.type_of(), cases(value)) {
        (Some(Type::Null), _) => Truth::True,
        (Some(_), _) => Truth::False,
        (None, Some(cases)) if cases.iter().all(|case| may_be_null(case) == Truth::False) => Truth::False,
        (None, _) => Truth::Unknown,
    }
}
