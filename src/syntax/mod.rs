//! Text to a spanned tree. Knows JSON (with the liberties that Azure takes), not Azure.

mod escape;
mod tree;

pub use tree::{Document, Kind, Node, Raw};

/// The rule of a text that is not JSON.
pub const INVALID_JSON: &str = "template/invalid-json";
/// The rule of an object with two members of one name.
pub const DUPLICATE_KEY: &str = "template/duplicate-key";
