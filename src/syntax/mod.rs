//! Text to a spanned tree. Knows JSON (with the liberties that Azure takes), not Azure.
//!
//! | limit | value | beyond it |
//! |---|---|---|
//! | [`MAX_DEPTH`] | 512 open brackets | one diagnostic; the deeper value is skipped as a whole |
//! | [`MAX_NODES`] | 4,000,000 keys and values | one diagnostic; the rest of the text is not read |
//! | [`MAX_PROBLEMS`] | 50 diagnostics a rule and file | one more says how many are not listed |
//! | length of a text | 4 GiB | one diagnostic and no tree (files are limited to less, see `source`) |

mod amend;
mod brackets;
mod compare;
mod duplicate;
mod escape;
mod problems;
mod reader;
mod recover;
mod scalar;
mod scan;
mod tree;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

pub use amend::{Fresh, insert_item, insert_members, insert_members_behind, remove};
pub use compare::changes;
pub use escape::{literal, literal_part};
pub use tree::{Document, Kind, Node, Raw};

/// The rule of a text that is not JSON.
pub const INVALID_JSON: &str = "template/invalid-json";
/// The rule of an object with two members of one name.
pub const DUPLICATE_KEY: &str = "template/duplicate-key";

/// How many brackets may be open at once. What recurses over a tree relies on it.
pub const MAX_DEPTH: usize = 512;
/// How many keys and values a text may hold.
pub const MAX_NODES: usize = 4_000_000;
/// How many problems of one rule are listed for a text.
pub const MAX_PROBLEMS: usize = 50;
