//! Where a policy expression ends: brackets are counted, and strings, characters and comments of C# are skipped.
//!
//! An expression is never compiled here. In XML its quotes may be written `&quot;` and `&apos;`; each kind of quote is ended
//! by its own spelling.

/// How deep brackets and interpolations may nest.
const MAX_DEPTH: usize = 512;

/// What the reader is inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// A bracket that this byte closes.
    Bracket(u8),
    /// An interpolated string, and how it is quoted.
    Interpolated { quote: Quote, verbatim: bool },
}

/// How a quote is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    Plain,
    Entity,
}

impl Quote {
    pub(super) fn text(self) -> &'static [u8] {
        match self {
            Self::Plain => b"\"",
            Self::Entity => b"&quot;",
        }
    }
}

/// Whether an expression starts at byte `at`: `@(` or `@{`.
pub(super) fn starts(text: &[u8], at: usize) -> bool {
    text.get(at) == Some(&b'@') && matches!(text.get(at + 1), Some(b'(' | b'{'))
}

/// The byte after the bracket that ends the expression at `at`; `None` where it never ends before `limit`.
pub(super) fn end(text: &[u8], at: usize, limit: usize) -> Option<usize> {
    let mut walk = Walk { text: text.get(..limit)?, at: at + 1, inside: Vec::new() };
    loop {
        match walk.inside.last() {
            Some(Inside::Interpolated { quote, verbatim }) => walk.interpolated(*quote, *verbatim)?,
            Some(Inside::Bracket(_)) | None => walk.code()?,
        }
        if walk.inside.is_empty() {
            return Some(walk.at);
        }
    }
}

/// The way through an expression, token by token.
pub(super) struct Walk<'t> {
    /// What is walked, up to where it has to end.
    pub(super) text: &'t [u8],
    /// The next byte.
    pub(super) at: usize,
    /// What it is inside of, the outermost first.
    pub(super) inside: Vec<Inside>,
}

impl Walk<'_> {
    fn has(&self, at: usize, what: &[u8]) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.starts_with(what))
    }

    /// The quote at a byte.
    pub(super) fn quote(&self, at: usize) -> Option<Quote> {
        [Quote::Plain, Quote::Entity].into_iter().find(|quote| self.has(at, quote.text()))
    }

    /// The next token of the code.
    pub(super) fn code(&mut self) -> Option<()> {
        let byte = *self.text.get(self.at)?;
        match byte {
            b'(' => return self.open(Inside::Bracket(b')'), 1),
            b'[' => return self.open(Inside::Bracket(b']'), 1),
            b'{' => return self.open(Inside::Bracket(b'}'), 1),
            b')' | b']' | b'}' => {
                if self.inside.last() == Some(&Inside::Bracket(byte)) {
                    self.inside.pop();
                }
                self.at += 1;
            }
            b'/' if self.has(self.at, b"//") => self.at = self.line_end()?,
            b'/' if self.has(self.at, b"/*") => {
                self.at = memchr::memmem::find(&self.text[self.at + 2..], b"*/").map(|found| self.at + found + 4)?;
            }
            b'$' | b'@' => return self.prefixed(),
            b'\'' => self.at += 1 + self.character(self.at + 1, b"'"),
            b'&' if self.has(self.at, b"&apos;") => self.at += 6 + self.character(self.at + 6, b"&apos;"),
            b'"' | b'&' => match self.quote(self.at) {
                Some(quote) => self.at = self.string(self.at + quote.text().len(), quote, false)?,
                None => self.at += 1,
            },
            _ => self.at += 1,
        }
        Some(())
    }

    /// Where the line ends; in a value of an attribute its end is often written as an entity.
    fn line_end(&self) -> Option<usize> {
        let ends = |at: &usize| [&b"\n"[..], b"&#xA;", b"&#xa;", b"&#10;"].iter().any(|end| self.has(*at, end));
        memchr::memchr2_iter(b'\n', b'&', &self.text[self.at..]).map(|found| self.at + found).find(ends)
    }

    fn open(&mut self, what: Inside, len: usize) -> Option<()> {
        if self.inside.len() >= MAX_DEPTH {
            return None;
        }
        self.inside.push(what);
        self.at += len;
        Some(())
    }

    /// `@"…"`, `$"…"`, `$@"…"` and `@$"…"`; any other `@` or `$` stands for itself.
    fn prefixed(&mut self) -> Option<()> {
        let len = self.text[self.at..].iter().take(2).take_while(|byte| matches!(byte, b'$' | b'@')).count();
        let prefix = &self.text[self.at..self.at + len];
        let (verbatim, interpolated) = (prefix.contains(&b'@'), prefix.contains(&b'$'));
        let Some(quote) = self.quote(self.at + len) else {
            self.at += 1;
            return Some(());
        };
        let len = len + quote.text().len();
        if interpolated {
            return self.open(Inside::Interpolated { quote, verbatim }, len);
        }
        self.at = self.string(self.at + len, quote, verbatim)?;
        Some(())
    }

    /// The byte after the string whose text starts at `at`.
    fn string(&self, mut at: usize, quote: Quote, verbatim: bool) -> Option<usize> {
        let end = quote.text();
        loop {
            at += memchr::memchr2(b'\\', end[0], self.text.get(at..)?)?;
            if self.text[at] == b'\\' {
                at += if verbatim { 1 } else { 2 };
            } else if !self.has(at, end) {
                at += 1;
            } else if verbatim && self.has(at + end.len(), end) {
                at += 2 * end.len();
            } else {
                return Some(at + end.len());
            }
        }
    }

    /// The length of a character and the quote that ends it; 0 for a quote that starts no character.
    fn character(&self, at: usize, end: &[u8]) -> usize {
        let escaped = self.text.get(at) == Some(&b'\\');
        // `'\u0041'` is the longest with an escape, an entity such as `&quot;` the longest without.
        let longest = if escaped { 10 } else { 8 };
        let from = if escaped { 2 } else { 1 };
        let ends = |len: &usize| self.has(at + len, end) && (escaped || is_one(&self.text[at..at + len]));
        (from..=longest).find(ends).map_or(0, |len| len + end.len())
    }

    /// The next part of an interpolated string: its end, or the bracket that opens code.
    pub(super) fn interpolated(&mut self, quote: Quote, verbatim: bool) -> Option<()> {
        let end = quote.text();
        let byte = *self.text.get(self.at)?;
        match byte {
            b'{' if self.has(self.at, b"{{") => self.at += 2,
            b'{' => return self.open(Inside::Bracket(b'}'), 1),
            b'\\' if !verbatim => self.at += 2,
            _ if !self.has(self.at, end) => self.at += 1,
            _ if verbatim && self.has(self.at + end.len(), end) => self.at += 2 * end.len(),
            _ => {
                self.inside.pop();
                self.at += end.len();
            }
        }
        Some(())
    }
}

/// Whether these bytes are one character: in UTF-8, or as an entity.
fn is_one(text: &[u8]) -> bool {
    let entity = text.first() == Some(&b'&') && text.last() == Some(&b';');
    entity || std::str::from_utf8(text).is_ok_and(|text| text.chars().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn an_expression_ends_at_its_own_bracket() {
        let table = [
            (r"@(a)b)", "@(a)"),
            (r#"@(a == ")" ? 1 : 2)"#, r#"@(a == ")" ? 1 : 2)"#),
            (r#"@("\")" + ')' + '\'')x"#, r#"@("\")" + ')' + '\'')"#),
            (r#"@(@"\" + ")")x"#, r#"@(@"\" + ")")"#),
            (r#"@(@"a"")" + ")")x"#, r#"@(@"a"")" + ")")"#),
            (r#"@($"{a["x)"]})" + "")x"#, r#"@($"{a["x)"]})" + "")"#),
            (r#"@($@"{{)\" + ")")x"#, r#"@($@"{{)\" + ")")"#),
            ("@{ // }\n return 1; /* } */ }x", "@{ // }\n return 1; /* } */ }"),
            ("@{ // } &amp;&#xA; return 1; }x", "@{ // } &amp;&#xA; return 1; }"),
            (r"@(a(&quot;)&quot;) &amp;&amp; b)x", r"@(a(&quot;)&quot;) &amp;&amp; b)"),
            (r"@(a == '&quot;' || b == &apos;)&apos;)x", r"@(a == '&quot;' || b == &apos;)&apos;)"),
            (r"@(a == 'é' + ''')x", r"@(a == 'é' + ''')"),
            (r"@{ List<string> a; return a[0]; }</value>", r"@{ List<string> a; return a[0]; }"),
        ];
        for (text, expression) in table {
            assert_eq!(end(text.as_bytes(), 0, text.len()).map(|end| &text[..end]), Some(expression), "{text}");
        }
    }

    #[test]
    fn an_expression_that_never_ends_is_told() {
        for text in ["@(", "@(a", "@(\")", "@{ // }", "@(/* )", "@('\\", "@(\"\\", "@($\"{", "@(\"&quot;"] {
            assert_eq!(end(text.as_bytes(), 0, text.len()), None, "{text}");
        }
        let deep = format!("@{}", "(".repeat(10_000));
        assert_eq!(end(deep.as_bytes(), 0, deep.len()), None, "brackets without end");
    }
}
