//! JSON schemas (draft 7), printed from the tables by which files are checked.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Table, Takes};

/// The definitions of these tables and of all that they lead to.
pub(crate) fn definitions(tables: &[&'static Table]) -> Map<String, Value> {
    let mut found = BTreeMap::new();
    tables.iter().for_each(|table| collect(table, &mut found));
    found.into_values().map(|table| (name(table), object(table))).collect()
}

/// Finds every table that can be reached from `table`.
fn collect(table: &'static Table, found: &mut BTreeMap<String, &'static Table>) {
    if found.insert(name(table), table).is_some() {
        return;
    }
    table.keys.iter().filter_map(|entry| entry.takes.table()).for_each(|inner| collect(inner, found));
}

/// Tables are told apart by what they are and what they have.
fn name(table: &Table) -> String {
    let keys: Vec<&str> = table.keys.iter().filter(|entry| entry.required).map(|entry| entry.name).collect();
    format!("{} {}", table.what, keys.join(" ")).trim_end().replace(' ', "-")
}

/// Where the definition of a table is.
pub(crate) fn reference(table: &Table) -> Value {
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

fn takes(taken: Takes) -> Value {
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    let plain = || json!({ "type": ["string", "number", "boolean", "null", "array"] });
    match taken {
        Takes::Text => text(),
        Takes::Texts => texts(),
        Takes::OneOrMoreTexts => json!({ "anyOf": [text(), texts()] }),
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::No => json!({ "const": false }),
        Takes::Whole => json!({ "type": "integer" }),
        Takes::Choice(words) => json!({ "enum": words }),
        Takes::Operand(table) => json!({ "anyOf": [plain(), reference(table)] }),
        Takes::Operands(table) => json!({ "anyOf": [{ "type": "array" }, reference(table)] }),
        Takes::Anything => json!({}),
        Takes::One(table) => json!({ "allOf": [reference(table)] }),
        Takes::OneOrMany(table) => {
            json!({ "anyOf": [reference(table), { "type": "array", "items": reference(table), "minItems": 1 }] })
        }
        Takes::Many(table) => json!({ "type": "array", "items": reference(table), "minItems": 1 }),
        Takes::Named(table) => json!({ "type": "object", "additionalProperties": reference(table) }),
        Takes::Map(inner) => json!({ "type": "object", "additionalProperties": takes(*inner) }),
        Takes::Places(table) => {
            let one = json!({ "anyOf": [text(), reference(table)] });
            json!({ "anyOf": [text(), reference(table), { "type": "array", "items": one, "minItems": 1 }] })
        }
        Takes::Graded(words, table) => json!({ "anyOf": [{ "enum": words }, reference(table)] }),
    }
}
