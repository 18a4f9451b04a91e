//! JSON as text: `json`, which reads what Newtonsoft reads, and the compact form in which Azure writes objects into strings.
//!
//! Source: ARM documentation, "Object functions", json; Newtonsoft.Json documentation, JsonTextReader and JsonTextWriter.

use std::fmt::Write as _;

use crate::source::Span;
use crate::value::{Key, Object, Shape, Value, ValueKind};

use super::object::Members;
use super::{Args, Fault, FaultKind, Function, Run, number, partial};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[Function { name: "json", arity: (1, 1), run: Run::Pure(None, json) }];

/// How deep the text may nest.
const MAX_DEPTH: usize = 128;

fn json(args: &Args<'_>) -> Result<Value, Fault> {
    value_of(args, args.string(0)?)
}

/// The value of a JSON text, as a result of this call.
pub(super) fn value_of(args: &Args<'_>, text: &str) -> Result<Value, Fault> {
    let mut reader = Reader { text, at: 0, span: args.call };
    match reader.document() {
        Ok(value) => Ok(value),
        Err(Problem::TooDeep) => Ok(partial::limit(args, "JSON nested 128 deep", Shape::Any)),
        Err(Problem::Expected(what)) => {
            let problem = format!("is not JSON: expected {what} at character {}", text[..reader.at].chars().count() + 1);
            Err(args.fault(FaultKind::Conversion, 0, &problem))
        }
    }
}

/// Why a text could not be read.
enum Problem {
    Expected(&'static str),
    TooDeep,
}

/// Reads JSON with comments, single-quoted strings, unquoted keys and trailing commas.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    span: Span,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<Value, Problem> {
        let value = self.value(MAX_DEPTH)?;
        self.blanks()?;
        if self.at < self.text.len() { Err(Problem::Expected("the end")) } else { Ok(value) }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Passes `c` if it comes next.
    fn pass(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// Passes everything up to the first character that is not `wanted`.
    fn run(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let run = &rest[..rest.find(|c| !wanted(c)).unwrap_or(rest.len())];
        self.at += run.len();
        run
    }

    /// Passes white space and comments.
    fn blanks(&mut self) -> Result<(), Problem> {
        loop {
            self.run(char::is_whitespace);
            let rest = &self.text[self.at..];
            if rest.starts_with("//") {
                self.run(|c| c != '\n' && c != '\r');
            } else if rest.starts_with("/*") {
                let end = rest.find("*/").ok_or(Problem::Expected("`*/`"))?;
                self.at += end + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Problem> {
        self.blanks()?;
        let kind = match self.peek() {
            Some('{' | '[') if depth == 0 => return Err(Problem::TooDeep),
            Some('{') => self.object(depth - 1)?,
            Some('[') => self.array(depth - 1)?,
            Some(quote @ ('"' | '\'')) => ValueKind::Str(self.string(quote)?.into()),
            Some('-' | '+' | '.' | '0'..='9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Value::new(kind, self.span))
    }

    fn object(&mut self, depth: usize) -> Result<ValueKind, Problem> {
        self.at += 1;
        let mut members: Vec<(Key, Value)> = Vec::new();
        loop {
            self.blanks()?;
            if self.pass('}') {
                break;
            }
            let key = match self.peek() {
                Some(quote @ ('"' | '\'')) => self.string(quote)?,
                _ => {
                    let key = self.run(|c| c.is_alphanumeric() || c == '_' || c == '$');
                    if key.is_empty() {
                        return Err(Problem::Expected("a key or `}`"));
                    }
                    key.to_owned()
                }
            };
            self.blanks()?;
            if !self.pass(':') {
                return Err(Problem::Expected("`:`"));
            }
            let value = self.value(depth)?;
            members.push((Key::new(key), value));
            self.blanks()?;
            if !self.pass(',') && self.peek() != Some('}') {
                return Err(Problem::Expected("`,` or `}`"));
            }
        }
        Ok(ValueKind::Object(object_of(members).into()))
    }

    fn array(&mut self, depth: usize) -> Result<ValueKind, Problem> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks()?;
            if self.pass(']') {
                return Ok(ValueKind::Array(items.into()));
            }
            items.push(self.value(depth)?);
            self.blanks()?;
            if !self.pass(',') && self.peek() != Some(']') {
                return Err(Problem::Expected("`,` or `]`"));
            }
        }
    }

    fn string(&mut self, quote: char) -> Result<String, Problem> {
        self.at += 1;
        let mut out = String::new();
        loop {
            out.push_str(self.run(|c| c != quote && c != '\\'));
            if self.pass(quote) {
                return Ok(out);
            }
            if !self.pass('\\') {
                return Err(Problem::Expected("the closing quote"));
            }
            let escape = self.peek().ok_or(Problem::Expected("an escape"))?;
            self.at += escape.len_utf8();
            out.push(match escape {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => self.escaped()?,
                '"' | '\'' | '\\' | '/' => escape,
                _ => return Err(Problem::Expected("an escape")),
            });
        }
    }

    /// The character after `\u`; half of a surrogate pair becomes U+FFFD.
    fn escaped(&mut self) -> Result<char, Problem> {
        let first = self.hex()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let start = self.at;
        if (0xd800..0xdc00).contains(&first) && self.pass('\\') && self.pass('u') {
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                return Ok(char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).unwrap_or('\u{fffd}'));
            }
        }
        self.at = start;
        Ok('\u{fffd}')
    }

    fn hex(&mut self) -> Result<u32, Problem> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let digits = digits.ok_or(Problem::Expected("four hexadecimal digits"))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Problem::Expected("four hexadecimal digits"))
    }

    fn number(&mut self) -> Result<ValueKind, Problem> {
        let start = self.at;
        let text = self.run(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        if text == "-Infinity" {
            return Ok(ValueKind::Float(f64::NEG_INFINITY));
        }
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let radix = |prefix: &str, radix: u32| {
            let digits = digits.strip_prefix(prefix)?;
            i64::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with(['+', '-']))
        };
        let is_octal = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
        let special = radix("0x", 16).or_else(|| radix("0X", 16)).or_else(|| if is_octal { radix("0", 8) } else { None });
        let special = special.map(|int| ValueKind::Int(sign * int));
        let plain = || text.parse().ok().map(ValueKind::Int).filter(|_| !text.starts_with('+'));
        let float = || {
            let is_float = !text.starts_with('+')
                && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E'));
            text.parse().ok().filter(|float: &f64| is_float && float.is_finite()).map(ValueKind::Float)
        };
        special.or_else(plain).or_else(float).ok_or_else(|| {
            self.at = start;
            Problem::Expected("a number")
        })
    }

    fn word(&mut self) -> Result<ValueKind, Problem> {
        let start = self.at;
        match self.run(char::is_alphanumeric) {
            "true" => Ok(ValueKind::Bool(true)),
            "false" => Ok(ValueKind::Bool(false)),
            "null" | "undefined" => Ok(ValueKind::Null),
            "NaN" => Ok(ValueKind::Float(f64::NAN)),
            "Infinity" => Ok(ValueKind::Float(f64::INFINITY)),
            _ => {
                self.at = start;
                Err(Problem::Expected("a value"))
            }
        }
    }
}

/// Of members with the very same key the last holds; keys that differ by case stay apart.
fn object_of(members: Vec<(Key, Value)>) -> Object {
    let spellings: std::collections::BTreeSet<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
    if spellings.len() < members.len() {
        let mut merged = Members::default();
        for (key, value) in &members {
            merged.set(key, value.clone());
        }
        return merged.finish();
    }
    let mut object = Object::new();
    for (key, value) in members {
        object.push(key, value);
    }
    object
}

/// A known value as compact JSON with strings in `quote`s: what `string` (`"`) and `format` (`'`) write.
pub(super) fn write(value: &Value, quote: char) -> String {
    let mut out = String::new();
    write_into(value, quote, &mut out);
    out
}

fn write_into(value: &Value, quote: char, out: &mut String) {
    match &value.kind {
        ValueKind::Null => out.push_str("null"),
        ValueKind::Bool(known) => out.push_str(if *known { "true" } else { "false" }),
        ValueKind::Int(known) => {
            let _ = write!(out, "{known}");
        }
        ValueKind::Float(known) => out.push_str(&float(*known)),
        ValueKind::Str(known) => write_string(known, quote, out),
        ValueKind::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_into(item, quote, out);
            }
            out.push(']');
        }
        ValueKind::Object(object) => {
            out.push('{');
            for (n, (key, member)) in object.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_string(key.as_str(), quote, out);
                out.push(':');
                write_into(member, quote, out);
            }
            out.push('}');
        }
        ValueKind::Unknown(unknown) => out.push_str(unknown.symbol().as_str()),
    }
}

/// A double always shows that it is one.
fn float(float: f64) -> String {
    let mut text = number::shortest(float);
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        text.push_str(".0");
    }
    text
}

/// Newtonsoft escapes control characters, the quote in use, the backslash and three line separators.
fn write_string(text: &str, quote: char, out: &mut String) {
    out.push(quote);
    for c in text.chars() {
        match c {
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            '\u{0}'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{call, fault, s, shown, value};
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn what_newtonsoft_reads_is_read() {
        for (text, expected) in [
            ("{'one': 'a', \"two\": \"b\"}", "{one:'a',two:'b'}"),
            (" [1,2,3 ] // end", "[1,2,3]"),
            ("{a: 1, /* b */ $c_1: [true, null,],}", "{$c_1:[true,null],a:1}"),
            ("\"\\u00e9\\ud83d\\ude00\\ud83d\\n\"", "'é😀\u{fffd}\n'"),
            ("-0x10", "-16"),
            ("017", "15"),
            ("1.50", "1.5"),
            ("1e3", "1000.0"),
            ("9223372036854775808", "9.223372036854776e18"),
            ("{\"a\":1,\"a\":2}", "{a:2}"),
            ("'it''s'", ""),
        ] {
            if expected.is_empty() {
                assert_eq!(fault("json", &[s(text)]), FaultKind::Conversion, "{text}");
            } else {
                assert_eq!(shown("json", &[s(text)]), expected, "{text}");
            }
        }
    }

    #[test]
    fn a_broken_text_is_a_fault() {
        for text in
            ["", "not valid json", "{incomplete", "[1 2]", "{\"a\" 1}", "'a", "1x", "[1]]", "\"\\x\"", "--1", "{:1}", "/*"]
        {
            assert_eq!(fault("json", &[s(text)]), FaultKind::Conversion, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_unknown() {
        assert_eq!(shown("json", &[s(&"[".repeat(100_000))]), "unknown");
    }

    #[test]
    fn numbers_and_strings_are_written_as_newtonsoft_writes_them() {
        let value = call("json", &[s("{'a':1.0,'b':1e20,'c':'\\u0007\\u2028<é/>\\\\'}")]).unwrap();
        assert_eq!(super::write(&value, '"'), r#"{"a":1.0,"b":1E+20,"c":"\u0007\u2028<é/>\\"}"#);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in value()) {
            for quote in ['"', '\''] {
                let text = super::write(&value, quote);
                prop_assert_eq!(call("json", &[s(&text)]).unwrap().canonical(), value.canonical());
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "[\\[\\]{}:,'\"\\\\u0-9a-f.x+ é-]{0,24}") {
            let _ = call("json", &[s(&text)]);
        }
    }
}
