//! Faults inside one value: words, numbers and strings that JSON does not have.

use super::problems::{Fault, found, found_len, shorten};
use super::reader::Reader;
use super::scan::{self, StringScan};
use super::tree::Kind;

impl Reader<'_> {
    /// No value starts with `byte`.
    pub(super) fn value_fault(&mut self, byte: u8) {
        match byte {
            b'}' | b']' if self.value_behind() => {
                self.wanted_value("remove this bracket");
                self.pos += 1;
                match self.trivia() {
                    Some(byte) => self.value(byte),
                    None => self.missing(),
                }
            }
            b',' | b'}' | b']' => {
                if byte == b',' || !self.opens_all_the_same() {
                    self.wanted_value("write a value; an empty one is `null` or `\"\"`");
                    self.missing();
                }
            }
            b':' => {
                self.wanted_value("remove the second colon");
                while self.bytes.get(self.pos) == Some(&b':') {
                    self.pos += 1;
                    self.trivia();
                }
                match self.bytes.get(self.pos) {
                    Some(&byte) => self.value(byte),
                    None => self.missing(),
                }
            }
            b'\'' => {
                let end = scan::string(self.bytes, self.pos).end;
                self.fault(self.pos, end, |_| {
                    let help = "use double quotes: Azure CLI and editors refuse single ones";
                    Fault::new("expected a text in double quotes, found single quotes", "here", help)
                });
                self.string();
            }
            b'+' | b'.' => self.number_fault(),
            _ => self.word_fault(scan::word(self.bytes, self.pos)),
        }
    }

    /// A string that has something in it, as a value; or a quote in place of a bracket that opens.
    pub(super) fn odd_string(&mut self) {
        let ends_line = matches!(self.bytes.get(self.pos + 1), Some(b'\n' | b'\r'));
        let may_open = ends_line && !scan::string(self.bytes, self.pos).closed;
        if !(may_open && self.opens_all_the_same()) {
            self.any_string();
        }
    }

    /// Takes what the reader is at for a bracket that opens, if one is meant.
    fn opens_all_the_same(&mut self) -> bool {
        let Some(kind) = self.meant_to_open() else { return false };
        self.wanted_value("write the bracket that opens, the lines below are inside of it");
        self.open(kind);
        true
    }

    /// What opens here if the reader is at something else in place of a bracket that opens: lines that are indented deeper follow.
    pub(super) fn meant_to_open(&self) -> Option<Kind> {
        let next = scan::trivia(self.bytes, self.pos + 1);
        let (own, _) = scan::indentation(self.bytes, self.pos)?;
        let (inner, is_first) = scan::indentation(self.bytes, next)?;
        let first = *self.bytes.get(next).filter(|_| is_first && inner > own)?;
        let is_key = first == b'"' && scan::string_is_key(self.bytes, next);
        (!matches!(first, b',' | b'}' | b']')).then_some(if is_key { Kind::Object } else { Kind::Array })
    }

    fn wanted_value(&mut self, help: &str) {
        let end = self.pos + found_len(self.text, self.pos);
        self.fault(self.pos, end, |reader| {
            Fault::new(format!("expected a value, found {}", found(reader.text, reader.pos)), "not expected here", help)
        });
    }

    /// A word that is no value stands before byte `end`; or something that is not even a word.
    pub(super) fn word_fault(&mut self, end: usize) {
        let word = &self.text[self.pos..end];
        for (kind, right) in [(Kind::True, "true"), (Kind::False, "false"), (Kind::Null, "null")] {
            if word.eq_ignore_ascii_case(right) {
                self.fault(self.pos, end, |_| {
                    Fault::new(format!("expected `{right}`, found `{word}`"), "here", format!("write `{right}` in lower case"))
                });
                return self.token(kind, end);
            }
        }
        let help = match word {
            "" => "write a text in double quotes, a number, `true`, `false`, `null`, `{` or `[`".to_owned(),
            "NaN" | "Infinity" | "undefined" | "None" | "nil" => {
                "JSON has no such value; write `null` or leave the member out".to_owned()
            }
            _ => format!("put it in double quotes if it is a text: `\"{}\"`", shorten(word)),
        };
        self.wanted_value(&help);
        let end = if word.is_empty() { self.pos + found_len(self.text, self.pos) } else { end };
        self.token(Kind::Missing, end);
        self.skip_junk();
    }

    /// What looks like a number is none by the grammar of JSON. It stays a number where its value is clear all the same.
    pub(super) fn number_fault(&mut self) {
        let mut end = scan::word(self.bytes, self.pos);
        // A bracket in the middle of a number opens and closes nothing, nor does one at its end open anything.
        if let Some([bracket @ (b'{' | b'[' | b'}' | b']'), next]) = self.bytes.get(end..end + 2)
            && (scan::is_word(*next) || (*next == b',' && matches!(bracket, b'{' | b'[')))
        {
            end = scan::word(self.bytes, end + 1);
        }
        let word = &self.text[self.pos..end];
        let clear = word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        let clear = clear && word.parse::<f64>().is_ok();
        self.fault(self.pos, end, |_| {
            let help = "write a decimal number: no leading `+` or zeros, a digit on both sides of the point";
            Fault::new(format!("expected a number, found `{}`", shorten(word)), "JSON has no such number", help)
        });
        self.token(if clear { Kind::Number } else { Kind::Missing }, end);
        if !clear {
            self.skip_junk();
        }
    }

    /// Reports what is wrong inside the string at `start`: of each sort the first, since one slip makes many of a sort.
    pub(super) fn string_faults(&mut self, start: usize, string: StringScan) {
        if !string.closed {
            self.ended |= memchr::memchr2(b'\n', b'\r', &self.bytes[start..]).is_none();
            self.fault(start, start + 1, |_| {
                Fault::new("this text is never closed", "opened here", "add the missing double quote at its end")
            });
        }
        if let Some(at) = string.bad_escape {
            let rest = &self.text[at + 1..string.end];
            let len = rest.chars().next().map_or(0, char::len_utf8);
            let digits = rest.strip_prefix('u').map_or(0, |hex| hex.bytes().take(4).take_while(u8::is_ascii_hexdigit).count());
            let end = at + 1 + len + digits;
            self.fault(at, end, |reader| {
                let escape = shorten(&reader.text[at..end]);
                let help = r#"write `\\` for a backslash; JSON knows `\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t` and `\u` with four hexadecimal digits"#;
                Fault::new(format!("`{escape}` is no escape of JSON"), "here", help)
            });
        }
        if let Some(at) = string.control {
            let code = self.bytes[at];
            self.fault(at, at + 1, |_| {
                let help = format!("write it as `\\u{code:04x}`, or remove it");
                Fault::new(format!("this text holds the control character U+{code:04X}"), "here", help)
            });
        }
    }
}
