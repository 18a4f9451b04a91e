//! From edits of a text to the bytes of its file.

use crate::diagnostic::Edit;
use crate::source::SourceFile;

/// The bytes of a file with its edits made, which do not overlap. Every other byte is as it was: the byte order mark, line
/// ends, and bytes that are no text.
#[must_use]
pub fn apply(file: &SourceFile, edits: &[Edit]) -> Vec<u8> {
    let before = file.bytes();
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let at = |offset: u32| usize::try_from(file.position(offset).offset).unwrap_or(usize::MAX).min(before.len());
    let mut after = Vec::with_capacity(before.len());
    let mut done = 0;
    for edit in edits {
        let (start, end) = (at(edit.span.start), at(edit.span.end));
        after.extend_from_slice(before.get(done..start).unwrap_or_default());
        file.encoding().encode(&edit.text, &mut after);
        done = end;
    }
    after.extend_from_slice(before.get(done..).unwrap_or_default());
    after
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::apply;
    use crate::diagnostic::Edit;
    use crate::source::{Sources, Span, decode};

    fn edited(bytes: &[u8], start: u32, end: u32, text: &str) -> Vec<u8> {
        let file = Sources::new().add("a.json", decode(bytes).unwrap());
        apply(&file, &[Edit { span: Span::new(file.id(), start, end), text: text.to_owned() }])
    }

    #[test]
    fn an_edit_is_made_in_the_encoding_of_the_file() {
        assert_eq!(edited(b"\xEF\xBB\xBF{1}\r\n", 1, 2, "\u{e9}"), b"\xEF\xBB\xBF{\xC3\xA9}\r\n");
        assert_eq!(edited(b"\xFF\xFE{\x001\x00}\x00", 1, 2, "\u{e9}"), b"\xFF\xFE{\x00\xE9\x00}\x00");
        assert_eq!(edited(b"\xFE\xFF\x00{\x001\x00}", 1, 2, "\u{e9}"), b"\xFE\xFF\x00{\x00\xE9\x00}");
    }

    #[test]
    fn bytes_that_are_no_text_stay_as_they_are() {
        let before = [&b"// caf\xE9 "[..], &[b'x'; 100], b"\n{1}"].concat();
        let after = [&b"// caf\xE9 "[..], &[b'x'; 100], b"\n{22}"].concat();
        // U+FFFD stands for the byte and is two bytes longer.
        assert_eq!(edited(&before, 112, 113, "22"), after);
    }

    proptest! {
        #[test]
        fn what_the_text_becomes_is_what_the_bytes_say(
            text in "[a-z\u{e9}\u{20ac}\u{1f600}\r\n]{1,40}", new in "[a-z\u{e9}\u{1f600}]{0,5}", encoding in 0..4_usize,
            from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()
        ) {
            let wide = |text: &str| format!("\u{feff}{text}").encode_utf16().collect::<Vec<u16>>();
            let encoded = |text: &str| match encoding {
                0 => text.as_bytes().to_vec(),
                1 => format!("\u{feff}{text}").into_bytes(),
                2 => wide(text).into_iter().flat_map(u16::to_le_bytes).collect(),
                _ => wide(text).into_iter().flat_map(u16::to_be_bytes).collect(),
            };
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let (one, two) = (places[from.index(places.len())], places[to.index(places.len())]);
            let (start, end) = (one.min(two), one.max(two));
            let after = format!("{}{new}{}", &text[..start], &text[end..]);
            let (start, end) = (u32::try_from(start).unwrap(), u32::try_from(end).unwrap());
            prop_assert_eq!(edited(&encoded(&text), start, end, &new), encoded(&after));
        }
    }
}
