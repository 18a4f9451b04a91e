//! Equal names as one text: templates say `parameters` and `Microsoft.ApiManagement/service` a thousand times.

use std::sync::Arc;

/// How many texts are kept at once.
const SLOTS: usize = 512;
/// Longer texts hardly come twice.
const LONGEST: usize = 64;

/// The texts that were met last, each in the one slot that a few of its bytes name.
#[derive(Debug, Default)]
pub struct Names {
    /// Empty until something is shared.
    slots: Vec<Option<Arc<str>>>,
}

impl Names {
    /// The text, shared with an equal one that was met before, where that is still known.
    pub fn share(&mut self, text: &str) -> Arc<str> {
        if text.len() > LONGEST {
            return text.into();
        }
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        let slot = &mut self.slots[slot(text)];
        match slot {
            Some(known) if **known == *text => Arc::clone(known),
            _ => Arc::clone(slot.insert(text.into())),
        }
    }
}

fn slot(text: &str) -> usize {
    let bytes = text.as_bytes();
    // The ends tell most names apart: types begin alike, and numbered names too.
    let (head, tail) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => (bytes.iter().fold(0, |mixed, byte| mixed << 8 | u64::from(*byte)), 0),
    };
    let mixed = (head ^ tail.rotate_left(29) ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Names;

    #[test]
    fn equal_texts_are_one_and_others_are_not() {
        let mut names = Names::default();
        let (first, again) = (names.share("parameters"), names.share("parameters"));
        assert!(Arc::ptr_eq(&first, &again));
        for text in ["", "a", "variables", "é", &"x".repeat(100)] {
            assert_eq!(&*names.share(text), text);
        }
    }
}
