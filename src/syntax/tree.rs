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
    /// A string without a backslash. It stands as it is, line breaks included.
    ///
    /// In a text that is not well-formed it may have single quotes, no quotes (a key), or no closing quote.
    Plain,
    /// A string with at least one backslash; quotes as for [`Kind::Plain`].
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

impl Raw {
    /// Whether it may be a string of so many bytes. Most have another length: with two quotes, with one, or with none.
    #[inline]
    fn may_be(self, len: usize) -> bool {
        match self.kind {
            Kind::Plain => ((self.end - self.start) as usize).wrapping_sub(len) <= 2,
            Kind::Escaped => true,
            _ => false,
        }
    }

    /// What stands between the quotes of a string of this text.
    #[inline]
    pub(super) fn body(self, text: &str) -> &str {
        let (start, end) = (self.start as usize, self.end as usize);
        // NOTE: nearly all strings are closed, and hold no backslash that could have escaped the last quote.
        match text.as_bytes().get(start..end) {
            Some([b'"', .., before, b'"']) if *before != b'\\' => text.get(start + 1..end - 1).unwrap_or(""),
            _ => body(text.get(start..end).unwrap_or("")),
        }
    }
}

/// A parsed file: always a tree, however broken the text, and what is wrong with it.
#[derive(Debug)]
pub struct Document {
    pub(super) file: Arc<SourceFile>,
    pub(super) nodes: Vec<Raw>,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Vec<Diagnostic>,
    pub(super) limit: Option<String>,
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

    /// Every key and value, in the order of the text.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.nodes.len()).map(|index| self.node(index))
    }

    /// The keys and values that are one of these strings, without case, in the order of the text.
    #[must_use]
    pub fn spelled<const N: usize>(&self, names: [&str; N]) -> Vec<Node<'_>> {
        let fits = |raw: &Raw| names.iter().any(|name| raw.may_be(name.len()));
        let nodes = self.nodes.iter().enumerate().filter(|(_, raw)| fits(raw)).map(|(index, _)| self.node(index));
        nodes.filter(|node| names.iter().any(|name| node.is(name))).collect()
    }

    /// The node of this index, of those there are.
    pub(super) fn node(&self, index: usize) -> Node<'_> {
        Node { document: self, index: u32::try_from(index).unwrap_or(u32::MAX) }
    }

    /// All of the text.
    #[must_use]
    pub fn whole(&self) -> Span {
        Span::new(self.file.id(), 0, u32::try_from(self.file.text().len()).unwrap_or(u32::MAX))
    }

    /// The key or value that stands exactly at `span`.
    #[must_use]
    pub fn at(&self, span: Span) -> Option<Node<'_>> {
        // Each starts at a byte of its own, and they are in the order of the text.
        let index = self.nodes.partition_point(|node| node.start < span.start);
        let node = Node { document: self, index: u32::try_from(index).ok()? };
        (self.nodes.get(index)?.end == span.end && node.span() == span).then_some(node)
    }

    /// The value at a JSON pointer (RFC 6901).
    #[must_use]
    pub fn find(&self, pointer: &str) -> Option<Node<'_>> {
        let mut node = self.root()?;
        for token in pointer.split('/').skip(1) {
            let name = token.replace("~1", "/").replace("~0", "~");
            node = if node.is_array() { node.items().nth(name.parse().ok()?)? } else { node.get(&name)? };
        }
        Some(node)
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

    /// The limit that the text went beyond, in words: what is beyond was not read.
    #[must_use]
    pub fn limit(&self) -> Option<&str> {
        self.limit.as_deref()
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

    /// Its place in the list of nodes.
    pub(super) fn index(self) -> usize {
        self.index as usize
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
            Kind::Plain => TextMap::plain(span.file, span.start + opening_len(self.raw())),
            Kind::Escaped => super::escape::map(self.inner(), span.file, span.start + opening_len(self.raw())),
            _ => TextMap::plain(span.file, span.start),
        }
    }

    /// The text between the quotes of a string.
    fn inner(self) -> &'d str {
        self.raw_node().body(self.document.file.text())
    }

    /// Whole numbers that fit; `None` for `1.0`, for larger ones and for other kinds.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        if self.kind() == Kind::Number { self.raw().parse().ok() } else { None }
    }

    /// The nearest double of a number; `None` for one beyond the range of doubles and for other kinds.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        if self.kind() == Kind::Number { self.raw().parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
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
                // A key has nothing in it, so that its value is the next node.
                let (key, value) = (self.at(index), self.at(index + 1));
                index = value.raw_node().next;
                (key, value)
            })
        })
    }

    /// The value of the member of that name; see [`Node::member`].
    #[must_use]
    pub fn get(self, name: &str) -> Option<Node<'d>> {
        self.member(name).map(|(_, value)| value)
    }

    /// Key and value of the member of that name: the last with the exact spelling, else the last without case.
    ///
    /// Resource Manager looks for the exact spelling first (PSRule.Rules.Azure issue 794), and of two equal keys
    /// Newtonsoft.Json keeps the last.
    #[must_use]
    pub fn member(self, name: &str) -> Option<(Node<'d>, Node<'d>)> {
        let [member] = self.members_of([name]);
        member
    }

    /// [`Self::get`] for several names at once.
    #[must_use]
    pub fn get_each<const N: usize>(self, names: [&str; N]) -> [Option<Node<'d>>; N] {
        self.members_of(names).map(|member| member.map(|(_, value)| value))
    }

    fn members_of<const N: usize>(self, names: [&str; N]) -> [Option<(Node<'d>, Node<'d>)>; N] {
        let (mut exact, mut similar) = ([None; N], [None; N]);
        for (key, value) in self.members() {
            let raw = key.raw_node();
            for (n, name) in names.iter().enumerate().filter(|(_, name)| raw.may_be(name.len())) {
                match key.string() {
                    Some(key_name) if key_name == *name => exact[n] = Some((key, value)),
                    Some(key_name) if key_name.eq_ignore_ascii_case(name) => similar[n] = Some((key, value)),
                    _ => {}
                }
            }
        }
        std::array::from_fn(|n| exact[n].or(similar[n]))
    }

    /// Whether it is this string, without case.
    #[must_use]
    #[inline]
    pub fn is(self, text: &str) -> bool {
        let raw = self.raw_node();
        match raw.kind {
            Kind::Plain => raw.may_be(text.len()) && self.inner().eq_ignore_ascii_case(text),
            Kind::Escaped => super::escape::decode(self.inner()).eq_ignore_ascii_case(text),
            _ => false,
        }
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

/// The text of a string without its quotes, of which a broken text may have only the first, single ones, or none.
pub(super) fn body(raw: &str) -> &str {
    let Some(quote) = raw.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return raw };
    let rest = &raw[1..];
    match rest.strip_suffix(quote) {
        // NOTE: the last quote of an unclosed string may be an escaped one: an odd number of backslashes stands before it.
        Some(body) if (body.len() - body.trim_end_matches('\\').len()).is_multiple_of(2) => body,
        _ => rest,
    }
}

/// The length of the opening quote of a string; a bare key has none.
fn opening_len(raw: &str) -> u32 {
    u32::from(raw.starts_with(['"', '\'']))
}
