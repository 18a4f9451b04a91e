//! The JSON schema of rule files, printed from the tables that the loader checks them by.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::file::{DEFINITIONS, DESCRIPTION, RULE, Table, Takes};

/// The schema that `rules/rule.schema.json` holds, for editors that complete rule files.
#[must_use]
pub fn schema() -> String {
    let mut definitions = BTreeMap::new();
    collect(&RULE, &mut definitions);
    collect(&DESCRIPTION, &mut definitions);
    collect(&DEFINITIONS, &mut definitions);
    let definitions: serde_json::Map<String, Value> =
        definitions.into_values().map(|table| (name(table), object(table))).collect();
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
        "title": "armlint rule or definitions file",
        // One branch at a time, so that an editor completes and complains by the right one; an empty file is a rule.
        "if": { "required": ["engine"] },
        "then": reference(&DESCRIPTION),
        "else": { "if": shared, "then": reference(&DEFINITIONS), "else": reference(&RULE) },
        "definitions": definitions,
    });
    format!("{root:#}\n")
}

/// Finds every table that can be reached from `table`.
fn collect(table: &'static Table, found: &mut BTreeMap<String, &'static Table>) {
    if found.insert(name(table), table).is_some() {
        return;
    }
    for entry in table.keys {
        match entry.takes {
            Takes::One(inner)
            | Takes::OneOrMany(inner)
            | Takes::Many(inner)
            | Takes::Named(inner)
            | Takes::Places(inner)
            | Takes::Graded(_, inner) => {
                collect(inner, found);
            }
            Takes::Operand | Takes::Operands => collect(&super::file::TERM, found),
            Takes::Text | Takes::Texts | Takes::OneOrMoreTexts | Takes::Flag | Takes::No | Takes::Whole | Takes::Choice(_) => {}
            Takes::Anything => {}
        }
    }
}

/// Tables are told apart by what they are and what they have.
fn name(table: &Table) -> String {
    let keys: Vec<&str> = table.keys.iter().filter(|entry| entry.required).map(|entry| entry.name).collect();
    format!("{} {}", table.what, keys.join(" ")).trim_end().replace(' ', "-")
}

fn reference(table: &Table) -> Value {
    json!({ "$ref": format!("#/definitions/{}", name(table)) })
}

fn object(table: &Table) -> Value {
    let properties: serde_json::Map<String, Value> = table
        .keys
        .iter()
        .map(|entry| {
            let mut taken = takes(entry.takes);
            if let Some(taken) = taken.as_object_mut() {
                taken.insert("description".to_owned(), entry.doc.into());
            }
            (entry.name.to_owned(), taken)
        })
        .collect();
    let required: Vec<&str> = table.keys.iter().filter(|entry| entry.required).map(|entry| entry.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn takes(takes: Takes) -> Value {
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    let plain = || json!({ "type": ["string", "number", "boolean", "null", "array"] });
    match takes {
        Takes::Text => text(),
        Takes::Texts => texts(),
        Takes::OneOrMoreTexts => json!({ "anyOf": [text(), texts()] }),
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::No => json!({ "const": false }),
        Takes::Whole => json!({ "type": "integer" }),
        Takes::Choice(words) => json!({ "enum": words }),
        Takes::Operand => json!({ "anyOf": [plain(), reference(&super::file::TERM)] }),
        Takes::Operands => json!({ "anyOf": [{ "type": "array" }, reference(&super::file::TERM)] }),
        Takes::Anything => json!({}),
        Takes::One(table) => json!({ "allOf": [reference(table)] }),
        Takes::OneOrMany(table) => {
            json!({ "anyOf": [reference(table), { "type": "array", "items": reference(table), "minItems": 1 }] })
        }
        Takes::Many(table) => json!({ "type": "array", "items": reference(table), "minItems": 1 }),
        Takes::Named(table) => json!({ "type": "object", "additionalProperties": reference(table) }),
        Takes::Places(table) => {
            let one = json!({ "anyOf": [text(), reference(table)] });
            json!({ "anyOf": [text(), reference(table), { "type": "array", "items": one, "minItems": 1 }] })
        }
        Takes::Graded(words, table) => json!({ "anyOf": [{ "enum": words }, reference(table)] }),
    }
}
