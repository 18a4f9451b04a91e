//! The tool, its rules, and the rules of other tools that they cover.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::diagnostic::{RuleMeta, Run, Severity, rule_url};

/// The other tools, by how the ids of their rules start; the last is for all the rest.
const PEERS: &[(&[&str], &str, &str)] = &[
    (&["Azure.", "AZR-"], "PSRule for Azure", "https://azure.github.io/PSRule.Rules.Azure/"),
    (&["CKV"], "Checkov", "https://www.checkov.io/"),
    (&["TA-"], "Template Analyzer", "https://github.com/Azure/template-analyzer"),
    (&["AVD-", "AZU-"], "Trivy", "https://trivy.dev/"),
    (&[""], "other linters", "https://github.com/armlint/armlint"),
];

/// Where the project is.
const HOME: &str = "https://github.com/armlint/armlint";

/// The rules of one other tool that ours cover.
pub(super) struct Taxonomy<'r> {
    name: &'static str,
    uri: &'static str,
    ids: Vec<&'r str>,
}

/// The other tools whose rules the rules of the run cover.
pub(super) fn taxonomies(run: &Run) -> Vec<Taxonomy<'_>> {
    let mut ids: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for id in run.rules.iter().flat_map(|rule| &rule.covers) {
        let peer = PEERS.iter().position(|(starts, ..)| starts.iter().any(|start| id.starts_with(start)));
        ids.entry(peer.unwrap_or(PEERS.len() - 1)).or_default().insert(id);
    }
    let taxonomy = |(peer, ids): (usize, BTreeSet<_>)| {
        let (_, name, uri) = PEERS[peer];
        Taxonomy { name, uri, ids: ids.into_iter().collect() }
    };
    ids.into_iter().map(taxonomy).collect()
}

impl Taxonomy<'_> {
    /// The component of the run that lists the rules.
    pub(super) fn describe(&self) -> Value {
        json!({
            "name": self.name,
            "informationUri": self.uri,
            "shortDescription": { "text": format!("Rules of {} that armlint covers.", self.name) },
            "taxa": self.ids.iter().map(|id| json!({ "id": id })).collect::<Value>(),
        })
    }
}

/// The tool with its rules.
pub(super) fn tool(run: &Run, taxonomies: &[Taxonomy<'_>]) -> Value {
    let known = taxonomies.iter().enumerate().map(|(index, taxonomy)| json!({ "name": taxonomy.name, "index": index }));
    let mut driver = json!({
        "name": "armlint",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": HOME,
        "rules": run.rules.iter().map(|meta| rule(meta, taxonomies)).collect::<Value>(),
    });
    if !taxonomies.is_empty() {
        driver["supportedTaxonomies"] = known.collect();
    }
    json!({ "driver": driver })
}

fn rule(rule: &RuleMeta, taxonomies: &[Taxonomy<'_>]) -> Value {
    let title = format!("{}.", rule.title);
    let prose = if rule.prose.is_empty() { title.as_str() } else { &*rule.prose };
    let paragraph = prose.split("\n\n").find(|part| !part.starts_with('#')).unwrap_or(&title);
    let mut descriptor = json!({
        "id": &*rule.name,
        "name": pascal(&rule.name),
        "shortDescription": { "text": title },
        "fullDescription": { "text": paragraph.split_whitespace().collect::<Vec<_>>().join(" ") },
        "help": { "text": prose, "markdown": prose },
        "helpUri": rule_url(&rule.name),
        "defaultConfiguration": { "level": rule.severity.as_str() },
        "properties": {
            "tags": rule.tags,
            "precision": "high",
            // GitHub's three words for how bad it is.
            "problem.severity": match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            },
        },
    });
    let relationships: Vec<Value> =
        taxonomies.iter().enumerate().flat_map(|(index, taxonomy)| covered(rule, index, taxonomy)).collect();
    if !relationships.is_empty() {
        descriptor["relationships"] = relationships.into();
    }
    descriptor
}

/// How `rule` stands to the rules of one other tool.
fn covered<'a>(rule: &'a RuleMeta, component: usize, taxonomy: &'a Taxonomy<'_>) -> impl Iterator<Item = Value> + 'a {
    let covers = |id: &&str| rule.covers.iter().any(|covered| covered == id);
    taxonomy.ids.iter().enumerate().filter(move |(_, id)| covers(id)).map(move |(index, id)| {
        let component = json!({ "name": taxonomy.name, "index": component });
        json!({ "target": { "id": id, "index": index, "toolComponent": component }, "kinds": ["relevant"] })
    })
}

/// The last part of a rule's name as SARIF viewers show names: `Stv1ApiVersion`.
fn pascal(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split('-')
        .filter_map(|word| {
            let first = word.chars().next()?;
            Some(first.to_ascii_uppercase().to_string() + &word[first.len_utf8()..])
        })
        .collect()
}
