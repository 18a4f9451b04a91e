//! Names that compare without case.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A property, parameter, variable or function name: kept as it is spelled, compared without ASCII case, as Azure does.
#[derive(Debug, Clone)]
pub struct Key(Arc<str>);

impl Key {
    /// The name as spelled.
    #[must_use]
    pub fn new(spelled: impl Into<Arc<str>>) -> Self {
        Self(spelled.into())
    }

    /// The name as spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The shared text of the name.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// Whether this is the very text that another one is.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether this is the name `other`, without case.
    #[must_use]
    #[inline]
    pub fn is(&self, other: &str) -> bool {
        self.0.len() == other.len() && are_alike(&self.0, other)
    }
}

/// Whether two names of one length are the same without case.
fn are_alike(one: &str, other: &str) -> bool {
    // Most names are spelled alike, and others differ in their first byte already.
    let first = |name: &str| name.as_bytes().first().map(u8::to_ascii_lowercase);
    first(one) == first(other) && (one == other || one.eq_ignore_ascii_case(other))
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        let (one, other) = (self.0.as_bytes(), other.0.as_bytes());
        // Types share long beginnings, mostly in one spelling: those are passed eight bytes at a time.
        let same = one.chunks_exact(8).zip(other.chunks_exact(8)).take_while(|(a, b)| a == b).count() * 8;
        // Only where bytes differ is their case looked at.
        let folded = |(a, b): (&u8, &u8)| a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase());
        let differ = one[same..].iter().zip(&other[same..]).filter(|(a, b)| a != b).map(folded).find(|order| order.is_ne());
        differ.unwrap_or_else(|| one.len().cmp(&other.len()))
    }
}

impl From<&str> for Key {
    fn from(spelled: &str) -> Self {
        Self::new(spelled)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the names of a list stand in it: sorted by hash, so that a look-up compares one name.
#[derive(Debug)]
pub struct KeyIndex(Box<[(u32, u32)]>);

impl KeyIndex {
    /// The index of a list of names.
    pub fn of<'k>(names: impl Iterator<Item = &'k Key>) -> Self {
        let mut places: Vec<_> = names.zip(0..).map(|(name, at)| (hash(name.as_str()), at)).collect();
        places.sort_unstable();
        Self(places.into())
    }

    /// The last place whose name is `name`, without case; `name_at` tells the name of a place.
    pub fn find<'k>(&self, name: &str, name_at: impl Fn(usize) -> Option<&'k Key>) -> Option<usize> {
        let hash = hash(name);
        let first = self.0.partition_point(|&(known, _)| known < hash);
        let same = self.0[first..].iter().take_while(|&&(known, _)| known == hash);
        same.map(|&(_, at)| at as usize).filter(|&at| name_at(at).is_some_and(|key| key.is(name))).last()
    }
}

/// A number that equal names have in every spelling.
///
/// Bit 5 tells upper from lower case letters. It is set in all bytes, eight at a time; so are a few others made alike, such as `@`
/// and a backtick, which costs a comparison where names differ in nothing else.
#[must_use]
pub fn hash(name: &str) -> u32 {
    let bytes = name.as_bytes();
    // What is left behind the last whole word is read with bytes before it, and a short name as two halves that may overlap.
    let last = match (bytes.last_chunk::<8>(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(last), ..) => u64::from_le_bytes(*last),
        (None, Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32,
        _ => bytes.iter().fold(0, |word, &byte| (word << 8) | u64::from(byte)),
    };
    let whole = bytes.len().saturating_sub(1) / 8;
    let words = bytes.as_chunks::<8>().0.iter().take(whole).map(|word| u64::from_le_bytes(*word)).chain([last]);
    let mixed = words.fold(name.len() as u64, |hash, word| {
        // The multiplier is 2^64 divided by the golden ratio, made odd: Knuth, "The Art of Computer Programming", 6.4.
        let product = (hash ^ (word | 0x2020_2020_2020_2020)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        product ^ (product >> 32)
    });
    mixed as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{Key, KeyIndex, hash};

    proptest! {
        #[test]
        fn equal_names_have_one_hash_and_are_found_in_every_spelling(name in "[-@`A-Za-z0-9_.äÄ]{0,24}", upper in any::<u32>()) {
            let change = |(n, c): (usize, char)| if upper >> (n % 32) & 1 == 1 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            let other: String = name.chars().enumerate().map(change).collect();
            prop_assert_eq!(hash(&name), hash(&other));
            let keys = [Key::from("other"), Key::from(name.as_str())];
            let index = KeyIndex::of(keys.iter());
            prop_assert_eq!(index.find(&other, |at| keys.get(at)), Some(1));
        }
    }

    #[test]
    fn names_that_differ_in_one_character_or_in_length_have_hashes_of_their_own() {
        let names: Vec<String> =
            (0..20).flat_map(|n| ('a'..='z').map(move |c| format!("{}{c}{}", "x".repeat(n), "y".repeat(19 - n)))).collect();
        let long = (0..300).map(|n| "z".repeat(n));
        let all: BTreeSet<String> = names.into_iter().chain(long).collect();
        let hashes: BTreeSet<u32> = all.iter().map(|name| hash(name)).collect();
        assert_eq!(hashes.len(), all.len());
    }
}
