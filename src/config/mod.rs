//! Configuration: what `armlint.json` and `armlint.jsonc` say, for which files, and where each setting comes from.
//!
//! A file has the nearest configuration, from its own folder upwards, and those that it extends. What the words in it mean
//! (which rules, which options) is not known here.
//!
//! | limit | value | beyond it |
//! |---|---|---|
//! | configurations that extend one another in a row | 16 | a mistake in the configuration |

mod file;
mod find;
mod patterns;
mod read;
mod settings;
mod show;

pub use file::schema;
pub use find::{Configs, NAMES, Search};
pub use settings::{Accepted, Assignment, Config, FailOn, Given, Layer, Limits, OptionValue, Origin, Undecided};
pub use show::{Setting, settings};

/// The rule of a mistake in a configuration.
pub const INVALID_CONFIGURATION: &str = "configuration/invalid";
