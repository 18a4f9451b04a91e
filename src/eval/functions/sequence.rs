//! Functions over strings and arrays alike, by position and length: `length`, `empty`, `first`, `last`, `take`, `skip`, `concat`.

use crate::eval::symbol::of_call;
use crate::value::{Shape, Text, Truth, Type, Value, ValueKind};

use super::partial::{self, string_text};
use super::string::{count, int_argument};
use super::{Args, Fault, Function, Run, text};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "length", arity: (1, 1), run: Run::Partial(Some(Type::Int), length) },
    Function { name: "empty", arity: (1, 1), run: Run::Partial(Some(Type::Bool), empty) },
    Function { name: "first", arity: (1, 1), run: Run::Partial(None, first) },
    Function { name: "last", arity: (1, 1), run: Run::Partial(None, last) },
    Function { name: "take", arity: (2, 2), run: Run::Partial(None, take) },
    Function { name: "skip", arity: (2, 2), run: Run::Partial(None, skip) },
    Function { name: "concat", arity: (1, usize::MAX), run: Run::Partial(None, concat) },
];

/// An integer result.
pub(super) fn int(args: &Args<'_>, count: usize) -> Value {
    args.result(ValueKind::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

fn length(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let value = args.value(0)?;
    if let Some(text) = string_text(value) {
        let (least, most) = text.length();
        return Ok((most == Some(least)).then(|| int(args, least)));
    }
    match &value.kind {
        ValueKind::Array(items) => Ok(Some(int(args, items.len()))),
        ValueKind::Object(object) => Ok(Some(int(args, object.len()))),
        ValueKind::Unknown(_) if matches!(value.type_of(), None | Some(Type::Array | Type::Object)) => Ok(None),
        _ => Err(args.wrong_type(0, "a string, an array or an object")),
    }
}

fn empty(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let value = args.value(0)?;
    if let Some(text) = string_text(value) {
        let empty = match text.length() {
            (0, Some(0)) => Truth::True,
            (0, _) => Truth::Unknown,
            _ => Truth::False,
        };
        return Ok(partial::truth(args, empty));
    }
    let empty = match &value.kind {
        ValueKind::Null => Truth::True,
        ValueKind::Array(items) => items.is_empty().into(),
        ValueKind::Object(object) => object.is_empty().into(),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Items(items) if !items.is_empty() => Truth::False,
            Shape::Members(members) if !members.is_empty() => Truth::False,
            Shape::Of(Type::Null) => Truth::True,
            Shape::Of(Type::Bool | Type::Int | Type::Float) => return Err(not_a_container(args)),
            _ => Truth::Unknown,
        },
        _ => return Err(not_a_container(args)),
    };
    Ok(partial::truth(args, empty))
}

fn not_a_container(args: &Args<'_>) -> Fault {
    args.wrong_type(0, "a string, an array or an object")
}

/// The first argument as what can be cut: a text, or the elements of an array.
enum Sequence<'a> {
    Text(Text),
    Items(&'a [Value]),
    /// Unknown, and of this type where it is known.
    Unknown(Option<Type>),
}

fn sequence<'a>(args: &Args<'a>) -> Result<Sequence<'a>, Fault> {
    let value = args.value(0)?;
    if let Some(text) = string_text(value) {
        return Ok(Sequence::Text(text.into_owned()));
    }
    match (value.as_array(), value.type_of()) {
        (Some(items), _) => Ok(Sequence::Items(items)),
        (None, kind @ (None | Some(Type::Array))) => Ok(Sequence::Unknown(kind)),
        (None, Some(_)) => Err(args.wrong_type(0, "a string or an array")),
    }
}

fn first(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    Ok(match sequence(args)? {
        Sequence::Text(text) => Some(partial::text(args, text::take(&text, 1))),
        Sequence::Items(items) => Some(items.first().map_or_else(|| Value::null(args.call), |item| item.clone())),
        Sequence::Unknown(_) => None,
    })
}

fn last(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    Ok(match sequence(args)? {
        Sequence::Text(text) if text.suffix().is_empty() => {
            let (least, most) = text.length();
            let most = most.map_or(1, |most| most.min(1));
            let symbol = partial::call("last", &[text.symbol().as_str()]);
            Some(partial::text(args, partial::one_hole(symbol, least.min(1), Some(most))))
        }
        Sequence::Text(text) => {
            let suffix = text.suffix();
            Some(partial::string(args, &*text::cut(suffix, text::units(suffix) - 1, usize::MAX)))
        }
        Sequence::Items(items) => Some(items.last().map_or_else(|| Value::null(args.call), |item| item.clone())),
        Sequence::Unknown(_) => None,
    })
}

fn take(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let number = int_argument(args, 1)?.map(count);
    Ok(match (sequence(args)?, number) {
        (Sequence::Text(text), Some(number)) => Some(partial::text(args, text::take(&text, number))),
        (Sequence::Items(items), Some(number)) => Some(partial::array(args, items[..number.min(items.len())].to_vec())),
        (sequence, None) => cut_somewhere(args, &sequence),
        (Sequence::Unknown(kind), _) => kind.map(|kind| partial::typed(args, kind)),
    })
}

fn skip(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let number = int_argument(args, 1)?.map(count);
    Ok(match (sequence(args)?, number) {
        (Sequence::Text(text), Some(number)) => Some(partial::text(args, text::skip(&text, number))),
        (Sequence::Items(items), Some(number)) => Some(partial::array(args, items[number.min(items.len())..].to_vec())),
        (sequence, None) => cut_somewhere(args, &sequence),
        (Sequence::Unknown(kind), _) => kind.map(|kind| partial::typed(args, kind)),
    })
}

/// A part of unknown length.
fn cut_somewhere(args: &Args<'_>, sequence: &Sequence<'_>) -> Option<Value> {
    match sequence {
        Sequence::Text(text) => Some(partial::text(args, partial::one_hole(of_call(args.name, args.values), 0, text.length().1))),
        Sequence::Items(_) => Some(partial::typed(args, Type::Array)),
        Sequence::Unknown(kind) => kind.map(|kind| partial::typed(args, kind)),
    }
}

fn concat(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    if let Some(joined) = concat_known(args.values) {
        return Ok(Some(partial::string(args, joined)));
    }
    let is_array = |value: &&Value| value.type_of() == Some(Type::Array);
    let is_scalar = |value: &&Value| matches!(value.type_of(), Some(Type::String | Type::Int | Type::Bool | Type::Float));
    if args.values.iter().any(|value| is_array(&value)) {
        return concat_arrays(args).map(Some);
    }
    for (n, value) in args.values.iter().enumerate() {
        if value.type_of().is_some() && !is_scalar(&value) {
            return Err(args.wrong_type(n, "a string, an integer, a boolean or an array"));
        }
    }
    if !args.values.iter().any(|value| is_scalar(&value)) {
        return Ok(None);
    }
    let mut out = Text::new();
    for value in args.values {
        if let Some(text) = partial::scalar_text(value) {
            out.push_text(&text);
        }
        if partial::is_too_long(&out) {
            return Ok(Some(partial::too_long(args)));
        }
    }
    Ok(Some(partial::text(args, out)))
}

/// The usual case at the least cost: all arguments are known strings.
fn concat_known(values: &[Value]) -> Option<String> {
    let mut length = 0;
    for value in values {
        length += value.as_str()?.len();
    }
    if length > partial::MAX_TEXT {
        return None;
    }
    let mut joined = String::with_capacity(length);
    for value in values {
        joined.push_str(value.as_str()?);
    }
    Some(joined)
}

fn concat_arrays(args: &Args<'_>) -> Result<Value, Fault> {
    partial::joined(args, args.values, true, |n, _| args.wrong_type(n, "an array, like the others"))
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{
        a, array, b, call, fault, i, monotone, null, o, s, shown, string, text, unknown, unknown_of, value,
    };
    use super::Type;
    use proptest::prelude::{any, prop_oneof, proptest};

    #[test]
    fn concat_joins_scalars_or_arrays_but_not_both() {
        assert_eq!(shown("concat", &[s("a"), i(1), b(true)]), "'a1True'");
        assert_eq!(shown("concat", &[a(&[i(1)]), a(&[]), a(&[s("b")])]), "[1,'b']");
        assert_eq!(fault("concat", &[s("a"), a(&[s("b")])]), FaultKind::Type);
        assert_eq!(fault("concat", &[s("a"), null()]), FaultKind::Type);
        assert_eq!(fault("concat", &[unknown("p"), o(&[])]), FaultKind::Type);
    }

    #[test]
    fn concat_keeps_what_is_known_around_an_unknown() {
        let hash = call("uniqueString", &[unknown("rg")]).unwrap();
        assert_eq!(shown("concat", &[s("apim-"), hash]), "text apim-${uniquestring(rg)} of 18..18");
        assert_eq!(shown("concat", &[s("a"), unknown("p")]), "text a${string(p)} of 1..", "a scalar beside a string");
        assert_eq!(shown("concat", &[unknown("p")]), "unknown", "a string or an array");
        assert_eq!(shown("concat", &[a(&[i(1)]), unknown("p")]), "array with [1]");
        assert_eq!(shown("concat", &[a(&[unknown("p")]), a(&[i(1)])]), "[p,1]", "unknown elements do not matter");
    }

    #[test]
    fn format_and_concat_give_equal_unknowns() {
        let joined = call("concat", &[s("a-"), unknown_of(Type::String, "p")]).unwrap();
        let formatted = call("format", &[s("a-{0}"), unknown_of(Type::String, "p")]).unwrap();
        assert_eq!(joined.canonical(), formatted.canonical());
    }

    #[test]
    fn ends_of_strings_and_arrays() {
        for (name, value, expected) in [
            ("first", s("😀a"), "'\u{fffd}'"),
            ("first", s(""), "''"),
            ("first", a(&[]), "null"),
            ("last", s("One"), "'e'"),
            ("last", text("a", "p", "bc"), "'c'"),
            ("first", text("a", "p", ""), "'a'"),
            ("first", text("", "p", "a"), "text ${take(`${p}a`,1)} of 1..1"),
            ("last", text("a", "p", ""), "text ${last(`a${p}`)} of 1..1"),
            ("length", s("a😀"), "3"),
            ("length", o(&[("a", i(1))]), "1"),
            ("length", text("a", "p", ""), "unknown int"),
            ("empty", text("a", "p", ""), "false"),
            ("empty", null(), "true"),
            ("empty", unknown("p"), "unknown bool"),
        ] {
            assert_eq!(shown(name, std::slice::from_ref(&value)), expected, "{name} of {value:?}");
        }
        assert_eq!(fault("length", &[null()]), FaultKind::Type);
        assert_eq!(fault("empty", &[i(1)]), FaultKind::Type);
    }

    #[test]
    fn take_and_skip_never_reach_beyond() {
        for (name, value, count, expected) in [
            ("take", s("one"), 9, "'one'"),
            ("take", s("one"), -1, "''"),
            ("skip", s("one"), -1, "'one'"),
            ("skip", a(&[i(1), i(2)]), 1, "[2]"),
            ("skip", a(&[i(1)]), 9, "[]"),
            ("take", text("abc", "p", "z"), 2, "'ab'"),
            ("take", text("abc", "p", "z"), 4, "text abc${take(`${p}z`,1)} of 4..4"),
            ("skip", text("abc", "p", "z"), 2, "text c${p}z of 2.."),
            ("skip", text("abc", "p", "z"), 4, "text ${skip(`${p}z`,1)} of 0.."),
        ] {
            assert_eq!(shown(name, &[value.clone(), i(count)]), expected, "{name} {count} of {value:?}");
        }
        assert_eq!(shown("take", &[unknown_of(Type::Array, "p"), i(1)]), "unknown array");
        assert_eq!(fault("take", &[s("a"), s("1")]), FaultKind::Type);
    }

    #[test]
    fn a_result_past_the_limit_is_unknown() {
        let long = s(&"x".repeat(3 << 20));
        assert_eq!(shown("concat", &[long.clone(), long]), "unknown string");
    }

    proptest! {
        #[test]
        fn positions_are_monotone(value in prop_oneof![string(), array()], count in -1_i64..6, seed in any::<u64>()) {
            for name in ["take", "skip"] {
                monotone(name, &[value.clone(), i(count)], seed);
            }
            for name in ["first", "last", "length", "empty"] {
                monotone(name, std::slice::from_ref(&value), seed);
            }
        }

        #[test]
        fn concat_is_monotone(x in value(), y in value(), z in array(), seed in any::<u64>()) {
            monotone("concat", &[x.clone(), y.clone()], seed);
            monotone("concat", &[x, s("/"), y], seed);
            monotone("concat", &[z.clone(), z], seed);
        }
    }
}
