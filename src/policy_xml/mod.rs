//! API Management policy documents: XML with policy expressions in it, as it stands inside a template, to a spanned tree.
//!
//! [`Script`] is the text with the way from each byte back to the file: through JSON escapes, through the string literals of
//! a `concat()`. What only the deployment knows of it are holes. [`read`] makes it a [`Tree`], in the strict form (`xml`) or
//! as the gateway reads `rawxml`, where a policy expression may hold quotes and `<`. One reader does both: a parser of XML
//! alone stops at the first quote of an expression and knows nothing of holes; `roxmltree` is its oracle in tests.
//!
//! | limit | value | beyond it |
//! |---|---|---|
//! | [`MAX_LENGTH`] | 256 KiB ("API Management limits") | refused unread |
//! | [`MAX_DEPTH`] | 128 open elements | refused |

mod content;
mod csharp;
mod fault;
mod literal;
mod markup;
mod reader;
mod script;
mod tree;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

pub use content::{Part, named_values, parts};
pub use fault::Fault;
pub use literal::{Literal, Usage, literals};
pub use reader::{Dialect, Refusal, read};
pub use script::{NoScript, Script};
pub use tree::{Attribute, Kind, Node, NodeIx, Range, Tree};

/// The greatest length of a policy document in bytes ("API Management limits": 256 KiB).
pub const MAX_LENGTH: usize = 256 * 1024;
/// How many elements may be open at once. What recurses over a tree relies on it.
pub const MAX_DEPTH: usize = 128;
