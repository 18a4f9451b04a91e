//! The JSON schema of rule files, printed from the tables that the loader checks them by.

use serde_json::json;

use super::file::{DEFINITIONS, DESCRIPTION, POLICIES, RULE};
use crate::table::{definitions, reference};

/// The schema that `rules/rule.schema.json` holds, for editors that complete rule files.
#[must_use]
pub fn schema() -> String {
    let shared = json!({
        "not": { "anyOf": [{ "required": ["name"] }, { "required": ["resource"] }] },
        "anyOf": [
            { "required": ["terms"] },
            { "required": ["predicates"] },
            { "required": ["exempt"], "properties": { "exempt": { "type": "object" } } }
        ]
    });
    let root = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "armlint rule, definitions or policies file",
        // One branch at a time, so that an editor completes and complains by the right one; an empty file is a rule.
        "if": { "required": ["engine"] },
        "then": reference(&DESCRIPTION),
        "else": {
            "if": { "required": ["documents"] },
            "then": reference(&POLICIES),
            "else": { "if": shared, "then": reference(&DEFINITIONS), "else": reference(&RULE) }
        },
        "definitions": definitions(&[&RULE, &DESCRIPTION, &DEFINITIONS, &POLICIES]),
    });
    format!("{root:#}\n")
}
