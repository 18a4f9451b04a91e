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
    /// Where, if not in the resource itself: "variable `version`".
    pub places: Vec<String>,
    /// How safe it is.
    pub safety: Safety,
    /// Why a person should look at it, where it is unsafe.
    pub reason: Option<String>,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix of the very place that the diagnostic is about.
    #[must_use]
    pub fn new(title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), places: Vec::new(), safety, reason: None, edits }
    }

    /// What it does, and where.
    #[must_use]
    pub fn told(&self) -> String {
        match self.places.as_slice() {
            [] => self.title.clone(),
            places => format!("{} in {}", self.title, places.join(" and ")),
        }
    }

    /// Takes in the fix of the same defect elsewhere: only both together mend it.
    pub fn join(&mut self, other: &Self) {
        self.safety = self.safety.max(other.safety);
        self.reason = self.reason.take().or_else(|| other.reason.clone());
        self.places.extend(other.places.iter().filter(|place| !self.places.contains(place)).cloned().collect::<Vec<_>>());
        self.edits.extend(other.edits.iter().filter(|edit| !self.edits.contains(edit)).cloned().collect::<Vec<_>>());
    }
}
