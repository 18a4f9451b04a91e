//! Characters to tokens. Never fails: what is no token of the language is a token that no rule of the grammar wants.

use std::borrow::Cow;

/// A token and the bytes of the text that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The kinds of tokens.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind<'t> {
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Dot,
    Comma,
    /// A string without its quotes, `''` made one quote.
    Str(Cow<'t, str>),
    Name(&'t str),
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

/// Reads the tokens of `text` up to byte `end`.
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Lexer<'t> {
    /// Reads `text[start..end]`.
    pub(super) fn new(text: &'t str, start: usize, end: usize) -> Self {
        Self { text, at: start, end }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    /// The next token; [`TokenKind::End`] for ever after the last.
    pub(super) fn next(&mut self) -> Token<'t> {
        let bytes = self.text.as_bytes();
        while self.at < self.end && matches!(bytes[self.at], b' ' | b'\t'..=b'\r') {
            self.at += 1;
        }
        if self.at < self.end && !bytes[self.at].is_ascii() {
            self.at = self.end - self.rest().trim_start().len();
        }
        let start = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Token { kind: TokenKind::End, start, end: (start + 1).min(self.text.len()) };
        };
        let (kind, len) = match first {
            '(' => (TokenKind::Open, 1),
            ')' => (TokenKind::Close, 1),
            '[' => (TokenKind::OpenIndex, 1),
            ']' => (TokenKind::CloseIndex, 1),
            '.' => (TokenKind::Dot, 1),
            ',' => (TokenKind::Comma, 1),
            '\'' => string(rest),
            '-' | '0'..='9' => number(rest),
            _ if is_name_start(first) => {
                let name = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')).count();
                let len = match rest.as_bytes().get(name) {
                    Some(byte) if !byte.is_ascii() => {
                        rest.find(|c: char| !is_name_start(c) && !c.is_ascii_digit()).unwrap_or(rest.len())
                    }
                    _ => name,
                };
                (TokenKind::Name(&rest[..len]), len)
            }
            _ => (TokenKind::Stray, first.len_utf8()),
        };
        self.at = start + len;
        Token { kind, start, end: self.at }
    }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

/// The string that `rest` starts with, and its length in bytes with its quotes.
fn string(rest: &str) -> (TokenKind<'_>, usize) {
    let mut at = 1;
    let mut doubled = false;
    while let Some(found) = memchr::memchr(b'\'', &rest.as_bytes()[at..]) {
        at += found + 1;
        if rest.as_bytes().get(at) != Some(&b'\'') {
            let body = &rest[1..at - 1];
            let body = if doubled { Cow::Owned(body.replace("''", "'")) } else { Cow::Borrowed(body) };
            return (TokenKind::Str(body), at);
        }
        doubled = true;
        at += 1;
    }
    (TokenKind::Unclosed, rest.len())
}

/// The number that `rest` starts with, and its length in bytes.
fn number(rest: &str) -> (TokenKind<'_>, usize) {
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
