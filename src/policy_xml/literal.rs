//! The strings that are written out in a policy expression, and what the code around them does with each.
//!
//! Nothing is compiled: brackets, words and operators next to a string tell whether it can be part of the value. Strings that
//! `+` joins are one; what comes in between, a named value or code, parts them.

use super::content::{entity, named};
use super::csharp::{Inside, Walk};
use super::script::{Script, number};
use super::tree::Range;

/// A string in a policy expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Its characters, the escapes of C# and XML resolved.
    pub text: String,
    /// The bytes between its quotes; of several that are joined, from the first to the last.
    pub range: Range,
    /// What is done with it.
    pub usage: Usage,
}

/// What the code does with a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Usage {
    /// It is the value of something, or a part of one.
    Value,
    /// It is an argument of the function of this name.
    Argument(String),
    /// It is an index: `context.Variables["name"]`.
    Index,
    /// It is compared with something.
    Compared,
}

/// Words that come before a bracket and are no functions.
const KEYWORDS: &[&str] =
    &["catch", "for", "foreach", "if", "in", "is", "lock", "return", "switch", "throw", "using", "when", "while"];

/// What is around the code that is being read.
enum Around {
    /// Brackets that change nothing.
    Group,
    /// The arguments of a function.
    Call(String),
    /// An index.
    Index,
    /// Statements, or an expression as a whole.
    Block,
    /// An interpolated string, from this byte of its current piece on.
    Text(usize),
}

/// The token before.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    /// A name or a keyword in these bytes.
    Word(usize, usize),
    /// A closing bracket.
    Close,
    /// The string of that number.
    Literal(usize),
    /// `+` behind that string.
    Plus(usize),
    /// `=` or `!`, perhaps behind that string.
    Sign(Option<usize>),
    /// `==` or `!=`.
    Comparison,
    Other,
}

/// The strings in the policy expression at `range`, in their order; empty ones are left out.
#[must_use]
pub fn literals(script: &Script, range: &Range) -> Vec<Literal> {
    let text = &script.text().as_bytes()[..range.end as usize];
    let mut reader = Reader {
        script,
        walk: Walk { text, at: range.start as usize + 1, inside: Vec::new() },
        around: Vec::new(),
        before: Before::Nothing,
        generic: None,
        found: Vec::new(),
    };
    while reader.walk.at < text.len() && reader.step().is_some() {}
    reader.found.retain(|literal| !literal.text.is_empty());
    reader.found
}

struct Reader<'s> {
    script: &'s Script,
    walk: Walk<'s>,
    /// What is around, the outermost first: one for each that the walk is inside of.
    around: Vec<Around>,
    before: Before,
    /// The name before the `<` of type arguments.
    generic: Option<(usize, usize)>,
    found: Vec<Literal>,
}

impl Reader<'_> {
    /// The next token; `None` where the walk ends.
    fn step(&mut self) -> Option<()> {
        let (start, depth) = (self.walk.at, self.walk.inside.len());
        if let (Some(Inside::Interpolated { quote, verbatim }), Some(Around::Text(from))) =
            (self.walk.inside.last().copied(), self.around.last())
        {
            let from = *from;
            self.walk.interpolated(quote, verbatim)?;
            if self.walk.inside.len() != depth {
                self.literal(from, start, !verbatim);
                if self.walk.inside.len() > depth {
                    self.around.push(Around::Group);
                    self.before = Before::Nothing;
                } else {
                    self.around.pop();
                }
            }
            return Some(());
        }
        self.walk.code()?;
        match self.walk.inside.len().cmp(&depth) {
            std::cmp::Ordering::Greater => self.opened(start),
            std::cmp::Ordering::Less => self.closed(),
            std::cmp::Ordering::Equal => self.token(start),
        }
        Some(())
    }

    /// A bracket or an interpolated string that opened at a byte.
    fn opened(&mut self, start: usize) {
        let name = match self.before {
            Before::Word(from, to) => Some(self.words(from, to)).filter(|word| !KEYWORDS.contains(&word.as_str())),
            _ => None,
        };
        let around = match (self.walk.text[start], name, self.before) {
            (b'(', Some(name), _) => Around::Call(name),
            (b'[', Some(_), _) | (b'[', _, Before::Close | Before::Literal(_)) => Around::Index,
            (b'(' | b'[', ..) => Around::Group,
            (b'{', ..) => Around::Block,
            _ => {
                // What comes before an interpolated string may be joined to its first piece.
                self.around.push(Around::Text(self.walk.at));
                return;
            }
        };
        self.around.push(around);
        (self.before, self.generic) = (Before::Nothing, None);
    }

    fn closed(&mut self) {
        self.around.pop();
        self.before = Before::Close;
        // Behind the code in an interpolated string its next piece begins.
        if let Some(Around::Text(from)) = self.around.last_mut() {
            (*from, self.before) = (self.walk.at, Before::Nothing);
        }
    }

    fn token(&mut self, start: usize) {
        let rest = &self.walk.text[start..];
        let prefix = usize::from(rest[0] == b'@');
        let quote = self.walk.quote(start + prefix);
        if let Some(quote) = quote.filter(|quote| self.walk.at > start + prefix + quote.text().len()) {
            let inside = (start + prefix + quote.text().len(), self.walk.at - quote.text().len());
            return self.literal(inside.0, inside.1, prefix == 0);
        }
        if rest.starts_with(b"//") || rest.starts_with(b"/*") {
            return;
        }
        let sign = match rest[0] {
            b'&' if self.walk.at == start + 1 => self.sign_of_entity(start),
            byte => byte,
        };
        self.before = match (sign, self.before) {
            (b' ' | b'\t' | b'\r' | b'\n', before) => before,
            (b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.., Before::Word(from, to)) if to == start => {
                Before::Word(from, self.walk.at)
            }
            (b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.., _) => Before::Word(start, self.walk.at),
            (b'+', Before::Literal(n)) => Before::Plus(n),
            (b'=', Before::Sign(literal)) => {
                literal.into_iter().for_each(|n| self.found[n].usage = Usage::Compared);
                Before::Comparison
            }
            (b'=' | b'!', Before::Literal(n)) => Before::Sign(Some(n)),
            (b'=' | b'!', _) => Before::Sign(None),
            (b'<', Before::Word(from, to)) => {
                self.generic = Some((from, to));
                Before::Other
            }
            (b'>', Before::Word(..) | Before::Close) => {
                self.generic.take().map_or(Before::Other, |(from, to)| Before::Word(from, to))
            }
            _ => Before::Other,
        };
    }

    /// Steps over the rest of an entity in the code; the character that it stands for.
    fn sign_of_entity(&mut self, start: usize) -> u8 {
        let rest = self.script.text().get(start + 1..self.walk.text.len()).unwrap_or_default();
        let Some((sign, len)) = entity(rest) else { return b'&' };
        self.walk.at = start + len + 2;
        u8::try_from(sign).unwrap_or(b'?')
    }

    fn words(&self, from: usize, to: usize) -> String {
        String::from_utf8_lossy(&self.walk.text[from..to]).into_owned()
    }

    /// The string, or the piece of one, in these bytes.
    fn literal(&mut self, start: usize, end: usize, escapes: bool) {
        let usage = self.usage();
        let mut joined = match self.before {
            Before::Plus(n) => Some(n),
            _ => None,
        };
        for (text, range) in segments(self.script, start, end, escapes) {
            match joined.take() {
                Some(n) => {
                    self.found[n].text.push_str(&text);
                    self.found[n].range.end = range.end;
                }
                None => self.found.push(Literal { text, range, usage: usage.clone() }),
            }
        }
        self.before = Before::Literal(self.found.len() - 1);
    }

    /// What is done with a string that stands here.
    fn usage(&self) -> Usage {
        match self.before {
            Before::Comparison => return Usage::Compared,
            Before::Word(from, to) if &self.walk.text[from..to] == b"case" => return Usage::Compared,
            _ => {}
        }
        let nearest = self.around.iter().rev().find(|around| !matches!(around, Around::Group | Around::Text(_)));
        match nearest {
            Some(Around::Call(name)) => Usage::Argument(name.clone()),
            Some(Around::Index) => Usage::Index,
            Some(Around::Block | Around::Group | Around::Text(_)) | None => Usage::Value,
        }
    }
}

/// The characters in some bytes of a string, parted where a named value or something unknown stands. There is at least one.
fn segments(script: &Script, start: usize, end: usize, escapes: bool) -> Vec<(String, Range)> {
    let text = &script.text()[..end];
    let mut found = vec![(String::new(), number(start)..number(end))];
    let mut at = start;
    while let Some(c) = text[at..].chars().next() {
        let hidden = match c {
            '{' => named(&text[at..]),
            _ => script.hole(number(at)).map(|_| c.len_utf8()),
        };
        if let Some(len) = hidden {
            if let Some((_, range)) = found.last_mut() {
                range.end = number(at);
            }
            at += len;
            found.push((String::new(), number(at)..number(end)));
            continue;
        }
        let (character, len) = match c {
            '&' => entity(&text[at + 1..]).map_or((c, 1), |(c, len)| (c, len + 2)),
            '\\' if escapes => escaped(&text[at + 1..]),
            _ => (c, c.len_utf8()),
        };
        if let Some((segment, _)) = found.last_mut() {
            segment.push(character);
        }
        let written = &text[at..at + len];
        at += len;
        // In a verbatim string a quote is written twice.
        if !escapes && character == '"' && text[at..].starts_with(written) {
            at += len;
        }
    }
    found
}

/// The character behind a backslash, and the length of both. What is told by a number is not worked out.
fn escaped(rest: &str) -> (char, usize) {
    match rest.chars().next() {
        Some('n') => ('\n', 2),
        Some('r') => ('\r', 2),
        Some('t') => ('\t', 2),
        Some('u' | 'x' | 'U') | None => ('\\', 1),
        Some('&') => entity(&rest[1..]).map_or(('&', 2), |(c, len)| (c, len + 3)),
        Some(other) => (other, 1 + other.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Usage, literals};
    use crate::policy_xml::{Part, Script, parts};
    use crate::source::{Loaded, Sources};

    /// The strings of the expression that a text starts with, one a line.
    fn told(expression: &str) -> Vec<String> {
        let script = Script::of_file(&Sources::new().add("policy.xml", Loaded::utf8(expression)));
        let whole = 0..u32::try_from(expression.len()).unwrap();
        let Some(Part::Expression(range)) = parts(&script, &whole, false).into_iter().next() else { panic!("{expression}") };
        let line = |literal: super::Literal| {
            let usage = match literal.usage {
                Usage::Value => "value".to_owned(),
                Usage::Argument(name) => format!("argument of {name}"),
                Usage::Index => "index".to_owned(),
                Usage::Compared => "compared".to_owned(),
            };
            format!("{}: {usage}", literal.text)
        };
        literals(&script, &range).into_iter().map(line).collect()
    }

    #[test]
    fn a_string_is_told_with_what_is_done_with_it() {
        let table: &[(&str, &[&str])] = &[
            (r#"@("a")"#, &["a: value"]),
            (r#"@("Basic " + "ab" + x + "c" + "d")"#, &["Basic ab: value", "cd: value"]),
            (r"@(&quot;a&quot; + &quot;&amp;b&quot;)", &["a&b: value"]),
            (r#"@(a["i"] + b()["j"] + "v")"#, &["i: index", "j: index", "v: value"]),
            (r#"@(x.Get<string>("k", ("d")) ?? "e")"#, &["k: argument of Get", "d: argument of Get", "e: value"]),
            (r"@(x.Get&lt;string&gt;(&quot;k&quot;))", &["k: argument of Get"]),
            (r#"@(a == "b" ? ("c") : "d")"#, &["b: compared", "c: value", "d: value"]),
            (r#"@("b" != a)"#, &["b: compared"]),
            (
                r#"@{ if (a == "b") { return "c"; } switch (d) { case "e": return ("f"); } }"#,
                &["b: compared", "c: value", "e: compared", "f: value"],
            ),
            (r#"@(@"a\""b" + "\"c\n")"#, &["a\\\"b\"c\n: value"]),
            (r#"@($"Bearer {x["y"]}z{{w}}" + "t")"#, &["Bearer : value", "y: index", "z: value", "t: value"]),
            (r#"@("Bearer {{token}} x")"#, &["Bearer : value", " x: value"]),
            (
                r#"@{ // "no"
                /* "nor" */ var a = 'x' + "y"; }"#,
                &["y: value"],
            ),
            (r#"@(new[] { "a", "b" })"#, &["a: value", "b: value"]),
            (r#"@(a < "b".Length && c > "d")"#, &["b: value", "d: value"]),
            ("@(\"\" + a)", &[]),
        ];
        for (expression, expected) in table {
            assert_eq!(told(expression), *expected, "{expression}");
        }
    }
}
