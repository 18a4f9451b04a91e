//! What the characters of an attribute or a text stand for: themselves, entities, named values, policy expressions.

use super::csharp;
use super::script::{Script, number};
use super::tree::Range;

/// A part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// These characters, entities resolved.
    Known(String),
    /// The named value in these bytes: `{{name}}`, with its braces.
    Named(Range),
    /// The policy expression in these bytes.
    Expression(Range),
    /// What only the deployment knows, at this byte.
    Hole(u32),
}

/// What stands in a range of the document; `plain` for a CDATA section, which has no entities.
#[must_use]
pub fn parts(script: &Script, range: &Range, plain: bool) -> Vec<Part> {
    let bytes = script.text().as_bytes();
    let (mut at, end) = (range.start as usize, range.end as usize);
    let mut parts = Vec::new();
    let mut known = String::new();
    let mut copied = at;
    // One that never ends is text; what follows it is not searched again and again.
    let mut ends = true;
    let has_holes = script.first_hole(range).is_some();
    while at < end {
        if !has_holes {
            match memchr::memchr3(b'&', b'@', b'{', &bytes[at..end]) {
                Some(found) => at += found,
                None => break,
            }
        }
        let special = match bytes[at] {
            b'&' if !plain => entity(&script.text()[at + 1..end]).map(|(c, len)| (None, Some(c), len + 2)),
            b'@' if ends && csharp::starts(bytes, at) => {
                let stop = csharp::end(bytes, at, end);
                ends = stop.is_some();
                stop.map(|stop| (Some(Part::Expression(number(at)..number(stop))), None, stop - at))
            }
            b'{' => named(&script.text()[at..end]).map(|len| (Some(Part::Named(number(at)..number(at + len))), None, len)),
            1 if script.hole(number(at)).is_some() => Some((Some(Part::Hole(number(at))), None, 1)),
            _ => None,
        };
        let Some((part, referred, len)) = special else {
            at += 1;
            continue;
        };
        known.push_str(&script.text()[copied..at]);
        known.extend(referred);
        if let Some(part) = part {
            if !known.is_empty() {
                parts.push(Part::Known(std::mem::take(&mut known)));
            }
            parts.push(part);
        }
        at += len;
        copied = at;
    }
    known.push_str(&script.text()[copied..end]);
    if !known.is_empty() {
        parts.push(Part::Known(known));
    }
    parts
}

/// The names of the named values in a range, inside policy expressions as well, each with where it stands, braces included.
#[must_use]
pub fn named_values(script: &Script, range: &Range) -> Vec<(String, Range)> {
    let text = script.slice(range);
    let starts = memchr::memmem::find_iter(text.as_bytes(), b"{{");
    let found = starts.filter_map(|start| Some((start, named(&text[start..])?)));
    found
        .map(|(start, len)| {
            let name = text[start + 2..start + len - 2].trim().to_owned();
            (name, range.start + number(start)..range.start + number(start + len))
        })
        .collect()
}

/// The length of the reference to a named value that `text` starts with: letters, digits, `.`, `-` and `_` in two braces, at
/// most 256 of them ("Use named values in policies"); spaces around the name are let pass.
pub(super) fn named(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("{{")?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let spaces = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let start = spaces(inside);
    let name = &inside[start..][..inside[start..].find(|c| !fits(c)).unwrap_or(0)];
    let end = start + name.len() + spaces(&inside[start + name.len()..]);
    (!name.is_empty() && name.len() <= 256 && inside[end..].starts_with("}}")).then_some(end + 4)
}

/// The character of the entity behind an `&`, and the length of its name.
pub(super) fn entity(rest: &str) -> Option<(char, usize)> {
    // The longest is a character reference with leading zeros.
    let name = &rest[..rest.bytes().take(16).position(|byte| byte == b';')?];
    let known = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => referred(name)?,
    };
    Some((known, name.len()))
}

/// The character that `#10` or `#xA` refers to, if XML has it.
pub(super) fn referred(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    let found = char::from_u32(code.ok()?)?;
    (found >= ' ' && !matches!(found, '\u{fffe}' | '\u{ffff}') || matches!(found, '\t' | '\n' | '\r')).then_some(found)
}
