//! Functions that change strings: case, padding, trimming, replacing, splitting and joining.

use crate::eval::symbol::{of_call, quoted};
use crate::value::{Piece, Shape, Text, Type, Value, ValueKind};

use super::partial::{self, string_text};
use super::{Args, Fault, FaultKind, Function, Run, text};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "toLower",
        arity: (1, 1),
        run: Run::Partial(Some(Type::String), |args| mapped(args, "tolower", text::lower)),
    },
    Function {
        name: "toUpper",
        arity: (1, 1),
        run: Run::Partial(Some(Type::String), |args| mapped(args, "toupper", text::upper)),
    },
    Function { name: "trim", arity: (1, 1), run: Run::Partial(Some(Type::String), trim) },
    Function { name: "padLeft", arity: (2, 3), run: Run::Partial(Some(Type::String), pad_left) },
    Function { name: "replace", arity: (3, 3), run: Run::Partial(Some(Type::String), replace) },
    Function { name: "split", arity: (2, 2), run: Run::Partial(Some(Type::Array), split) },
    Function { name: "join", arity: (2, 2), run: Run::Partial(Some(Type::String), join) },
    Function { name: "substring", arity: (2, 3), run: Run::Partial(Some(Type::String), substring) },
    Function { name: "string", arity: (1, 1), run: Run::Partial(Some(Type::String), string) },
];

/// The string at `index` with what is known of it; `None` where it may be something else, a fault where it certainly is.
pub(super) fn text_argument(args: &Args<'_>, index: usize) -> Result<Option<Text>, Fault> {
    let value = args.value(index)?;
    match string_text(value) {
        Some(text) => Ok(Some(text.into_owned())),
        None if value.type_of().is_none() => Ok(None),
        None => Err(args.wrong_type(index, "a string")),
    }
}

/// The integer at `index`; `None` where it is unknown, a fault where it certainly is none.
pub(super) fn int_argument(args: &Args<'_>, index: usize) -> Result<Option<i64>, Fault> {
    let value = args.value(index)?;
    match (value.is_unknown(), value.type_of()) {
        (true, None | Some(Type::Int)) => Ok(None),
        _ => args.int(index).map(Some),
    }
}

/// A number of characters or elements; what is negative is none.
pub(super) fn count(int: i64) -> usize {
    usize::try_from(int.max(0)).unwrap_or(usize::MAX)
}

fn mapped(args: &Args<'_>, name: &str, map: fn(&str) -> String) -> Result<Option<Value>, Fault> {
    if let Some(known) = args.value(0)?.as_str() {
        return Ok(Some(partial::string(args, map(known))));
    }
    Ok(text_argument(args, 0)?.map(|text| partial::text(args, text::map(&text, name, map))))
}

fn trim(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    if let Some(known) = args.value(0)?.as_str() {
        return Ok(Some(partial::string(args, known.trim())));
    }
    let Some(text) = text_argument(args, 0)? else { return Ok(None) };
    // What a hole starts or ends with is unknown, so only an end that shows a character is trimmed for certain.
    let (head, tail) = (text.prefix().trim_start(), text.suffix().trim_end());
    if head.is_empty() || tail.is_empty() {
        return Ok(None);
    }
    let mut out = known_text(head);
    let last = text.pieces().count() - 1;
    text.pieces().take(last).skip(1).for_each(|piece| out.push_piece(piece));
    out.push_known(tail);
    Ok(Some(partial::text(args, out)))
}

fn pad_left(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let value = args.value(0)?;
    let padded = match (value.type_of(), partial::scalar_text(value)) {
        (Some(Type::String | Type::Int) | None, padded) => padded,
        _ => return Err(args.wrong_type(0, "a string or an integer")),
    };
    let total = int_argument(args, 1)?;
    let filler = if args.len() > 2 { text_argument(args, 2)? } else { Some(known_text(" ")) };
    if let Some(filler) = filler.as_ref().and_then(Text::known)
        && text::units(filler) != 1
    {
        return Err(args.fault(FaultKind::InvalidArguments, 2, "must be a single character"));
    }
    if total.is_some_and(|total| total < 0) {
        return Err(args.fault(FaultKind::OutOfRange, 1, "must not be negative"));
    }
    let (Some(padded), Some(total)) = (padded, total) else { return Ok(None) };
    let total = count(total);
    let (least, most) = padded.length();
    if least >= total {
        return Ok(Some(partial::text(args, padded.into_owned())));
    }
    if total > partial::MAX_TEXT {
        return Ok(Some(partial::too_long(args)));
    }
    match filler.as_ref().and_then(Text::known) {
        Some(filler) if most == Some(least) => {
            let mut out = known_text(&filler.repeat(total - least));
            out.push_text(&padded);
            Ok(Some(partial::text(args, out)))
        }
        _ => {
            let most = most.map(|most| most.max(total));
            Ok(Some(partial::text(args, partial::one_hole(of_call(args.name, args.values), total, most))))
        }
    }
}

/// A text without holes.
pub(super) fn known_text(known: &str) -> Text {
    let mut text = Text::new();
    text.push_known(known);
    text
}

fn replace(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let (text, old, new) = (text_argument(args, 0)?, text_argument(args, 1)?, text_argument(args, 2)?);
    let old = old.as_ref().and_then(Text::known);
    if old == Some("") {
        return Err(args.fault(FaultKind::InvalidArguments, 1, "must not be empty"));
    }
    let (Some(text), Some(old), Some(new)) = (text, old, new.as_ref().and_then(Text::known)) else { return Ok(None) };
    // A single character lies in one piece; a longer text may reach from one into the next.
    if text.known().is_none() && text::units(old) != 1 {
        return Ok(None);
    }
    let length = text::units(new);
    let mut out = Text::new();
    for piece in text.pieces() {
        match piece {
            Piece::Known(known) => {
                let growth = known.matches(old).count().saturating_mul(new.len());
                if growth > partial::MAX_TEXT {
                    return Ok(Some(partial::too_long(args)));
                }
                out.push_known(&known.replace(old, new));
            }
            Piece::Hole { symbol, least, most } => {
                let symbol = partial::call("replace", &[symbol.as_str(), &quoted(old), &quoted(new)]);
                let least = if length == 0 { 0 } else { least };
                out.push_hole(symbol, least, most.map(|most| most.saturating_mul(length.max(1))));
            }
        }
        if partial::is_too_long(&out) {
            return Ok(Some(partial::too_long(args)));
        }
    }
    Ok(Some(partial::text(args, out)))
}

/// What .NET splits at when it is given no delimiters: the white-space characters.
const BLANKS: &[&str] = &[
    "\t", "\n", "\u{b}", "\u{c}", "\r", " ", "\u{85}", "\u{a0}", "\u{1680}", "\u{2000}", "\u{2001}", "\u{2002}", "\u{2003}",
    "\u{2004}", "\u{2005}", "\u{2006}", "\u{2007}", "\u{2008}", "\u{2009}", "\u{200a}", "\u{2028}", "\u{2029}", "\u{202f}",
    "\u{205f}", "\u{3000}",
];

/// The delimiters of `split`: a string, or an array of strings. An empty one never matches; an empty array stands for blanks.
fn delimiters<'a>(args: &Args<'a>) -> Result<Option<Vec<&'a str>>, Fault> {
    let value = args.value(1)?;
    let given = match value.as_array() {
        Some(several) => several,
        None => std::slice::from_ref(value),
    };
    if given.is_empty() {
        return Ok(Some(BLANKS.to_vec()));
    }
    let mut delimiters = Vec::with_capacity(given.len());
    for delimiter in given {
        match (delimiter.as_str(), delimiter.type_of()) {
            (Some(known), _) if !known.is_empty() => delimiters.push(known),
            (Some(_), _) => {}
            (None, None | Some(Type::String)) => return Ok(None),
            (None, Some(Type::Array)) if value.is_unknown() => return Ok(None),
            (None, Some(_)) => return Err(args.wrong_type(1, "a string or an array of strings")),
        }
    }
    Ok(Some(delimiters))
}

fn split(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let (text, delimiters) = (text_argument(args, 0)?, delimiters(args)?);
    let (Some(text), Some(delimiters)) = (text, delimiters) else { return Ok(None) };
    if let Some(known) = text.known() {
        let parts = parts(known, &delimiters);
        if parts.len() > partial::MAX_ITEMS {
            return Ok(Some(partial::too_many(args)));
        }
        let parts = parts.into_iter().map(|part| Value::string(part, args.call));
        return Ok(Some(partial::array(args, parts.collect())));
    }
    if delimiters.is_empty() {
        return Ok(Some(partial::array(args, vec![partial::text(args, text)])));
    }
    if delimiters.iter().any(|delimiter| text::units(delimiter) != 1) {
        return Ok(None);
    }
    // Single characters cannot reach over the end of a piece: what stands between two of them is an element.
    let last = text.pieces().count() - 1;
    let mut certain = Vec::new();
    for (n, piece) in text.pieces().enumerate() {
        let Piece::Known(known) = piece else { continue };
        let mut found = parts(known, &delimiters);
        if n < last {
            found.pop();
        }
        let from = usize::from(n > 0 && !found.is_empty());
        certain.extend(found.drain(from..).map(|part| Value::string(part, args.call)));
    }
    Ok(Some(partial::items(args, certain)))
}

/// Splits at the leftmost match; of several delimiters that match at one place, the first given wins, as in .NET.
fn parts<'t>(text: &'t str, delimiters: &[&str]) -> Vec<&'t str> {
    if let [only] = delimiters {
        return text.split(only).collect();
    }
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        match delimiters.iter().find(|delimiter| text[at..].starts_with(**delimiter)) {
            Some(delimiter) => {
                parts.push(&text[start..at]);
                at += delimiter.len();
                start = at;
            }
            None => at += c.len_utf8(),
        }
    }
    parts.push(&text[start..]);
    parts
}

fn join(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let list = args.value(0)?;
    let delimiter = text_argument(args, 1)?;
    let Some(items) = list.as_array() else {
        return match list.type_of() {
            None | Some(Type::Array) => Ok(None),
            Some(_) => Err(args.wrong_type(0, "an array")),
        };
    };
    let Some(delimiter) = delimiter else { return Ok(None) };
    let mut out = Text::new();
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            out.push_text(&delimiter);
        }
        match partial::scalar_text(item) {
            Some(text) => out.push_text(&text),
            None if item.is_null() => {}
            None if item.first_unknown().is_some() => return Ok(None),
            None => out.push_known(&super::json::write(item, '\'')),
        }
        if partial::is_too_long(&out) {
            return Ok(Some(partial::too_long(args)));
        }
    }
    Ok(Some(partial::text(args, out)))
}

fn substring(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let text = text_argument(args, 0)?;
    let start = int_argument(args, 1)?;
    let length = if args.len() > 2 { Some(int_argument(args, 2)?) } else { None };
    for (index, int) in [(1, start), (2, length.flatten())] {
        if int.is_some_and(|int| int < 0) {
            return Err(args.fault(FaultKind::OutOfRange, index, "must not be negative"));
        }
    }
    let most = text.as_ref().and_then(|text| text.length().1);
    let end = start.unwrap_or(0).saturating_add(length.flatten().unwrap_or(0));
    if let Some(most) = most
        && count(end) > most
    {
        let index = if count(start.unwrap_or(0)) > most { 1 } else { 2 };
        return Err(args.fault(FaultKind::OutOfRange, index, &format!("reaches beyond the end of a string of length {most}")));
    }
    let (Some(text), Some(start)) = (text, start) else { return Ok(None) };
    match length {
        None => Ok(Some(partial::text(args, text::skip(&text, count(start))))),
        Some(None) => Ok(None),
        Some(Some(length)) => {
            let part = text::take(&text::skip(&text, count(start)), count(length));
            Ok(Some(partial::text(args, exactly(&part, count(length)))))
        }
    }
}

/// A text whose length is known: its only piece of unknown length takes what the others leave.
fn exactly(text: &Text, length: usize) -> Text {
    let open = |piece: &Piece<'_>| matches!(text::piece_length(*piece), (least, most) if most != Some(least));
    if text.pieces().filter(open).count() != 1 {
        return text.clone();
    }
    let fixed: usize = text.pieces().filter(|piece| !open(piece)).map(|piece| text::piece_length(piece).0).sum();
    let mut out = Text::new();
    for piece in text.pieces() {
        match piece {
            Piece::Hole { symbol, .. } if open(&piece) => {
                let left = length.saturating_sub(fixed);
                out.push_hole(symbol.clone(), left, Some(left));
            }
            _ => out.push_piece(piece),
        }
    }
    out
}

fn string(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let value = args.value(0)?;
    Ok(match &value.kind {
        ValueKind::Str(_) => Some(value.clone()),
        ValueKind::Null => Some(partial::string(args, "")),
        ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) => {
            partial::scalar_text(value).map(|text| partial::text(args, text.into_owned()))
        }
        ValueKind::Array(_) | ValueKind::Object(_) if value.first_unknown().is_some() => None,
        ValueKind::Array(_) | ValueKind::Object(_) => Some(partial::string(args, super::json::write(value, '"'))),
        ValueKind::Unknown(unknown) => match (&unknown.shape, unknown.shape.type_of()) {
            (_, Some(Type::String)) => Some(value.clone()),
            (Shape::Of(_), Some(Type::Bool | Type::Int)) => {
                partial::scalar_text(value).map(|text| partial::text(args, text.into_owned()))
            }
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{a, array, b, call, fault, i, monotone, null, o, s, shown, string, text, unknown_of, value};
    use super::Type;
    use crate::value::ValueKind;
    use proptest::prelude::{any, proptest};

    #[test]
    fn strings_are_changed_as_azure_changes_them() {
        for (name, arguments, expected) in [
            ("toUpper", vec![s("café")], "CAFÉ"),
            ("trim", vec![s("\u{a0} a b\t\n")], "a b"),
            ("padLeft", vec![i(13), i(5)], "   13"),
            ("padLeft", vec![s("12345"), i(3), s("0")], "12345"),
            ("replace", vec![s("aXbX"), s("X"), s("")], "ab"),
            ("join", vec![a(&[s("abc"), i(123), b(true)]), s("/")], "abc/123/True"),
            ("substring", vec![s("hello"), i(5)], ""),
            ("substring", vec![s("héllo"), i(1), i(2)], "él"),
            ("string", vec![b(true)], "True"),
            ("string", vec![null()], ""),
        ] {
            assert_eq!(shown(name, &arguments), format!("'{expected}'"), "{name}");
        }
        assert_eq!(shown("string", &[o(&[("a", a(&[i(1), s("x'\"")])), ("b", null())])]), r#"'{"a":[1,"x''\""],"b":null}'"#);
    }

    #[test]
    fn split_takes_the_leftmost_and_first_given_delimiter() {
        for (string, delimiters, expected) in [
            ("a,b;c", a(&[s(","), s(";")]), "['a','b','c']"),
            ("a--b-c", a(&[s("-"), s("--")]), "['a','','b','c']"),
            ("a--b-c", a(&[s("--"), s("-")]), "['a','b','c']"),
            ("abc", s(""), "['abc']"),
            ("a b\tc", a(&[]), "['a','b','c']"),
            ("", s(","), "['']"),
        ] {
            assert_eq!(shown("split", &[s(string), delimiters.clone()]), expected, "{string} at {delimiters:?}");
        }
    }

    #[test]
    fn wrong_arguments_are_faults() {
        for (name, arguments, kind) in [
            ("toLower", vec![i(1)], FaultKind::Type),
            ("substring", vec![s("hello"), i(2), i(10)], FaultKind::OutOfRange),
            ("substring", vec![s("hello"), i(-1)], FaultKind::OutOfRange),
            ("padLeft", vec![s("a"), i(-1)], FaultKind::OutOfRange),
            ("padLeft", vec![s("a"), i(5), s("ab")], FaultKind::InvalidArguments),
            ("replace", vec![s("a"), s(""), s("b")], FaultKind::InvalidArguments),
            ("split", vec![s("a"), i(1)], FaultKind::Type),
            ("join", vec![s("a"), s(",")], FaultKind::Type),
        ] {
            assert_eq!(fault(name, &arguments), kind, "{name} of {arguments:?}");
        }
    }

    #[test]
    fn known_parts_survive() {
        let name = text(" Apim-", "p", "-X ");
        for (function, more, expected) in [
            ("toLower", vec![], "text  apim-${tolower(p)}-x  of 9.."),
            ("trim", vec![], "text Apim-${p}-X of 7.."),
            ("replace", vec![s("-"), s("")], "text  Apim${replace(p,'-','')}X  of 7.."),
            ("replace", vec![s("--"), s("")], "unknown string"),
            ("split", vec![s("-")], "array with [' Apim','X ']"),
            ("substring", vec![i(1), i(3)], "'Api'"),
            ("substring", vec![i(5), i(3)], "text -${take(`${p}-X `,2)} of 3..3"),
            ("string", vec![], "text  Apim-${p}-X  of 9.."),
            ("padLeft", vec![i(4)], "text  Apim-${p}-X  of 9.."),
            ("padLeft", vec![i(20)], "text ${padleft(concat(' Apim-',p,'-X '),20)} of 20.."),
        ] {
            let mut arguments = vec![name.clone()];
            arguments.extend(more);
            assert_eq!(shown(function, &arguments), expected, "{function}");
        }
        assert_eq!(shown("join", &[a(&[s("a"), unknown_of(Type::Int, "n")]), s("-")]), "text a-${string(n)} of 3..22");
    }

    #[test]
    fn doublings_stay_within_memory() {
        let mut value = unknown_of(Type::String, "p");
        for _ in 0..40 {
            value = call("concat", &[value.clone(), s("-"), value]).unwrap();
        }
        assert!(matches!(&value.kind, ValueKind::Unknown(unknown) if unknown.symbol().as_str().len() < 5_000));
    }

    proptest! {
        #[test]
        fn changes_are_monotone(x in string(), count in 0_i64..7, seed in any::<u64>()) {
            for name in ["toLower", "toUpper", "trim", "string"] {
                monotone(name, std::slice::from_ref(&x), seed);
            }
            monotone("padLeft", &[x.clone(), i(count), s("0")], seed);
            monotone("substring", &[x.clone(), i(count)], seed);
            monotone("substring", &[x, i(count / 2), i(count)], seed);
        }

        #[test]
        fn replacing_and_splitting_are_monotone(x in string(), y in string(), z in string(), seed in any::<u64>()) {
            monotone("replace", &[x.clone(), y.clone(), z.clone()], seed);
            monotone("split", &[x.clone(), y.clone()], seed);
            monotone("split", &[x, a(&[y, z])], seed);
        }

        #[test]
        fn joining_and_writing_are_monotone(x in array(), y in string(), z in value(), seed in any::<u64>()) {
            monotone("join", &[x, y], seed);
            monotone("string", &[z], seed);
        }
    }
}
