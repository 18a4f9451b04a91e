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
    let at = |n: usize| bytes.get(n).copied().map_or(0, usize::from);
    let (len, last) = (bytes.len(), bytes.len().wrapping_sub(1));
    let mixed = at(0)
        .wrapping_mul(31)
        .wrapping_add(at(len / 3).wrapping_mul(131))
        .wrapping_add(at(len / 2).wrapping_mul(17))
        .wrapping_add(at(last.wrapping_sub(1)).wrapping_mul(67))
        .wrapping_add(at(last).wrapping_mul(257));
    (mixed ^ len.wrapping_mul(73)) % SLOTS
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
