//! Files, and places in them.
//!
//! The only room that touches the file system. It finds files, reads them into text whatever their encoding,
//! and turns a [`Span`] back into the line, column and byte that a person or an editor asks for.
//! It does not know what the text means.

mod file;
mod lines;
mod span;

pub use file::{Encoding, SourceFile, Sources};
pub use lines::Position;
pub use span::{FileId, Span, TextMap};
