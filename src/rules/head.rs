//! What must be known of a rule before it is read: who it is, whether it was chosen, and which resources it looks at.

use std::borrow::Cow;
use std::sync::Arc;

use super::rule::{Existing, Rule};
use crate::diagnostic::Severity;
use crate::model::{Body, Way};
use crate::value::{Key, Value, ValueKind};

/// The head of a rule.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// Its name.
    pub(super) name: Cow<'static, str>,
    /// Its earlier names.
    pub(super) aliases: Words,
    /// What it is about.
    pub(super) tags: Words,
    /// The presets that hold it, where it names them.
    pub(super) presets: Option<Words>,
    /// How bad it is unless a condition says otherwise.
    pub(super) severity: Severity,
    /// Whether it should no longer be used.
    pub(super) is_deprecated: bool,
    /// The types that it judges.
    pub(super) judges: Words,
    /// Whether it judges what calls ask about as well.
    pub(super) queried: bool,
    /// The types that it looks at besides.
    pub(super) reads: Words,
    /// What a resource must have for the rule to say anything of it.
    pub(super) needs: Needs,
}

/// Ways of names down a resource, of which the rule needs all: of each entry one.
pub(super) type Needs = &'static [&'static [&'static [&'static str]]];

/// A list of words: of a built-in rule or of one that was read.
#[derive(Debug, Clone)]
pub(super) enum Words {
    /// They are constants.
    Fixed(&'static [&'static str]),
    /// They were read.
    Read(Vec<Arc<str>>),
}

impl Words {
    /// One after the other.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let (fixed, read): (&[&str], &[Arc<str>]) = match self {
            Self::Fixed(words) => (words, &[]),
            Self::Read(words) => (&[], words),
        };
        fixed.iter().copied().chain(read.iter().map(|word| &**word))
    }

    /// Whether one of them is `word`, without case.
    pub(super) fn has(&self, word: &str) -> bool {
        self.iter().any(|known| known.eq_ignore_ascii_case(word))
    }
}

impl<T: AsRef<str>> FromIterator<T> for Words {
    fn from_iter<I: IntoIterator<Item = T>>(words: I) -> Self {
        Self::Read(words.into_iter().map(|word| word.as_ref().into()).collect())
    }
}

impl Head {
    /// The head of a rule that was read.
    pub(super) fn of(rule: &Rule) -> Self {
        Self {
            name: rule.meta.name.to_string().into(),
            aliases: rule.aliases.iter().collect(),
            tags: rule.meta.tags.iter().collect(),
            presets: Some(rule.meta.presets.iter().collect()),
            severity: rule.meta.severity,
            is_deprecated: rule.deprecated.is_some(),
            judges: rule.resource.iter().map(Key::as_str).collect(),
            queried: rule.existing == Existing::Read,
            reads: rule.joins.iter().flat_map(|join| join.resource.iter().map(Key::as_str)).collect(),
            // It is read already: that it says nothing, it finds out itself.
            needs: &[],
        }
    }

    /// The presets that hold it.
    pub(super) fn presets(&self) -> impl Iterator<Item = &str> {
        let usual = self.presets.is_none().then(|| presets_of(self.severity, self.is_deprecated, self.tags.iter()));
        self.presets.iter().flat_map(Words::iter).chain(usual.into_iter().flatten())
    }

    /// What the rule needs, as the outline of a resource tells it.
    pub(super) fn outline(&self) -> Box<[Box<[Way]>]> {
        let ways = |ways: &&[&[&str]]| ways.iter().map(|way| Way::of(way.iter().copied())).collect();
        self.needs.iter().map(ways).collect()
    }

    /// Whether the rule may say something of a resource with this body: it need not be read for others.
    pub(super) fn may_judge(&self, body: &Body) -> bool {
        self.needs.iter().all(|ways| ways.iter().any(|way| leads_on(body, way)))
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
pub(super) fn presets_of<'t>(
    severity: Severity,
    is_deprecated: bool,
    tags: impl Iterator<Item = &'t str>,
) -> impl Iterator<Item = &'t str> {
    let recommended = (severity > Severity::Note && !is_deprecated).then_some("recommended");
    recommended.into_iter().chain(tags.filter(|tag| ["migration", "security"].contains(tag)))
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
        for n in 0..builtin::COUNT {
            let head = builtin::head(n);
            let rule = builtin::rule(n).unwrap_or_else(|| panic!("{} cannot be read", head.name));
            assert_eq!(head.needs, needs(rule), "{}", head.name);
        }
    }
}
