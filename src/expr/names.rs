//! Equal names as one text: templates say `parameters` and `Microsoft.ApiManagement/service` a thousand times.

use std::cell::RefCell;
use std::sync::Arc;

/// How many texts are kept at once.
const SLOTS: usize = 512;
/// Longer texts hardly come twice.
const LONGEST: usize = 64;

thread_local! {
    /// The texts that a thread met last, each in the one slot that a few of its bytes name. Empty until something is shared.
    static KNOWN: RefCell<Vec<Option<Known>>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone)]
struct Known {
    ends: (u64, u64),
    text: Arc<str>,
}

/// The text, shared with an equal one that this thread met before, where that is still known.
#[must_use]
pub fn shared(text: &str) -> Arc<str> {
    if text.len() > LONGEST {
        return text.into();
    }
    let ends = ends(text.as_bytes());
    let is = |known: &Known| {
        // The ends of a short text are all of it.
        known.ends == ends && known.text.len() == text.len() && (text.len() <= 2 * END || *known.text == *text)
    };
    KNOWN.with_borrow_mut(|known| {
        if known.is_empty() {
            known.resize(SLOTS, None);
        }
        match &mut known[slot(ends)] {
            Some(known) if is(known) => Arc::clone(&known.text),
            slot => Arc::clone(&slot.insert(Known { ends, text: text.into() }).text),
        }
    })
}

/// How many bytes an end has.
const END: usize = 8;

/// The first and the last bytes of a text, of which a short one has none beside.
fn ends(bytes: &[u8]) -> (u64, u64) {
    if let (Some(head), Some(tail)) = (bytes.first_chunk::<END>(), bytes.last_chunk::<END>()) {
        return (u64::from_le_bytes(*head), u64::from_le_bytes(*tail));
    }
    if let (Some(head), Some(tail)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return (u32::from_le_bytes(*head).into(), u32::from_le_bytes(*tail).into());
    }
    (bytes.iter().fold(0, |mixed, byte| mixed << 8 | u64::from(*byte)), 0)
}

/// The ends tell most names apart: types begin alike, and numbered names too.
fn slot((head, tail): (u64, u64)) -> usize {
    let mixed = (head ^ tail.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{LONGEST, shared};

    #[test]
    fn equal_texts_are_one_and_others_are_not() {
        let (first, again) = (shared("parameters"), shared("parameters"));
        assert!(Arc::ptr_eq(&first, &again));
        for text in ["", "a", "variables", "é", &"x".repeat(100)] {
            assert_eq!(&*shared(text), text);
        }
    }

    #[test]
    fn names_that_differ_in_one_byte_or_in_length_stay_apart() {
        for len in 0..=LONGEST + 1 {
            let text = "a".repeat(len);
            assert_eq!(*shared(&text), text);
            for at in 0..len {
                let other = format!("{}b{}", &text[..at], &text[at + 1..]);
                // Whichever comes last is in the slot that both may share.
                assert_eq!(*shared(&other), other);
                assert_eq!(*shared(&text), text);
            }
        }
    }
}
