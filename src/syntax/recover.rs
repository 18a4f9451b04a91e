//! What the reader does about faults: report each once, and find back to where the text makes sense again.
//!
//! The measure is a person with a broken template: one slip gives one diagnostic, and the resources beside it are still read.
//! Here are keys, commas and colons; brackets are in `brackets`, single values in `scalar`.

use super::problems::{Fault, found, found_len, shorten};
use super::reader::{Reader, offset};
use super::scan;
use super::tree::{Kind, Raw};

impl Reader<'_> {
    /// Something other than a key, a due comma or the closing brace stands in an object.
    pub(super) fn member_fault(&mut self, byte: Option<u8>, due: bool) {
        match byte {
            None => self.eof(),
            Some(b']') => self.closer_fault(),
            Some(b'{' | b'[') => self.bracket_as_key(due),
            Some(b',') => {
                self.fault_found("a key in double quotes", "remove the comma, or write the missing member before it");
                self.pos += 1;
            }
            Some(byte) => match self.key_end(byte) {
                Some(end) => {
                    if due {
                        self.missing_comma();
                    }
                    self.set_due(true);
                    if byte == b'"' {
                        return self.pair();
                    }
                    let text = self.text;
                    let key = &text[self.pos..end];
                    self.fault(self.pos, end, |_| {
                        let help = format!("write `\"{}\"`", shorten(super::tree::body(key)));
                        Fault::new("expected a key in double quotes, found one without", "here", help)
                    });
                    if byte == b'\'' {
                        self.string();
                    } else {
                        self.token(Kind::Plain, end);
                    }
                    self.pair_value(true);
                }
                None => self.junk(due),
            },
        }
    }

    /// Something other than an element, a due comma or the closing bracket stands in an array.
    pub(super) fn item_fault(&mut self, byte: Option<u8>, due: bool) {
        match byte {
            None => self.eof(),
            Some(byte @ b'}') if !due && self.meant_to_open().is_some() => {
                self.set_due(true);
                self.value_fault(byte);
            }
            Some(b'}') => self.closer_fault(),
            Some(b',') => {
                self.fault_found("a value", "remove the comma, or write the missing value before it");
                self.missing();
                self.pos += 1;
            }
            Some(b':') => self.colon_in_array(),
            Some(_) if self.opens_nothing() => {
                self.fault_found(self.wanted(due), "remove this bracket");
                self.pos += 1;
            }
            Some(byte) if starts_value(byte) => {
                self.missing_comma();
                self.value(byte);
            }
            Some(_) => self.junk(due),
        }
    }

    /// Whether the reader is at a bracket with a comma behind it that no key follows: one too many.
    fn opens_nothing(&self) -> bool {
        let behind = scan::trivia(self.bytes, self.pos + 1);
        let is_comma = matches!(self.bytes[self.pos], b'{' | b'[') && self.bytes.get(behind) == Some(&b',');
        let next = scan::trivia(self.bytes, behind + 1);
        is_comma && !(self.bytes.get(next) == Some(&b'"') && scan::string_is_key(self.bytes, next))
    }

    /// The byte behind the token at the reader, if it is a key: a string or a word with a colon behind it.
    pub(super) fn key_end(&self, byte: u8) -> Option<usize> {
        let end = match byte {
            b'"' | b'\'' => scan::string(self.bytes, self.pos).end,
            _ => scan::word(self.bytes, self.pos),
        };
        let colon = end > self.pos && self.bytes.get(scan::trivia(self.bytes, end)) == Some(&b':');
        colon.then_some(end)
    }

    fn missing_comma(&mut self) {
        // Where a text that is never closed ends is a guess, and it was told.
        if self.nodes.last().is_some_and(|last| self.is_unclosed(*last)) {
            return;
        }
        let wanted = self.wanted(true);
        self.fault(self.before, self.before, |reader| {
            Fault::new(
                format!("expected {wanted}, found {}", found(reader.text, reader.pos)),
                "a comma is missing here",
                "add a comma",
            )
        });
    }

    /// Whether a node is a text without a quote at its end.
    fn is_unclosed(&self, node: Raw) -> bool {
        let text = &self.bytes[node.start as usize..node.end as usize];
        matches!(node.kind, Kind::Plain | Kind::Escaped)
            && text.first() == Some(&b'"')
            && !(text.len() > 1 && text.ends_with(b"\""))
    }

    /// What may stand at the reader, in words.
    pub(super) fn wanted(&self, due: bool) -> &'static str {
        match (due, self.open.last().is_some_and(|frame| frame.object)) {
            (true, true) => "`,` or `}` after this value",
            (true, false) => "`,` or `]` after this value",
            (false, true) => "a key in double quotes or `}`",
            (false, false) => "a value or `]`",
        }
    }

    /// Reports that `wanted` was expected at the reader and something else was found.
    pub(super) fn fault_found(&mut self, wanted: &str, help: &str) {
        let end = self.pos + found_len(self.text, self.pos);
        self.fault(self.pos, end, |reader| {
            Fault::new(format!("expected {wanted}, found {}", found(reader.text, reader.pos)), "not expected here", help)
        });
    }

    /// Something stands behind a value, or in place of a key, that cannot be meant.
    fn junk(&mut self, due: bool) {
        let help = if due {
            "remove it; a double quote inside a text is written `\\\"`"
        } else {
            "remove it, or write a key in double quotes and a colon before it"
        };
        // NOTE: values without keys come in numbers: a bracket of the wrong kind is one slip.
        if due || self.tell_once() {
            self.fault_found(self.wanted(due), help);
        }
        self.set_due(true);
        self.skip_junk();
    }

    /// Whether a fault that repeats itself inside the innermost bracket is met for the first time.
    pub(super) fn tell_once(&mut self) -> bool {
        self.open.last_mut().is_some_and(|frame| !std::mem::replace(&mut frame.told, true))
    }

    /// A key was not closed: it ends before the first colon, and is as good as closed, if there is one.
    pub(super) fn cut_key(&mut self) -> bool {
        let Some(key) = self.nodes.last_mut() else { return false };
        let text = &self.bytes[key.start as usize..key.end as usize];
        let Some(len) = memchr::memchr(b':', text) else { return false };
        let len = text[..len].trim_ascii_end().len();
        key.kind = if text[..len].contains(&b'\\') { Kind::Escaped } else { Kind::Plain };
        self.pos = key.start as usize + len;
        key.end = offset(self.pos);
        true
    }

    /// Passes what cannot be read, up to a comma or closing bracket, or to a line that starts as one would expect.
    pub(super) fn skip_junk(&mut self) {
        while let Some(&byte) = self.bytes.get(self.pos) {
            match byte {
                b',' | b'}' | b']' => return,
                b'\n' | b'\r' => {
                    self.pos = scan::trivia(self.bytes, self.pos);
                    let Some(&next) = self.bytes.get(self.pos) else { return };
                    let array = self.open.last().is_some_and(|frame| !frame.object);
                    if next == b'"' || (array && starts_value(next)) {
                        return self.set_due(false);
                    }
                }
                b'"' => {
                    let string = scan::string(self.bytes, self.pos);
                    let text = &self.bytes[self.pos..string.end];
                    self.pos += memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
                }
                b'{' | b'[' => self.skip_balanced(),
                b'/' => self.pos = scan::trivia(self.bytes, self.pos).max(self.pos + 1),
                _ => self.pos += 1,
            }
        }
    }

    pub(super) fn skip_balanced(&mut self) {
        let end = scan::balanced(self.bytes, self.pos);
        self.ended |= end.is_none();
        self.pos = end.unwrap_or(self.bytes.len());
    }

    /// No colon stands behind a key. Whether a value is to be read all the same.
    pub(super) fn colon_fault(&mut self, key_closed: bool) -> bool {
        if !key_closed {
            self.missing();
            self.skip_junk();
            return false;
        }
        let help = "write a colon between the key and its value";
        if let Some(colon) = self.colon_behind() {
            self.fault_found("`:` after this key", "remove it");
            self.pos = colon + 1;
            return true;
        }
        match self.bytes.get(self.pos).copied() {
            None => {
                self.missing();
                false
            }
            Some(b'=') => {
                self.fault_found("`:` after this key", help);
                self.pos += if self.bytes.get(self.pos + 1) == Some(&b'>') { 2 } else { 1 };
                true
            }
            Some(byte @ (b'}' | b']' | b'"')) if self.value_behind() && (byte != b'"' || !self.closes_on_line()) => {
                self.fault_found("`:` after this key", help);
                self.pos += 1;
                true
            }
            Some(b'"') if self.key_end(b'"').is_some() => {
                self.fault_found("`:` and a value after the key before", help);
                self.missing();
                self.set_due(false);
                false
            }
            Some(byte) if starts_value(byte) => {
                self.fault(self.before, self.before, |reader| {
                    let name = found(reader.text, reader.pos);
                    Fault::new(format!("expected `:` after this key, found {name}"), "a colon is missing here", help)
                });
                true
            }
            Some(_) => {
                if self.tell_once() {
                    self.fault_found("`:` and a value after the key", help);
                }
                self.missing();
                self.skip_junk();
                false
            }
        }
    }

    /// The colon behind a bracket, a comma or a quote too many: it is no string, since no quote on the line closes it.
    fn colon_behind(&self) -> Option<usize> {
        let stray = *self.bytes.get(self.pos)?;
        let colon = scan::trivia(self.bytes, self.pos + 1);
        let is_stray = self.bytes.get(colon) == Some(&b':')
            && match stray {
                b'"' => !self.closes_on_line(),
                _ => matches!(stray, b'{' | b'[' | b'}' | b']' | b','),
            };
        is_stray.then_some(colon)
    }

    /// Whether the quote at the reader may be that of a string: another one follows on its line.
    ///
    /// NOTE: the line is looked at last, and up to its next quote only, so that no text costs quadratic time.
    fn closes_on_line(&self) -> bool {
        let inside = &self.bytes[self.pos + 1..];
        memchr::memchr2(b'"', b'\n', inside).is_some_and(|end| inside[end] == b'"')
    }

    /// Whether a value stands behind the byte at the reader on its line, where behind a bracket that closes none could.
    pub(super) fn value_behind(&self) -> bool {
        let next = scan::trivia(self.bytes, self.pos + 1);
        let is_value = |byte: &u8| starts_value(*byte) || matches!(byte, b't' | b'f' | b'n');
        self.bytes.get(next).is_some_and(is_value) && !self.bytes[self.pos..next].contains(&b'\n')
    }

    /// The text holds nothing but white space and comments.
    pub(super) fn empty(&mut self) {
        let help = "write a template, or delete the file";
        self.fault(self.pos, self.pos, |_| {
            Fault::new("expected a JSON value, found the end of the file", "the file ends here", help)
        });
    }

    /// The text is longer than places in it can be counted.
    pub(super) fn too_long(&mut self) {
        let message = "the text is longer than 4 GiB";
        self.limit = Some(message.to_owned());
        self.fault(0, 0, |_| Fault::new(message, "not read", "split the file"));
    }

    /// A place where a value should stand.
    pub(super) fn missing(&mut self) {
        let at = offset(self.before);
        self.push(Kind::Missing, at, at);
    }
}

/// Whether a well-formed value may start with `byte`.
fn starts_value(byte: u8) -> bool {
    matches!(byte, b'"' | b'{' | b'[' | b'-' | b'0'..=b'9')
}
