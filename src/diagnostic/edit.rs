//! How to mend something: edits of text, and how safe they are.

use crate::source::Span;

/// Replaces the characters under a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// The new characters, as they stand in the file (JSON escapes included).
    pub text: String,
}

/// Whether a fix keeps the meaning of the template but for the defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// It can be applied without looking.
    Safe,
    /// A person should look: the deployment may behave differently.
    Unsafe,
}

/// A way to mend a defect: all of its edits or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, starting with a verb.
    pub title: String,
    /// How safe it is.
    pub safety: Safety,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}
