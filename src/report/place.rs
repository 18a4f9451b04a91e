//! Where a span stands, worked out for a reader outside the program.

use std::sync::Arc;

use crate::source::{Position, SourceFile, Sources, Span};

/// A span with its file, its lines and its columns.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The file; none if the span is of another run.
    pub(super) file: Option<Arc<SourceFile>>,
    /// Where it starts.
    pub(super) start: Position,
    /// Where it ends: the place after its last character.
    pub(super) end: Position,
}

impl Place {
    /// Works out where `span` stands.
    pub(super) fn of(span: Span, sources: &Sources) -> Self {
        let file = sources.get(span.file);
        let at = |byte| {
            let top = Position { line: 1, column: 1, offset: 0 };
            file.as_ref().map_or(top, |file| file.position(byte))
        };
        let (start, end) = (at(span.start), at(span.end));
        Self { file, start, end }
    }

    /// The path of the file as reached from the argument.
    pub(super) fn path(&self) -> &str {
        self.file.as_ref().map_or("", |file| file.path())
    }
}
