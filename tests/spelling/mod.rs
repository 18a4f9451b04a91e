//! The same template as other editors and systems write it: what is edited must stay as it was spelled.

use armlint::source::{Sources, decode};
use armlint::syntax::Document;

/// With the line ends of Windows.
pub(crate) fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// With a byte order mark, and nothing behind the last bracket.
pub(crate) fn marked(text: &str) -> Vec<u8> {
    format!("\u{feff}{}", text.trim_end()).into_bytes()
}

/// In UTF-16, the low byte first.
pub(crate) fn utf_16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// With a tab for each two blanks at the start of a line.
pub(crate) fn tabs(text: &str) -> Vec<u8> {
    let line = |line: &str| {
        let rest = line.trim_start_matches(' ');
        format!("{}{rest}", "\t".repeat((line.len() - rest.len()) / 2))
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n").into_bytes()
}

/// What is read of a file.
pub(crate) fn document(bytes: &[u8]) -> Document {
    Document::parse(Sources::new().add("a.json", decode(bytes).unwrap()))
}

/// The JSON in a text with comments; none where it is broken.
pub(crate) fn json(bytes: &[u8]) -> Option<serde_json::Value> {
    let document = document(bytes);
    let mut text = document.file().text().to_owned();
    for comment in document.comments().iter().rev() {
        text.replace_range(comment.start as usize..comment.end as usize, "");
    }
    serde_json::from_str(&text).ok()
}
