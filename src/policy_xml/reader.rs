//! Reads the tree of a policy document: content, and the tags in it. It stops at the first fault, as the service does.

use super::csharp;
use super::fault::Fault;
use super::markup::Open;
use super::script::{Script, number};
use super::tree::{Kind, Node, NodeIx, Range, Tree};
use super::{MAX_DEPTH, MAX_LENGTH};

/// How a document is written ("Policy content format").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `xml`: what a strict parser of XML takes.
    Strict,
    /// `rawxml`: the same, but that policy expressions are not XML.
    Raw,
}

/// Why there is no tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The text is no policy document.
    Fault {
        /// Where.
        at: Range,
        /// Why.
        fault: Fault,
    },
    /// A named value without quotes as the value of an attribute: whether the service takes that is not documented.
    Unquoted(Range),
    /// What only the deployment knows stands where it decides how the text is to be read: at this byte.
    Hole(u32),
}

/// Reads a document.
///
/// # Errors
/// The first fault, or a hole that hides how the text goes on.
pub fn read(script: &Script, dialect: Dialect) -> Result<Tree, Refusal> {
    let text = script.text();
    if text.len() > MAX_LENGTH {
        return Err(Refusal::Fault { at: 0..1, fault: Fault::Length(text.len()) });
    }
    let mut reader = Reader { script, text, bytes: text.as_bytes(), dialect, at: 0, tree: Tree::default(), open: Vec::new() };
    reader.characters()?;
    reader.document()?;
    Ok(reader.tree)
}

/// A reader on its way through a text.
pub(super) struct Reader<'t> {
    pub(super) script: &'t Script,
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) dialect: Dialect,
    /// The next byte.
    pub(super) at: usize,
    pub(super) tree: Tree,
    /// The elements that are open, the outermost first.
    pub(super) open: Vec<Open>,
}

impl Reader<'_> {
    /// That the text has no character that XML does not have: a hole is one.
    fn characters(&self) -> Result<(), Refusal> {
        let is_wrong = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
        // A block at a time: nearly all texts have none.
        if !self.bytes.chunks(64).any(|block| block.iter().fold(false, |wrong, byte| wrong | is_wrong(*byte))) {
            return Ok(());
        }
        for (at, byte) in self.bytes.iter().enumerate().filter(|(_, byte)| is_wrong(**byte)) {
            if self.script.hole(number(at)).is_none() {
                return self.refuse(at, at + 1, Fault::Character(char::from(*byte)));
            }
        }
        Ok(())
    }

    fn document(&mut self) -> Result<(), Refusal> {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        while self.at < self.bytes.len() {
            if self.bytes[self.at] == b'<' {
                self.markup()?;
            } else {
                self.characters_up_to_markup()?;
            }
        }
        if let Some(open) = self.open.last() {
            let (start, end) = (open.name.start as usize, open.name.end as usize);
            return self.refuse(start, end, self.unclosed());
        }
        match self.tree.root() {
            Some(_) => Ok(()),
            None => self.refuse(0, self.bytes.len().min(1), Fault::NoRoot),
        }
    }

    /// Characters between tags.
    fn characters_up_to_markup(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        while let Some(found) = memchr::memchr3(b'<', b'&', b'@', &self.bytes[self.at..]) {
            self.at += found;
            match self.bytes[self.at] {
                b'<' => break,
                b'&' => self.entity()?,
                _ => self.expression()?,
            }
        }
        if self.bytes.get(self.at) != Some(&b'<') {
            self.at = self.bytes.len();
        }
        let range = number(start)..number(self.at);
        let text = &self.text[start..self.at];
        if self.open.is_empty() {
            if let Some(hole) = (range.start..range.end).find(|at| self.script.hole(*at).is_some()) {
                return Err(Refusal::Hole(hole));
            }
            let outside = text.len() - text.trim_start().len();
            return match text[outside..].chars().next() {
                Some(first) => self.refuse(start + outside, start + outside + first.len_utf8(), Fault::OutsideText),
                None => Ok(()),
            };
        }
        // NOTE: in an expression of the raw form it stands for itself.
        if let Some(found) = memchr::memmem::find(text.as_bytes(), b"]]>").filter(|_| self.dialect == Dialect::Strict) {
            return self.refuse(start + found, start + found + 3, Fault::DataEnd);
        }
        self.add(Kind::Text, range);
        Ok(())
    }

    /// Steps over the policy expression that starts here; in the strict form it is text like any other.
    pub(super) fn expression(&mut self) -> Result<(), Refusal> {
        if self.dialect == Dialect::Strict || !csharp::starts(self.bytes, self.at) {
            self.at += 1;
            return Ok(());
        }
        match csharp::end(self.bytes, self.at, self.bytes.len()) {
            Some(end) => {
                self.at = end;
                Ok(())
            }
            None => self.refuse(self.at, self.at + 2, Fault::Expression),
        }
    }

    /// Adds a node behind what its parent has.
    pub(super) fn add(&mut self, kind: Kind, range: Range) -> NodeIx {
        let ix = NodeIx(number(self.tree.nodes.len()));
        let parent = self.open.last().map(|open| open.node);
        if let Some(open) = self.open.last_mut() {
            match open.last.replace(ix) {
                Some(before) => self.tree.nodes[before.0 as usize].next = Some(ix),
                None => {
                    if let Kind::Element { first, .. } = &mut self.tree.nodes[open.node.0 as usize].kind {
                        *first = Some(ix);
                    }
                }
            }
        }
        self.tree.nodes.push(Node { kind, range, parent, next: None });
        ix
    }

    /// That an element may be opened here.
    pub(super) fn depth(&self, start: usize) -> Result<(), Refusal> {
        if self.open.len() >= MAX_DEPTH {
            return self.refuse(start, self.at, Fault::Depth);
        }
        if self.open.is_empty() && self.tree.root().is_some() {
            return self.refuse(start, self.at, Fault::SecondRoot);
        }
        Ok(())
    }

    /// That the text ends before the open elements do.
    pub(super) fn unclosed(&self) -> Fault {
        Fault::Unclosed(self.open.iter().rev().map(|open| self.script.slice(&open.name).to_owned()).collect())
    }

    /// The refusal of the bytes `start..end`.
    pub(super) fn refuse<T>(&self, start: usize, end: usize, fault: Fault) -> Result<T, Refusal> {
        Err(Refusal::Fault { at: number(start)..number(end.min(self.bytes.len())), fault })
    }
}
