//! Selections put together from several, and the exact name of a rule.

use std::sync::Arc;

use super::set::{NoSuchRule, RuleSet, Selection};

impl Selection {
    /// Adds what another selection of the same rules holds.
    pub fn add(&mut self, other: &Self) {
        self.chosen.extend(&other.chosen);
    }

    /// Takes away what another selection of the same rules holds.
    pub fn remove(&mut self, other: &Self) {
        self.chosen.retain(|ix| !other.chosen.contains(ix));
    }
}

impl RuleSet {
    /// The name of the rule that a word is: a name or a former one, with or without its service.
    ///
    /// # Errors
    /// There is no such rule; the nearest one is named.
    pub fn exactly(&self, word: &str) -> Result<Arc<str>, NoSuchRule> {
        let found = self.find_bare(word).and_then(|ix| self.heads().nth(ix));
        found.map(|head| Arc::from(&*head.name)).ok_or_else(|| self.unknown(word))
    }

    /// The rule of that name or former name, with or without its service.
    pub(super) fn find_bare(&self, word: &str) -> Option<usize> {
        self.find(word).or_else(|| self.heads().position(|head| head.bare().eq_ignore_ascii_case(word)))
    }
}
