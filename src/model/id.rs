//! Resource ids that join even where a name stays unknown.

use crate::value::{Piece, Shape, Text, Truth, Value, ValueKind};

/// The id of a resource: known pieces and symbols. Two ids that are certainly the same resource have the same canonical text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceId(String);

impl ResourceId {
    /// The id that `value` is, or `None` for what cannot be an id (a number, `null`, an empty string).
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::Str(text) if !text.is_empty() => Some(Self(text.trim_end_matches('/').to_ascii_lowercase())),
            ValueKind::Unknown(unknown) => match &unknown.shape {
                Shape::Text(text) => Some(Self::of_text(text)),
                _ => Some(Self(format!("${{{}}}", unknown.symbol).to_ascii_lowercase())),
            },
            _ => None,
        }
    }

    /// The id that consists of these pieces.
    #[must_use]
    pub fn of_text(text: &Text) -> Self {
        Self(text.canonical().trim_end_matches('/').to_ascii_lowercase())
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether every part is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.0.contains("${")
    }
}

/// Whether two values are the same id: compared without case, by pieces where they are unknown.
#[must_use]
pub fn same(a: &Value, b: &Value) -> Truth {
    match (ResourceId::of(a), ResourceId::of(b)) {
        (Some(x), Some(y)) if x == y => Truth::True,
        (Some(x), Some(y)) if x.is_known() && y.is_known() => Truth::False,
        (Some(_), Some(_)) => Truth::Unknown,
        (None, _) | (_, None) => Truth::False,
    }
}

/// The full type of a child: `Microsoft.ApiManagement/service` and `apis` give `Microsoft.ApiManagement/service/apis`.
#[must_use]
pub fn full_type(parent: &str, child: &str) -> String {
    format!("{parent}/{child}")
}

/// The known piece a text ends with after its last `/`, if the last segment is wholly known.
#[must_use]
pub fn last_segment(text: &Text) -> Option<&str> {
    match text.pieces().last()? {
        Piece::Known(known) => known.rsplit_once('/').map(|(_, last)| last),
        Piece::Hole { .. } => None,
    }
}
