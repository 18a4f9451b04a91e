//! Files of this run, as text.

use std::sync::{Arc, PoisonError, RwLock};

use super::lines::{Lines, Position};
use super::{Damage, FileId, Loaded, Span};

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
    damage: Vec<Damage>,
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
    pub fn add(&self, path: impl Into<Arc<str>>, loaded: Loaded) -> Arc<SourceFile> {
        let Loaded { text, encoding, damage } = loaded;
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let id = FileId(u32::try_from(files.len()).unwrap_or(u32::MAX));
        let file = Arc::new(SourceFile { id, path: path.into(), text, encoding, damage, lines: Lines::default() });
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
    /// A text that is part of the program and of no run: its id is nobody's.
    #[must_use]
    pub fn built_in(path: &'static str, text: &'static str) -> Arc<Self> {
        let Loaded { text, encoding, damage } = Loaded::utf8(text);
        Arc::new(Self { id: FileId(u32::MAX), path: path.into(), text, encoding, damage, lines: Lines::default() })
    }

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

    /// Its bytes as they lay on disk.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        super::read::bytes_of(&self.text, self.encoding, &self.damage)
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

    /// The bytes that are not UTF-8, in order.
    #[must_use]
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// Line, column and byte on disk of the byte `at` of the text.
    #[must_use]
    pub fn position(&self, at: u32) -> Position {
        let mut position = self.lines.position(&self.text, self.encoding, at);
        // Each damaged byte stands as the three bytes of U+FFFD in the text.
        position.offset -= 2 * self.damage.partition_point(|damage| damage.at < at) as u64;
        position
    }

    /// The column in UTF-16 code units, from 1, of the byte `at` of the text: what editors and SARIF count.
    #[must_use]
    pub fn utf16_column(&self, at: u32) -> u32 {
        self.lines.utf16_column(&self.text, at)
    }

    /// The text of a line (1-based) without its end, and the byte of the text at which it starts.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<(&str, u32)> {
        self.lines.line(&self.text, line)
    }
}
