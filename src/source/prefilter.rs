//! Which files cannot matter to any rule, told from their bytes without reading them as JSON.
//!
//! Every resource type has a word that only it has (`apimanagement`). A template that deploys the type has the word in one piece,
//! in whatever case, even where an expression builds the type: `concat('Microsoft.', 'ApiManagement', '/service')`. Three things
//! can hide a word that is there: an escape for one of its characters (`\u0061`), UTF-16, and an expression that joins parts
//! of words. Files with the first two are kept; the third nobody writes, and no rule could tell such a type either.

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

/// A word to be found without case: its rarest byte is searched, and the rest compared around it.
#[derive(Debug, Clone)]
pub(super) struct Word {
    lower: Vec<u8>,
    /// The index of the rarest byte.
    rare: usize,
}

impl Word {
    pub(super) fn new(word: &str) -> Self {
        let runs = word.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
        let lower = runs.max_by_key(|run| run.len()).unwrap_or_default().to_ascii_lowercase();
        let rare = (0..lower.len()).min_by_key(|&at| frequency(lower[at])).unwrap_or(0);
        Self { lower, rare }
    }

    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        let rare = self.lower[self.rare];
        memchr::memchr2_iter(rare, rare.to_ascii_uppercase(), bytes).any(|found| {
            let start = found.checked_sub(self.rare);
            let there = start.and_then(|start| bytes.get(start..start + self.lower.len()));
            there.is_some_and(|there| there.eq_ignore_ascii_case(&self.lower))
        })
    }
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
