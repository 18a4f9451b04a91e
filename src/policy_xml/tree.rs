//! The tree of a policy document: elements, attributes, texts, each with the bytes of the document that it stands in.

/// Bytes of the document, half-open.
pub type Range = std::ops::Range<u32>;

/// A node's place in its [`Tree`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeIx(pub u32);

/// A policy document that was read.
#[derive(Debug, Default)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<Attribute>,
}

/// An element, a text or a comment.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// All of it: of an element from `<` to the `>` of its end tag.
    pub range: Range,
    /// The element around it; `None` at the root level.
    pub parent: Option<NodeIx>,
    pub(super) next: Option<NodeIx>,
}

/// The kinds of nodes.
#[derive(Debug, Clone)]
pub enum Kind {
    /// An element.
    Element {
        /// Its name in the start tag, prefix included.
        name: Range,
        /// Its start tag, from `<` to `>`.
        head: Range,
        /// Its attributes, as a range of [`Tree::attributes`].
        attributes: Range,
        /// Its first child.
        first: Option<NodeIx>,
    },
    /// Characters, with entities.
    Text,
    /// The characters of a CDATA section: the range has its brackets, this has not.
    Data(Range),
    /// A comment or a processing instruction.
    Comment,
}

/// An attribute.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name, prefix included.
    pub name: Range,
    /// Its value without the quotes, entities as written.
    pub value: Range,
}

impl Tree {
    /// The root element.
    #[must_use]
    pub fn root(&self) -> Option<NodeIx> {
        self.all().find(|ix| self.get(*ix).parent.is_none() && self.is_element(*ix))
    }

    /// The node at `ix`.
    #[must_use]
    pub fn get(&self, ix: NodeIx) -> &Node {
        &self.nodes[ix.0 as usize]
    }

    /// All nodes in the order in which they start.
    pub fn all(&self) -> impl Iterator<Item = NodeIx> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeIx)
    }

    /// Whether a node is an element.
    #[must_use]
    pub fn is_element(&self, ix: NodeIx) -> bool {
        matches!(self.get(ix).kind, Kind::Element { .. })
    }

    /// Whether a node is characters of a document.
    #[must_use]
    pub fn is_text(&self, ix: NodeIx) -> bool {
        matches!(self.get(ix).kind, Kind::Text | Kind::Data(_))
    }

    /// The children of an element in order.
    pub fn children(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> {
        let first = match self.get(ix).kind {
            Kind::Element { first, .. } => first,
            Kind::Text | Kind::Data(_) | Kind::Comment => None,
        };
        std::iter::successors(first, |ix| self.get(*ix).next)
    }

    /// The child elements of an element in order.
    pub fn elements(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> {
        self.children(ix).filter(|child| self.is_element(*child))
    }

    /// The attributes of an element in order.
    #[must_use]
    pub fn attributes(&self, ix: NodeIx) -> &[Attribute] {
        match &self.get(ix).kind {
            Kind::Element { attributes, .. } => &self.attributes[attributes.start as usize..attributes.end as usize],
            Kind::Text | Kind::Data(_) | Kind::Comment => &[],
        }
    }

    /// The elements around a node, the nearest first.
    pub fn around(&self, ix: NodeIx) -> impl Iterator<Item = NodeIx> {
        std::iter::successors(self.get(ix).parent, |ix| self.get(*ix).parent)
    }
}
