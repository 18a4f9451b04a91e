//! JSON string escapes: what they mean, and where the meaning stands in the file.

use crate::source::{FileId, TextMap};

/// The characters that a string literal stands for and the map from them back to the file; `written` is the literal with its
/// quotes, which starts at byte `start` of `file`. `None` for what is not in quotes.
#[must_use]
pub fn literal(written: &str, file: FileId, start: u32) -> Option<(String, TextMap)> {
    let body = written.strip_prefix('"')?.strip_suffix('"')?;
    Some((decode(body), map(body, file, start + 1)))
}

/// The same for a part of a literal's inside, which has no quotes of its own: an expression in a string.
#[must_use]
pub fn literal_part(written: &str, file: FileId, start: u32) -> (String, TextMap) {
    (decode(written), map(written, file, start))
}

/// The characters a string body stands for. An escape that does not exist stands for itself; a lone surrogate for U+FFFD.
pub(super) fn decode(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    walk(body, |part, _| match part {
        Part::Run(run) => out.push_str(run),
        Part::Char(decoded) => out.push(decoded),
    });
    out
}

/// The map from the decoded characters of a string body, which starts at byte `start` of `file`, back to the file.
pub(super) fn map(body: &str, file: FileId, start: u32) -> TextMap {
    let mut map = TextMap::plain(file, start);
    let mut decoded = 0;
    let mut next = 0;
    walk(body, |part, at| {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        if at != next {
            map.resume(decoded, start + at);
        }
        let len = match part {
            Part::Run(run) => run.len(),
            Part::Char(c) => c.len_utf8(),
        };
        decoded += u32::try_from(len).unwrap_or(u32::MAX);
        next = at + u32::try_from(len).unwrap_or(u32::MAX);
    });
    if next as usize != body.len() {
        map.resume(decoded, start + u32::try_from(body.len()).unwrap_or(u32::MAX));
    }
    map
}

enum Part<'t> {
    /// Characters that stand for themselves.
    Run(&'t str),
    /// What an escape stands for.
    Char(char),
}

/// Calls `see` with every part of the body and the byte at which it is written.
fn walk<'t>(body: &'t str, mut see: impl FnMut(Part<'t>, usize)) {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &body.as_bytes()[at..]) {
        let escape = at + found;
        if escape > at {
            see(Part::Run(&body[at..escape]), at);
        }
        let (part, len) = one(&body[escape..]);
        see(part, escape);
        at = escape + len;
    }
    if at < body.len() {
        see(Part::Run(&body[at..]), at);
    }
}

/// The escape that `text` starts with, and its length in bytes.
fn one(text: &str) -> (Part<'_>, usize) {
    let decoded = match text.as_bytes().get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(text),
        _ => return (Part::Run(&text[..1]), 1),
    };
    (Part::Char(decoded), 2)
}

/// `\u` and four hexadecimal digits, or two of those for a character outside the basic plane.
fn unicode(text: &str) -> (Part<'_>, usize) {
    let unit = |at: usize| {
        text.get(at..at + 4)
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
    };
    let Some(high) = unit(2) else { return (Part::Run(&text[..1]), 1) };
    if let Some(known) = char::from_u32(high) {
        return (Part::Char(known), 6);
    }
    let pair = text.get(6..8).filter(|mark| *mark == "\\u").and_then(|_| unit(8));
    match pair {
        Some(low @ 0xDC00..=0xDFFF) if high < 0xDC00 => {
            let joined = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            (Part::Char(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)), 12)
        }
        _ => (Part::Char(char::REPLACEMENT_CHARACTER), 6),
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, map};
    use crate::source::FileId;

    #[test]
    fn every_decoded_character_maps_to_what_stands_for_it() {
        let body = r#"a\n\u00e9x\ud83d\ude00z\q"#;
        let decoded = decode(body);
        assert_eq!(decoded, "a\n\u{e9}x\u{1F600}z\\q");
        let map = map(body, FileId(0), 0);
        let written: Vec<&str> = decoded
            .char_indices()
            .map(|(at, c)| {
                let span = map.span(u32::try_from(at).unwrap(), u32::try_from(at + c.len_utf8()).unwrap());
                &body[span.start as usize..span.end as usize]
            })
            .collect();
        assert_eq!(written, ["a", r"\n", r"\u00e9", "x", r"\ud83d\ude00", "z", "\\", "q"]);
    }
}
