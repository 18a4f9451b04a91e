//! Which policies run in a section: its own, and in place of `<base />` those of the scopes above.

use std::sync::Arc;

use super::document::{PolicyDocument, State};
use crate::value::Value;

/// What `<base />` stands for.
#[derive(Debug, Default)]
pub(super) struct Above {
    /// The document of the nearest scope above that has one.
    pub(super) document: Option<Arc<PolicyDocument>>,
    /// Whether there may be another in between or instead, which is in no file being linted.
    pub(super) open: bool,
}

impl PolicyDocument {
    /// The policies that run in a section in their order, each without what is in it, and whether there may be more. Scopes
    /// nest no deeper than resources do.
    pub(super) fn effective(&self, section: &str) -> (Vec<Value>, bool) {
        let above = || match &self.above().document {
            Some(document) => {
                let (policies, open) = document.effective(section);
                (policies, open || self.above().open)
            }
            None => (Vec::new(), self.above().open),
        };
        if !matches!(self.state(), State::Read) {
            return (Vec::new(), true);
        }
        let mut sections = self.tree().root().into_iter().flat_map(|root| self.tree().elements(root));
        let Some(section) = sections.find(|node| self.name(*node) == section) else {
            // What an absent section takes over is not documented.
            return (above().0, true);
        };
        let range = &self.tree().get(section).range;
        let mut open = self.open_elements().iter().any(|node| range.contains(&self.tree().get(*node).range.start));
        let mut policies = Vec::new();
        let inside = self.tree().all().filter(|node| range.contains(&self.tree().get(*node).range.start));
        for node in inside.filter(|node| self.is_policy(*node)) {
            if self.name(node) == "base" {
                let (inherited, more) = above();
                policies.extend(inherited);
                open |= more;
            } else {
                policies.push(self.outline(node));
            }
        }
        (policies, open)
    }
}
