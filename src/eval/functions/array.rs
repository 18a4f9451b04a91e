//! Functions that make arrays and take elements from them.

use crate::value::{Shape, Type, Value, ValueKind};

use super::partial;
use super::string::int_argument;
use super::{Args, Fault, FaultKind, Function, Run};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "array", arity: (1, 1), run: Run::Partial(Some(Type::Array), array) },
    Function { name: "createArray", arity: (0, usize::MAX), run: Run::Partial(Some(Type::Array), create_array) },
    Function { name: "flatten", arity: (1, 1), run: Run::Partial(Some(Type::Array), flatten) },
    Function { name: "range", arity: (2, 2), run: Run::Partial(Some(Type::Array), range) },
    Function { name: "indexFromEnd", arity: (2, 2), run: Run::Partial(None, index_from_end) },
    Function { name: "tryIndexFromEnd", arity: (2, 2), run: Run::Partial(None, try_index_from_end) },
];

fn array(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let value = args.value(0)?;
    Ok(match value.type_of() {
        None => None,
        Some(Type::Array) => Some(value.clone()),
        Some(_) => Some(Value::array(vec![value.clone()], args.call)),
    })
}

fn create_array(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    Ok(Some(partial::array(args, args.values.to_vec())))
}

fn flatten(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let outer = args.value(0)?;
    let (lists, complete) = match &outer.kind {
        ValueKind::Array(lists) => (lists, true),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Items(lists) => (lists, false),
            shape if matches!(shape.type_of(), None | Some(Type::Array)) => return Ok(None),
            _ => return Err(args.wrong_type(0, "an array of arrays")),
        },
        _ => return Err(args.wrong_type(0, "an array of arrays")),
    };
    let refuse = |_, list: &Value| {
        if list.is_unknown() {
            args.wrong_type(0, "an array of arrays")
        } else {
            args.fault(FaultKind::Type, 0, "must hold nothing but arrays")
        }
    };
    partial::joined(args, lists, complete, refuse).map(Some)
}

/// The most numbers that `range` gives. Source: ARM documentation, "Array functions", range.
const MAX_RANGE: i64 = 10_000;

fn range(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let (start, count) = (int_argument(args, 0)?, int_argument(args, 1)?);
    if count.is_some_and(|count| !(0..=MAX_RANGE).contains(&count)) {
        return Err(args.fault(FaultKind::OutOfRange, 1, "must be between 0 and 10000"));
    }
    let sum = start.unwrap_or(0).saturating_add(count.unwrap_or(0));
    if start.is_some() && sum > i64::from(i32::MAX) {
        return Err(args.fault(FaultKind::OutOfRange, 0, "and the count must add up to no more than 2147483647"));
    }
    let (Some(start), Some(count)) = (start, count) else { return Ok(None) };
    let numbers = (start..start + count).map(|number| args.result(ValueKind::Int(number)));
    Ok(Some(partial::array(args, numbers.collect())))
}

/// What counting from the end comes to.
enum FromEnd<'a> {
    Found(&'a Value),
    Outside,
    Unknown,
}

fn from_end<'a>(items: &'a [Value], index: Option<i64>) -> FromEnd<'a> {
    let Some(index) = index else { return FromEnd::Unknown };
    let place = usize::try_from(index).ok().filter(|&index| index > 0).and_then(|index| items.len().checked_sub(index));
    place.and_then(|place| items.get(place)).map_or(FromEnd::Outside, FromEnd::Found)
}

fn index_from_end(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let (list, index) = (args.value(0)?, int_argument(args, 1)?);
    match (list.as_array(), list.type_of()) {
        (Some(items), _) => match from_end(items, index) {
            FromEnd::Found(item) => Ok(Some(item.clone())),
            FromEnd::Outside => {
                let problem = format!("must be between 1 and the length of the array, {}", items.len());
                Err(args.fault(FaultKind::OutOfRange, 1, &problem))
            }
            FromEnd::Unknown => Ok(None),
        },
        (None, None | Some(Type::Array)) => Ok(None),
        (None, Some(_)) => Err(args.wrong_type(0, "an array")),
    }
}

fn try_index_from_end(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let (list, index) = (args.value(0)?, int_argument(args, 1)?);
    match (list.as_array(), list.type_of()) {
        (Some(items), _) => Ok(match from_end(items, index) {
            FromEnd::Found(item) => Some(item.clone()),
            FromEnd::Outside => Some(Value::null(args.call)),
            FromEnd::Unknown => None,
        }),
        (None, None | Some(Type::Array)) => Ok(None),
        (None, Some(_)) => Ok(Some(Value::null(args.call))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{a, array, call, fault, i, monotone, null, o, s, shown, unknown, unknown_of, value};
    use super::Type;
    use proptest::prelude::{any, proptest};

    #[test]
    fn arrays_are_made_as_azure_makes_them() {
        assert_eq!(shown("array", &[a(&[i(1)])]), "[1]", "an array stays what it is");
        assert_eq!(shown("array", &[o(&[("a", i(1))])]), "[{a:1}]");
        assert_eq!(shown("flatten", &[a(&[a(&[a(&[i(1)])]), a(&[i(2)])])]), "[[1],2]", "one level");
        assert_eq!(shown("range", &[i(5), i(3)]), "[5,6,7]");
        assert_eq!(shown("range", &[i(-1), i(0)]), "[]");
        assert_eq!(shown("indexFromEnd", &[a(&[i(1), i(2)]), i(1)]), "2");
        assert_eq!(shown("tryIndexFromEnd", &[a(&[i(1)]), i(0)]), "null");
        assert_eq!(shown("tryIndexFromEnd", &[null(), i(1)]), "null");
    }

    #[test]
    fn wrong_arguments_are_faults() {
        for (name, arguments, kind) in [
            ("range", vec![i(0), i(10_001)], FaultKind::OutOfRange),
            ("range", vec![i(0), i(-1)], FaultKind::OutOfRange),
            ("range", vec![i(2_147_483_647), i(1)], FaultKind::OutOfRange),
            ("range", vec![unknown("p"), s("1")], FaultKind::Type),
            ("flatten", vec![a(&[o(&[])])], FaultKind::Type),
            ("indexFromEnd", vec![a(&[i(1)]), i(2)], FaultKind::OutOfRange),
        ] {
            assert_eq!(fault(name, &arguments), kind, "{name} of {arguments:?}");
        }
    }

    #[test]
    fn unknown_elements_do_not_stand_in_the_way() {
        assert_eq!(shown("createArray", &[unknown("p"), i(1)]), "[p,1]");
        assert_eq!(shown("flatten", &[a(&[a(&[i(1)]), unknown("p")])]), "array with [1]");
        assert_eq!(shown("array", &[unknown_of(Type::Int, "p")]), "[p]");
        assert_eq!(shown("array", &[unknown("p")]), "unknown array");
        assert_eq!(shown("range", &[i(0), unknown("n")]), "unknown array");
        assert_eq!(call("indexFromEnd", &[a(&[unknown("p"), i(1)]), i(2)]).unwrap().canonical(), "p");
    }

    proptest! {
        #[test]
        fn arrays_are_monotone(x in array(), y in array(), z in value(), n in -1_i64..5, seed in any::<u64>()) {
            monotone("array", std::slice::from_ref(&z), seed);
            monotone("createArray", &[z, x.clone()], seed);
            monotone("flatten", &[a(&[x.clone(), y])], seed);
            monotone("range", &[i(n), i(n)], seed);
            monotone("indexFromEnd", &[x.clone(), i(n)], seed);
            monotone("tryIndexFromEnd", &[x, i(n)], seed);
        }
    }
}
