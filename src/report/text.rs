//! Text for terminals: nothing hidden in it, wrapped at spaces, counted in columns.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Whether a terminal would obey, reorder or hide this character instead of showing it.
///
/// Control characters (Unicode general category Cc), the bidirectional controls of Unicode Standard Annex #9, line and
/// paragraph separators, and the invisible characters that join or part nothing one could see.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                      | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Adds a character; a hidden one as `<U+001B>`.
pub(super) fn push_visible(out: &mut String, c: char) {
    if is_hidden(c) {
        out.push_str(&format!("<U+{:04X}>", u32::from(c)));
    } else {
        out.push(c);
    }
}

/// The text on one line, with every hidden character made visible.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Whether a text is printable ASCII, as nearly all are: then nothing is hidden in it, and a byte is a column.
pub(super) fn is_plain(text: &str) -> bool {
    // NOTE: no early end, so that the compiler looks at many bytes at a time.
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// How many columns a character takes once [`push_visible`] has written it.
pub(super) fn columns_of(c: char) -> usize {
    if matches!(c, ' '..='~') {
        return 1;
    }
    if is_hidden(c) { if u32::from(c) > 0xffff { 9 } else { 8 } } else { c.width().unwrap_or(0) }
}

/// How many columns a text takes, character by character, as miette counts them.
pub(super) fn columns(text: &str) -> usize {
    if is_plain(text) { text.len() } else { text.chars().map(columns_of).sum() }
}

/// The text in lines of at most `width` columns, broken at spaces alone: a word that is longer keeps whole.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<&str> {
    if columns(text) <= width {
        return vec![text];
    }
    let mut lines = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for word in text.split(' ') {
        let from = word.as_ptr() as usize - text.as_ptr() as usize;
        if end > start && columns(&text[start..from + word.len()]) > width {
            lines.push(&text[start..end]);
            start = from;
        }
        end = from + word.len();
    }
    lines.push(&text[start..end]);
    lines
}

/// `1 file`, `2 files`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::{columns, columns_of, visible, wrap};

    #[test]
    fn what_a_terminal_would_obey_is_spelt_out() {
        assert_eq!(visible("a\u{1b}[31m\r\nb"), "a<U+001B>[31m<U+000D><U+000A>b");
        assert_eq!(visible("\u{9b}2J \u{202e}txt.exe"), "<U+009B>2J <U+202E>txt.exe");
        assert_eq!(visible("naïve 中文 👩‍💻"), "naïve 中文 👩‍💻", "ordinary writing stays");
    }

    #[test]
    fn columns_are_those_of_what_is_written() {
        for c in ['a', '中', '\u{1b}', '\u{e0001}', '\u{301}'] {
            assert_eq!(columns_of(c), columns(&visible(&c.to_string())), "{c:?}");
        }
    }

    #[test]
    fn lines_break_at_spaces_and_long_words_stay_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("https://example.org/a-b is it", 7), ["https://example.org/a-b", "is it"]);
        assert_eq!(wrap("", 7), [""]);
        assert_eq!(wrap("中文 中文", 4), ["中文", "中文"], "a wide character takes two columns");
    }
}
