//! What an operator says of a value, known or not: the one place where unknown meets a question.
//!
//! A partly known string decides by what is known of it. Strings compare without ASCII case unless `exact`, as Azure
//! compares names, types and enum values.

use std::sync::Arc;

use super::condition::JsonType;
use super::pattern::Pattern;
use super::version::Version;
use crate::diagnostic::is_slip;
use crate::value::{Piece, Shape, Step, Symbol, Text, Truth, Type, Unknown, Value, ValueKind, Why};

/// Whether two values are equal.
#[inline]
pub(super) fn same(a: &Value, b: &Value, exact: bool) -> Truth {
    match (&a.kind, &b.kind) {
        // Most of what a text is compared with has another length.
        (ValueKind::Str(x), ValueKind::Str(y)) if x.len() != y.len() => Truth::False,
        _ => compared(a, b, exact),
    }
}

fn compared(a: &Value, b: &Value, exact: bool) -> Truth {
    if exact {
        return a.equals(b);
    }
    match (&a.kind, &b.kind) {
        (ValueKind::Str(x), ValueKind::Str(y)) => x.eq_ignore_ascii_case(y).into(),
        (ValueKind::Unknown(x), ValueKind::Unknown(y)) if x.symbol() == y.symbol() => Truth::True,
        (ValueKind::Unknown(x), _) => unknown_same(x, b),
        (_, ValueKind::Unknown(y)) => unknown_same(y, a),
        (ValueKind::Array(x), ValueKind::Array(y)) if x.len() == y.len() => {
            x.iter().zip(y.iter()).fold(Truth::True, |so_far, (x, y)| so_far.and(same(x, y, false)))
        }
        (ValueKind::Object(x), ValueKind::Object(y)) if x.len() == y.len() => x
            .iter()
            .fold(Truth::True, |so_far, (key, x)| so_far.and(y.get(key.as_str()).map_or(Truth::False, |y| same(x, y, false)))),
        _ => a.equals(b),
    }
}

fn unknown_same(unknown: &Unknown, other: &Value) -> Truth {
    match (&unknown.shape, &other.kind) {
        (Shape::OneOf(values), _) => agree(values, |value| same(value, other, false)),
        (Shape::Text(text), ValueKind::Str(known)) => may_be(text, known),
        (Shape::Text(text), ValueKind::Unknown(other)) => match &other.shape {
            Shape::Text(other) => texts(text, other),
            Shape::OneOf(values) => agree(values, |value| unknown_same(unknown, value)),
            shape => differ_by_type(&unknown.shape, shape.type_of()),
        },
        (shape, ValueKind::Unknown(other)) if matches!(other.shape, Shape::OneOf(_)) => {
            let Shape::OneOf(values) = &other.shape else { return differ_by_type(shape, None) };
            agree(values, |value| unknown_same(unknown, value))
        }
        (shape, _) => differ_by_type(shape, other.type_of()),
    }
}

fn differ_by_type(shape: &Shape, other: Option<Type>) -> Truth {
    match (shape.type_of(), other) {
        (Some(a), Some(b)) if a != b && !(a.is_number() && b.is_number()) => Truth::False,
        _ => Truth::Unknown,
    }
}

/// The truth on which all possible values agree.
fn agree(values: &[Value], test: impl Fn(&Value) -> Truth) -> Truth {
    let mut truths = values.iter().map(test);
    let first = truths.next().unwrap_or(Truth::Unknown);
    if truths.all(|truth| truth == first) { first } else { Truth::Unknown }
}

/// Whether a partly known text can be `known`: its ends and its length tell.
fn may_be(text: &Text, known: &str) -> Truth {
    let (least, most) = text.length();
    let units = known.encode_utf16().count();
    let fits = units >= least && most.is_none_or(|most| units <= most);
    if fits && starts(known, text.prefix()) && ends(known, text.suffix()) { Truth::Unknown } else { Truth::False }
}

fn texts(a: &Text, b: &Text) -> Truth {
    if a.canonical().eq_ignore_ascii_case(&b.canonical()) {
        return Truth::True;
    }
    let (head, tail) = (a.prefix().len().min(b.prefix().len()), a.suffix().len().min(b.suffix().len()));
    let heads = a.prefix().as_bytes()[..head].eq_ignore_ascii_case(&b.prefix().as_bytes()[..head]);
    let tails =
        a.suffix().as_bytes()[a.suffix().len() - tail..].eq_ignore_ascii_case(&b.suffix().as_bytes()[b.suffix().len() - tail..]);
    if heads && tails { Truth::Unknown } else { Truth::False }
}

fn starts(text: &str, head: &str) -> bool {
    text.as_bytes().get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head.as_bytes()))
}

fn ends(text: &str, tail: &str) -> bool {
    let start = text.len().checked_sub(tail.len());
    start.is_some_and(|start| text.as_bytes()[start..].eq_ignore_ascii_case(tail.as_bytes()))
}

/// Whether a value is "used": neither null nor `''` nor `[]`.
pub(super) fn is_set(value: &Value) -> Truth {
    match &value.kind {
        ValueKind::Null => Truth::False,
        ValueKind::Str(text) => (!text.is_empty()).into(),
        ValueKind::Array(items) => (!items.is_empty()).into(),
        ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Object(_) => Truth::True,
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::OneOf(values) => agree(values, is_set),
            Shape::Text(text) if text.length().0 > 0 => Truth::True,
            Shape::Items(items) if !items.is_empty() => Truth::True,
            Shape::Members(_) => Truth::True,
            Shape::Of(known) => match known {
                Type::Null => Truth::False,
                Type::String | Type::Array => Truth::Unknown,
                _ => Truth::True,
            },
            Shape::Any | Shape::Text(_) | Shape::Items(_) => Truth::Unknown,
        },
    }
}

/// Whether a value is the default value of a parameter: what stands there where nobody says otherwise.
pub(super) fn is_default(value: &Value) -> bool {
    value.origin.hops().any(|hop| matches!(hop.step, Step::ParameterDefault { .. }))
}

/// Whether a value's characters stand in the files being linted: not where a secure parameter, a key vault or the deployment
/// hands it in, be it in part. Of a parameter that nothing gives a value nobody can tell.
pub(super) fn is_written(value: &Value) -> Truth {
    if value.origin.is_secure() {
        return Truth::False;
    }
    match &value.kind {
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Str(_) => Truth::True,
        ValueKind::Array(items) => items.iter().fold(Truth::True, |so_far, item| so_far.and(is_written(item))),
        ValueKind::Object(object) => object.iter().fold(Truth::True, |so_far, (_, value)| so_far.and(is_written(value))),
        ValueKind::Unknown(unknown) => match (&unknown.shape, &unknown.why) {
            (Shape::OneOf(values), _) => agree(values, is_written),
            (_, Why::KeyVault(_) | Why::SecureParameter(_) | Why::Gateway(_)) => Truth::False,
            (_, Why::Runtime(call)) if is_handed_out(call) || is_handed_out(unknown.symbol().as_str()) => Truth::False,
            (Shape::Text(text), _) => may(!text.pieces().any(has_listed)),
            (_, _) => may(!is_listed(unknown.symbol())),
        },
    }
}

fn has_listed(piece: Piece<'_>) -> bool {
    match piece {
        Piece::Known(_) => false,
        Piece::Hole { symbol, .. } => is_listed(symbol),
    }
}

/// Whether an unknown is what a `list*()` answers, whatever made its arguments unknown.
fn is_listed(symbol: &Symbol) -> bool {
    called(symbol.as_str()).starts_with("list")
}

/// Whether only the deployment can answer such a call. What the context of a run may tell, such as the name of the resource
/// group, is not among them; nor is a `reference()` of which an argument is unknown, which may read this very template.
fn is_handed_out(call: &str) -> bool {
    let name = called(call).to_ascii_lowercase();
    name.starts_with("list") || ["reference", "newguid", "getsecret"].contains(&name.as_str())
}

/// The name of the function that a text calls first.
fn called(text: &str) -> &str {
    text.split_once('(').map_or("", |(name, _)| name)
}

/// Asks a question about strings: of the known ones `of_known`, of the partly known ones `of_text`; nothing else is a string.
fn of_string(value: &Value, of_known: &dyn Fn(&str) -> bool, of_text: &dyn Fn(&Text) -> Truth) -> Truth {
    match &value.kind {
        ValueKind::Str(text) => of_known(text).into(),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::OneOf(values) => agree(values, |value| of_string(value, of_known, of_text)),
            Shape::Text(text) => of_text(text),
            shape => differ_by_type(shape, Some(Type::String)),
        },
        ValueKind::Null
        | ValueKind::Bool(_)
        | ValueKind::Int(_)
        | ValueKind::Float(_)
        | ValueKind::Array(_)
        | ValueKind::Object(_) => Truth::False,
    }
}

/// Whether a value is a string that starts with one of `heads`.
pub(super) fn starts_with(value: &Value, heads: &[Arc<str>], exact: bool) -> Truth {
    let has = |text: &str, head: &str| if exact { text.starts_with(head) } else { starts(text, head) };
    of_string(value, &|text| heads.iter().any(|head| has(text, head)), &|text| {
        let known = text.prefix();
        one_of(heads.iter().map(|head| {
            if is_shorter(text, head) {
                Truth::False
            } else if known.len() >= head.len() {
                has(known, head).into()
            } else {
                may(has(head, known))
            }
        }))
    })
}

/// Whether a value is a string that ends with one of `tails`.
pub(super) fn ends_with(value: &Value, tails: &[Arc<str>], exact: bool) -> Truth {
    let has = |text: &str, tail: &str| if exact { text.ends_with(tail) } else { ends(text, tail) };
    of_string(value, &|text| tails.iter().any(|tail| has(text, tail)), &|text| {
        let known = text.suffix();
        one_of(tails.iter().map(|tail| {
            if is_shorter(text, tail) {
                Truth::False
            } else if known.len() >= tail.len() {
                has(known, tail).into()
            } else {
                may(has(tail, known))
            }
        }))
    })
}

/// Whether a partly known text is certainly too short to hold `part`.
fn is_shorter(text: &Text, part: &str) -> bool {
    text.length().1.is_some_and(|most| most < part.encode_utf16().count())
}

fn may(possible: bool) -> Truth {
    if possible { Truth::Unknown } else { Truth::False }
}

fn one_of(truths: impl Iterator<Item = Truth>) -> Truth {
    truths.fold(Truth::False, Truth::or)
}

/// Whether a value is a string that is none of `names` but was most likely meant to be one. Of a text known in part nobody can
/// tell.
pub(super) fn near(value: &Value, names: &[Arc<str>]) -> Truth {
    of_string(value, &|text| is_slip(text, names.iter().map(|name| &**name)), &|_| Truth::Unknown)
}

/// Whether a value is of a type.
pub(super) fn has_type(value: &Value, wanted: JsonType) -> Truth {
    let is = |known: Type| match wanted {
        JsonType::Null => known == Type::Null,
        JsonType::Boolean => known == Type::Bool,
        JsonType::Number => known.is_number(),
        JsonType::String => known == Type::String,
        JsonType::Array => known == Type::Array,
        JsonType::Object => known == Type::Object,
    };
    match &value.kind {
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::OneOf(values) => agree(values, |value| has_type(value, wanted)),
            shape => shape.type_of().map_or(Truth::Unknown, |known| is(known).into()),
        },
        _ => value.type_of().is_some_and(is).into(),
    }
}

/// Whether a pattern finds something in a value.
pub(super) fn matches(value: &Value, pattern: &Pattern) -> Truth {
    of_string(value, &|text| pattern.is_match(text), &|text| pattern.matches(text))
}

/// Whether a string has more UTF-16 units than a number says, or `fewer`.
pub(super) fn length(value: &Value, than: &Value, fewer: bool) -> Truth {
    let Some(than) = number(than) else { return may(than.is_unknown()) };
    #[allow(clippy::cast_precision_loss, reason = "no string is longer than 2^53")]
    let holds = |units: usize| if fewer { (units as f64) < than } else { units as f64 > than };
    of_string(value, &|text| holds(text.encode_utf16().count()), &|text| {
        let (least, most) = text.length();
        let (sure, possible) = if fewer { (most, Some(least)) } else { (Some(least), most) };
        match (sure.is_some_and(holds), possible.is_none_or(holds)) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::False,
        }
    })
}

/// The same value without the spaces of its strings.
pub(super) fn without_spaces(value: &Value) -> Value {
    let kind = match &value.kind {
        ValueKind::Str(text) => ValueKind::Str(text.replace(' ', "").into()),
        ValueKind::Unknown(unknown) => {
            let shape = match &unknown.shape {
                Shape::OneOf(values) => Shape::OneOf(values.iter().map(without_spaces).collect()),
                Shape::Text(text) => Shape::Text(text.pieces().fold(Text::new(), |mut out, piece| {
                    match piece {
                        Piece::Known(known) => out.push_known(&known.replace(' ', "")),
                        Piece::Hole { symbol, most, .. } => out.push_hole(symbol.clone(), 0, most),
                    }
                    out
                })),
                shape => shape.clone(),
            };
            ValueKind::Unknown(Arc::new(Unknown::clone(unknown).shaped(shape)))
        }
        known => known.clone(),
    };
    Value { kind, origin: value.origin.clone() }
}

/// Whether a string has `part` in it, or a list has it among its elements.
pub(super) fn contains(value: &Value, part: &Value, exact: bool) -> Truth {
    match &value.kind {
        ValueKind::Array(items) => one_of(items.iter().map(|item| same(item, part, exact))),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::OneOf(values) => agree(values, |value| contains(value, part, exact)),
            Shape::Items(items) => one_of(items.iter().map(|item| same(item, part, exact))).or(Truth::Unknown),
            Shape::Text(text) => part.as_str().map_or(Truth::Unknown, |part| text_contains(text, part, exact)),
            Shape::Any | Shape::Of(_) => Truth::Unknown,
            Shape::Members(_) => Truth::False,
        },
        ValueKind::Str(text) => match part.as_str() {
            Some(part) => has_part(text, part, exact).into(),
            None => may(part.is_unknown()),
        },
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Object(_) => Truth::False,
    }
}

fn has_part(text: &str, part: &str, exact: bool) -> bool {
    if exact { text.contains(part) } else { text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()) }
}

fn text_contains(text: &Text, part: &str, exact: bool) -> Truth {
    let known = text.pieces().any(|piece| match piece {
        Piece::Known(known) => has_part(known, part, exact),
        Piece::Hole { .. } => false,
    });
    if known { Truth::True } else { may(!is_shorter(text, part)) }
}

/// Compares two values by a relation that needs both to be known and of a kind; `read` reads that kind.
pub(super) fn relate<T>(a: &Value, b: &Value, read: &dyn Fn(&Value) -> Option<T>, holds: &dyn Fn(&T, &T) -> bool) -> Truth {
    for (unknown, other, turned) in [(a, b, false), (b, a, true)] {
        let ValueKind::Unknown(unknown) = &unknown.kind else { continue };
        let Shape::OneOf(values) = &unknown.shape else { return Truth::Unknown };
        return agree(values, |value| if turned { relate(other, value, read, holds) } else { relate(value, other, read, holds) });
    }
    read(a).zip(read(b)).is_some_and(|(a, b)| holds(&a, &b)).into()
}

/// The version or date that a value is.
pub(super) fn version(value: &Value) -> Option<Version> {
    Version::parse(value.as_str()?)
}

/// The number that a value is.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value.kind {
        #[allow(clippy::cast_precision_loss, reason = "numbers of templates are counts; beyond 2^53 the order still holds")]
        ValueKind::Int(number) => Some(number as f64),
        ValueKind::Float(number) => Some(number),
        _ => None,
    }
}
