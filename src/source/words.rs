//! Several words looked for in one pass, ASCII case aside.
//!
//! Of the text only every so many bytes are looked at: four bytes there are compared with all fours of the words that may stand
//! there (the idea is that of Wu and Manber, *A fast algorithm for multi-pattern searching*, 1994, with steps of one length). The
//! longer the shortest word is, the fewer places need be looked at.

/// How many bytes are looked at as one, at most.
const GRAM: usize = 4;
/// How many bytes of the text come between two decisions whether anything may be there.
const BLOCK: usize = 64;
/// The bytes that the grams which start in a block are made of.
const REACH: usize = BLOCK + GRAM - 1;
/// How many bits of a mixed gram tell grams apart.
const BITS: u32 = 12;

/// Words of ASCII letters and digits.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// In lower case.
    words: Vec<Box<[u8]>>,
    /// From one gram of the text that is looked at to the next: 8, 4, 2 or 1.
    step: usize,
    /// The bits of a gram that count: fewer where a word is shorter.
    mask: u32,
    /// Which grams of the words there may be, by their mixed bits.
    may_be: Box<[bool; 1 << BITS]>,
    /// Which gram begins at which byte of which word, sorted.
    places: Vec<(u32, usize, usize)>,
}

impl Words {
    /// Looks for `words`, of which none is empty.
    pub(super) fn new(words: &[&str]) -> Self {
        let words: Vec<Box<[u8]>> = words.iter().map(|word| word.to_ascii_lowercase().into_bytes().into()).collect();
        let shortest = words.iter().map(|word| word.len()).min().unwrap_or(1);
        let gram_len = shortest.min(GRAM);
        let step = match shortest + 1 - gram_len {
            8.. => 8,
            4.. => 4,
            2.. => 2,
            _ => 1,
        };
        let mask = u32::MAX >> (8 * (GRAM - gram_len));
        let mut places = Vec::new();
        for (n, word) in words.iter().enumerate() {
            places.extend((0..step).map(|at| (gram([0, 1, 2, 3].map(|n| word.get(at + n).copied().unwrap_or(0)), mask), n, at)));
        }
        places.sort_unstable();
        let mut may_be = Box::new([false; 1 << BITS]);
        places.iter().for_each(|&(gram, ..)| may_be[mixed(gram)] = true);
        Self { words, step, mask, may_be, places }
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Tells `found` which word begins at which byte, in the order of the text but for words that overlap, until it wants no more.
    /// Whether it did.
    pub(super) fn find(&self, bytes: &[u8], found: impl FnMut(usize, usize) -> bool) -> bool {
        match self.step {
            8 => self.find_by::<8>(bytes, found),
            4 => self.find_by::<4>(bytes, found),
            2 => self.find_by::<2>(bytes, found),
            _ => self.find_by::<1>(bytes, found),
        }
    }

    fn find_by<const STEP: usize>(&self, bytes: &[u8], mut found: impl FnMut(usize, usize) -> bool) -> bool {
        let mut at = 0;
        while let Some(block) = bytes[at..].first_chunk::<REACH>() {
            if self.may_begin_in::<STEP>(block) && self.begin_in::<STEP>(block, bytes, at, &mut found) {
                return true;
            }
            at += BLOCK;
        }
        // What is left is shorter than two blocks, and no word goes on behind the end.
        let mut rest = [0; BLOCK + REACH];
        rest[..bytes.len() - at].copy_from_slice(&bytes[at..]);
        [0, BLOCK].into_iter().any(|from| {
            let block = rest[from..].first_chunk();
            block.is_some_and(|block| {
                self.may_begin_in::<STEP>(block) && self.begin_in::<STEP>(block, bytes, at + from, &mut found)
            })
        })
    }

    /// Whether one of the grams of a block may be one of a word.
    #[inline]
    fn may_begin_in<const STEP: usize>(&self, block: &[u8; REACH]) -> bool {
        // NOTE: no early end, so that nothing is to be guessed but whether the block is done.
        (0..BLOCK / STEP).fold(false, |any, n| any | self.may_be[mixed(gram_at(block, n * STEP, self.mask))])
    }

    /// Tells which words have a gram in a block, which begins at byte `from` of the text.
    fn begin_in<const STEP: usize>(
        &self,
        block: &[u8; REACH],
        bytes: &[u8],
        from: usize,
        found: &mut impl FnMut(usize, usize) -> bool,
    ) -> bool {
        (0..BLOCK).step_by(STEP).any(|at| {
            let gram = gram_at(block, at, self.mask);
            if !self.may_be[mixed(gram)] {
                return false;
            }
            let first = self.places.partition_point(|&(known, ..)| known < gram);
            self.places[first..].iter().take_while(|&&(known, ..)| known == gram).any(|&(_, n, before)| {
                let word = &self.words[n];
                let start = (from + at).checked_sub(before);
                let start = start
                    .filter(|&start| bytes.get(start..start + word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word)));
                start.is_some_and(|start| found(n, start))
            })
        })
    }
}

#[inline]
fn gram_at(block: &[u8; REACH], at: usize, mask: u32) -> u32 {
    gram([block[at], block[at + 1], block[at + 2], block[at + 3]], mask)
}

/// Bytes as a number, letters in lower case, by which other bytes become letters, too: it is not certain.
fn gram(bytes: [u8; GRAM], mask: u32) -> u32 {
    (u32::from_le_bytes(bytes) | 0x2020_2020) & mask
}

fn mixed(gram: u32) -> usize {
    (gram.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::{Strategy as _, any, prop, prop_assert_eq, proptest};

    use super::Words;

    #[test]
    fn a_word_is_found_at_the_end_of_a_text_of_any_length() {
        for word in ["a", "ab", "abc", "abcd", "abcdefg", "abcdefghijk"] {
            for before in 0..150 {
                let mut found = Vec::new();
                Words::new(&[word]).find(format!("{}{word}", "!".repeat(before)).as_bytes(), |_, at| {
                    found.push(at);
                    false
                });
                assert_eq!(found, [before], "{word} behind {before} bytes");
            }
        }
    }

    proptest! {
        /// Whatever the words are and wherever they stand, they are found where a look at every byte finds them, each once.
        #[test]
        fn words_are_found_where_they_stand(
            words in prop::sample::select(vec![1..3_usize, 3..5, 4..12, 11..20])
                .prop_flat_map(|len| prop::collection::vec(prop::collection::vec("[a-c1]", len).prop_map(|word| word.concat()), 1..4)),
            pieces in prop::collection::vec(("[a-cA-C1!\u{e9}]{0,70}", 0..4_usize, any::<bool>()), 0..6),
        ) {
            let mut found = Vec::new();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let text: String = pieces.iter().flat_map(|(before, word, upper)| {
                let word = words[word % words.len()];
                [before.clone(), if *upper { word.to_ascii_uppercase() } else { word.to_owned() }]
            }).collect();
            Words::new(&words).find(text.as_bytes(), |word, at| {
                found.push((word, at));
                false
            });
            let stands = |word: &str, at: usize| text.as_bytes()[at..].get(..word.len()).is_some_and(|here| here.eq_ignore_ascii_case(word.as_bytes()));
            let each = (0..words.len()).flat_map(|word| (0..text.len()).map(move |at| (word, at)));
            let expected: BTreeSet<_> = each.filter(|&(word, at)| stands(words[word], at)).collect();
            prop_assert_eq!(found.len(), expected.len());
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }
}
