//! The reader: one pass over the text that fills the flat tree. What to do about a fault is in `recover`, `brackets` and `scalar`.
//!
//! It takes what Azure's own tools take. Azure CLI removes comments and joins strings that span lines before it parses
//! (`_packing_engine.process_template` in azure-cli); Azure PowerShell and Resource Manager itself read with Newtonsoft.Json, which
//! also takes trailing commas. Single quotes, bare keys, numbers like `.5`, other cases of `true` are taken by Newtonsoft but
//! not by the CLI nor by editors: they are reported, and stay in the tree so that the rest of the file is judged.
//! `NaN`, `undefined` and hexadecimal numbers have no value that a template could mean: reported, and [`Kind::Missing`].
//!
//! The open brackets are a list, not the call stack: no text makes the reader recurse.

use std::sync::Arc;

use crate::source::{FileId, SourceFile, Span};

use super::problems::{Fault, Problems};
use super::tree::{Document, Kind, Raw};
use super::{MAX_DEPTH, MAX_NODES, duplicate, scan};

impl Document {
    /// Reads a file. There is always a tree, however broken the text; [`Document::problems`] says what is wrong with it.
    #[must_use]
    pub fn parse(file: Arc<SourceFile>) -> Self {
        let mut reader = Reader::new(file.text(), file.id());
        reader.read();
        let Reader { nodes, comments, problems, limit, .. } = reader;
        let mut problems = problems.finish(file.text(), &nodes);
        problems.extend(super::problems::damage(&file));
        Self { file, nodes, comments, problems, limit }
    }
}

/// An open bracket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// The index of its node.
    pub(super) node: u32,
    /// `{` or `[`.
    pub(super) object: bool,
    /// Whether a value has been read since the last comma, so that a comma or the closing bracket is due.
    pub(super) due: bool,
    /// Whether a fault that tends to repeat itself inside the bracket was reported.
    pub(super) told: bool,
}

impl Frame {
    /// The bracket that closes it.
    pub(super) fn closer(self) -> u8 {
        if self.object { b'}' } else { b']' }
    }
}

/// The state of one pass.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) file: FileId,
    /// The next byte to read.
    pub(super) pos: usize,
    /// The byte behind the last token: where a missing comma belongs.
    pub(super) before: usize,
    pub(super) nodes: Vec<Raw>,
    pub(super) comments: Vec<Span>,
    pub(super) open: Vec<Frame>,
    pub(super) problems: Problems,
    /// Whether the end of the text comes as no surprise any more: something that swallowed the rest was reported.
    pub(super) ended: bool,
    /// How many more times recovery may look far ahead, so that no text costs quadratic time.
    pub(super) lookaheads: u32,
    /// The limit that something went beyond.
    pub(super) limit: Option<String>,
    odd_space: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, file: FileId) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            file,
            pos: 0,
            before: 0,
            // NOTE: real templates have a node for every 20 to 40 bytes; too few is a copy, too many is unused memory.
            nodes: Vec::with_capacity(text.len() / 20 + 8),
            comments: Vec::new(),
            open: Vec::with_capacity(32),
            problems: Problems::default(),
            ended: false,
            lookaheads: 64,
            limit: None,
            odd_space: false,
        }
    }

    fn read(&mut self) {
        if u32::try_from(self.bytes.len()).is_err() {
            self.too_long();
        } else if let Some(byte) = self.trivia() {
            self.value(byte);
            self.brackets();
            while self.trailing() {
                self.brackets();
            }
            self.duplicates(0);
        } else if !self.ended {
            self.empty();
        }
    }

    /// Reads until no bracket is open.
    fn brackets(&mut self) {
        while let Some(frame) = self.open.last() {
            if frame.object { self.member() } else { self.item() }
        }
    }

    /// One step inside an object: a member with the comma before it, or the end of it.
    fn member(&mut self) {
        let (byte, due) = self.behind_comma();
        match byte {
            Some(b'"') if !due => self.pair(),
            Some(b'}') => self.close(),
            byte => self.member_fault(byte, due),
        }
    }

    /// One step inside an array: an element with the comma before it, or the end of it.
    fn item(&mut self) {
        let (byte, due) = self.behind_comma();
        match byte {
            Some(b']') => self.close(),
            Some(byte) if !due && byte != b',' && byte != b'}' => {
                self.set_due(true);
                self.value(byte);
            }
            byte => self.item_fault(byte, due),
        }
    }

    /// Passes a comma that is due, and white space and comments around it; the byte that follows, and whether a comma is still due.
    #[inline]
    fn behind_comma(&mut self) -> (Option<u8>, bool) {
        let (byte, due) = (self.trivia(), self.due());
        if !due || byte != Some(b',') {
            return (byte, due);
        }
        self.pos += 1;
        self.set_due(false);
        (self.trivia(), false)
    }

    /// A key, its colon and its value; a value that is a bracket is read by later steps.
    pub(super) fn pair(&mut self) {
        self.set_due(true);
        let closed = self.string() || self.cut_key();
        self.pair_value(closed);
    }

    /// The colon behind a key, and the value.
    pub(super) fn pair_value(&mut self, key_closed: bool) {
        if self.trivia() == Some(b':') {
            self.pos += 1;
        } else if !self.colon_fault(key_closed) {
            return;
        }
        match self.trivia() {
            Some(byte) => self.value(byte),
            None => self.missing(),
        }
    }

    /// The value that starts with `byte`.
    pub(super) fn value(&mut self, byte: u8) {
        match byte {
            b'"' => match scan::plain_string(self.bytes, self.pos) {
                Some(end) => self.token(Kind::Plain, end),
                None => self.odd_string(),
            },
            b'{' => self.open(Kind::Object),
            b'[' => self.open(Kind::Array),
            b'-' | b'0'..=b'9' => match scan::number(self.bytes, self.pos) {
                Some(end) => self.token(Kind::Number, end),
                None => self.number_fault(),
            },
            b't' | b'f' | b'n' => {
                let end = scan::word(self.bytes, self.pos);
                match &self.bytes[self.pos..end] {
                    b"true" => self.token(Kind::True, end),
                    b"false" => self.token(Kind::False, end),
                    b"null" => self.token(Kind::Null, end),
                    _ => self.word_fault(end),
                }
            }
            _ => self.value_fault(byte),
        }
    }

    /// The string at the reader, as a node; whether a quote closes it.
    #[inline]
    pub(super) fn string(&mut self) -> bool {
        // Nearly all strings have nothing in them that has to be looked at.
        if let Some(end) = scan::plain_string(self.bytes, self.pos) {
            self.token(Kind::Plain, end);
            return true;
        }
        self.any_string()
    }

    pub(super) fn any_string(&mut self) -> bool {
        let start = self.pos;
        let found = scan::string(self.bytes, start);
        if !found.closed || found.bad_escape.is_some() || found.control.is_some() {
            self.string_faults(start, found);
        }
        self.token(if found.escaped { Kind::Escaped } else { Kind::Plain }, found.end);
        found.closed
    }

    /// A node without children that ends at `end`; reading goes on there.
    #[inline]
    pub(super) fn token(&mut self, kind: Kind, end: usize) {
        let start = offset(self.pos);
        self.pos = end;
        self.push(kind, start, offset(end));
    }

    /// Adds a node; over the limit the rest of the text is left unread.
    #[inline]
    pub(super) fn push(&mut self, kind: Kind, start: u32, end: u32) {
        let next = offset(self.nodes.len() + 1);
        self.nodes.push(Raw { kind, start, end, next });
        if self.nodes.len() == MAX_NODES {
            self.too_many();
        }
    }

    pub(super) fn open(&mut self, kind: Kind) {
        if self.open.len() >= MAX_DEPTH {
            return self.skip_too_deep();
        }
        let frame = Frame { node: offset(self.nodes.len()), object: kind == Kind::Object, due: false, told: false };
        self.open.push(frame);
        let start = offset(self.pos);
        self.pos += 1;
        self.push(kind, start, start + 1);
    }

    /// Takes the bracket at the reader as the end of the innermost open one.
    pub(super) fn close(&mut self) {
        self.pos += 1;
        self.close_at(self.pos);
    }

    /// Ends the innermost open bracket before byte `end`.
    pub(super) fn close_at(&mut self, end: usize) {
        let Some(frame) = self.open.pop() else { return };
        let next = offset(self.nodes.len());
        let node = &mut self.nodes[frame.node as usize];
        node.end = offset(end).max(node.end);
        node.next = next;
        // NOTE: the outermost object may be taken up again after a bracket too many; it is looked at when all is read.
        if frame.object && frame.node != 0 {
            self.duplicates(frame.node);
        }
    }

    fn duplicates(&mut self, object: u32) {
        let nodes = &self.nodes[object as usize..];
        // NOTE: an object and two members are five nodes.
        if nodes.len() >= 5 && nodes[0].kind == Kind::Object {
            for (first, again) in duplicate::keys(self.text, &self.nodes, object) {
                let (name, first, again) = (self.text_of(again), self.span_of(first), self.span_of(again));
                self.problems.duplicate(name, first, again);
            }
        }
    }

    /// Passes white space and comments; the byte that follows.
    #[inline]
    pub(super) fn trivia(&mut self) -> Option<u8> {
        self.before = self.pos;
        match self.bytes.get(self.pos) {
            Some(&byte) if is_token(byte) => Some(byte),
            _ => self.pass_trivia(),
        }
    }

    fn pass_trivia(&mut self) -> Option<u8> {
        loop {
            match *self.bytes.get(self.pos)? {
                b' ' | b'\r' | b'\t' => self.pos += 1,
                b'\n' => self.pos = scan::spaces(self.bytes, self.pos + 1),
                byte if is_token(byte) => return Some(byte),
                byte => {
                    if !self.comment() && !self.space_fault() {
                        return Some(byte);
                    }
                }
            }
        }
    }

    /// Passes the comment at the reader; whether there is one.
    fn comment(&mut self) -> bool {
        let start = self.pos;
        if self.bytes[start] != b'/' {
            return false;
        }
        let Some((end, closed)) = scan::comment(self.bytes, start) else { return false };
        self.comments.push(self.span(start, end));
        if !closed {
            self.ended = true;
            self.fault(start, start + 2, |_| {
                let help = "close it with `*/`, or use `//` for a comment of one line";
                Fault::new("this comment is never closed, so the rest of the file is part of it", "opened here", help)
            });
        }
        self.pos = end;
        true
    }

    /// Passes a character that other tools show as white space though JSON has no such; whether there is one.
    fn space_fault(&mut self) -> bool {
        let rest = &self.text[self.pos..];
        let is_odd = |c: char| c == '\0' || c == '\u{feff}' || c == '\u{200b}' || (c.is_whitespace() && !" \t\r\n".contains(c));
        let len = rest.find(|c| !is_odd(c)).unwrap_or(rest.len());
        if len == 0 {
            return false;
        }
        if !std::mem::replace(&mut self.odd_space, true) {
            self.fault(self.pos, self.pos + len, |reader| {
                let first = rest.chars().next().map_or(0, u32::from);
                let help = if first == 0 {
                    "save the file as UTF-8 text; NUL characters come from another encoding or from a damaged file"
                } else {
                    "replace it, and others like it in this file, by a plain space"
                };
                let name = super::problems::found(reader.text, reader.pos);
                Fault::new(
                    format!("expected nothing but spaces, tabs and line breaks between values, found {name}"),
                    "here",
                    help,
                )
            });
        }
        self.pos += len;
        true
    }

    fn skip_too_deep(&mut self) {
        let start = self.pos;
        let end = scan::balanced(self.bytes, start);
        self.ended |= end.is_none();
        if self.limit.is_none() {
            let message = format!("brackets are nested more than {MAX_DEPTH} deep");
            self.limit = Some(message.clone());
            self.fault(start, start + 1, |_| {
                let help = "split the file into linked templates; what is deeper was not looked at";
                Fault::new(message, "this one is not read", help)
            });
        }
        self.token(Kind::Missing, end.unwrap_or(self.bytes.len()));
    }

    fn too_many(&mut self) {
        let message = format!("the file holds more than {MAX_NODES} keys and values");
        self.limit = Some(message.clone());
        self.fault(self.pos, self.pos, |_| {
            Fault::new(message, "the rest is not read", "split the file; what follows was not looked at")
        });
        self.pos = self.bytes.len();
        self.ended = true;
    }

    pub(super) fn due(&self) -> bool {
        self.open.last().is_some_and(|frame| frame.due)
    }

    pub(super) fn set_due(&mut self, due: bool) {
        if let Some(frame) = self.open.last_mut() {
            frame.due = due;
        }
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, offset(start), offset(end))
    }

    pub(super) fn span_of(&self, node: u32) -> Span {
        let raw = self.nodes[node as usize];
        Span::new(self.file, raw.start, raw.end)
    }

    fn text_of(&self, node: u32) -> &'t str {
        self.nodes[node as usize].body(self.text)
    }

    /// Reports a fault at `start..end`; `build` runs only if it is listed.
    pub(super) fn fault(&mut self, start: usize, end: usize, build: impl FnOnce(&Self) -> Fault) {
        let span = self.span(start, end);
        let mut problems = std::mem::take(&mut self.problems);
        problems.syntax(span, || build(self));
        self.problems = problems;
    }
}

/// Whether a byte is certainly neither white space nor the start of a comment.
fn is_token(byte: u8) -> bool {
    matches!(byte, b'!'..=0x7f) && byte != b'/'
}

/// A byte of the text or the index of a node as it is stored. [`Reader::read`] refuses texts for which it would not fit.
pub(super) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
