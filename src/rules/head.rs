//! What must be known of a rule before it is read: who it is, whether it was chosen, and which resources it looks at.

use std::sync::Arc;

use super::rule::{Existing, Rule};
use crate::diagnostic::Severity;
use crate::model::Body;
use crate::value::{Key, Value, ValueKind};

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
    /// What a resource must have for the rule to say anything of it.
    pub(super) needs: Needs,
}

/// Ways of names down a resource, of which the rule needs all: of each entry one.
pub(super) type Needs = &'static [&'static [&'static [&'static str]]];

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
            // It is read already: that it says nothing, it finds out itself.
            needs: &[],
        }
    }

    /// Whether the rule may say something of a resource with this body: it need not be read for others.
    pub(super) fn may_judge(&self, body: &Body) -> bool {
        let leads = |way: &&[&str]| body.may_lead(way.iter().copied()) && leads_on(body, way);
        self.needs.iter().all(|ways| ways.iter().any(leads))
    }

    /// The name without its service.
    pub(super) fn bare(&self) -> &str {
        self.name.split_once('/').map_or(&self.name, |(_, bare)| bare)
    }
}

/// Whether such a way may lead somewhere.
fn leads_on(mut value: &Value, way: &[&str]) -> bool {
    for name in way {
        match &value.kind {
            ValueKind::Unknown(_) => return true,
            ValueKind::Object(object) => match object.last_named(name) {
                Some((_, next)) => value = next,
                None => return false,
            },
            _ => return false,
        }
    }
    true
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

#[cfg(test)]
mod tests {
    use crate::rules::builtin;
    use crate::rules::condition::{Leaf, Predicate, Quantifier, Source, Test};
    use crate::rules::path::{Path, Step};
    use crate::rules::rule::{Rule, Subject};

    /// The names on a path down to its first wildcard or index.
    fn way(path: &Path) -> Vec<&str> {
        let names = path.steps.iter().map_while(|step| if let Step::Name(name) = step { Some(&**name) } else { None });
        names.collect()
    }

    /// Whether the question is false where nothing is there.
    fn wants_something(leaf: &Leaf) -> bool {
        let denied = matches!(leaf.test, Test::Exists(false) | Test::Set(false) | Test::Written(false) | Test::ByDefault(false));
        match leaf.quantifier {
            Quantifier::One => leaf.term.default.is_none() && !denied,
            Quantifier::Any => true,
            Quantifier::All | Quantifier::None => false,
        }
    }

    fn needed_by<'r>(predicate: &'r Predicate, needs: &mut Vec<Vec<Vec<&'r str>>>) {
        match predicate {
            Predicate::All(parts) => parts.iter().for_each(|part| needed_by(part, needs)),
            Predicate::Leaf(leaf) => {
                let Source::At(place) = &leaf.term.source else { return };
                if place.of == Subject::SELF && wants_something(leaf) {
                    needs.push(place.paths.iter().map(way).collect());
                }
            }
            Predicate::Any(_) | Predicate::Not(_) => {}
        }
    }

    /// What a rule that was read needs.
    fn needs(rule: &Rule) -> Vec<Vec<Vec<&str>>> {
        let mut needs = Vec::new();
        if rule.policy.is_empty() && !rule.each.is_empty() {
            needs.push(rule.each.iter().map(way).collect());
        }
        rule.when.iter().for_each(|when| needed_by(when, &mut needs));
        needs.retain(|ways: &Vec<Vec<&str>>| ways.iter().all(|way| !way.is_empty()));
        needs
    }

    #[test]
    fn what_a_rule_needs_is_known_before_it_is_read() {
        for (n, head) in builtin::heads().enumerate() {
            let rule = builtin::rule(n).unwrap_or_else(|| panic!("{} cannot be read", head.name));
            assert_eq!(head.needs, needs(rule), "{}", head.name);
        }
    }
}
