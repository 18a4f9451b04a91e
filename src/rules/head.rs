//! What must be known of a rule before it is read: who it is, whether it was chosen, and which resources it looks at.

use std::sync::Arc;

use super::rule::{Existing, Rule};
use crate::diagnostic::Severity;
use crate::value::Key;

/// The head of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Its name.
    pub(super) name: Arc<str>,
    /// Its earlier names.
    pub(super) aliases: Vec<Arc<str>>,
    /// What it is about.
    pub(super) tags: Vec<String>,
    /// The presets that hold it.
    pub(super) presets: Vec<String>,
    /// The types that it judges.
    pub(super) judges: Vec<Key>,
    /// Whether it judges what calls ask about as well.
    pub(super) queried: bool,
    /// The types that it looks at besides.
    pub(super) reads: Vec<Key>,
}

impl Head {
    /// The head of a rule that was read.
    pub(super) fn of(rule: &Rule) -> Self {
        Self {
            name: Arc::clone(&rule.meta.name),
            aliases: rule.aliases.clone(),
            tags: rule.meta.tags.clone(),
            presets: rule.meta.presets.clone(),
            judges: rule.resource.clone(),
            queried: rule.existing == Existing::Read,
            reads: rule.joins.iter().flat_map(|join| join.resource.iter().cloned()).collect(),
        }
    }

    /// The name without its service.
    pub(super) fn bare(&self) -> &str {
        self.name.split_once('/').map_or(&self.name, |(_, bare)| bare)
    }
}

/// The presets of a rule that names none: `recommended` by its severity, `migration` and `security` by its tags.
pub(super) fn presets_of(severity: Severity, tags: &[impl AsRef<str>], is_deprecated: bool) -> Vec<String> {
    let mut presets = Vec::new();
    if severity > Severity::Note && !is_deprecated {
        presets.push("recommended".to_owned());
    }
    presets.extend(tags.iter().map(AsRef::as_ref).filter(|tag| ["migration", "security"].contains(tag)).map(str::to_owned));
    presets
}
