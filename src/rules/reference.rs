//! The language of rule files as Markdown, printed from the tables that the loader checks them by.

use std::fmt::Write as _;

use super::file::{DEFINITIONS, DESCRIPTION, POLICIES, POLICY, POLICY_ATTRIBUTE, POLICY_DOCUMENT, RULE};
use crate::table::{Entry, Table, Takes};

/// Every object of the language with its keys, for `docs/rule-authors.md`.
#[must_use]
pub fn reference() -> String {
    let mut tables: Vec<&'static Table> = vec![&RULE];
    let mut next = 0;
    while let Some(table) = tables.get(next) {
        for inner in table.keys.iter().filter_map(|entry| entry.takes.table()) {
            if !tables.iter().any(|known| std::ptr::eq(*known, inner)) {
                tables.push(inner);
            }
        }
        next += 1;
    }
    tables.extend([&DEFINITIONS, &DESCRIPTION, &POLICIES, &POLICY_DOCUMENT, &POLICY, &POLICY_ATTRIBUTE]);
    let mut out = String::new();
    for table in tables {
        let _ = write!(out, "#### {}\n\n| key | takes | |\n|---|---|---|\n", heading(table));
        for Entry { name, takes, required, doc } in table.keys {
            let name = if *required { format!("**`{name}`**") } else { format!("`{name}`") };
            let _ = writeln!(out, "| {name} | {} | {} |", words(*takes), doc.replace('|', "\\|"));
        }
        out.push('\n');
    }
    out
}

/// What a table is called: two are cases, told apart by what they hold.
fn heading(table: &Table) -> String {
    let has = |name: &str| table.keys.iter().any(|entry| entry.name == name);
    match table.what {
        "case" if has("message") => "case of a report".to_owned(),
        "case" => "case of a graded value".to_owned(),
        what => what.to_owned(),
    }
}

fn words(takes: Takes) -> String {
    let link = |table: &Table| format!("[{0}](#{1})", heading(table), heading(table).replace(' ', "-"));
    let choice = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match takes {
        Takes::Text => "a string".to_owned(),
        Takes::Texts => "a list of strings".to_owned(),
        Takes::OneOrMoreTexts => "a string or a list of strings".to_owned(),
        Takes::Flag => "`true` or `false`".to_owned(),
        Takes::No => "`false`".to_owned(),
        Takes::Whole => "a whole number".to_owned(),
        Takes::Choice(words) => choice(words),
        Takes::Operand(table) => format!("a value, or a {}", link(table)),
        Takes::Operands(table) => format!("a list of values, or a {} whose value is one", link(table)),
        Takes::Anything => "any JSON value".to_owned(),
        Takes::One(table) => format!("a {}", link(table)),
        Takes::OneOrMany(table) => format!("a {}, or a list of such", link(table)),
        Takes::Many(table) => format!("a list, each a {}", link(table)),
        Takes::Named(table) => format!("an object; each of its members is a {}", link(table)),
        Takes::Map(inner) => format!("an object; each of its members is {}", words(*inner)),
        Takes::Places(table) => format!("a path, a {}, or a list of such", link(table)),
        Takes::Graded(words, table) => format!("{}, or a {}", choice(words), link(table)),
    }
}
