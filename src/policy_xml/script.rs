//! The text of a policy document and the way from each of its bytes back to the file.

use std::sync::Arc;

use super::tree::Range;
use crate::source::{SourceFile, Span, TextMap};
use crate::syntax::{literal, literal_part};
use crate::value::{Piece, Shape, Symbol, Text, Unknown, Value, ValueKind};

/// Stands for a hole in the text: XML does not have this character.
const HOLE: char = '\u{1}';
/// The least number of bytes by which a string literal of an expression is recognised in the text that it is a part of.
const LEAST_KNOWN: usize = 4;

/// The text of a policy document, in which a hole is one byte long.
#[derive(Debug)]
pub struct Script {
    text: Arc<str>,
    holes: Vec<(u32, Symbol)>,
    /// Parts of the text that stand in a file as they are, ascending.
    parts: Vec<(Range, TextMap)>,
    /// Where the whole comes from: for what is in no part.
    whole: Span,
}

/// Why a value has no text that could be read.
#[derive(Debug)]
pub enum NoScript<'v> {
    /// It is no string.
    NoText,
    /// Nothing of it is known.
    Unknown(&'v Unknown),
}

impl Script {
    /// The text that a value of a template is; `file` is the one that the value is written in.
    ///
    /// # Errors
    /// It is no string, or nothing of it is known.
    pub fn of<'v>(value: &'v Value, file: Option<&SourceFile>) -> Result<Self, NoScript<'v>> {
        let (text, holes): (Arc<str>, _) = match &value.kind {
            ValueKind::Str(text) => (Arc::clone(text), Vec::new()),
            ValueKind::Unknown(unknown) => match &unknown.shape {
                Shape::Text(pieces) if pieces.pieces().any(|piece| matches!(piece, Piece::Known(_))) => joined(pieces),
                _ => return Err(NoScript::Unknown(unknown)),
            },
            _ => return Err(NoScript::NoText),
        };
        let whole = value.origin.source();
        let mut script = Self { text, holes, parts: Vec::new(), whole };
        if let Some(file) = file {
            script.locate(file.slice(whole));
        }
        Ok(script)
    }

    /// No text, for what comes from `whole`.
    #[must_use]
    pub fn empty(whole: Span) -> Self {
        Self { text: "".into(), holes: Vec::new(), parts: Vec::new(), whole }
    }

    /// The text of a file of its own.
    #[must_use]
    pub fn of_file(file: &SourceFile) -> Self {
        let text: Arc<str> = file.text().into();
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let whole = Span::new(file.id(), 0, len);
        Self { text, holes: Vec::new(), parts: vec![(0..len, TextMap::plain(file.id(), 0))], whole }
    }

    /// Finds where the text is written: `written` is what stands at [`Self::whole`].
    fn locate(&mut self, written: &str) {
        let (file, start) = (self.whole.file, self.whole.start);
        if let Some((decoded, map)) = literal(written, file, start) {
            if *decoded == *self.text {
                self.parts.push((0..self.len(), map));
                return;
            }
            return self.align(&decoded, &map);
        }
        let (decoded, map) = literal_part(written, file, start);
        self.align(&decoded, &map);
    }

    /// Finds the string literals of an expression in the text that they are parts of, in the order in which they stand. What
    /// is found twice is the same characters, so that the text under a span always is what it says.
    fn align(&mut self, expression: &str, map: &TextMap) {
        let mut from = 0;
        for part in string_parts(expression) {
            let known = &expression[part.clone()];
            if known.len() < LEAST_KNOWN {
                continue;
            }
            let Some(found) = memchr::memmem::find(&self.text.as_bytes()[from..], known.as_bytes()) else { continue };
            let (start, end) = (from + found, from + found + known.len());
            self.parts.push((number(start)..number(end), map.part(number(part.start), number(part.end))));
            from = end;
        }
    }

    /// The text, holes as one byte each.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The characters in a range.
    #[must_use]
    pub fn slice(&self, range: &Range) -> &str {
        self.text.get(range.start as usize..range.end as usize).unwrap_or("")
    }

    /// The length in bytes.
    pub(super) fn len(&self) -> u32 {
        number(self.text.len())
    }

    /// The hole at byte `at`.
    #[must_use]
    pub fn hole(&self, at: u32) -> Option<&Symbol> {
        let found = self.holes.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        Some(&self.holes[found].1)
    }

    /// The first hole in a range.
    #[must_use]
    pub fn first_hole(&self, range: &Range) -> Option<&Symbol> {
        let next = self.holes.partition_point(|(at, _)| *at < range.start);
        self.holes.get(next).filter(|(at, _)| *at < range.end).map(|(_, symbol)| symbol)
    }

    /// Where the whole text comes from.
    #[must_use]
    pub fn whole(&self) -> Span {
        self.whole
    }

    /// Where a range stands in the file, with what an expression has between its parts; the whole expression where an end of
    /// the range is made by it.
    #[must_use]
    pub fn span(&self, range: &Range) -> Span {
        let ends = || {
            let (start, end) = (self.place(range.start)?, self.place(range.end)?);
            (start.file == end.file && start.start <= end.start).then(|| start.to(&end))
        };
        self.written(range).or_else(ends).unwrap_or(self.whole)
    }

    /// Where byte `at` stands in the file.
    fn place(&self, at: u32) -> Option<Span> {
        let next = self.parts.partition_point(|(part, _)| part.end < at);
        let (part, map) = self.parts.get(next)?;
        (part.start <= at).then(|| map.span(at - part.start, at - part.start))
    }

    /// Where the very characters of a range stand in the file; `None` where an expression makes them.
    #[must_use]
    pub fn written(&self, range: &Range) -> Option<Span> {
        let next = self.parts.partition_point(|(part, _)| part.end < range.end);
        let (part, map) = self.parts.get(next)?;
        let inside = part.start <= range.start && range.end <= part.end;
        inside.then(|| map.span(range.start - part.start, range.end - part.start))
    }

    /// The line and the column, from 1, of byte `at` of the text.
    #[must_use]
    pub fn position(&self, at: u32) -> (usize, usize) {
        let before = self.text.get(..at as usize).unwrap_or(&self.text);
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        (before[..line].matches('\n').count() + 1, before[line..].chars().count() + 1)
    }
}

/// A byte as it is kept; files are shorter than 4 GiB.
pub(super) fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The known pieces and what stands for the others, and where those are.
fn joined(known: &Text) -> (Arc<str>, Vec<(u32, Symbol)>) {
    let mut text = String::new();
    let mut holes = Vec::new();
    for piece in known.pieces() {
        match piece {
            Piece::Known(known) => text.push_str(known),
            Piece::Hole { symbol, .. } => {
                holes.push((number(text.len()), symbol.clone()));
                text.push(HOLE);
            }
        }
    }
    (text.into(), holes)
}

/// The bytes inside the string literals of an expression, cut at doubled quotes and at the `{0}` of a `format()`: what
/// stands in the value as it is written.
fn string_parts(expression: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = expression.as_bytes();
    let mut parts = Vec::new();
    let mut quotes = memchr::memchr_iter(b'\'', bytes).peekable();
    while let Some(open) = quotes.next() {
        let mut start = open + 1;
        while let Some(close) = quotes.next() {
            push_uncut(expression, start..close, &mut parts);
            if quotes.peek() != Some(&(close + 1)) {
                break;
            }
            // Of two quotes, one stands in the value: the second.
            quotes.next();
            start = close + 1;
        }
    }
    parts
}

/// Cuts a part at what `format()` replaces.
fn push_uncut(expression: &str, part: std::ops::Range<usize>, parts: &mut Vec<std::ops::Range<usize>>) {
    let bytes = expression.as_bytes();
    let mut start = part.start;
    for open in memchr::memchr_iter(b'{', &bytes[part.clone()]).map(|at| part.start + at) {
        let digits = bytes[open + 1..part.end].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 && bytes.get(open + 1 + digits) == Some(&b'}') && open >= start {
            parts.push(start..open);
            start = open + digits + 2;
        }
    }
    parts.push(start..part.end);
}
