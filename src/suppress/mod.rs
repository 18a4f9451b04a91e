//! Suppressions: what a file says to armlint about diagnostics that its author accepts.
//!
//! Two spellings, one meaning: a comment, or for files that stay strict JSON an entry in `metadata`. Each names rules and covers
//! a part of the file. That is all this room knows, and how one is written or taken out. Whether a rule is known, the date has
//! passed and anything is found there is for the check to say.

mod add;
mod baseline;
mod comment;
mod metadata;
mod remove;
mod written;

pub use add::{Draft, above, inside, line_of};
pub use baseline::{BASELINE_SCHEMA, Entry, pair_baseline, print_baseline, read_baseline};
pub use remove::removal;
pub use written::{Kind, Named, Suppression, read};

/// The rule of a suppression that cannot be understood.
pub const INVALID: &str = "suppression/invalid";
/// The word without which a text has no suppression in it.
pub const MARK: &str = "armlint";
