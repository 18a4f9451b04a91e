//! Tokens to a tree.
//!
//! ```text
//! expression = (string | number | call) { "." name | "[" expression "]" }
//! call       = name [ "." name ] "(" [ expression { "," expression } ] ")"
//! ```
//! Blanks and line ends may stand between all tokens. An expression has one error: the first.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use super::lexer::{Lexer, Token, TokenKind};
use super::{Call, Expr, ExprKind, shared};
use crate::source::{Span, TextMap};

/// How deep calls, indices and property chains may nest: far beyond what people and compilers write.
pub const MAX_NESTING: usize = 200;

/// Why a text is no expression, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The token in the file that should not be there.
    pub span: Span,
    /// One line: what is wrong.
    pub message: String,
    /// What should stand there; a label for the span.
    pub expected: String,
}

/// The expression in the bytes `body` of the decoded string `text` (without the brackets around it).
///
/// `map` leads from the bytes of `text` back to the file; `whole`, the span of the string in the file, becomes the span of
/// the outermost expression.
///
/// # Errors
/// The first token that does not fit, or nesting beyond [`MAX_NESTING`].
pub fn parse(text: &str, body: Range<usize>, map: &TextMap, whole: Span) -> Result<Expr, SyntaxError> {
    let mut lexer = Lexer::new(text, body.start, body.end);
    let next = lexer.next();
    let mut parser = Parser { text, map, lexer, next, args: SmallVec::new(), height: 0 };
    let mut expr = parser.expression(0).map_err(|error| *error)?;
    if parser.next.kind != TokenKind::End {
        return Err(*parser.unexpected("`.`, `[` or the end of the expression"));
    }
    expr.span = whole;
    Ok(expr)
}

struct Parser<'t> {
    text: &'t str,
    map: &'t TextMap,
    lexer: Lexer<'t>,
    next: Token,
    /// The arguments of the calls that have not ended yet, those of the innermost last.
    args: SmallVec<[Expr; 8]>,
    /// The height of the tree that was read last, which is limited so that nothing that walks a tree runs out of stack.
    height: usize,
}

/// What was read, or why it cannot be.
type Parsed = Result<Expr, Box<SyntaxError>>;

impl Parser<'_> {
    fn advance(&mut self) -> Token {
        let next = self.lexer.next();
        std::mem::replace(&mut self.next, next)
    }

    /// The text of a token.
    fn written(&self, token: Token) -> &str {
        &self.text[token.start as usize..token.end as usize]
    }

    fn between_quotes(&self, token: Token) -> &str {
        let written = self.written(token);
        &written[1..written.len() - 1]
    }

    fn share(&self, token: Token) -> Arc<str> {
        shared(self.written(token))
    }

    /// The next token, which must be of this kind.
    fn expect(&mut self, kind: TokenKind, expected: &str) -> Result<Token, Box<SyntaxError>> {
        if self.next.kind == kind { Ok(self.advance()) } else { Err(self.unexpected(expected)) }
    }

    #[cold]
    fn unexpected(&self, expected: &str) -> Box<SyntaxError> {
        let Token { kind, start, end } = self.next;
        let message = match kind {
            TokenKind::End => format!("the expression ends where {expected} is expected"),
            TokenKind::Unclosed => "the string has no closing quote".to_owned(),
            TokenKind::Number if self.number(self.next).is_none() => "the number is too large".to_owned(),
            _ => format!("unexpected `{}` where {expected} is expected", short(self.written(self.next))),
        };
        let expected = match kind {
            TokenKind::Unclosed => "it starts here; a quote inside a string is written `''`".to_owned(),
            TokenKind::Number if self.number(self.next).is_none() => "expected a number of at most 64 bits".to_owned(),
            _ => format!("expected {expected}"),
        };
        Box::new(SyntaxError { span: self.map.span(start, end), message, expected })
    }

    #[cold]
    fn too_deep(&self) -> Box<SyntaxError> {
        Box::new(SyntaxError {
            span: self.map.span(self.next.start, self.next.end),
            message: format!("the expression is nested deeper than {MAX_NESTING} levels"),
            expected: format!("level {} starts here", MAX_NESTING + 1),
        })
    }

    fn expression(&mut self, depth: usize) -> Parsed {
        if depth >= MAX_NESTING {
            return Err(self.too_deep());
        }
        let start = self.next.start;
        let mut expr = if self.next.kind == TokenKind::Name { self.call(depth) } else { self.constant() }?;
        loop {
            let (kind, end) = match self.next.kind {
                TokenKind::Dot => {
                    self.advance();
                    let name = self.expect(TokenKind::Name, "a property name")?;
                    let name_span = self.map.span(name.start, name.end);
                    (ExprKind::member(expr, self.share(name), name_span), name.end)
                }
                TokenKind::OpenIndex => {
                    self.advance();
                    let height = self.height;
                    let index = self.expression(depth + 1)?;
                    self.height = height.max(self.height);
                    let close = self.expect(TokenKind::CloseIndex, "`]`")?;
                    (ExprKind::Index { of: Box::new(expr), index: Box::new(index) }, close.end)
                }
                _ => return Ok(expr),
            };
            self.height += 1;
            expr = Expr { kind, span: self.map.span(start, end) };
            if depth + self.height > MAX_NESTING {
                return Err(self.too_deep());
            }
        }
    }

    fn constant(&mut self) -> Parsed {
        let token = self.next;
        let kind = match token.kind {
            TokenKind::Str => ExprKind::Str(shared(self.between_quotes(token))),
            TokenKind::Quoting => ExprKind::Str(shared(&self.between_quotes(token).replace("''", "'"))),
            TokenKind::Number => match self.number(token) {
                Some(value) => value,
                None => return Err(self.unexpected("a number")),
            },
            _ => return Err(self.unexpected("a function, a string in single quotes or a number")),
        };
        self.advance();
        self.height = 1;
        Ok(Expr { kind, span: self.map.span(token.start, token.end) })
    }

    /// The value of a number; `None` beyond what its kind can hold.
    fn number(&self, token: Token) -> Option<ExprKind> {
        let text = self.written(token);
        if text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
            let value: f64 = text.parse().ok()?;
            return value.is_finite().then_some(ExprKind::Float(value));
        }
        text.parse().ok().map(ExprKind::Int)
    }

    /// A call, whose name is the next token.
    fn call(&mut self, depth: usize) -> Parsed {
        let first = self.advance();
        let (mut name, mut namespace) = (first, None);
        if self.next.kind == TokenKind::Dot {
            self.advance();
            namespace = Some(self.share(first));
            name = self.expect(TokenKind::Name, "a function name")?;
        }
        if self.next.kind != TokenKind::Open {
            return Err(self.unexpected(&format!("`(` after `{}`", short(self.written(name)))));
        }
        self.advance();
        let before = self.args.len();
        let mut height = 0;
        if self.next.kind != TokenKind::Close {
            loop {
                let arg = self.expression(depth + 1)?;
                self.args.push(arg);
                height = height.max(self.height);
                if self.next.kind != TokenKind::Comma {
                    break;
                }
                self.advance();
            }
        }
        let close = self.expect(TokenKind::Close, "`,` or `)`")?;
        self.height = height + 1;
        let mut args = Vec::with_capacity(self.args.len() - before);
        args.extend(self.args.drain(before..));
        let call = Call { namespace, name: self.share(name), name_span: self.map.span(first.start, name.end), args: args.into() };
        Ok(Expr { kind: ExprKind::Call(Box::new(call)), span: self.map.span(first.start, close.end) })
    }
}

/// The text of a token, cut where it is long; a message is one line.
fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(30) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_NESTING, SyntaxError};
    use crate::expr::{Expr, ExprKind, read_string};
    use crate::source::{FileId, Span, TextMap};

    fn read(text: &str) -> Result<Expr, SyntaxError> {
        let end = u32::try_from(text.len()).unwrap();
        let (expr, error) = read_string(text, &TextMap::plain(FileId(0), 0), Span::new(FileId(0), 0, end));
        error.map_or(Ok(expr), Err)
    }

    /// What an error points at, and what it says.
    fn error(text: &str) -> String {
        let error = read(text).unwrap_err();
        format!("{}..{} {}", error.span.start, error.span.end, error.message)
    }

    #[test]
    fn an_error_names_the_token_and_what_was_expected_there() {
        let cases = [
            ("[concat('a']", "11..12 the expression ends where `,` or `)` is expected"),
            ("[concat('a' 'b')]", "12..15 unexpected `'b'` where `,` or `)` is expected"),
            ("['abc]", "1..5 the string has no closing quote"),
            ("[concat('a'))]", "12..13 unexpected `)` where `.`, `[` or the end of the expression is expected"),
            ("[concat('a')(0)]", "12..13 unexpected `(` where `.`, `[` or the end of the expression is expected"),
            ("[parameters('x').]", "17..18 the expression ends where a property name is expected"),
            ("[true]", "5..6 the expression ends where `(` after `true` is expected"),
            ("[]", "1..2 the expression ends where a function, a string in single quotes or a number is expected"),
            ("[f(1,)]", "5..6 unexpected `)` where a function, a string in single quotes or a number is expected"),
            ("[f({})]", "3..4 unexpected `{` where a function, a string in single quotes or a number is expected"),
            ("[f(99999999999999999999)]", "3..23 the number is too large"),
            ("[a.b.c()]", "4..5 unexpected `.` where `(` after `b` is expected"),
        ];
        for (text, expected) in cases {
            assert_eq!(error(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_lead_through_json_escapes_to_the_file() {
        // file: "[f(\u0027a\u0027, g())]" with the text starting at byte 1
        let written = r"[f(\u0027a\u0027, g())]";
        let mut map = TextMap::plain(FileId(0), 1);
        for (decoded, at) in [(3, 4), (4, 10), (5, 11), (6, 17)] {
            map.resume(decoded, at);
        }
        let whole = Span::new(FileId(0), 0, 25);
        let (expr, None) = read_string("[f('a', g())]", &map, whole) else { panic!("it parses") };
        let ExprKind::Call(call) = &expr.kind else { panic!("it is a call") };
        let slice = |span: Span| &written[span.start as usize - 1..span.end as usize - 1];
        assert_eq!(expr.span, whole);
        assert_eq!(slice(call.name_span), "f");
        assert_eq!(call.args.iter().map(|arg| slice(arg.span)).collect::<Vec<_>>(), [r"\u0027a\u0027", "g()"]);
    }

    #[test]
    fn nesting_ends_with_a_message_and_not_with_the_stack() {
        let calls = |n: usize| format!("[{}1{}]", "f(".repeat(n), ")".repeat(n));
        assert!(read(&calls(MAX_NESTING - 1)).is_ok());
        let deep = "the expression is nested deeper than 200 levels";
        for text in [
            calls(MAX_NESTING + 1),
            format!("[{}]", "f(".repeat(12_000)),
            format!("[f(){}]", "[0".repeat(12_000)),
            format!("[f(){}]", ".a".repeat(12_000)),
            format!("[{}0{}]", "f()[".repeat(150), "].a".repeat(150)),
        ] {
            assert_eq!(read(&text).unwrap_err().message, deep, "{}", &text[..20]);
        }
    }

    #[test]
    fn blanks_and_line_ends_stand_between_any_tokens() {
        let wide = read("[ f \r\n ( 'a' ,\n\t-1 ) . b [ 0 ] ]").unwrap();
        assert_eq!(wide.to_string(), "f('a', -1).b[0]");
    }
}
