//! Which files cannot matter to any rule, told from their bytes without reading them as JSON.
//!
//! Every resource type has a word that only it has (`apimanagement`). A template that deploys the type has the word in one piece,
//! in whatever case, even where an expression builds the type: `concat('Microsoft.', 'ApiManagement', '/service')`. Three things
//! can hide a word that is there: an escape for one of its characters (`\u0061`), UTF-16, and an expression that joins parts
//! of words. Files with the first two are kept; the third nobody writes, and no rule could tell such a type either.

use std::ops::Range;

use memchr::memmem;

use super::read::starts_as_utf16;

/// Keeps the files that hold one of some words.
#[derive(Debug, Clone)]
pub struct Prefilter {
    words: Vec<Word>,
    escape: memmem::Finder<'static>,
}

impl Prefilter {
    /// Keeps files with one of `words`, ASCII case aside.
    ///
    /// Only the longest run of ASCII letters and digits of a word counts, since other characters can be escaped in more ways;
    /// a word without any, like an empty list, keeps every file.
    #[must_use]
    pub fn new(words: &[&str]) -> Self {
        let mut words: Vec<Word> = words.iter().map(|word| Word::new(word)).collect();
        if words.iter().any(|word| word.lower.is_empty()) {
            words.clear();
        }
        Self { words, escape: memmem::Finder::new(br"\u00") }
    }

    /// Whether a file of these bytes may matter. `false` is certain.
    #[must_use]
    pub fn keeps(&self, bytes: &[u8]) -> bool {
        self.words.is_empty()
            || starts_as_utf16(bytes)
            || self.words.iter().any(|word| word.is_in(bytes))
            || self.escape.find(bytes).is_some()
    }
}

/// A word to be found without case: its three rarest bytes are searched at once, and the rest compared around them.
#[derive(Debug, Clone)]
pub(super) struct Word {
    lower: Vec<u8>,
    /// The indices of the three rarest bytes; the first again where there are fewer.
    rare: [usize; 3],
}

impl Word {
    pub(super) fn new(word: &str) -> Self {
        let runs = word.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
        let lower = runs.max_by_key(|run| run.len()).unwrap_or_default().to_ascii_lowercase();
        let mut places: Vec<usize> = (0..lower.len()).collect();
        places.sort_by_key(|&at| frequency(lower[at]));
        let place = |n: usize| places.get(n).or(places.first()).copied().unwrap_or(0);
        Self { rare: [place(0), place(1), place(2)], lower }
    }

    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        let Some(last) = bytes.len().checked_sub(self.lower.len()) else { return false };
        let wanted = self.rare.map(|at| self.lower[at]);
        let [(a, a_end), (b, b_end), (c, c_end)] = self.rare.map(|at| bytes[at..=at + last].as_chunks::<BLOCK>());
        let starts_in =
            |mut places: Range<usize>| places.any(|at| bytes[at..at + self.lower.len()].eq_ignore_ascii_case(&self.lower));
        for (n, ((a, b), c)) in a.iter().zip(b).zip(c).enumerate() {
            if may_stand(wanted, a, b, c) && starts_in(n * BLOCK..(n + 1) * BLOCK) {
                return true;
            }
        }
        may_stand(wanted, a_end, b_end, c_end) && starts_in(a.len() * BLOCK..last + 1)
    }
}

/// How many places are looked at before anybody asks whether the word stands at one of them.
const BLOCK: usize = 64;

/// Whether the wanted letters or digits stand at one place of all three, in either case.
///
/// Lower case is one bit more, by which other bytes become letters, too: it is not certain.
fn may_stand([x, y, z]: [u8; 3], a: &[u8], b: &[u8], c: &[u8]) -> bool {
    let is_there = |((a, b), c): ((&u8, &u8), &u8)| (a | 0x20 == x) & (b | 0x20 == y) & (c | 0x20 == z);
    // NOTE: no early end, so that the compiler looks at many bytes at a time.
    a.iter().zip(b).zip(c).fold(false, |any, bytes| any | is_there(bytes))
}

/// How often an ASCII letter or digit stands in templates: its place among the others, as counted over 235 public ones.
fn frequency(byte: u8) -> Option<usize> {
    const RISING: &[u8] = b"jqz76985x4k3wbhygvf12u0mdlcposnriate";
    memchr::memchr(byte.to_ascii_lowercase(), RISING)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, proptest};

    use super::Prefilter;

    #[test]
    fn what_cannot_matter_is_skipped() {
        let filter = Prefilter::new(&["apimanagement"]);
        for text in [
            "",
            "{}",
            r#"{"type": "Microsoft.Storage/storageAccounts"}"#,
            "apimanagemen",
            "pimanagement",
            r"api\management \u2014",
        ] {
            assert!(!filter.keeps(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_type_joined_out_of_whole_words_is_kept() {
        let filter = Prefilter::new(&["apimanagement"]);
        assert!(filter.keeps(b"[concat('Microsoft.', 'ApiManagement', '/service')]"));
        assert!(filter.keeps(br"Microsoft\u002eX"), "an escape could stand for any character");
    }

    #[test]
    fn every_word_of_the_list_keeps_a_file() {
        let filter = Prefilter::new(&["apimanagement", "storage"]);
        assert!(filter.keeps(b"MICROSOFT.storage/x"));
        assert!(filter.keeps(b"x.apiManagement"));
        assert!(!filter.keeps(b"Microsoft.Network"));
        assert!(Prefilter::new(&[]).keeps(b"anything"), "no words, no filter");
        assert!(Prefilter::new(&["."]).keeps(b"anything"), "a word that says nothing");
    }

    proptest! {
        /// Whatever stands around the word, however it is cased, escaped or encoded: a file that holds it is kept.
        #[test]
        fn a_file_with_the_word_is_kept(
            word in "[a-zA-Z0-9]{3,16}",
            before in any::<String>(),
            after in any::<String>(),
            case in prop::collection::vec(any::<bool>(), 16),
            escaped in prop::collection::vec(prop::bool::weighted(0.2), 16),
            encoding in 0..3,
        ) {
            let mut text = format!("{{{before}");
            for (at, c) in word.chars().enumerate() {
                let c = if case[at] { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
                if escaped[at] { text += &format!("\\u{:04X}", u32::from(c)) } else { text.push(c) }
            }
            text += &after;
            let bytes: Vec<u8> = match encoding {
                0 => text.into_bytes(),
                1 => [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
                _ => [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
            };
            prop_assert!(Prefilter::new(&[&word]).keeps(&bytes));
        }
    }
}
