//! A configuration as written: which keys it may have and what may stand there.
//!
//! Files are checked against these tables, and `docs/armlint.schema.json` is printed from them.

use serde_json::json;

use super::settings::{FailOn, Undecided};
use crate::table::{self, Entry, Table, Takes, may, must};

/// The words of a severity; `off` is a rule that does not take part.
pub(super) const SEVERITIES: &[&str] = &["off", "note", "warning", "error"];

// What may hold for all files and for some.
const PRESET: Entry = may("preset", Takes::Text, "A set of rules: recommended, migration, security or all.");
const SELECT: Entry = may(
    "select",
    Takes::OneOrMoreTexts,
    "Rules instead of the preset: names, prefixes such as `api-management/`, tags, or `all`.",
);
const EXTEND: Entry = may("extendSelect", Takes::OneOrMoreTexts, "Rules besides.");
const IGNORE: Entry = may("ignore", Takes::OneOrMoreTexts, "Rules that do not take part.");
const SEVERITY: Entry = may(
    "severity",
    Takes::Map(&Takes::Choice(SEVERITIES)),
    "How bad what a rule tells is, by the rule: error, warning or note; `off` ignores it.",
);
const OPTIONS: Entry =
    may("options", Takes::Map(&Takes::Map(&Takes::Anything)), "The options of rules: by the rule, the value of each option.");
const FAIL: Entry = may("failOn", Takes::Choice(FailOn::WORDS), "The least severity that makes the exit code 1.");
const TELL: Entry = may("undecided", Takes::Choice(Undecided::WORDS), "What to do with checks that cannot be decided.");

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
        PRESET,
        SELECT,
        EXTEND,
        IGNORE,
        SEVERITY,
        OPTIONS,
        may("rules", Takes::OneOrMoreTexts, "Folders of rules besides the built-in ones."),
        may(
            "include",
            Takes::OneOrMoreTexts,
            "The files of walked folders that are checked, as patterns of a `.gitignore`; all if absent.",
        ),
        may("exclude", Takes::OneOrMoreTexts, "Files and folders that are not, as patterns of a `.gitignore`."),
        may("overrides", Takes::Many(&OVERRIDE), "What holds for some of the files; a later one wins."),
        FAIL,
        TELL,
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
        PRESET,
        SELECT,
        EXTEND,
        IGNORE,
        SEVERITY,
        OPTIONS,
        FAIL,
        TELL,
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
