//! Lines and columns, worked out once per file when somebody asks.

use std::sync::OnceLock;

use super::Encoding;

/// A place in a file as people and editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in Unicode code points, from 1.
    pub column: u32,
    /// The byte in the file as it lies on disk, byte order mark included, from 0.
    pub offset: u64,
}

/// Where the lines of a text start. Lines end with LF, CR LF or a lone CR.
#[derive(Debug, Default)]
pub(super) struct Lines {
    starts: OnceLock<Vec<u32>>,
}

impl Lines {
    fn starts(&self, text: &str) -> &[u32] {
        self.starts.get_or_init(|| {
            let bytes = text.as_bytes();
            let mut starts = vec![0];
            for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
                if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                    starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
                }
            }
            starts
        })
    }

    /// See [`super::SourceFile::position`].
    pub(super) fn position(&self, text: &str, encoding: Encoding, at: u32) -> Position {
        let mut at = (at as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let starts = self.starts(text);
        let line = starts.partition_point(|&start| start as usize <= at);
        let start = starts[line - 1] as usize;
        let offset = match encoding {
            Encoding::Utf8 { bom } => at + if bom { 3 } else { 0 },
            Encoding::Utf16Le | Encoding::Utf16Be => 2 + 2 * text[..at].encode_utf16().count(),
        };
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(text[start..at].chars().count() + 1).unwrap_or(u32::MAX),
            offset: offset as u64,
        }
    }

    /// See [`super::SourceFile::line`].
    pub(super) fn line<'t>(&self, text: &'t str, line: u32) -> Option<(&'t str, u32)> {
        let starts = self.starts(text);
        let index = (line as usize).checked_sub(1)?;
        let start = *starts.get(index)?;
        let end = starts.get(index + 1).map_or(text.len(), |&next| next as usize);
        let body = text[start as usize..end].trim_end_matches(['\n', '\r']);
        Some((body, start))
    }
}
