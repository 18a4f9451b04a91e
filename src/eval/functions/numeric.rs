//! Integer arithmetic, checked at 64 bits, and the number conversions.

use crate::value::{Type, Value, ValueKind};

use super::{Args, Fault, FaultKind, Function, Run};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "add", arity: (2, 2), run: Run::Pure(Some(Type::Int), |args| checked(args, i64::checked_add)) },
    Function { name: "sub", arity: (2, 2), run: Run::Pure(Some(Type::Int), |args| checked(args, i64::checked_sub)) },
    Function { name: "mul", arity: (2, 2), run: Run::Pure(Some(Type::Int), |args| checked(args, i64::checked_mul)) },
    Function { name: "div", arity: (2, 2), run: Run::Pure(Some(Type::Int), |args| divided(args, i64::checked_div)) },
    Function { name: "mod", arity: (2, 2), run: Run::Pure(Some(Type::Int), |args| divided(args, i64::checked_rem)) },
    Function { name: "max", arity: (1, usize::MAX), run: Run::Pure(Some(Type::Int), |args| extreme(args, i64::max)) },
    Function { name: "min", arity: (1, usize::MAX), run: Run::Pure(Some(Type::Int), |args| extreme(args, i64::min)) },
    Function { name: "int", arity: (1, 1), run: Run::Pure(Some(Type::Int), int) },
    Function { name: "float", arity: (1, 1), run: Run::Pure(Some(Type::Float), float) },
];

fn checked(args: &Args<'_>, operation: fn(i64, i64) -> Option<i64>) -> Result<Value, Fault> {
    let (a, b) = (args.int(0)?, args.int(1)?);
    let result = operation(a, b).ok_or_else(|| Fault {
        kind: FaultKind::Overflow,
        span: args.call,
        message: format!("`{}` of {a} and {b} does not fit in 64 bits", args.name),
    })?;
    Ok(args.result(ValueKind::Int(result)))
}

fn divided(args: &Args<'_>, operation: fn(i64, i64) -> Option<i64>) -> Result<Value, Fault> {
    if args.int(1)? == 0 {
        return Err(args.fault(FaultKind::DivideByZero, 1, "is zero"));
    }
    checked(args, operation)
}

/// The greatest or least of the arguments, or of the elements of arrays among them.
fn extreme(args: &Args<'_>, choose: fn(i64, i64) -> i64) -> Result<Value, Fault> {
    let mut result: Option<i64> = None;
    for (n, value) in args.values.iter().enumerate() {
        for item in value.as_array().unwrap_or(std::slice::from_ref(value)) {
            let number = item.as_int().ok_or_else(|| args.wrong_type(n, "an integer or an array of integers"))?;
            result = Some(result.map_or(number, |so_far| choose(so_far, number)));
        }
    }
    let result = result.ok_or_else(|| args.fault(FaultKind::InvalidArguments, 0, "must not be empty"))?;
    Ok(args.result(ValueKind::Int(result)))
}

fn int(args: &Args<'_>) -> Result<Value, Fault> {
    let value = args.value(0)?;
    let number = match &value.kind {
        ValueKind::Int(int) => Some(*int),
        ValueKind::Float(float) => rounded(*float),
        ValueKind::Str(text) => text.trim().parse().ok(),
        _ => return Err(args.wrong_type(0, "a string or an integer")),
    };
    let number = number.ok_or_else(|| args.fault(FaultKind::Conversion, 0, "is not an integer of 64 bits"))?;
    Ok(args.result(ValueKind::Int(number)))
}

/// The nearest integer, halves to the even one, as .NET converts.
fn rounded(float: f64) -> Option<i64> {
    let rounded = float.round_ties_even();
    #[allow(clippy::cast_possible_truncation, reason = "the range was checked")]
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded).then_some(rounded as i64)
}

fn float(args: &Args<'_>) -> Result<Value, Fault> {
    let value = args.value(0)?;
    let number = match &value.kind {
        ValueKind::Float(float) => Some(*float),
        #[allow(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
        ValueKind::Int(int) => Some(*int as f64),
        ValueKind::Str(text) => decimal(text.trim()),
        _ => return Err(args.wrong_type(0, "a string or an integer")),
    };
    let number = number.ok_or_else(|| args.fault(FaultKind::Conversion, 0, "is not a number"))?;
    Ok(args.result(ValueKind::Float(number)))
}

/// Digits with a sign, group separators, a decimal point and an exponent; neither `inf` nor `nan`.
fn decimal(text: &str) -> Option<f64> {
    let is_decimal = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | b'+' | b'-' | b'e' | b'E'));
    let number: f64 = if is_decimal { text.replace(',', "").parse().ok()? } else { return None };
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{a, b, call, fault, i, s, shown};

    #[test]
    fn arithmetic_is_checked_and_truncates_towards_zero() {
        for (name, x, y, expected) in [
            ("add", 10, 10, "20"),
            ("div", -7, 2, "-3"),
            ("div", 7, -2, "-3"),
            ("mod", -7, 3, "-1"),
            ("mod", 7, -3, "1"),
            ("sub", 0, i64::MAX, "-9223372036854775807"),
        ] {
            assert_eq!(shown(name, &[i(x), i(y)]), expected, "{name} of {x} and {y}");
        }
        for (name, x, y, kind) in [
            ("mul", i64::MAX, 2, FaultKind::Overflow),
            ("sub", i64::MIN, 1, FaultKind::Overflow),
            ("div", i64::MIN, -1, FaultKind::Overflow),
            ("mod", 1, 0, FaultKind::DivideByZero),
        ] {
            assert_eq!(fault(name, &[i(x), i(y)]), kind, "{name} of {x} and {y}");
        }
    }

    #[test]
    fn a_fault_points_at_the_argument() {
        let fault = call("div", &[i(1), i(0)]).unwrap_err();
        assert_eq!((fault.span.start, fault.message.as_str()), (11, "argument 2 of `div` is zero"));
    }

    #[test]
    fn extremes_take_integers_or_an_array_of_them() {
        assert_eq!(shown("max", &[a(&[i(0), i(5), i(4)])]), "5");
        assert_eq!(shown("min", &[i(4), i(-2)]), "-2");
        assert_eq!(fault("max", &[i(1), s("0")]), FaultKind::Type);
        assert_eq!(fault("min", &[a(&[])]), FaultKind::InvalidArguments);
    }

    #[test]
    fn texts_become_numbers() {
        assert_eq!(shown("int", &[s(" +4 ")]), "4");
        assert_eq!(shown("float", &[s("1,234.5e1")]), "12345.0");
        for (name, value, kind) in [
            ("int", s("4.0"), FaultKind::Conversion),
            ("int", s("9223372036854775808"), FaultKind::Conversion),
            ("int", b(true), FaultKind::Type),
            ("float", s("inf"), FaultKind::Conversion),
            ("float", s(""), FaultKind::Conversion),
        ] {
            assert_eq!(fault(name, std::slice::from_ref(&value)), kind, "{name} of {value:?}");
        }
    }
}
