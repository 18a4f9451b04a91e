//! What a JSON string of a template is: text, or an expression.

use std::borrow::Cow;
use std::ops::Range;

use super::{Expr, ExprKind, SyntaxError, parse, shared};
use crate::source::{Span, TextMap};

/// The greatest number of characters of an expression ("Template expressions", limits).
pub const MAX_LENGTH: usize = 24_576;

/// What a JSON string stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<'t> {
    /// This text.
    Literal(Cow<'t, str>),
    /// The expression in these bytes of the string, without the brackets around it.
    Expression(Range<usize>),
}

/// Tells text from expression: an expression starts with `[` and ends with `]`, unless it starts with `[[`, which stands
/// for one `[` of a text ("Template expressions", escape characters). Any other string is what it is.
#[must_use]
pub fn classify(text: &str) -> Reading<'_> {
    let inside = text.len() >= 2 && text.starts_with('[') && text.ends_with(']');
    match text.as_bytes().get(1) {
        Some(b'[') if inside => Reading::Literal(Cow::Borrowed(&text[1..])),
        _ if inside => Reading::Expression(1..text.len() - 1),
        _ => Reading::Literal(Cow::Borrowed(text)),
    }
}

/// The tree of a JSON string: `text` is the string with its JSON escapes resolved, `map` leads from it back to the file,
/// `whole` is the string with its quotes. A string that should be an expression and is none gives an
/// [`ExprKind::Broken`] and the error.
#[must_use]
pub fn read_string(text: &str, map: &TextMap, whole: Span) -> (Expr, Option<SyntaxError>) {
    let body = match classify(text) {
        Reading::Literal(literal) => return (Expr { kind: ExprKind::Str(shared(&literal)), span: whole }, None),
        Reading::Expression(body) => body,
    };
    match within_length(text, whole).and_then(|()| parse(text, body, map, whole)) {
        Ok(expr) => (expr, None),
        Err(error) => (Expr { kind: ExprKind::Broken(error.message.as_str().into()), span: whole }, Some(error)),
    }
}

fn within_length(text: &str, whole: Span) -> Result<(), SyntaxError> {
    if text.len() <= MAX_LENGTH {
        return Ok(());
    }
    let length = text.chars().count();
    if length <= MAX_LENGTH {
        return Ok(());
    }
    Err(SyntaxError {
        span: whole,
        message: format!("the expression has {length} characters, and Azure allows {MAX_LENGTH}"),
        expected: format!("expected at most {MAX_LENGTH} characters"),
    })
}

#[cfg(test)]
mod tests {
    use super::{MAX_LENGTH, Reading, classify, read_string};
    use crate::source::{FileId, Span, TextMap};

    #[test]
    fn only_a_string_in_brackets_is_an_expression() {
        let cases = [
            ("[f()]", None),
            ("[]", None),
            ("[test] value", Some("[test] value")),
            ("[[test value]", Some("[test value]")),
            ("[[parameters('x')]", Some("[parameters('x')]")),
            ("[[a", Some("[[a")),
            ("value]", Some("value]")),
            ("[", Some("[")),
            ("", Some("")),
            ("[f()] ", Some("[f()] ")),
        ];
        for (text, literal) in cases {
            match classify(text) {
                Reading::Literal(found) => assert_eq!(Some(found.as_ref()), literal, "{text}"),
                Reading::Expression(body) => assert_eq!((body, literal), (1..text.len() - 1, None), "{text}"),
            }
        }
    }

    #[test]
    fn a_longer_expression_than_azure_takes_is_an_error() {
        let text = format!("['{}']", "é".repeat(MAX_LENGTH - 3));
        let whole = Span::new(FileId(0), 0, 9);
        let (_, error) = read_string(&text, &TextMap::plain(FileId(0), 0), whole);
        assert_eq!(error.unwrap().message, "the expression has 24577 characters, and Azure allows 24576");
    }
}
