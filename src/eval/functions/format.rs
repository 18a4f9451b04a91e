//! `format`: composite format strings of .NET.
//!
//! Source: .NET documentation, "Composite formatting". Azure writes booleans as `True` and `False`, and arrays and objects as JSON
//! in single quotes (Bicep's evaluation tests).

use std::borrow::Cow;

use crate::eval::symbol::{of_call, quoted};
use crate::value::{Shape, Text, Type, Value, ValueKind};

use super::number::{self, Number};
use super::partial;
use super::string::{known_text, text_argument};
use super::{Args, Fault, FaultKind, Function, Run, json};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] =
    &[Function { name: "format", arity: (1, usize::MAX), run: Run::Partial(Some(Type::String), format) }];

/// The greatest index and width of an item.
const MAX_NUMBER: usize = 1_000_000;

/// A part of a composite format.
#[derive(Debug, PartialEq)]
enum Part<'f> {
    Literal(&'f str),
    Item {
        index: usize,
        /// The least width; negative aligns to the left.
        width: isize,
        /// The format string of the value, as written.
        spec: &'f str,
    },
}

fn format(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let Some(format) = args.value(0)?.as_str() else { return text_argument(args, 0).map(|_| None) };
    let mut out = Text::new();
    let mut rest = format;
    while !rest.is_empty() {
        let (part, after) = part(rest).map_err(|problem| args.fault(FaultKind::Format, 0, problem))?;
        rest = after;
        match part {
            Part::Literal(literal) => out.push_known(literal),
            Part::Item { index, width, spec } => {
                let value = args.values.get(index + 1).ok_or_else(|| {
                    let given = args.len() - 1;
                    args.fault(FaultKind::Format, 0, &format!("asks for value {{{index}}}, and {given} are given"))
                })?;
                if width == 0 && spec.is_empty() && is_text(value) {
                    out.push_value(value);
                } else {
                    let text = item(value, spec)
                        .ok_or_else(|| args.fault(FaultKind::Format, 0, &format!("has the malformed number format `{spec}`")))?;
                    align(&text, width, &mut out);
                }
            }
        }
        if partial::is_too_long(&out) {
            return Ok(Some(partial::too_long(args)));
        }
    }
    Ok(Some(partial::text(args, out)))
}

/// Whether a value is a string in pieces that are known: it is written as it is.
fn is_text(value: &Value) -> bool {
    value.as_str().is_some() || value.as_unknown().is_some_and(|unknown| matches!(unknown.shape, Shape::Text(_)))
}

/// The next part of a format that is not empty, and what follows it.
fn part(format: &str) -> Result<(Part<'_>, &str), &'static str> {
    if let Some(rest) = format.strip_prefix("{{").or_else(|| format.strip_prefix("}}")) {
        return Ok((Part::Literal(&format[..1]), rest));
    }
    if let Some(inside) = format.strip_prefix('{') {
        return item_at(inside);
    }
    if format.starts_with('}') {
        return Err("has a `}` without a `{`; write `}}` for the character itself");
    }
    let end = format.find(['{', '}']).unwrap_or(format.len());
    Ok((Part::Literal(&format[..end]), &format[end..]))
}

/// `0,-10:N2}` behind the opening brace.
fn item_at(inside: &str) -> Result<(Part<'_>, &str), &'static str> {
    const INDEX: &str = "must have a number behind `{`; write `{{` for the character itself";
    const OPEN: &str = "has a `{` without a `}`";
    let (index, rest) = digits(inside).ok_or(INDEX)?;
    let mut rest = rest.trim_start_matches(' ');
    let mut width = 0;
    if let Some(after) = rest.strip_prefix(',') {
        let after = after.trim_start_matches(' ');
        let (sign, after) = after.strip_prefix('-').map_or((1, after), |after| (-1, after));
        let (number, after) = digits(after).ok_or("must have a width behind `,`")?;
        width = sign * isize::try_from(number).unwrap_or(0);
        rest = after.trim_start_matches(' ');
    }
    let mut spec = "";
    if let Some(after) = rest.strip_prefix(':') {
        let end = after.find(['{', '}']).ok_or(OPEN)?;
        (spec, rest) = after.split_at(end);
    }
    let rest =
        rest.strip_prefix('}').ok_or(if rest.is_empty() { OPEN } else { "has an item that is not `{index,width:format}`" })?;
    Ok((Part::Item { index, width, spec }, rest))
}

/// A number of at most a million at the start of `text`.
fn digits(text: &str) -> Option<(usize, &str)> {
    let end = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = text[..end].parse().ok().filter(|&number| number < MAX_NUMBER)?;
    Some((number, &text[end..]))
}

/// A value as an item writes it; `None` if its format is malformed.
fn item<'v>(value: &'v Value, spec: &str) -> Option<Cow<'v, Text>> {
    match &value.kind {
        ValueKind::Int(int) => number::format(Number::Int(*int), spec).map(|text| Cow::Owned(known_text(&text))),
        ValueKind::Float(float) => number::format(Number::Float(*float), spec).map(|text| Cow::Owned(known_text(&text))),
        ValueKind::Null => Some(Cow::Owned(Text::new())),
        ValueKind::Array(_) | ValueKind::Object(_) if value.first_unknown().is_none() => {
            Some(Cow::Owned(known_text(&json::write(value, '\''))))
        }
        ValueKind::Str(_) | ValueKind::Bool(_) => partial::scalar_text(value),
        ValueKind::Array(_) | ValueKind::Object(_) => Some(Cow::Owned(hole(value, spec, 2))),
        ValueKind::Unknown(unknown) => match unknown.shape.type_of() {
            Some(Type::String | Type::Bool) => partial::scalar_text(value),
            Some(Type::Int) if spec.is_empty() => partial::scalar_text(value),
            Some(Type::Null) => Some(Cow::Owned(Text::new())),
            Some(Type::Array | Type::Object) => Some(Cow::Owned(hole(value, spec, 2))),
            None | Some(Type::Int | Type::Float) => Some(Cow::Owned(hole(value, spec, 0))),
        },
    }
}

/// What `format` writes for an unknown that it does not write like `string`.
fn hole(value: &Value, spec: &str, least: usize) -> Text {
    let format = if spec.is_empty() { "{0}".to_owned() } else { format!("{{0:{spec}}}") };
    let symbol = of_call("format", &[Value::string(format, value.origin.written), value.clone()]);
    partial::one_hole(symbol, least, None)
}

/// Appends `text` in a field of `width`.
fn align(text: &Text, width: isize, out: &mut Text) {
    let (least, most) = text.length();
    let field = width.unsigned_abs();
    if field <= least {
        out.push_text(text);
        return;
    }
    if most == Some(least) {
        let blanks = " ".repeat(field - least);
        if width > 0 {
            out.push_known(&blanks);
        }
        out.push_text(text);
        if width < 0 {
            out.push_known(&blanks);
        }
        return;
    }
    // How many blanks there are is unknown: they are part of the hole.
    let inner = text.symbol();
    let symbol = partial::call("format", &[&quoted(&format!("{{0,{width}}}")), inner.as_str()]);
    out.push_text(&partial::one_hole(symbol, field, most.map(|most| most.max(field))));
}

#[cfg(test)]
mod tests {
    use super::super::trial::{a, b, fault, i, monotone, o, s, shown, string, text, unknown, unknown_of, value};
    use super::{FaultKind, Type};
    use proptest::prelude::{any, proptest};

    #[test]
    fn items_are_written_as_dotnet_writes_them() {
        for (format, values, expected) in [
            ("{0}/{1}/{2}/{3}", vec![i(1), i(2), i(3), b(true)], "1/2/3/True"),
            (
                ">{0}<>{1}<",
                vec![o(&[("a", s("b")), ("!c", i(2))]), a(&[b(true), i(2893), s("abc")])],
                ">{'a':'b','!c':2}<>[true,2893,'abc']<",
            ),
            ("{0,5}|{0,-5}|", vec![s("ab")], "   ab|ab   |"),
            ("{0,8:D4}", vec![i(12)], "    0012"),
            ("{{{0}}}", vec![s("x")], "{x}"),
            ("{0 , 4 :D2}", vec![i(3)], "  03"),
            ("{0:N0}", vec![s("ab")], "ab"),
            ("none", vec![], "none"),
        ] {
            let mut arguments = vec![s(format)];
            arguments.extend(values);
            assert_eq!(shown("format", &arguments), format!("'{}'", expected.replace('\'', "''")), "{format}");
        }
    }

    #[test]
    fn a_malformed_format_is_a_fault() {
        for format in ["{0", "{", "}", "{-1}", "{a}", "{ 0}", "{1}", "{0:{}", "{0,}", "{0,x}", "{0:Q}", "{0:D2"] {
            assert_eq!(fault("format", &[s(format), i(1)]), FaultKind::Format, "{format}");
        }
    }

    #[test]
    fn known_parts_stay_around_unknown_ones() {
        assert_eq!(shown("format", &[s("a-{0}-{1}"), unknown_of(Type::String, "p"), i(7)]), "text a-${p}-7 of 4..");
        assert_eq!(shown("format", &[s("{0,9}!"), unknown_of(Type::String, "p")]), "text ${format('{0,9}',p)}! of 10..");
        assert_eq!(shown("format", &[s("{0:D3}"), unknown("p")]), "text ${format('{0:D3}',p)} of 0..");
        assert_eq!(shown("format", &[text("{", "p", "}"), i(1)]), "unknown string");
    }

    proptest! {
        #[test]
        fn formatting_is_monotone(first in value(), second in string(), seed in any::<u64>()) {
            monotone("format", &[s("x{0}y{1,4}z"), first, second], seed);
        }
    }
}
