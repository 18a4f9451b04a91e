//! The rules that come with the program: the files under `rules/`, listed by the build script.

use crate::source::{Loaded, Sources};

use super::{RuleSet, RuleText};
use crate::diagnostic::Diagnostic;

include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));
include!(concat!(env!("OUT_DIR"), "/examples.rs"));

impl RuleSet {
    /// The built-in rules, whose texts are added to `sources`.
    ///
    /// # Errors
    /// The mistakes in their files; a test holds that there are none.
    pub fn builtin(sources: &Sources) -> Result<Self, Vec<Diagnostic>> {
        Self::default().with(&Self::builtin_texts(sources))
    }

    /// The built-in rule files, whose texts are added to `sources`.
    #[must_use]
    pub fn builtin_texts(sources: &Sources) -> Vec<RuleText> {
        let text = |(path, json, prose): &(&str, &str, &str)| RuleText {
            file: sources.add(*path, Loaded::utf8(*json)),
            prose: (*prose).to_owned(),
        };
        BUILTIN.iter().map(text).collect()
    }

    /// A bad and a good template of a built-in rule, each with its path: two of its fixtures.
    #[must_use]
    pub fn example(name: &str) -> Option<[(&'static str, &'static str); 2]> {
        let file = |path: &str| path.strip_prefix("rules/").and_then(|path| path.strip_suffix(".json")) == Some(name);
        EXAMPLES.iter().find(|(path, _)| file(path)).map(|(_, pair)| *pair)
    }
}
