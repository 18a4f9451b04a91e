//! What a function says of a result that it knows only in part, and where it stops computing one.

use std::borrow::Cow;
use std::sync::Arc;

use crate::eval::symbol::of_call;
use crate::value::{Shape, Symbol, Text, Truth, Type, Unknown, Value, ValueKind, Why};

use super::{Args, Fault};

/// The longest string that is computed, in bytes.
pub(super) const MAX_TEXT: usize = 4 << 20;

/// The longest array that is computed.
pub(super) const MAX_ITEMS: usize = 1_000_000;

/// The most pieces of a partly known string.
const MAX_PIECES: usize = 10_000;

/// The symbol of a call whose arguments are symbols and literals already.
pub(super) fn call(name: &str, arguments: &[&str]) -> Symbol {
    Symbol::new(format!("{name}({})", arguments.join(",")))
}

/// A result of which only the type is known.
pub(super) fn typed(args: &Args<'_>, kind: Type) -> Value {
    args.unknown(Shape::Of(kind))
}

/// A result that was not computed because it is too large.
pub(super) fn limit(args: &Args<'_>, what: &str, shape: Shape) -> Value {
    let symbol = of_call(args.name, args.values);
    Value::unknown(Unknown::named(Why::Limit(what.into()), symbol).shaped(shape), args.call)
}

/// A known string as a result, or a limit.
pub(super) fn string(args: &Args<'_>, text: impl Into<Arc<str>>) -> Value {
    let text = text.into();
    if text.len() > MAX_TEXT { too_long(args) } else { Value::string(text, args.call) }
}

/// A string that was not computed because it is longer than 4 MiB.
pub(super) fn too_long(args: &Args<'_>) -> Value {
    limit(args, "a string of more than 4 MiB", Shape::Of(Type::String))
}

/// An array as a result, or a limit.
pub(super) fn array(args: &Args<'_>, items: Vec<Value>) -> Value {
    if items.len() > MAX_ITEMS { too_many(args) } else { Value::array(items, args.call) }
}

/// An array that was not computed because it has more than a million elements.
pub(super) fn too_many(args: &Args<'_>) -> Value {
    limit(args, "an array of more than 1,000,000 elements", Shape::Of(Type::Array))
}

/// An array of which only some elements are known to be in it.
pub(super) fn items(args: &Args<'_>, items: Vec<Value>) -> Value {
    if items.is_empty() || items.len() > MAX_ITEMS {
        return typed(args, Type::Array);
    }
    args.unknown(Shape::Items(items.into()))
}

/// The lists as one, as far as their elements are certain: `complete` says whether there are no more lists. `refuse` says what
/// is wrong with one that is no list, by its number.
pub(super) fn joined(
    args: &Args<'_>,
    lists: &[Value],
    mut complete: bool,
    refuse: impl Fn(usize, &Value) -> Fault,
) -> Result<Value, Fault> {
    let mut all = Vec::new();
    for (n, list) in lists.iter().enumerate() {
        match &list.kind {
            ValueKind::Array(elements) => all.extend(elements.iter().cloned()),
            ValueKind::Unknown(unknown) => match &unknown.shape {
                Shape::Items(elements) => {
                    all.extend(elements.iter().cloned());
                    complete = false;
                }
                shape if matches!(shape.type_of(), None | Some(Type::Array)) => complete = false,
                _ => return Err(refuse(n, list)),
            },
            _ => return Err(refuse(n, list)),
        }
        if all.len() > MAX_ITEMS {
            return Ok(too_many(args));
        }
    }
    Ok(if complete { array(args, all) } else { items(args, all) })
}

/// A string as a result, with what is known of it.
pub(super) fn text(args: &Args<'_>, text: Text) -> Value {
    match text.known() {
        _ if is_too_long(&text) => too_long(args),
        Some(known) => Value::string(known, args.call),
        None => Value::unknown(Unknown::text(args.why(), text), args.call),
    }
}

/// A boolean result; `None` where it depends on something unknown.
pub(super) fn truth(args: &Args<'_>, truth: Truth) -> Option<Value> {
    match truth {
        Truth::True => Some(args.result(ValueKind::Bool(true))),
        Truth::False => Some(args.result(ValueKind::Bool(false))),
        Truth::Unknown => None,
    }
}

/// Whether a string is longer than one may be that is computed.
pub(super) fn is_too_long(text: &Text) -> bool {
    text.known_characters().len() > MAX_TEXT || text.count() > MAX_PIECES
}

/// The string that `value` is, with what is known of it; `None` where it is none, or where it may be something else.
pub(super) fn string_text(value: &Value) -> Option<Cow<'_, Text>> {
    match &value.kind {
        ValueKind::Str(known) => {
            let mut text = Text::new();
            text.push_known(known);
            Some(Cow::Owned(text))
        }
        ValueKind::Unknown(unknown) if unknown.shape.type_of() == Some(Type::String) => Some(unknown_text(unknown)),
        _ => None,
    }
}

/// The pieces of an unknown string.
fn unknown_text(unknown: &Unknown) -> Cow<'_, Text> {
    match &unknown.shape {
        Shape::Text(text) => Cow::Borrowed(text),
        Shape::OneOf(values) => {
            let lengths = values.iter().filter_map(|value| Some(string_text(value)?.length()));
            let (least, most) = lengths
                .reduce(|(least, most), (low, high)| (least.min(low), most.zip(high).map(|(a, b)| a.max(b))))
                .unwrap_or((0, None));
            Cow::Owned(one_hole(unknown.symbol().clone(), least, most))
        }
        Shape::Any | Shape::Of(_) | Shape::Items(_) | Shape::Members(_) => {
            Cow::Owned(one_hole(unknown.symbol().clone(), 0, None))
        }
    }
}

/// A string of which only the length is known.
pub(super) fn one_hole(symbol: Symbol, least: usize, most: Option<usize>) -> Text {
    let mut text = Text::new();
    text.push_hole(symbol, least, most);
    text
}

/// The text that `concat` and `join` write for a scalar; `None` for an array, an object or `null`.
pub(super) fn scalar_text(value: &Value) -> Option<Cow<'_, Text>> {
    let mut text = Text::new();
    match &value.kind {
        ValueKind::Bool(known) => text.push_known(if *known { "True" } else { "False" }),
        ValueKind::Int(known) => text.push_known(&known.to_string()),
        ValueKind::Float(known) => text.push_known(&super::number::shortest(*known)),
        ValueKind::Unknown(unknown) => {
            let written = || of_call("string", std::slice::from_ref(value));
            return match unknown.shape.type_of() {
                None => Some(Cow::Owned(one_hole(written(), 0, None))),
                Some(Type::Bool) => Some(Cow::Owned(one_hole(written(), 4, Some(5)))),
                Some(Type::Int) => Some(Cow::Owned(one_hole(written(), 1, Some(20)))),
                Some(Type::Float) => Some(Cow::Owned(one_hole(written(), 1, None))),
                Some(Type::String) => Some(unknown_text(unknown)),
                Some(Type::Null | Type::Array | Type::Object) => None,
            };
        }
        ValueKind::Str(_) => return string_text(value),
        ValueKind::Null | ValueKind::Array(_) | ValueKind::Object(_) => return None,
    }
    Some(Cow::Owned(text))
}
