//! Strings as .NET counts, cuts, compares and changes them: in UTF-16 units, without culture.

use std::borrow::Cow;

use crate::value::{Piece, Text};

use super::partial;

/// How many UTF-16 units `text` has.
pub(super) fn units(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// The units `from..to` of `text`, clamped to what there is. Half of a surrogate pair becomes U+FFFD, as in the JSON that Azure sends.
pub(super) fn cut(text: &str, from: usize, to: usize) -> Cow<'_, str> {
    if text.is_ascii() {
        let to = to.min(text.len());
        return Cow::Borrowed(&text[from.min(to)..to]);
    }
    let units: Vec<u16> = text.encode_utf16().skip(from).take(to.saturating_sub(from)).collect();
    Cow::Owned(String::from_utf16_lossy(&units))
}

/// The unit at which the byte `at` of `text` stands.
pub(super) fn unit_of(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, units)
}

/// Lower case, character by character, as the invariant culture of .NET.
pub(super) fn lower(text: &str) -> String {
    // U+0130 stays as it is: the invariant culture does not map the dotted capital I of Turkish.
    text.chars().map(|c| if c == '\u{130}' { c } else { single(c.to_lowercase(), c) }).collect()
}

/// Upper case, character by character, as the invariant culture of .NET.
pub(super) fn upper(text: &str) -> String {
    // U+0131 stays as it is: the dotless i of Turkish.
    text.chars().map(|c| if c == '\u{131}' { c } else { single(c.to_uppercase(), c) }).collect()
}

/// What two strings have in common that are equal without case.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_lowercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(upper(text))
    }
}

/// A mapping to one character; one to several (`ß` to `SS`) is not made.
fn single(mut mapped: impl Iterator<Item = char>, otherwise: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => otherwise,
    }
}

/// The first `count` units of a partly known string.
pub(super) fn take(text: &Text, count: usize) -> Text {
    let mut out = Text::new();
    let mut left = count;
    let mut pieces = text.pieces();
    while let (here, Some(piece)) = (pieces.clone(), pieces.next()) {
        if left == 0 {
            break;
        }
        let (least, most) = piece_length(piece);
        match piece {
            Piece::Known(known) => out.push_known(&cut(known, 0, left)),
            Piece::Hole { .. } if most.is_some_and(|most| most <= left) && most == Some(least) => out.push_piece(piece),
            Piece::Hole { .. } => {
                let rest: Text = here.collect();
                let (least, most) = rest.length();
                let rest = rest.symbol();
                let most = most.map_or(left, |most| most.min(left));
                out.push_hole(partial::call("take", &[rest.as_str(), &left.to_string()]), least.min(left), Some(most));
                break;
            }
        }
        left = left.saturating_sub(least);
    }
    out
}

/// A partly known string without its first `count` units.
pub(super) fn skip(text: &Text, count: usize) -> Text {
    let mut out = Text::new();
    let mut left = count;
    let mut pieces = text.pieces();
    while let (here, Some(piece)) = (pieces.clone(), pieces.next()) {
        let (least, most) = piece_length(piece);
        if left == 0 {
            out.push_piece(piece);
            continue;
        }
        match piece {
            Piece::Known(known) => out.push_known(&cut(known, left, usize::MAX)),
            Piece::Hole { .. } if most.is_some_and(|most| most <= left) && most == Some(least) => {}
            Piece::Hole { symbol, .. } if left <= least => {
                let rest = partial::call("skip", &[symbol.as_str(), &left.to_string()]);
                out.push_hole(rest, least - left, most.map(|most| most - left));
            }
            Piece::Hole { .. } => {
                let rest: Text = here.collect();
                let (least, most) = rest.length();
                let rest = rest.symbol();
                let rest = partial::call("skip", &[rest.as_str(), &left.to_string()]);
                out.push_hole(rest, least.saturating_sub(left), most.map(|most| most.saturating_sub(left)));
                break;
            }
        }
        left = left.saturating_sub(least);
    }
    out
}

/// The same string with every known piece changed by `known`, and every hole by the function `name`, which keeps lengths.
pub(super) fn map(text: &Text, name: &str, known: fn(&str) -> String) -> Text {
    let mut out = Text::new();
    for piece in text.pieces() {
        match piece {
            Piece::Known(part) => out.push_known(&known(part)),
            Piece::Hole { symbol, least, most } => out.push_hole(partial::call(name, &[symbol.as_str()]), least, most),
        }
    }
    out
}

/// The least and the greatest number of units of one piece.
pub(super) fn piece_length(piece: Piece<'_>) -> (usize, Option<usize>) {
    match piece {
        Piece::Known(known) => (units(known), Some(units(known))),
        Piece::Hole { least, most, .. } => (least, most),
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, lower, units, upper};

    #[test]
    fn strings_are_counted_and_cut_in_utf16_units() {
        assert_eq!(units("a😀é"), 4, "the emoji is a surrogate pair");
        assert_eq!(cut("a😀é", 1, 3), "😀");
        assert_eq!(cut("a😀é", 0, 2), "a\u{fffd}", "half a pair");
        assert_eq!(cut("abc", 2, 9), "c");
        assert_eq!(cut("abc", 5, 9), "");
    }

    #[test]
    fn case_is_changed_character_by_character_without_culture() {
        assert_eq!(upper("straße ıǆ"), "STRAßE ıǄ");
        assert_eq!(lower("ÉCOLE İΣ"), "école İσ");
    }
}
