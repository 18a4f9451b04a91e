//! Which files cannot matter to any rule, told from their bytes without reading them as JSON.
//!
//! Every resource type has a word that only it has (`apimanagement`). A template that deploys the type has the word in one piece,
//! in whatever case, even where an expression builds the type: `concat('Microsoft.', 'ApiManagement', '/service')`. Three things
//! can hide a word that is there: an escape for one of its characters (`\u0061`), UTF-16, and an expression that joins parts
//! of words. Files with the first two are kept; the third nobody writes, and no rule could tell such a type either.

use memchr::memmem;

use super::read::starts_as_utf16;
use super::words::Words;

/// The name of the schema of a deployment template of any scope.
pub(super) const TEMPLATE: &str = "deploymentTemplate";
/// The name of the schema of a parameter file.
pub(super) const PARAMETERS: &str = "deploymentParameters";
/// The words that tell what a skipped file is. The last links to other templates.
pub(super) const MARKS: [&str; 3] = [TEMPLATE, PARAMETERS, "templateLink"];

/// Keeps the files that hold one of some words.
#[derive(Debug, Clone)]
pub struct Prefilter {
    /// Those words, and behind them the [`MARKS`] of what is not kept; none where every file is.
    words: Option<Words>,
    escape: memmem::Finder<'static>,
}

impl Prefilter {
    /// Keeps files with one of `words`, ASCII case aside.
    ///
    /// Only the longest run of ASCII letters and digits of a word counts, since other characters can be escaped in more ways;
    /// a word without any, like an empty list, keeps every file.
    #[must_use]
    pub fn new(words: &[&str]) -> Self {
        let runs = words.iter().map(|word| {
            let runs = word.split(|c: char| !c.is_ascii_alphanumeric());
            runs.max_by_key(|run| run.len()).unwrap_or_default()
        });
        let runs: Vec<&str> = runs.collect();
        let sifts = !runs.is_empty() && runs.iter().all(|run| !run.is_empty());
        let words = sifts.then(|| Words::new(&[&runs[..], &MARKS].concat()));
        Self { words, escape: memmem::Finder::new(br"\u00") }
    }

    /// Whether a file of these bytes may matter. `false` is certain.
    #[must_use]
    pub fn keeps(&self, bytes: &[u8]) -> bool {
        self.marks(bytes).is_none()
    }

    /// Whether an escape may stand for a character of a word. Most files have no backslash at all.
    fn may_hide(&self, bytes: &[u8]) -> bool {
        memchr::memchr(b'\\', bytes).is_some_and(|at| self.escape.find(&bytes[at..]).is_some())
    }

    /// Where the [`MARKS`] first stand in a file that is not kept.
    pub(super) fn marks(&self, bytes: &[u8]) -> Option<[Option<usize>; MARKS.len()]> {
        let words = self.words.as_ref().filter(|_| !starts_as_utf16(bytes))?;
        let mut marks = [None; MARKS.len()];
        let wanted = words.len() - MARKS.len();
        let is_kept = words.find(bytes, |word, at| match word.checked_sub(wanted) {
            None => true,
            Some(mark) => {
                marks[mark].get_or_insert(at);
                false
            }
        });
        (!is_kept && !self.may_hide(bytes)).then_some(marks)
    }
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
