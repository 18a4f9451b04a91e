//! Places as tables and their JSON show them.

use std::fmt;

use serde::Serialize;

use crate::source::{Position, Sources, Span};

/// From where to where.
#[derive(Serialize)]
pub(super) struct Range {
    pub(super) start: Place,
    pub(super) end: Place,
}

/// A place in a file.
#[derive(Serialize)]
pub(super) struct Place {
    pub(super) line: u32,
    column: u32,
    offset: u64,
}

impl From<Position> for Place {
    fn from(at: Position) -> Self {
        Self { line: at.line, column: at.column, offset: at.offset }
    }
}

impl fmt::Display for Place {
    /// `line:column`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The file and the range of a span; the start of no file for a span of another run, which cannot be.
pub(super) fn range(span: Span, sources: &Sources) -> (String, Range) {
    let Some(file) = sources.get(span.file) else {
        let nowhere = || Place { line: 1, column: 1, offset: 0 };
        return (String::new(), Range { start: nowhere(), end: nowhere() });
    };
    (file.path().to_owned(), Range { start: file.position(span.start).into(), end: file.position(span.end).into() })
}

/// A text out of a file, without what would move a terminal's cursor.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
