//! Characters to tokens. Never fails: what is no token of the language is a token that no rule of the grammar wants.

/// A token and the bytes of the text that it is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Dot,
    Comma,
    /// A string with its quotes.
    Str,
    /// The same, with a doubled quote inside.
    Quoting,
    Name,
    Number,
    /// A string without an end.
    Unclosed,
    /// A character that no token starts with.
    Stray,
    /// The end of the expression; its place is that of the closing bracket.
    End,
}

/// Reads the tokens of a text up to some byte.
pub(super) struct Lexer<'t> {
    /// The text up to there.
    text: &'t str,
    at: usize,
    /// Where the token of the end ends.
    last: usize,
}

impl<'t> Lexer<'t> {
    /// Reads `text[start..end]`.
    pub(super) fn new(text: &'t str, start: usize, end: usize) -> Self {
        Self { text: &text[..end], at: start, last: (end + 1).min(text.len()) }
    }

    /// The next token; [`TokenKind::End`] for ever after the last.
    pub(super) fn next(&mut self) -> Token {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t'..=b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        if bytes.get(self.at).is_some_and(|byte| !byte.is_ascii()) {
            self.at = self.text.len() - self.text[self.at..].trim_start().len();
        }
        let start = self.at;
        let Some(&first) = bytes.get(start) else {
            return token(TokenKind::End, start, self.last);
        };
        let (kind, end) = match first {
            b'(' => (TokenKind::Open, start + 1),
            b')' => (TokenKind::Close, start + 1),
            b'[' => (TokenKind::OpenIndex, start + 1),
            b']' => (TokenKind::CloseIndex, start + 1),
            b'.' => (TokenKind::Dot, start + 1),
            b',' => (TokenKind::Comma, start + 1),
            b'\'' => string(bytes, start),
            b'-' | b'0'..=b'9' => number(bytes, start),
            _ => name(self.text, start),
        };
        self.at = end;
        token(kind, start, end)
    }
}

fn token(kind: TokenKind, start: usize, end: usize) -> Token {
    // A longer text is no expression: `MAX_LENGTH`.
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Token { kind, start: byte(start), end: byte(end) }
}

/// Whether a byte may stand in a name behind its first character.
const IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte == b'_' as usize || byte == b'$' as usize;
        byte += 1;
    }
    table
};

/// The name that starts at `start`, or a character that starts no token, and the byte behind it.
fn name(text: &str, start: usize) -> (TokenKind, usize) {
    let bytes = text.as_bytes();
    let first = bytes[start];
    // A digit starts a number.
    if !IN_NAME[usize::from(first)] && !text[start..].starts_with(is_name_start) {
        return (TokenKind::Stray, start + text[start..].chars().next().map_or(1, char::len_utf8));
    }
    let mut end = start;
    while bytes.get(end).is_some_and(|byte| IN_NAME[usize::from(*byte)]) {
        end += 1;
    }
    if bytes.get(end).is_some_and(|byte| !byte.is_ascii()) {
        let goes_on = |c: char| is_name_start(c) || c.is_ascii_digit();
        end = text[end..].find(|c| !goes_on(c)).map_or(text.len(), |len| end + len);
    }
    (TokenKind::Name, end)
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

/// The string that starts at `start`, and the byte behind its closing quote.
fn string(bytes: &[u8], start: usize) -> (TokenKind, usize) {
    let (mut kind, mut at) = (TokenKind::Str, start + 1);
    while let Some(found) = memchr::memchr(b'\'', &bytes[at..]) {
        at += found + 1;
        if bytes.get(at) != Some(&b'\'') {
            return (kind, at);
        }
        (kind, at) = (TokenKind::Quoting, at + 1);
    }
    (TokenKind::Unclosed, bytes.len())
}

/// The number that starts at `start`, and the byte behind it.
fn number(bytes: &[u8], start: usize) -> (TokenKind, usize) {
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = start + usize::from(bytes[start] == b'-');
    let mut end = whole + digits(whole);
    if end == whole {
        return (TokenKind::Stray, start + 1);
    }
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits((end + 1 + sign).min(bytes.len()));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    (TokenKind::Number, end)
}
