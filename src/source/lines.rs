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
    blocks: OnceLock<Vec<Count>>,
}

/// After how many bytes a count is kept, so that a place far along a line of megabytes is found at once.
const BLOCK: usize = 4096;

/// How long a piece of text is.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    /// In Unicode code points.
    points: usize,
    /// In UTF-16 code units.
    units: usize,
}

impl Count {
    /// Goes on over some bytes of a UTF-8 text: a code point is a byte that continues none, and those that UTF-16 writes
    /// as two units start with 0xF0 or above.
    fn add(mut self, bytes: &[u8]) -> Self {
        for byte in bytes {
            let first = usize::from(byte & 0xc0 != 0x80);
            self.points += first;
            self.units += first + usize::from(*byte >= 0xf0);
        }
        self
    }
}

/// The byte at which each line of a text starts.
pub(super) fn starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
            starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
    }
    starts
}

impl Lines {
    fn starts(&self, text: &str) -> &[u32] {
        self.starts.get_or_init(|| starts(text))
    }

    /// How long the text is before byte `at`.
    fn before(&self, text: &str, at: usize) -> Count {
        let bytes = text.as_bytes();
        let blocks = self.blocks.get_or_init(|| {
            let blocks = bytes.chunks(BLOCK).scan(Count::default(), |count, block| {
                let before = *count;
                *count = count.add(block);
                Some(before)
            });
            blocks.collect()
        });
        let block = (at / BLOCK).min(blocks.len().saturating_sub(1));
        blocks.get(block).map_or_else(Count::default, |count| count.add(&bytes[block * BLOCK..at]))
    }

    /// How long the text is from byte `start` to byte `at`.
    fn between(&self, text: &str, start: usize, at: usize) -> Count {
        if at - start <= BLOCK {
            return Count::default().add(&text.as_bytes()[start..at]);
        }
        let (start, at) = (self.before(text, start), self.before(text, at));
        Count { points: at.points - start.points, units: at.units - start.units }
    }

    /// The line (from 0) that holds byte `at` of the text, the byte it starts at, and `at` moved to a character.
    fn find(&self, text: &str, at: u32) -> (usize, usize, usize) {
        let mut at = (at as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let starts = self.starts(text);
        let line = starts.partition_point(|&start| start as usize <= at) - 1;
        (line, starts[line] as usize, at)
    }

    /// See [`super::SourceFile::position`].
    pub(super) fn position(&self, text: &str, encoding: Encoding, at: u32) -> Position {
        let (line, start, at) = self.find(text, at);
        let offset = match encoding {
            Encoding::Utf8 { bom } => at + if bom { 3 } else { 0 },
            Encoding::Utf16Le | Encoding::Utf16Be => 2 + 2 * self.before(text, at).units,
        };
        Position {
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(self.between(text, start, at).points + 1).unwrap_or(u32::MAX),
            offset: offset as u64,
        }
    }

    /// See [`super::SourceFile::utf16_column`].
    pub(super) fn utf16_column(&self, text: &str, at: u32) -> u32 {
        let (_, start, at) = self.find(text, at);
        u32::try_from(self.between(text, start, at).units + 1).unwrap_or(u32::MAX)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

    use super::{Lines, Position};
    use crate::source::Encoding;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Places are those that counting from the start of the file gives, however long the lines are.
        #[test]
        fn positions_are_those_of_plain_counting(text in "([ -~é中👍]{0,40}|(é|👍){2000,3000}|\r|\n|\r\n){0,6}") {
            let (lines, mut line, mut column, mut units) = (Lines::default(), 1, 1, 1);
            let mut units_before = 0;
            for (at, c) in text.char_indices() {
                let at = u32::try_from(at).unwrap();
                if at < 200 || at % 61 == 0 {
                    let position = lines.position(&text, Encoding::Utf16Le, at);
                    prop_assert_eq!(position, Position { line, column, offset: 2 + 2 * units_before });
                    prop_assert_eq!(lines.utf16_column(&text, at), units);
                }
                units_before += c.len_utf16() as u64;
                (column, units) = (column + 1, units + u32::try_from(c.len_utf16()).unwrap());
                if c == '\n' || c == '\r' && !text[at as usize..].starts_with("\r\n") {
                    (line, column, units) = (line + 1, 1, 1);
                }
            }
        }
    }
}
