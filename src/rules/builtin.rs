//! The rules that come with the program: the files under `rules/`, listed by the build script.
//!
//! They are constants, read when they are first needed: most checks need few of them. Where no rule file was changed since they
//! were packed, they come from there.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, OnceLock};

use super::head::{Head, Words};
use super::load::{self, Definitions};
use super::packed::{self, Pack};
use super::policy::PolicyTable;
use super::rule::{OptionSpec, Rule};
use super::set::{RuleSet, RuleText};
use crate::diagnostic::Severity;
use crate::source::{Loaded, SourceFile, Sources};
use crate::syntax::Document;
use crate::table::Problems;

/// A built-in rule file, and what must be known of it before it is read.
struct Written {
    path: &'static str,
    json: &'static str,
    prose: &'static str,
    head: Head,
}

include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));
include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// The rules read so far.
static READ: [OnceLock<Option<Box<Rule>>>; COUNT] = [const { OnceLock::new() }; COUNT];

/// How many there are.
pub(super) const COUNT: usize = BUILTIN.len();

/// The head of the built-in rule of that place.
pub(super) fn head(n: usize) -> &'static Head {
    &BUILTIN[n].head
}

/// The built-in rules as they were packed; none where they are stale.
static PACK: LazyLock<Option<Pack>> = LazyLock::new(|| Pack::open(PACKED));

/// The built-in rule of that place. A test holds that each can be read.
pub(super) fn rule(n: usize) -> Option<&'static Rule> {
    READ[n].get_or_init(|| unpacked(n).or_else(|| read(n)).map(Box::new)).as_deref()
}

/// Whether somebody needed the built-in rule of that place already.
pub(super) fn is_read(n: usize) -> bool {
    READ[n].get().is_some()
}

/// The rule of that place as it was packed.
fn unpacked(n: usize) -> Option<Rule> {
    let mut rule = PACK.as_ref()?.rule(n)?;
    rule.meta.prose = Cow::Borrowed(BUILTIN[n].prose);
    rule.meta.options = rule.options.iter().map(OptionSpec::told).collect();
    Some(rule)
}

/// The rule of that place as its file has it.
fn read(n: usize) -> Option<Rule> {
    let written = &BUILTIN[n];
    let folder = written.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut problems = Problems::new(super::INVALID_RULE);
    let shared = SHARED.iter().position(|(of, _)| *of == folder).and_then(definitions);
    let document = Document::parse(SourceFile::built_in(written.path, written.json));
    load::rule(&document, written.prose, shared, &policies, &mut problems)
}

/// The built-in definitions of that place.
fn definitions(n: usize) -> Option<&'static Definitions<'static>> {
    static READ: [OnceLock<Option<Definitions<'static>>>; SHARED.len()] = [const { OnceLock::new() }; SHARED.len()];
    static DOCUMENTS: [OnceLock<Document>; SHARED.len()] = [const { OnceLock::new() }; SHARED.len()];
    let document = DOCUMENTS[n].get_or_init(|| Document::parse(SourceFile::built_in(SHARED[n].0, SHARED[n].1)));
    READ[n].get_or_init(|| Definitions::open(document, &mut Problems::new(super::INVALID_RULE))).as_ref()
}

/// What is known of policy documents.
pub(super) fn policies() -> Arc<PolicyTable> {
    static READ: OnceLock<Arc<PolicyTable>> = OnceLock::new();
    let read = || {
        let unpacked = PACK.as_ref().and_then(Pack::policies);
        Arc::new(unpacked.unwrap_or_else(read_policies))
    };
    Arc::clone(READ.get_or_init(read))
}

/// The same as its files have it.
fn read_policies() -> PolicyTable {
    let tables = POLICIES.iter().filter_map(|(folder, json)| {
        let document = Document::parse(SourceFile::built_in(folder, json));
        PolicyTable::load(&document, &mut Problems::new(super::INVALID_RULE))
    });
    tables.fold(PolicyTable::default(), |known, table| table.over(&known))
}

/// The built-in rules, read from their files and packed: what `rules/packed.txt` has to be.
#[must_use]
pub fn pack() -> Option<String> {
    let rules: Vec<Rule> = (0..COUNT).map(read).collect::<Option<_>>()?;
    Some(packed::print(FINGERPRINT, &rules, &read_policies()))
}

/// The built-in rule file of the rule called `name`.
fn written(name: &str) -> Option<&'static Written> {
    BUILTIN.iter().find(|written| written.head.name == name)
}

impl RuleSet {
    /// The built-in rule files and what they share, whose texts are added to `sources`.
    #[must_use]
    pub fn builtin_texts(sources: &Sources) -> Vec<RuleText> {
        let text = |path: String, json: &'static str, prose: &str| RuleText {
            file: sources.add(path, Loaded::utf8(json)),
            prose: prose.to_owned(),
        };
        let shared = SHARED.iter().map(|(folder, json)| text(format!("{folder}/definitions.json"), json, ""));
        let rules = BUILTIN.iter().map(|written| text(written.path.to_owned(), written.json, written.prose));
        let policies = POLICIES.iter().map(|(folder, json)| text(format!("{folder}/policies.json"), json, ""));
        shared.chain(policies).chain(rules).collect()
    }

    /// The text of the built-in rule called `name`, its lines without the blanks around them.
    #[must_use]
    pub fn builtin_text(name: &str) -> Option<&'static str> {
        written(name).map(|written| written.json)
    }

    /// A bad and a good template of a built-in rule, each with its path: two of its fixtures.
    #[must_use]
    pub fn example(name: &str) -> Option<[(&'static str, &'static str); 2]> {
        let path = written(name)?.path;
        EXAMPLES.iter().find(|(of, _)| *of == path).map(|(_, pair)| *pair)
    }
}

#[cfg(test)]
mod tests {
    use super::{COUNT, FINGERPRINT, PACK, PACKED, unpacked};
    use crate::rules::packed::print;

    #[test]
    fn what_was_unpacked_is_packed_as_it_was() {
        let pack = PACK.as_ref().expect("the rules are packed anew: ARMLINT_WRITE=1 cargo test --test kit");
        let rules: Vec<_> = (0..COUNT).map(|n| unpacked(n).unwrap()).collect();
        assert_eq!(print(FINGERPRINT, &rules, &pack.policies().unwrap()), PACKED);
    }
}
