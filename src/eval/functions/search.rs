//! Functions that look for something in a string, an array or an object.
//!
//! `contains` is case-sensitive in strings and arrays; `indexOf`, `startsWith` and the like ignore the case of strings but not
//! of array elements. Source: ARM documentation, "String functions" and "Array functions"; Bicep's evaluation tests.

use std::borrow::Cow;

use crate::value::{Object, Piece, Shape, Text, Truth, Type, Value, ValueKind};

use super::partial::{self, string_text};
use super::sequence::int;
use super::string::text_argument;
use super::text::{folded, unit_of, units};
use super::{Args, Fault, Function, Run};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "contains", arity: (2, 2), run: Run::Partial(Some(Type::Bool), contains) },
    Function { name: "indexOf", arity: (2, 2), run: Run::Partial(Some(Type::Int), index_of) },
    Function { name: "lastIndexOf", arity: (2, 2), run: Run::Partial(Some(Type::Int), last_index_of) },
    Function { name: "startsWith", arity: (2, 2), run: Run::Partial(Some(Type::Bool), starts_with) },
    Function { name: "endsWith", arity: (2, 2), run: Run::Partial(Some(Type::Bool), ends_with) },
    Function { name: "like", arity: (2, 2), run: Run::Pure(Some(Type::Bool), like) },
];

fn contains(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let (container, item) = (args.value(0)?, args.value(1)?);
    if let Some(text) = string_text(container) {
        return Ok(partial::truth(args, needle(args, item)?.map_or(Truth::Unknown, |needle| text_contains(&text, &needle))));
    }
    let found = match &container.kind {
        ValueKind::Array(items) => items
            .iter()
            .fold(Truth::False, |found, other| if found == Truth::True { found } else { found.or(other.equals(item)) }),
        ValueKind::Object(object) => match needle(args, item)? {
            Some(key) => object_contains(object, &key),
            None => Truth::Unknown,
        },
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Items(items) if items.iter().any(|other| other.equals(item) == Truth::True) => Truth::True,
            Shape::Members(members) => match needle(args, item)?.as_ref().and_then(Text::known) {
                Some(key) if members.get(key).is_some() => Truth::True,
                _ => Truth::Unknown,
            },
            shape if matches!(shape.type_of(), None | Some(Type::Array | Type::Object)) => Truth::Unknown,
            _ => return Err(not_a_container(args)),
        },
        _ => return Err(not_a_container(args)),
    };
    Ok(partial::truth(args, found))
}

fn not_a_container(args: &Args<'_>) -> Fault {
    args.wrong_type(0, "a string, an array or an object")
}

/// What is looked for in a string or among keys: a string, or an integer as text.
fn needle(args: &Args<'_>, item: &Value) -> Result<Option<Text>, Fault> {
    match item.type_of() {
        Some(Type::String | Type::Int) => Ok(partial::scalar_text(item).map(Cow::into_owned)),
        None => Ok(None),
        Some(_) => Err(args.wrong_type(1, "a string")),
    }
}

fn object_contains(object: &Object, key: &Text) -> Truth {
    match key.known() {
        Some(key) => object.get(key).is_some().into(),
        // No key can be it, or some may.
        None => {
            let possible = object.iter().any(|(known, _)| {
                let (known, prefix, suffix) = (known.as_str(), key.prefix(), key.suffix());
                let (least, most) = key.length();
                let length = units(known);
                let head = known.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
                let tail = known.len().checked_sub(suffix.len()).and_then(|at| known.get(at..));
                length >= least
                    && most.is_none_or(|most| length <= most)
                    && head
                    && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(suffix))
            });
            if possible { Truth::Unknown } else { Truth::False }
        }
    }
}

fn text_contains(text: &Text, needle: &Text) -> Truth {
    match (text.known(), needle.known()) {
        (Some(text), Some(needle)) => text.contains(needle).into(),
        (Some(text), None) => {
            let possible = needle.pieces().all(|piece| !matches!(piece, Piece::Known(part) if !text.contains(part)));
            if possible && needle.length().0 <= units(text) { Truth::Unknown } else { Truth::False }
        }
        (None, Some(needle)) => {
            let certain = text.pieces().any(|piece| matches!(piece, Piece::Known(part) if part.contains(needle)));
            if certain || needle.is_empty() {
                Truth::True
            } else if text.length().1.is_some_and(|most| most < units(needle)) {
                Truth::False
            } else {
                Truth::Unknown
            }
        }
        (None, None) if text == needle => Truth::True,
        (None, None) => Truth::Unknown,
    }
}

fn starts_with(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let (text, start) = (text_argument(args, 0)?, text_argument(args, 1)?);
    let (Some(text), Some(start)) = (text, start) else { return Ok(None) };
    Ok(partial::truth(args, at_end(&text, &start, Text::prefix, |a, b| a.starts_with(b))))
}

fn ends_with(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let (text, end) = (text_argument(args, 0)?, text_argument(args, 1)?);
    let (Some(text), Some(end)) = (text, end) else { return Ok(None) };
    Ok(partial::truth(args, at_end(&text, &end, Text::suffix, |a, b| a.ends_with(b))))
}

/// Whether `part` stands at one end of `text`; `end` gives what is known there, `fits` whether one string stands at that end
/// of another.
fn at_end(text: &Text, part: &Text, end: fn(&Text) -> &str, fits: fn(&str, &str) -> bool) -> Truth {
    if text == part {
        return Truth::True;
    }
    let (shown, asked) = (folded(end(text)), folded(end(part)));
    if part.known().is_some() && fits(&shown, &asked) {
        return Truth::True;
    }
    // Both ends are compared as far as both are known.
    let differ = !fits(&shown, &asked) && !fits(&asked, &shown);
    let too_short = text.length().1.is_some_and(|most| most < part.length().0);
    if differ || too_short || text.known().is_some() && part.known().is_some() { Truth::False } else { Truth::Unknown }
}

fn index_of(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    index(args, false)
}

fn last_index_of(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    index(args, true)
}

fn index(args: &Args<'_>, last: bool) -> Result<Option<Value>, Fault> {
    let (container, item) = (args.value(0)?, args.value(1)?);
    let missing = || args.result(ValueKind::Int(-1));
    if let Some(text) = string_text(container) {
        let Some(needle) = text_argument(args, 1)? else { return Ok(None) };
        let Some(needle) = needle.known() else { return Ok(None) };
        if text.length().1.is_some_and(|most| most < units(needle)) {
            return Ok(Some(missing()));
        }
        let found = if last { last_in_text(&text, needle) } else { first_in_text(&text, needle) };
        return Ok(found.map(|at| int(args, at)).or_else(|| text.known().map(|_| missing())));
    }
    match (container.as_array(), container.type_of()) {
        (Some(items), _) => Ok(in_array(items, item, last).map(|at| at.map_or_else(missing, |at| int(args, at)))),
        (None, None | Some(Type::Array)) => Ok(None),
        (None, Some(_)) => Err(args.wrong_type(0, "a string or an array")),
    }
}

/// The first match; one inside the known start is certain.
fn first_in_text(text: &Text, needle: &str) -> Option<usize> {
    let shown = folded(text.prefix());
    shown.find(&*folded(needle)).map(|at| unit_of(&shown, at))
}

/// The last match; one inside the known end is certain, and its place is where the length is.
fn last_in_text(text: &Text, needle: &str) -> Option<usize> {
    let (least, most) = text.length();
    if most != Some(least) {
        return None;
    }
    let shown = folded(text.suffix());
    shown.rfind(&*folded(needle)).map(|at| least - units(&shown) + unit_of(&shown, at))
}

/// The place of an equal element: `None` where it is unknown, `Some(None)` where there certainly is none.
fn in_array(items: &[Value], item: &Value, last: bool) -> Option<Option<usize>> {
    let places: Box<dyn Iterator<Item = usize>> = if last { Box::new((0..items.len()).rev()) } else { Box::new(0..items.len()) };
    for at in places {
        match items[at].equals(item) {
            Truth::True => return Some(Some(at)),
            Truth::False => {}
            Truth::Unknown => return None,
        }
    }
    Some(None)
}

/// A pattern in which `*` stands for any characters; case does not count.
fn like(args: &Args<'_>) -> Result<Value, Fault> {
    let (text, pattern) = (folded(args.string(0)?), folded(args.string(1)?));
    let mut parts = pattern.split('*');
    let head = parts.next().unwrap_or_default();
    let mut parts: Vec<&str> = parts.collect();
    let matches = match (text.strip_prefix(head), parts.pop()) {
        (None, _) => false,
        (Some(rest), None) => rest.is_empty(),
        (Some(rest), Some(tail)) => {
            let middle = parts.iter().try_fold(rest, |rest, part| Some(&rest[rest.find(part)? + part.len()..]));
            middle.is_some_and(|rest| rest.ends_with(tail))
        }
    };
    Ok(args.result(ValueKind::Bool(matches)))
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{
        a, array, b, fault, i, monotone, null, o, object, s, shown, string, text, unknown, unknown_of, value,
    };
    use super::Type;
    use proptest::prelude::{any, prop_oneof, proptest};

    #[test]
    fn case_counts_where_azure_counts_it() {
        for (name, container, item, expected) in [
            ("contains", s("FOOBAR"), s("bar"), "false"),
            ("contains", a(&[s("FOO")]), s("foo"), "false"),
            ("contains", a(&[s("1")]), i(1), "false"),
            ("contains", a(&[a(&[i(1)])]), a(&[i(1)]), "true"),
            ("contains", o(&[("One", i(1))]), s("oNE"), "true"),
            ("indexOf", s("FOOBAR"), s("bar"), "3"),
            ("indexOf", s("aéÉ"), s("É"), "1"),
            ("indexOf", s("😀b"), s("B"), "2"),
            ("indexOf", s("abc"), s(""), "0"),
            ("lastIndexOf", s("abAB"), s("ab"), "2"),
            ("lastIndexOf", s("abc"), s("z"), "-1"),
            ("indexOf", a(&[s("Apple")]), s("apple"), "-1"),
            ("lastIndexOf", a(&[i(1), i(2), i(1)]), i(1), "2"),
            ("startsWith", s("abc"), s("AB"), "true"),
            ("endsWith", s("abc"), s("BC"), "true"),
            ("endsWith", s("c"), s("bc"), "false"),
            ("like", s("FooBar"), s("foo*"), "true"),
            ("like", s("FooBar"), s("*o*r"), "true"),
            ("like", s("FooBar"), s("foo"), "false"),
        ] {
            assert_eq!(shown(name, &[container.clone(), item.clone()]), expected, "{name} of {container:?}, {item:?}");
        }
        assert_eq!(fault("contains", &[null(), s("a")]), FaultKind::Type);
        assert_eq!(fault("indexOf", &[s("a"), b(true)]), FaultKind::Type);
    }

    #[test]
    fn known_parts_decide_where_they_can() {
        let name = text("apim-", "p", "-prod");
        for (function, item, expected) in [
            ("startsWith", s("APIM"), "true"),
            ("startsWith", s("app"), "false"),
            ("startsWith", s("apim-x"), "unknown bool"),
            ("endsWith", s("PROD"), "true"),
            ("endsWith", s("dev"), "false"),
            ("contains", s("im-"), "true"),
            ("contains", s("dev"), "unknown bool"),
            ("indexOf", s("m"), "3"),
            ("indexOf", s("prod"), "unknown int"),
            ("lastIndexOf", s("d"), "unknown int"),
        ] {
            assert_eq!(shown(function, &[name.clone(), item.clone()]), expected, "{function} {item:?}");
        }
        assert_eq!(shown("contains", &[s("abc"), text("x", "p", "")]), "false", "whatever `p` is, there is no x");
        assert_eq!(shown("contains", &[a(&[unknown("p"), i(1)]), i(1)]), "true");
        assert_eq!(shown("contains", &[a(&[unknown("p")]), i(1)]), "unknown bool");
        assert_eq!(shown("contains", &[a(&[unknown_of(Type::String, "p")]), i(1)]), "false", "no string is 1");
        assert_eq!(shown("contains", &[a(&[unknown("p")]), unknown("p")]), "true", "it equals itself");
        assert_eq!(shown("indexOf", &[a(&[i(1), unknown("p")]), i(1)]), "0");
        assert_eq!(shown("lastIndexOf", &[a(&[i(1), unknown("p")]), i(1)]), "unknown int");
        assert_eq!(shown("contains", &[o(&[("abc", i(1))]), text("x", "p", "")]), "false", "no key starts with x");
    }

    proptest! {
        #[test]
        fn search_in_strings_is_monotone(x in string(), y in string(), seed in any::<u64>()) {
            for name in ["contains", "indexOf", "lastIndexOf", "startsWith", "endsWith"] {
                monotone(name, &[x.clone(), y.clone()], seed);
            }
        }

        #[test]
        fn search_in_containers_is_monotone(x in prop_oneof![array(), object()], y in value(), seed in any::<u64>()) {
            for name in ["contains", "indexOf", "lastIndexOf"] {
                monotone(name, &[x.clone(), y.clone()], seed);
            }
        }
    }
}
