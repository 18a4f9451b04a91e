//! Where something stands: a file and a half-open range of bytes in its decoded text.

/// A file of this run: its index in [`super::Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open range of bytes in the decoded (UTF-8, no byte order mark) text of one file.
///
/// The byte in the file as it lies on disk, the line and the column are worked out when somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`.
    #[must_use]
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end: end.max(start) }
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.end - self.start
    }

    /// Whether the range holds no byte: a place between two characters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.end == self.start
    }

    /// Whether `other` lies wholly inside this range of the same file.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The smallest range that holds both; both must be of one file.
    #[must_use]
    pub fn to(&self, other: &Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Maps bytes of a text that was decoded out of a file (a JSON string without its escapes, an XML text inside one)
/// back to the file.
///
/// A run is a place where the distance between both changes. A text without escapes has exactly one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextMap {
    file: FileId,
    /// Where the first run begins in the file.
    start: u32,
    /// The others: `(byte in the decoded text, byte in the file)`, ascending.
    later: Vec<(u32, u32)>,
}

impl TextMap {
    /// A text that stands in `file` from `start` on, byte for byte.
    #[must_use]
    pub fn plain(file: FileId, start: u32) -> Self {
        Self { file, start, later: Vec::new() }
    }

    /// Notes that from byte `decoded` of the text on, the file is read from byte `written` on.
    ///
    /// Calls come in ascending order of `decoded`; a second call for the same byte replaces the first.
    pub fn resume(&mut self, decoded: u32, written: u32) {
        match self.later.last_mut() {
            _ if decoded == 0 => self.start = written,
            Some(last) if last.0 == decoded => last.1 = written,
            _ => self.later.push((decoded, written)),
        }
    }

    /// The map of the decoded range `start..end` by itself.
    #[must_use]
    pub fn part(&self, start: u32, end: u32) -> Self {
        let mut part = Self::plain(self.file, self.position(start));
        let inside = self.later.iter().filter(|(decoded, _)| (start + 1..=end).contains(decoded));
        inside.for_each(|(decoded, written)| part.resume(decoded - start, *written));
        part
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The byte in the file at which the decoded byte `at` begins.
    #[must_use]
    pub fn position(&self, at: u32) -> u32 {
        let run = self.later.partition_point(|&(decoded, _)| decoded <= at);
        let (decoded, written) = run.checked_sub(1).map_or((0, self.start), |run| self.later[run]);
        written + (at - decoded)
    }

    /// The span in the file of the decoded range `start..end`.
    ///
    /// The end is that of the last decoded byte, so an escape that the range ends with is inside.
    #[must_use]
    pub fn span(&self, start: u32, end: u32) -> Span {
        let first = self.position(start);
        Span::new(self.file, first, self.position(end).max(first))
    }
}

#[cfg(test)]
mod tests {
    use super::{FileId, Span, TextMap};

    #[test]
    fn a_text_with_an_escape_maps_on_both_sides_of_it() {
        // file: "a\u0027b" from byte 10 on (the quote is byte 10); decoded: a'b
        let mut map = TextMap::plain(FileId(0), 11);
        map.resume(1, 12);
        map.resume(2, 18);
        assert_eq!(map.span(0, 1), Span::new(FileId(0), 11, 12));
        assert_eq!(map.span(1, 2), Span::new(FileId(0), 12, 18), "the escape as a whole");
        assert_eq!(map.span(2, 3), Span::new(FileId(0), 18, 19));
    }
}
