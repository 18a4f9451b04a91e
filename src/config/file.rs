//! A configuration as written: which keys it may have and what may stand there.
//!
//! Files are checked against these tables, and `docs/armlint.schema.json` is printed from them.

use serde_json::json;

use super::settings::{FailOn, Undecided};
use crate::table::{self, Table, Takes, may, must};

/// The words of a severity; `off` is a rule that does not take part.
pub(super) const SEVERITIES: &[&str] = &["off", "note", "warning", "error"];

const PRESET: &str = "A set of rules: recommended, migration, security or all.";
const SELECT: &str = "Rules instead of the preset: names, prefixes such as `api-management/`, tags, or `all`.";
const EXTEND: &str = "Rules besides.";
const IGNORE: &str = "Rules that do not take part.";
const SEVERITY: &str = "How bad what a rule tells is, by the rule: error, warning or note; `off` ignores it.";
const OPTIONS: &str = "The options of rules: by the rule, the value of each option.";
const FAIL: &str = "The least severity that makes the exit code 1.";
const TELL: &str = "What to do with checks that cannot be decided.";

/// A configuration file.
pub(super) static CONFIGURATION: Table = Table {
    what: "configuration",
    keys: &[
        may("$schema", Takes::Text, "The schema that editors complete from."),
        may(
            "extends",
            Takes::OneOrMoreTexts,
            "Other configurations that hold as well, seen from the folder of this one; it wins.",
        ),
        may("preset", Takes::Text, PRESET),
        may("select", Takes::OneOrMoreTexts, SELECT),
        may("extendSelect", Takes::OneOrMoreTexts, EXTEND),
        may("ignore", Takes::OneOrMoreTexts, IGNORE),
        may("severity", Takes::Map(&Takes::Choice(SEVERITIES)), SEVERITY),
        may("options", Takes::Map(&Takes::Map(&Takes::Anything)), OPTIONS),
        may("rules", Takes::OneOrMoreTexts, "Folders of rules besides the built-in ones."),
        may(
            "include",
            Takes::OneOrMoreTexts,
            "The files of walked folders that are checked, as patterns of a `.gitignore`; all if absent.",
        ),
        may("exclude", Takes::OneOrMoreTexts, "Files and folders that are not, as patterns of a `.gitignore`."),
        may("overrides", Takes::Many(&OVERRIDE), "What holds for some of the files; a later one wins."),
        may("failOn", Takes::Choice(FailOn::WORDS), FAIL),
        may("undecided", Takes::Choice(Undecided::WORDS), TELL),
        may(
            "parameters",
            Takes::Map(&Takes::OneOrMoreTexts),
            "By the path of a template, its parameter files instead of those found beside it.",
        ),
        may("suppress", Takes::Many(&SUPPRESSION), "Diagnostics that are accepted, by rule and path."),
        may("suppressions", Takes::One(&LIMITS), "What suppressions must be like."),
    ],
};

/// What holds for some files.
pub(super) static OVERRIDE: Table = Table {
    what: "override",
    keys: &[
        must("paths", Takes::OneOrMoreTexts, "The files, as patterns of a `.gitignore`."),
        may("preset", Takes::Text, PRESET),
        may("select", Takes::OneOrMoreTexts, SELECT),
        may("extendSelect", Takes::OneOrMoreTexts, EXTEND),
        may("ignore", Takes::OneOrMoreTexts, IGNORE),
        may("severity", Takes::Map(&Takes::Choice(SEVERITIES)), SEVERITY),
        may("options", Takes::Map(&Takes::Map(&Takes::Anything)), OPTIONS),
        may("failOn", Takes::Choice(FailOn::WORDS), FAIL),
        may("undecided", Takes::Choice(Undecided::WORDS), TELL),
    ],
};

/// Diagnostics that are accepted.
pub(super) static SUPPRESSION: Table = Table {
    what: "suppression",
    keys: &[
        must("rule", Takes::OneOrMoreTexts, "The rule or rules."),
        must("paths", Takes::OneOrMoreTexts, "The files, as patterns of a `.gitignore`."),
        may("reason", Takes::Text, "Why."),
        may("until", Takes::Text, "The last day on which it holds: 2027-01-31."),
    ],
};

/// What suppressions must be like.
pub(super) static LIMITS: Table = Table {
    what: "limit on suppressions",
    keys: &[
        may("forbid", Takes::OneOrMoreTexts, "Rules that cannot be suppressed: names, prefixes, tags, or `all`."),
        may("requireReason", Takes::Flag, "Whether a suppression without a reason does not count."),
        may("maxDays", Takes::Whole, "How many days from now the end of a suppression may be, which it then must have."),
    ],
};

/// The schema that `docs/armlint.schema.json` holds, for editors that complete configurations.
#[must_use]
pub fn schema() -> String {
    let root = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "armlint configuration",
        "allOf": [table::reference(&CONFIGURATION)],
        "definitions": table::definitions(&[&CONFIGURATION]),
    });
    format!("{root:#}\n")
}
