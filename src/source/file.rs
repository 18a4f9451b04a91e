//! Files of this run, as text.

use std::sync::{Arc, PoisonError, RwLock};

use super::lines::{Lines, Position};
use super::{FileId, Span};

/// How the bytes of a file are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; `bom` says whether it starts with a byte order mark.
    Utf8 {
        /// Whether three bytes of byte order mark come first.
        bom: bool,
    },
    /// UTF-16, little end first, with its byte order mark.
    Utf16Le,
    /// UTF-16, big end first, with its byte order mark.
    Utf16Be,
}

/// A file that was read: its text without a byte order mark, and how to get back to its bytes.
#[derive(Debug)]
pub struct SourceFile {
    id: FileId,
    path: Arc<str>,
    text: String,
    encoding: Encoding,
    lines: Lines,
}

/// The files of one run. Append-only and shared between threads.
#[derive(Debug, Default)]
pub struct Sources {
    files: RwLock<Vec<Arc<SourceFile>>>,
}

impl Sources {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that was read; `path` is as reached from the argument, with forward slashes.
    pub fn add(&self, path: impl Into<Arc<str>>, text: String, encoding: Encoding) -> Arc<SourceFile> {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let id = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
        let file = Arc::new(SourceFile { id, path: path.into(), text, encoding, lines: Lines::default() });
        files.push(Arc::clone(&file));
        file
    }

    /// The file of this id; `None` for an id of another run.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).get(id.0 as usize).map(Arc::clone)
    }
}

impl SourceFile {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> FileId {
        self.id
    }

    /// Its path as reached from the argument, with forward slashes.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its text, decoded, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How its bytes were read.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The characters under a span of this file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line, column and byte on disk of the byte `at` of the text.
    #[must_use]
    pub fn position(&self, at: u32) -> Position {
        self.lines.position(&self.text, self.encoding, at)
    }

    /// The text of a line (1-based) without its end, and the byte of the text at which it starts.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<(&str, u32)> {
        self.lines.line(&self.text, line)
    }
}
