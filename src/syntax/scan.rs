//! Runs of bytes: strings, numbers, words, white space. Nothing here reports; it tells where a token ends and what is odd in it.

/// What a string token turned out to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct StringScan {
    /// The byte behind the token.
    pub(super) end: usize,
    /// Whether a quote closes it.
    pub(super) closed: bool,
    /// Whether it holds a backslash.
    pub(super) escaped: bool,
    /// The first escape that JSON does not have.
    pub(super) bad_escape: Option<usize>,
    /// The first control character other than tab and line break.
    pub(super) control: Option<usize>,
}

/// The byte behind the string that starts with the quote at `start`, where neither a backslash nor a control character is in it.
pub(super) fn plain_string(bytes: &[u8], start: usize) -> Option<usize> {
    let quote = bytes[start];
    let at = string_run(bytes, start + 1, quote);
    (bytes.get(at) == Some(&quote)).then_some(at + 1)
}

/// Scans the string that starts with the quote at `start`.
///
/// Line breaks may stand in a string (Azure CLI and PowerShell take them), so a forgotten quote runs into the next string, and
/// its opening quote looks like the closing one. What gives it away is the byte behind: no string that spans lines is followed
/// directly by a letter. Such a string ends with its first line, before a comma that ends the line.
pub(super) fn string(bytes: &[u8], start: usize) -> StringScan {
    let quote = bytes[start];
    let mut scan = StringScan { end: bytes.len(), closed: false, escaped: false, bad_escape: None, control: None };
    let mut first_break = None;
    let mut at = start + 1;
    loop {
        at = string_run(bytes, at, quote);
        match bytes.get(at) {
            None => break,
            Some(&byte) if byte == quote => {
                if first_break.is_none() || may_follow_string(bytes, at + 1) {
                    scan.end = at + 1;
                    scan.closed = true;
                    return scan;
                }
                break;
            }
            Some(b'\\') => {
                scan.escaped = true;
                let (len, known) = escape(&bytes[at..]);
                if !known && scan.bad_escape.is_none() {
                    scan.bad_escape = Some(at);
                }
                at += len;
            }
            Some(b'\n' | b'\r') => {
                first_break = first_break.or(Some(at));
                at += 1;
            }
            Some(b'\t') => at += 1,
            Some(_) => {
                scan.control = scan.control.or(Some(at));
                at += 1;
            }
        }
    }
    let line_end = first_break.unwrap_or(bytes.len());
    let line = bytes[start..line_end].trim_ascii_end();
    let line = if first_break.is_some() { line.strip_suffix(b",").unwrap_or(line).trim_ascii_end() } else { line };
    // A bracket alone is none of a text: the quote before it is one too many.
    let line = if matches!(line[1..].trim_ascii(), b"{" | b"[") { &line[..1] } else { line };
    let end = start + line.len().max(1);
    scan.end = end;
    scan.escaped = bytes[start..end].contains(&b'\\');
    scan.bad_escape = scan.bad_escape.filter(|&at| at < end);
    scan.control = scan.control.filter(|&at| at < end);
    scan
}

/// The next byte from `at` on that is the quote, a backslash or a control character; the length of `bytes` if there is none.
///
/// Eight bytes at a time: a byte `b` is below `0x20`, or equal to a wanted one, exactly where the subtraction borrows.
fn string_run(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quotes = ONES * u64::from(quote);
    let slashes = ONES * u64::from(b'\\');
    while let Some(eight) = bytes.get(at..at + 8).and_then(|slice| slice.try_into().ok()) {
        let word = u64::from_le_bytes(eight);
        let quote_at = (word ^ quotes).wrapping_sub(ONES) & !(word ^ quotes);
        let slash_at = (word ^ slashes).wrapping_sub(ONES) & !(word ^ slashes);
        let control_at = word.wrapping_sub(ONES * 0x20) & !word;
        let stops = (quote_at | slash_at | control_at) & HIGH;
        if stops != 0 {
            return at + stops.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| byte != quote && byte != b'\\' && byte >= 0x20) {
        at += 1;
    }
    at
}

/// The byte behind the spaces at `at`: the indentation of a line, eight spaces at a time.
pub(super) fn spaces(bytes: &[u8], mut at: usize) -> usize {
    const SPACES: u64 = 0x2020_2020_2020_2020;
    while let Some(eight) = bytes.get(at..at + 8).and_then(|slice| slice.try_into().ok()) {
        let others = u64::from_le_bytes(eight) ^ SPACES;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// The length of the escape that `bytes` starts with, and whether JSON knows it.
fn escape(bytes: &[u8]) -> (usize, bool) {
    match bytes.get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => (2, true),
        Some(b'u') => {
            let known = bytes.get(2..6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
            (if known { 6 } else { 2 }, known)
        }
        // NOTE: a single-quoted string is reported as a whole; its escaped quote must not end it.
        Some(b'\'') => (2, false),
        _ => (1, false),
    }
}

/// Whether a string that spans lines can end before `at`.
fn may_follow_string(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        None | Some(b',' | b':' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n') => true,
        Some(b'/') => matches!(bytes.get(at + 1), Some(b'/' | b'*')),
        Some(_) => false,
    }
}

/// The byte behind the number that starts at `start`, if it is one by the grammar of JSON (RFC 8259, section 6).
pub(super) fn number(bytes: &[u8], start: usize) -> Option<usize> {
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let some_digits = |at: usize| Some(digits(at)).filter(|&end| end > at);
    let mut at = start + usize::from(bytes[start] == b'-');
    at = if bytes.get(at) == Some(&b'0') { at + 1 } else { some_digits(at)? };
    if bytes.get(at) == Some(&b'.') {
        at = some_digits(at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at = some_digits(at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-'))))?;
    }
    (!bytes.get(at).is_some_and(|&byte| is_word(byte) || byte == b'.')).then_some(at)
}

/// Whether a byte belongs to a bare word or to what was meant as a number. Every byte outside ASCII does.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-' | b'+') || byte >= 0x80
}

/// The byte behind the run of word bytes and dots that starts at `start`.
pub(super) fn word(bytes: &[u8], start: usize) -> usize {
    let len = bytes[start..].iter().take_while(|&&byte| is_word(byte) || byte == b'.').count();
    start + len
}

/// The byte behind the comment that starts at `start`, and whether it is closed; `None` if none starts there.
pub(super) fn comment(bytes: &[u8], start: usize) -> Option<(usize, bool)> {
    match bytes.get(start + 1) {
        Some(b'/') => {
            let len = memchr::memchr2(b'\n', b'\r', &bytes[start..]);
            Some((len.map_or(bytes.len(), |len| start + len), true))
        }
        Some(b'*') => {
            let body = &bytes[start + 2..];
            let len = memchr::memmem::find(body, b"*/");
            Some((len.map_or(bytes.len(), |len| start + 2 + len + 2), len.is_some()))
        }
        _ => None,
    }
}

/// The first byte from `at` on that is neither white space nor in a comment.
pub(super) fn trivia(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'/' => match comment(bytes, at) {
                Some((end, _)) => at = end,
                None => break,
            },
            _ => break,
        }
    }
    at
}

/// Whether a colon follows the string that starts at `start`.
pub(super) fn string_is_key(bytes: &[u8], start: usize) -> bool {
    bytes.get(trivia(bytes, string(bytes, start).end)) == Some(&b':')
}

/// The byte behind the bracket that closes the one at `start`, whatever is inside; `None` if none does.
pub(super) fn balanced(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string(bytes, at).end;
                continue;
            }
            b'/' => {
                if let Some((end, _)) = comment(bytes, at) {
                    at = end;
                    continue;
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// How far back a line is searched for its start: more is no indentation that a person made.
const LONGEST_LINE: usize = 1_000;

/// The white space that the line of byte `at` starts with, in bytes, and whether nothing else stands before `at`.
///
/// `None` on a line so long that nobody indented it.
pub(super) fn indentation(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let reach = at.saturating_sub(LONGEST_LINE);
    let start = match memchr::memrchr2(b'\n', b'\r', &bytes[reach..at]) {
        Some(found) => reach + found + 1,
        None if reach == 0 => 0,
        None => return None,
    };
    let indent = bytes[start..at].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some((indent, start + indent == at))
}
