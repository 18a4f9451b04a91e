//! Characters to tokens. Never fails: what is no token of the language is a token that no rule of the grammar wants.

/// A token and the bytes of the text that it is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TokenKind {
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Dot,
    Comma,
    /// A string with its quotes.
    Str,
    Name,
    Int(i64),
    Float(f64),
    /// A number beyond what its kind can hold.
    TooLarge,
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
            return Token { kind: TokenKind::End, start, end: self.last };
        };
        let rest = &self.text[start..];
        let (kind, len) = match first {
            b'(' => (TokenKind::Open, 1),
            b')' => (TokenKind::Close, 1),
            b'[' => (TokenKind::OpenIndex, 1),
            b']' => (TokenKind::CloseIndex, 1),
            b'.' => (TokenKind::Dot, 1),
            b',' => (TokenKind::Comma, 1),
            b'\'' => string(rest),
            b'-' | b'0'..=b'9' => number(rest),
            _ => name(rest),
        };
        self.at = start + len;
        Token { kind, start, end: self.at }
    }
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

/// The name that `rest` starts with, or a character that starts no token.
fn name(rest: &str) -> (TokenKind, usize) {
    let first = rest.chars().next().unwrap_or_default();
    if !is_name_start(first) {
        return (TokenKind::Stray, first.len_utf8());
    }
    let end = rest.bytes().position(|byte| !IN_NAME[usize::from(byte)]).unwrap_or(rest.len());
    let len = match rest.as_bytes().get(end) {
        Some(byte) if !byte.is_ascii() => rest.find(|c: char| !is_name_start(c) && !c.is_ascii_digit()).unwrap_or(rest.len()),
        _ => end,
    };
    (TokenKind::Name, len)
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

/// The string that `rest` starts with, and its length in bytes with its quotes.
fn string(rest: &str) -> (TokenKind, usize) {
    let mut at = 1;
    while let Some(found) = memchr::memchr(b'\'', &rest.as_bytes()[at..]) {
        at += found + 1;
        if rest.as_bytes().get(at) != Some(&b'\'') {
            return (TokenKind::Str, at);
        }
        at += 1;
    }
    (TokenKind::Unclosed, rest.len())
}

/// The number that `rest` starts with, and its length in bytes.
fn number(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(bytes[0] == b'-');
    let mut len = sign + digits(sign);
    if len == sign {
        return (TokenKind::Stray, 1);
    }
    let whole = len;
    if bytes.get(len) == Some(&b'.') && digits(len + 1) > 0 {
        len += 1 + digits(len + 1);
    }
    if matches!(bytes.get(len), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(len + 1), Some(b'+' | b'-')));
        let exponent = digits((len + 1 + sign).min(bytes.len()));
        if exponent > 0 {
            len += 1 + sign + exponent;
        }
    }
    let text = &rest[..len];
    let kind = if len == whole {
        text.parse().map_or(TokenKind::TooLarge, TokenKind::Int)
    } else {
        text.parse().ok().filter(|value: &f64| value.is_finite()).map_or(TokenKind::TooLarge, TokenKind::Float)
    };
    (kind, len)
}
