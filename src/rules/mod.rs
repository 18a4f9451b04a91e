//! Rules as data: read, checked, selected, judged.
//!
//! A rule is a JSON file with comments and a Markdown file beside it. [`RuleSet`] reads and checks them as a whole, [`run`]
//! judges a [`crate::model::Model`] by those that were chosen. Paths only select; predicates decide, in three-valued logic.
//! What Azure takes for an omitted property is said by the rule that relies on it, never here.

mod ask;
mod builtin;
mod choice;
mod condition;
mod describe;
mod evidence;
mod file;
mod head;
mod join;
mod judge;
mod load;
mod lookup;
mod mend;
mod operator;
mod packed;
mod path;
mod pattern;
mod policy;
mod predicate;
mod reach;
mod reference;
mod rule;
mod run;
mod schema;
mod select;
mod set;
mod version;
mod wording;

#[cfg(test)]
mod tests;

pub use builtin::pack;
pub use mend::Trees;
pub use reach::{Reach, Unreached};
pub use reference::reference;
pub use run::{group, merge_fixes, run};
pub use schema::schema;
pub use set::{NoSuchRule, RuleSet, RuleText, Selection, Settings};
pub use version::Version;

/// The rule of a mistake in a rule file.
pub const INVALID_RULE: &str = "rules/invalid-rule";
