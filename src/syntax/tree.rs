//! The tree: one flat list of nodes in the order of the text, and a cursor over it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span, TextMap};

/// The kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// A number; [`Node::raw`] has its text.
    Number,
    /// A string without escapes.
    Plain,
    /// A string with at least one escape (or a raw control character that decoding changes).
    Escaped,
    /// An array.
    Array,
    /// An object; its children are key, value, key, value, …
    Object,
    /// A place where a value was expected and none could be read; a diagnostic says so.
    Missing,
}

/// A node as it is stored: 16 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Raw {
    /// What it is.
    pub kind: Kind,
    /// First byte, quotes and brackets included.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// The index of the node behind this one's last descendant.
    pub next: u32,
}

/// A parsed file: always a tree, however broken the text, and what is wrong with it.
#[derive(Debug)]
pub struct Document {
    pub(super) file: Arc<SourceFile>,
    pub(super) nodes: Vec<Raw>,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Vec<Diagnostic>,
}

/// A cursor on a node.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document,
    index: u32,
}

impl Document {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }

    /// The outermost value; `None` for a file without any.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        (!self.nodes.is_empty()).then_some(Node { document: self, index: 0 })
    }

    /// The comments in order, with their delimiters.
    #[must_use]
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// Syntax errors and duplicate keys, in order.
    #[must_use]
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// Whether the text could be read without a syntax error (duplicate keys are none).
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        self.problems.iter().all(|problem| problem.rule.as_ref() != super::INVALID_JSON)
    }
}

impl<'d> Node<'d> {
    fn raw_node(self) -> Raw {
        self.document.nodes[self.index as usize]
    }

    fn at(self, index: u32) -> Self {
        Self { document: self.document, index }
    }

    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.raw_node().kind
    }

    /// Where it stands, quotes and brackets included.
    #[must_use]
    pub fn span(self) -> Span {
        let raw = self.raw_node();
        Span::new(self.document.file.id(), raw.start, raw.end)
    }

    /// Its text in the file, quotes and brackets included.
    #[must_use]
    pub fn raw(self) -> &'d str {
        self.document.file.slice(self.span())
    }

    /// The document it belongs to.
    #[must_use]
    pub fn document(self) -> &'d Document {
        self.document
    }

    /// The string without quotes, its escapes resolved; `None` for other kinds.
    #[must_use]
    pub fn string(self) -> Option<Cow<'d, str>> {
        match self.kind() {
            Kind::Plain => Some(Cow::Borrowed(self.inner())),
            Kind::Escaped => Some(Cow::Owned(super::escape::decode(self.inner()))),
            _ => None,
        }
    }

    /// Maps bytes of [`Node::string`] back to the file; for a node that is no string, of its raw text.
    #[must_use]
    pub fn text_map(self) -> TextMap {
        let span = self.span();
        match self.kind() {
            Kind::Plain => TextMap::plain(span.file, span.start + 1),
            Kind::Escaped => super::escape::map(self.inner(), span.file, span.start + 1),
            _ => TextMap::plain(span.file, span.start),
        }
    }

    /// The text between the quotes of a string; an unterminated one ends with its token.
    fn inner(self) -> &'d str {
        let raw = self.raw();
        let body = raw.strip_prefix('"').unwrap_or(raw);
        // NOTE: a closing quote is always a node's last byte, an escaped one never is: the reader ends the token there.
        if self.raw_node().end - self.raw_node().start >= 2 { body.strip_suffix('"').unwrap_or(body) } else { body }
    }

    /// The elements of an array; none for other kinds.
    pub fn items(self) -> impl Iterator<Item = Node<'d>> {
        let raw = self.raw_node();
        let (mut index, end) = if raw.kind == Kind::Array { (self.index + 1, raw.next) } else { (0, 0) };
        std::iter::from_fn(move || {
            (index < end).then(|| {
                let node = self.at(index);
                index = node.raw_node().next;
                node
            })
        })
    }

    /// Key and value of each member of an object, duplicates included; none for other kinds.
    pub fn members(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        let raw = self.raw_node();
        let (mut index, end) = if raw.kind == Kind::Object { (self.index + 1, raw.next) } else { (0, 0) };
        std::iter::from_fn(move || {
            (index + 1 < end).then(|| {
                let key = self.at(index);
                let value = self.at(key.raw_node().next);
                index = value.raw_node().next;
                (key, value)
            })
        })
    }

    /// The value of the last member of that name, without case.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Node<'d>> {
        self.member(name).map(|(_, value)| value)
    }

    /// Key and value of the last member of that name, without case.
    #[must_use]
    pub fn member(self, name: &str) -> Option<(Node<'d>, Node<'d>)> {
        self.members().filter(|(key, _)| key.string().is_some_and(|key| key.eq_ignore_ascii_case(name))).last()
    }

    /// Whether it is a string.
    #[must_use]
    pub fn is_string(self) -> bool {
        matches!(self.kind(), Kind::Plain | Kind::Escaped)
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// Whether it is an array.
    #[must_use]
    pub fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }
}
