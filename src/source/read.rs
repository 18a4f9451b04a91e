//! Bytes on disk to text: which encoding, and what to say where there is none.

use std::borrow::Cow;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::Encoding;
use super::files::{Disk, Files};

/// The largest file that is read, in bytes. Resource Manager takes templates of at most 4 MB
/// ("Template limits" in "Understand the structure and syntax of ARM templates"); the rest is room for odd ones.
pub const MAX_FILE_LEN: u64 = 64 * 1024 * 1024;

/// A text and how its bytes were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The text without a byte order mark.
    pub text: String,
    /// How its bytes were read.
    pub encoding: Encoding,
    /// The bytes that no UTF-8 text has, each of which stands as U+FFFD in the text. Few: a file of many is no text.
    pub damage: Vec<Damage>,
}

/// A byte that is not UTF-8, where a file is almost so: saved in an older encoding with a letter outside ASCII in a comment
/// or a description. .NET reads such a file as it is read here, Python refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// The byte of the decoded text at which U+FFFD stands for it.
    pub at: u32,
    /// The byte itself.
    pub byte: u8,
}

impl Loaded {
    /// A text that was UTF-8 already.
    #[must_use]
    pub fn utf8(text: impl Into<String>) -> Self {
        Self { text: text.into(), encoding: Encoding::Utf8 { bom: false }, damage: Vec::new() }
    }
}

/// Why there is no text. What is printed says what to do where there is something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// The system refuses.
    Io(io::ErrorKind),
    /// A directory, socket, named pipe or device: the word for it.
    NotRegular(&'static str),
    /// More than [`MAX_FILE_LEN`] bytes.
    TooLarge,
    /// A byte that no UTF-8 text has at this place.
    NotUtf8 {
        /// The line, from 1.
        line: usize,
        /// The column in code points, from 1.
        column: usize,
        /// The byte in the file, from 0.
        offset: usize,
        /// The byte itself.
        byte: u8,
    },
    /// Half a surrogate pair.
    LoneSurrogate {
        /// The line, from 1.
        line: usize,
        /// The column in code points, from 1.
        column: usize,
        /// The byte in the file, from 0.
        offset: usize,
    },
    /// A UTF-16 text with half a code unit at its end.
    OddLength,
    /// Looks like UTF-16, but has no byte order mark; neither Azure CLI nor Azure PowerShell reads such a file.
    Utf16WithoutMark,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(io::ErrorKind::NotFound) => f.write_str("there is no such file or folder"),
            Self::Io(io::ErrorKind::PermissionDenied) => f.write_str("may not be read: give read permission, or leave it out"),
            Self::Io(kind) => write!(f, "cannot be read: {kind}"),
            Self::NotRegular(what) => write!(f, "is not a regular file ({what})"),
            Self::TooLarge => write!(f, "is larger than {} MiB: split it, or leave it out", MAX_FILE_LEN / (1024 * 1024)),
            Self::NotUtf8 { line, column, offset, byte } => {
                write!(f, "is not UTF-8: byte 0x{byte:02X} at line {line}, column {column} (offset {offset}): save it as UTF-8")
            }
            Self::LoneSurrogate { line, column, offset } => {
                write!(f, "is not UTF-16: half a character at line {line}, column {column} (offset {offset}): save it as UTF-8")
            }
            Self::OddLength => f.write_str("is not UTF-16: its last character is cut off: save it as UTF-8"),
            Self::Utf16WithoutMark => f.write_str("looks like UTF-16 without a byte order mark: save it as UTF-8"),
        }
    }
}

impl std::error::Error for ReadError {}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

/// Reads text from a stream: standard input.
///
/// # Errors
/// [`ReadError`]: the stream fails, is too long, or is no text.
pub fn read_stream(mut stream: impl Read) -> Result<Loaded, ReadError> {
    decode(read_whole(&mut stream, 0)?)
}

/// A rule file, and the text of the Markdown file beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// Its path, with forward slashes.
    pub path: String,
    /// Its text.
    pub loaded: Loaded,
    /// The text of its `.md` sibling; empty where there is none.
    pub prose: String,
}

/// The files below a folder whose name ends in `.json`, sorted by path, each with the text of its `.md` sibling: a folder of
/// rules. Nothing is filtered: who names such a folder means all of it.
///
/// # Errors
/// The first file or folder that cannot be read, and why.
pub fn read_rules(folder: &Path) -> Result<Vec<RuleFile>, (String, ReadError)> {
    let shown = |path: &Path| path.to_string_lossy().replace('\\', "/");
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let kind = error.io_error().map_or(io::ErrorKind::Other, io::Error::kind);
            (shown(error.path().unwrap_or(folder)), ReadError::Io(kind))
        })?;
        let path = entry.path();
        let is_schema = path.to_string_lossy().ends_with(".schema.json");
        if entry.file_type().is_file() && !is_schema && path.extension().is_some_and(|extension| extension == "json") {
            let loaded = Disk.read(path).map_err(|error| (shown(path), error))?;
            let prose = Disk.read(&path.with_extension("md")).map(|prose| prose.text).unwrap_or_default();
            found.push(RuleFile { path: shown(path), loaded, prose });
        }
    }
    Ok(found)
}

/// The bytes of a list of files; `-` is standard input.
///
/// # Errors
/// [`ReadError`]: as for any file, but that it may hold anything.
pub fn read_list(path: &Path) -> Result<Vec<u8>, ReadError> {
    if path == Path::new("-") { read_whole(&mut io::stdin().lock(), 0) } else { read_whole(&mut File::open(path)?, 0) }
}

/// Reads a regular file, or what a link to one points to, whatever somebody names.
///
/// NOTE: the metadata come first: opening a named pipe waits for a writer, and a sparse file of 3 GB costs nothing to refuse.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(ReadError::NotRegular(kind_of(metadata.file_type())));
    }
    if metadata.len() > MAX_FILE_LEN {
        return Err(ReadError::TooLarge);
    }
    read_whole(&mut File::open(path)?, usize::try_from(metadata.len()).unwrap_or(0))
}

/// All bytes of a stream, of which there are about `expected`.
fn read_whole(stream: &mut dyn Read, expected: usize) -> Result<Vec<u8>, ReadError> {
    // One byte more, so that the end is seen without asking for more memory.
    let mut bytes = Vec::with_capacity(expected + 1);
    stream.take(MAX_FILE_LEN + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_LEN { Err(ReadError::TooLarge) } else { Ok(bytes) }
}

/// How much room there is at first: most files are read at once.
const ROOM: usize = 64 * 1024;

/// Reads what is known to be a regular file into `room`, which keeps its length, so that many files are read into one.
///
/// Nothing is asked about the file again, not even whether there is more of it, where there was more room than it took and it
/// ends as JSON does.
pub(super) fn read_regular(mut file: impl Read, room: &mut Vec<u8>) -> Result<&[u8], ReadError> {
    let mut filled = 0;
    loop {
        if filled == room.len() {
            room.resize(ROOM.max(2 * filled), 0);
        }
        match file.read(&mut room[filled..]) {
            Ok(0) => return Ok(&room[..filled]),
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        if filled as u64 > MAX_FILE_LEN {
            return Err(ReadError::TooLarge);
        }
        if filled < room.len() && ends_as_json(&room[..filled]) {
            return Ok(&room[..filled]);
        }
    }
}

fn ends_as_json(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_end(), [.., b'}' | b']'])
}

#[cfg(unix)]
fn kind_of(file_type: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    match file_type {
        kind if kind.is_dir() => "a directory",
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn kind_of(file_type: fs::FileType) -> &'static str {
    if file_type.is_dir() { "a directory" } else { "a device" }
}

/// Whether bytes start as a UTF-16 text does, marked or not: JSON starts with two ASCII characters.
pub(super) fn starts_as_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [1..=0x7F, 0, ..] | [0, 1..=0x7F, ..])
}

/// The text of a file of these bytes, which become the text where somebody gives them away and they are one.
///
/// # Errors
/// [`ReadError`]: they are no text in UTF-8, or in UTF-16 with a byte order mark.
pub fn decode<'b>(bytes: impl Into<Cow<'b, [u8]>>) -> Result<Loaded, ReadError> {
    decoded(bytes.into())
}

fn decoded(bytes: Cow<'_, [u8]>) -> Result<Loaded, ReadError> {
    match &*bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest.into(), true),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, Encoding::Utf16Le, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, Encoding::Utf16Be, u16::from_be_bytes),
        start if starts_as_utf16(start) && start.iter().filter(|&&byte| byte == 0).count() > start.len() / 4 => {
            Err(ReadError::Utf16WithoutMark)
        }
        _ => utf8(bytes, false),
    }
}

impl Encoding {
    /// Writes text in this encoding behind `out`, without a byte order mark.
    pub fn encode(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Self::Utf8 { .. } => out.extend_from_slice(text.as_bytes()),
            Self::Utf16Le => text.encode_utf16().for_each(|unit| out.extend_from_slice(&unit.to_le_bytes())),
            Self::Utf16Be => text.encode_utf16().for_each(|unit| out.extend_from_slice(&unit.to_be_bytes())),
        }
    }

    /// The byte order mark that a file of this encoding starts with.
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 { bom: false } => b"",
            Self::Utf8 { bom: true } => b"\xEF\xBB\xBF",
            Self::Utf16Le => b"\xFF\xFE",
            Self::Utf16Be => b"\xFE\xFF",
        }
    }
}

/// The bytes that [`decode`] read a text from.
pub(super) fn bytes_of(text: &str, encoding: Encoding, damage: &[Damage]) -> Vec<u8> {
    let mut bytes = encoding.mark().to_vec();
    let mut done = 0;
    for damaged in damage {
        let at = damaged.at as usize;
        encoding.encode(text.get(done..at).unwrap_or_default(), &mut bytes);
        bytes.push(damaged.byte);
        done = at + char::REPLACEMENT_CHARACTER.len_utf8();
    }
    encoding.encode(text.get(done..).unwrap_or_default(), &mut bytes);
    bytes
}

/// The greatest share of bytes that are not UTF-8 in what still is a text: one in so many.
const DAMAGE: usize = 50;

fn utf8(bytes: Cow<'_, [u8]>, bom: bool) -> Result<Loaded, ReadError> {
    let bytes = match String::from_utf8(bytes.into_owned()) {
        Ok(text) => return Ok(Loaded { text, encoding: Encoding::Utf8 { bom }, damage: Vec::new() }),
        Err(error) => error.into_bytes(),
    };
    let (mut text, mut damage) = (String::with_capacity(bytes.len()), Vec::new());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            damage.push(Damage { at: u32::try_from(text.len()).unwrap_or(u32::MAX), byte });
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    match damage.first() {
        Some(first) if damage.len() * DAMAGE > bytes.len() || bytes.contains(&0) => {
            let before = &text[..first.at as usize];
            let (line, column) = place(before);
            Err(ReadError::NotUtf8 { line, column, offset: before.len() + if bom { 3 } else { 0 }, byte: first.byte })
        }
        _ => Ok(Loaded { text, encoding: Encoding::Utf8 { bom }, damage }),
    }
}

fn utf16(bytes: &[u8], encoding: Encoding, unit: fn([u8; 2]) -> u16) -> Result<Loaded, ReadError> {
    let mut text = String::with_capacity(bytes.len());
    let (units, rest) = bytes.as_chunks::<2>();
    let mut offset = 2;
    for decoded in char::decode_utf16(units.iter().map(|&pair| unit(pair))) {
        let Ok(c) = decoded else {
            let (line, column) = place(&text);
            return Err(ReadError::LoneSurrogate { line, column, offset });
        };
        offset += 2 * c.len_utf16();
        text.push(c);
    }
    if rest.is_empty() { Ok(Loaded { text, encoding, damage: Vec::new() }) } else { Err(ReadError::OddLength) }
}

/// Line and column, from 1, of what follows `before`.
fn place(before: &str) -> (usize, usize) {
    let lines = super::lines::starts(before);
    (lines.len(), before[lines[lines.len() - 1] as usize..].chars().count() + 1)
}

/// The paths of a list: separated by NUL characters if there is one, else by line breaks. Empty ones are left out.
#[must_use]
pub fn split_list(list: &[u8]) -> Vec<PathBuf> {
    let separator = if list.contains(&0) { 0 } else { b'\n' };
    let entries = list.split(|&byte| byte == separator);
    let entries = entries.map(|entry| if separator == b'\n' { entry.strip_suffix(b"\r").unwrap_or(entry) } else { entry });
    entries.filter(|entry| !entry.is_empty()).map(path_of).collect()
}

#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{Encoding, Loaded, ReadError, bytes_of, decode, read_regular, read_stream, split_list};

    fn said(bytes: &[u8]) -> String {
        decode(bytes).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_text_is_told_with_its_place() {
        assert_eq!(
            said(b"\xEF\xBB\xBF{\r\n \xC3\xA9\xC3}"),
            "is not UTF-8: byte 0xC3 at line 2, column 3 (offset 9): save it as UTF-8"
        );
        assert_eq!(
            said(b"\xFE\xFF\x00{\x00\n\xD8\x00\x00}"),
            "is not UTF-16: half a character at line 2, column 1 (offset 6): save it as UTF-8"
        );
        assert_eq!(said(b"\xFF\xFE{\x00}"), "is not UTF-16: its last character is cut off: save it as UTF-8");
        assert_eq!(said(b"{\x00}\x00"), "looks like UTF-16 without a byte order mark: save it as UTF-8");
        assert_eq!(said(b"\x00{\x00}"), "looks like UTF-16 without a byte order mark: save it as UTF-8");
    }

    #[test]
    fn a_text_with_a_nul_or_two_is_left_to_the_reader() {
        assert_eq!(decode(b"{\0   }").map(|loaded| loaded.text).as_deref(), Ok("{\0   }"));
    }

    #[test]
    fn a_file_is_read_to_its_end_in_however_many_pieces_it_comes() {
        /// Gives what is ready at a time, in as many pieces as there are.
        struct Pieces<'p>(Vec<&'p [u8]>, usize);
        impl std::io::Read for Pieces<'_> {
            fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
                self.1 += 1;
                if self.0.is_empty() { Ok(0) } else { self.0.remove(0).read(room) }
            }
        }
        for (pieces, read, times) in [
            (vec![&b"{\"a\": 1}\r\n"[..]], &b"{\"a\": 1}\r\n"[..], 1),
            (vec![b"[", b"1", b"]"], b"[1]", 3),
            (vec![b"{\"a\":", b" 1"], b"{\"a\": 1", 3),
            (vec![b""], b"", 1),
        ] {
            let mut stream = Pieces(pieces, 0);
            assert_eq!(read_regular(&mut stream, &mut Vec::new()), Ok(read));
            assert_eq!(stream.1, times, "what ends as JSON does is whole");
        }
    }

    #[test]
    fn a_stream_ends_at_the_limit() {
        assert_eq!(read_stream(std::io::repeat(b' ')), Err(ReadError::TooLarge));
    }

    #[test]
    fn a_list_is_split_at_nul_or_at_line_ends() {
        let paths = |list: &[u8]| split_list(list).into_iter().map(PathBuf::into_os_string).collect::<Vec<_>>();
        assert_eq!(paths(b"a.json\r\nb c.json\n\n"), ["a.json", "b c.json"]);
        assert_eq!(paths(b"a\nb.json\0c.json\0"), ["a\nb.json", "c.json"]);
        assert!(paths(b"").is_empty());
    }

    proptest! {
        #[test]
        fn every_encoding_gives_the_text_back(text in "[^\u{feff}\0]\\PC*") {
            let loaded = |encoding| Ok(Loaded { encoding, ..Loaded::utf8(text.as_str()) });
            let utf16 = || [0xFEFF].into_iter().chain(text.encode_utf16());
            let marked = format!("\u{feff}{text}");
            prop_assert_eq!(decode(text.as_bytes()), loaded(Encoding::Utf8 { bom: false }));
            prop_assert_eq!(decode(marked.as_bytes()), loaded(Encoding::Utf8 { bom: true }));
            prop_assert_eq!(decode(utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()), loaded(Encoding::Utf16Le));
            prop_assert_eq!(decode(utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()), loaded(Encoding::Utf16Be));
        }

        #[test]
        fn no_bytes_make_it_panic_and_those_of_a_text_come_back(bytes in any::<Vec<u8>>(), text in "[a-z\u{e9}]{60,}") {
            let mostly_text = [text.as_bytes(), &bytes[..bytes.len().min(1)], text.as_bytes()].concat();
            for bytes in [bytes, mostly_text] {
                match decode(&bytes) {
                    Ok(loaded) => prop_assert_eq!(bytes_of(&loaded.text, loaded.encoding, &loaded.damage), bytes),
                    Err(error) => drop(error.to_string()),
                }
            }
        }
    }
}
