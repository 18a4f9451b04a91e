//! Conditions: what they decide is evaluated only where they decide it.

use super::super::FaultKind;
use super::{Args, Ask, Fault, Function, MANY, Run};
use crate::value::{Shape, Truth, Type, Value, ValueKind};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "and", arity: (2, MANY), run: Run::Lazy(|ask| connect(ask, Truth::False)) },
    Function { name: "or", arity: (2, MANY), run: Run::Lazy(|ask| connect(ask, Truth::True)) },
    Function {
        name: "not",
        arity: (1, 1),
        run: Run::Pure(Some(Type::Bool), |args| Ok(args.result(ValueKind::Bool(!args.bool(0)?)))),
    },
    Function { name: "if", arity: (3, 3), run: Run::Lazy(choose) },
    Function { name: "bool", arity: (1, 1), run: Run::Pure(Some(Type::Bool), boolean) },
    Function { name: "true", arity: (0, 0), run: Run::Pure(Some(Type::Bool), |args| Ok(args.result(ValueKind::Bool(true)))) },
    Function { name: "false", arity: (0, 0), run: Run::Pure(Some(Type::Bool), |args| Ok(args.result(ValueKind::Bool(false)))) },
];

/// `and` and `or`: from left to right, up to the first argument that is `decisive`. What stands behind an unknown may never
/// be reached, but decides all the same.
fn connect(ask: &Ask<'_>, decisive: Truth) -> Result<Value, Fault> {
    let mut values = Vec::with_capacity(ask.len());
    let mut certain = true;
    for index in 0..ask.len() {
        let value = if certain { ask.arg(index)? } else { ask.maybe(index)? };
        match ask.truth(&value, index) {
            Ok(truth) if truth == decisive => return Ok(ask.result(ValueKind::Bool(decisive == Truth::True))),
            Ok(Truth::Unknown) => certain = false,
            Ok(Truth::True | Truth::False) => continue,
            Err(fault) if certain => return Err(fault),
            Err(_) => {}
        }
        values.push(value);
    }
    Ok(if values.is_empty() {
        ask.result(ValueKind::Bool(decisive == Truth::False))
    } else {
        ask.unknown(&values, Shape::Of(Type::Bool))
    })
}

/// `if(condition, then, else)`
fn choose(ask: &Ask<'_>) -> Result<Value, Fault> {
    let condition = ask.arg(0)?;
    Ok(match ask.truth(&condition, 0)? {
        Truth::True => ask.hand_on(ask.arg(1)?),
        Truth::False => ask.hand_on(ask.arg(2)?),
        Truth::Unknown => {
            let branches = [ask.maybe(1)?, ask.maybe(2)?].map(|value| ask.hand_on(value));
            ask.one_of(&condition, branches.into())?
        }
    })
}

/// A string `true` or `false` in any case, or an integer that is not 0 ("Logical functions", bool).
fn boolean(args: &Args<'_>) -> Result<Value, Fault> {
    let known = match &args.value(0)?.kind {
        ValueKind::Bool(known) => *known,
        ValueKind::Int(number) => *number != 0,
        ValueKind::Str(text) if text.eq_ignore_ascii_case("true") => true,
        ValueKind::Str(text) if text.eq_ignore_ascii_case("false") => false,
        ValueKind::Str(_) => return Err(args.fault(FaultKind::Conversion, 0, "must be `true` or `false`")),
        _ => return Err(args.wrong_type(0, "a string, an integer or a boolean")),
    };
    Ok(args.result(ValueKind::Bool(known)))
}
