//! Suppressions in `metadata`, for files that stay strict JSON:
//! `"metadata": { "armlint": { "disable": [ { "rule": "…", "reason": "…", "until": "2027-01-31" } ] } }`.

use super::written::{Kind, Named, Suppression, date};
use crate::source::Span;
use crate::syntax::{Document, Node};
use crate::table::{Fields, Problems, Table, Takes, may, must};

/// What an object says to armlint in its `metadata`.
static ARMLINT: Table = Table {
    what: "word to armlint",
    keys: &[must("disable", Takes::Many(&ENTRY), "The diagnostics of this object that are accepted.")],
};

/// Diagnostics that are accepted.
static ENTRY: Table = Table {
    what: "suppression",
    keys: &[
        must("rule", Takes::OneOrMoreTexts, "The rule or rules."),
        may("reason", Takes::Text, "Why."),
        may("until", Takes::Text, "The last day on which it holds: 2027-01-31."),
    ],
};

/// The suppressions in the metadata of a file. Each covers the object that has the metadata: a resource, a template, a
/// parameter.
pub(super) fn metadata(document: &Document, problems: &mut Problems) -> Vec<Suppression> {
    let mut found = Vec::new();
    // The reader opens a limited number of brackets, and so does this list.
    let mut rest: Vec<Node<'_>> = document.root().into_iter().collect();
    while let Some(node) = rest.pop() {
        if let Some(said) = node.get("metadata").and_then(|metadata| metadata.get(super::MARK)) {
            object(said, node.span(), &mut found, problems);
        }
        let inside = node.items().chain(node.members().map(|(_, value)| value));
        rest.extend(inside.filter(|inner| inner.is_object() || inner.is_array()));
    }
    found
}

fn object(said: Node<'_>, covers: Span, found: &mut Vec<Suppression>, problems: &mut Problems) {
    let Some(fields) = Fields::open(said, &ARMLINT, problems) else { return };
    let Some(disable) = fields.get("disable") else { return };
    if !disable.is_array() {
        problems.expected(disable, "a list of objects");
    }
    for item in disable.items() {
        let Some(entry) = Fields::open(item, &ENTRY, problems) else { continue };
        let named = entry.texts("rule", problems);
        let rules: Vec<Named> = named.into_iter().map(|(word, at)| Named { word: word.to_string(), at, covers }).collect();
        let until = entry.get("until").and_then(|node| Some((problems.text(node)?, node.span())));
        let until = match until {
            Some((text, at)) => {
                let Some(until) = date(&text, at, problems) else { continue };
                Some(until)
            }
            None => None,
        };
        let reason = entry.text("reason", problems).map(|reason| reason.to_string()).filter(|reason| !reason.trim().is_empty());
        if !rules.is_empty() {
            found.push(Suppression { kind: Kind::Metadata, rules, reason, until, at: item.span(), end: None });
        }
    }
}
