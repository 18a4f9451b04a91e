//! Diagnostics that make way for others, groups, and the edits that a rule offers.

use jiff::civil::date;

use super::{World, load};

#[test]
fn one_rule_silences_another_where_it_fails_and_a_group_is_one_diagnostic() {
    let first = r#"{ "name": "storage/first", "title": "X", "severity": "error", "since": "1.0.0", "supersedes": ["storage/second"],
        "resource": "Microsoft.Storage/storageAccounts", "when": { "path": "$.properties.p", "equals": 1 }, "report": { "message": "first {self.name}" } }"#;
    let second = r#"{ "name": "storage/second", "title": "X", "severity": "warning", "since": "1.0.0", "group": "$.apiVersion",
        "resource": ["Microsoft.Storage/storageAccounts", "Microsoft.Storage/storageAccounts/shares"], "when": { "path": "$.apiVersion", "olderThan": "2020-01-01" },
        "report": { "message": "{self.type} {self.name}", "at": "$.apiVersion" },
        "fix": { "title": "raise it", "safety": "safe", "set": [{ "path": "$.apiVersion", "to": "2023-01-01" }] } }"#;
    let rules = load(&[first, second]).unwrap_or_else(|problems| panic!("{problems}"));
    let world = World::new(
        r#"[
  { "type": "Microsoft.Storage/storageAccounts", "name": "a", "apiVersion": "2019-01-01", "properties": { "p": 1 } },
  { "type": "Microsoft.Storage/storageAccounts", "name": "b", "apiVersion": "2019-01-01", "properties": { "p": { "$unknown": "u()" } } },
  { "type": "Microsoft.Storage/storageAccounts/shares", "name": "a/x", "apiVersion": "2019-01-01" },
  { "type": "Microsoft.Storage/storageAccounts/shares", "name": "a/y", "apiVersion": "2018-01-01" }
]"#,
    );
    insta::assert_snapshot!(world.show_all(&world.judged(&rules, &[], &[], date(2026, 11, 23))), @r#"
    error: storage/first: first a
      --> 2:112 1 | 
      at properties.p
    warning: storage/second: Microsoft.Storage/storageAccounts b
      --> 3:77 "2019-01-01" | 
        + 4:86 "2019-01-01" | here too
      at apiVersion
      fix (Safe): raise it: 3:77 "\"2019-01-01\"" -> "\"2023-01-01\""; 4:86 "\"2019-01-01\"" -> "\"2023-01-01\""
    undecided (only the deployment knows `u()`): storage/first: cannot tell whether `b` breaks this rule: X
      --> 3:112 { "$unknown": "u()" } | only the deployment knows `u()`
      at properties.p
    warning: storage/second: Microsoft.Storage/storageAccounts/shares a/y
      --> 5:86 "2018-01-01" | 
      at apiVersion
      fix (Safe): raise it: 5:86 "\"2018-01-01\"" -> "\"2023-01-01\""
    "#);
}

/// The fixes that a rule with these members offers for a storage account with these properties, and its message.
fn mended(members: &str, properties: &str) -> String {
    let rule = format!(
        r#"{{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0",
             "resource": "Microsoft.Storage/storageAccounts", "report": {{ "message": "{{key}} {{found}}", "at": {{ "of": "each", "path": "$" }} }}, {members} }}"#
    );
    let rules = load(&[&rule]).unwrap_or_else(|problems| panic!("{problems}"));
    let world = World::new(&format!(
        r#"{{ "defaults": {{ "url": "http://shared" }}, "resources": [{{ "type": "Microsoft.Storage/storageAccounts", "name": "a", "properties": {properties} }}] }}"#
    ));
    let told = world.judged(&rules, &[], &[], date(2026, 11, 23));
    let lines = told.iter().flat_map(|told| {
        let fixes = told.fixes.iter().map(|fix| {
            let file = world.file.text();
            let mut edits = fix.edits.clone();
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
            let text = edits.iter().fold(file.to_owned(), |text, edit| {
                format!("{}{}{}", &text[..edit.span.start as usize], edit.text, &text[edit.span.end as usize..])
            });
            let after = text
                .split_once(r#""defaults": "#)
                .unwrap()
                .1
                .replace(r#""resources": [{ "type": "Microsoft.Storage/storageAccounts", "name": "a", "#, "");
            format!("{:?} {}: {after}", fix.safety, fix.told())
        });
        std::iter::once(told.message.clone()).chain(fixes).collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_fix_edits_elements_and_characters_where_they_are_written_out() {
    let protocols = r#""each": "$.properties.protocols[*]", "assert": { "not": { "of": "each", "path": "$", "equals": "http" } },
        "fix": [
          { "title": "remove {found}", "safety": "safe", "when": { "path": "$.properties.protocols", "contains": "https" }, "remove": [{ "of": "each", "path": "$" }] },
          { "title": "write https", "safety": "unsafe", "set": [{ "of": "each", "path": "$", "to": "https", "when": { "not": { "path": "$.properties.protocols", "contains": "https" } } }] }
        ]"#;
    let urls = r#""each": "$.properties.*", "assert": { "not": { "of": "each", "path": "$", "startsWith": "http:" } },
        "fix": { "title": "write https", "safety": "safe", "replace": [{ "of": "each", "path": "$", "from": "^http(:)", "to": "s:" }] }"#;
    let names = r#""each": "$.properties.*", "assert": { "of": "each", "path": "$", "in": ["Developer", "Premium"] },
        "fix": { "title": "write {nearest}", "safety": "unsafe", "set": [{ "of": "each", "path": "$", "nearest": ["Developer", "Premium"] }] }"#;
    let all = [
        mended(protocols, r#"{ "protocols": ["http", "https"] }"#),
        mended(protocols, r#"{ "protocols": ["https", "http"] }"#),
        mended(protocols, r#"{ "protocols": ["http"] }"#),
        mended(urls, r#"{ "url": "http:\/\/a\u002fb" }"#),
        mended(urls, r#"{ "url": { "$default": "url" } }"#),
        mended(urls, r#"{ "url": { "$unknown": "u()", "text": ["http://", null] } }"#),
        mended(names, r#"{ "sku": "developers" }"#),
        mended(names, r#"{ "sku": "free" }"#),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    protocols http
    Safe remove http: { "url": "http://shared" }, "properties": { "protocols": ["https"] } }] }
    protocols http
    Safe remove http: { "url": "http://shared" }, "properties": { "protocols": ["https"] } }] }
    protocols http
    Unsafe write https: { "url": "http://shared" }, "properties": { "protocols": ["https"] } }] }
    url http://a/b
    Safe write https: { "url": "http://shared" }, "properties": { "url": "https:\/\/a\u002fb" } }] }
    url http://shared
    Safe write https in the default value of parameter `url`: { "url": "https://shared" }, "properties": { "url": { "$default": "url" } } }] }
    url http://{u()}
    sku developers
    Unsafe write Developer: { "url": "http://shared" }, "properties": { "sku": "Developer" } }] }
    sku free
    "#);
}

#[test]
fn a_group_is_one_diagnostic_and_is_mended_as_a_whole() {
    let rule = r#"{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0",
        "resource": "Microsoft.Storage/storageAccounts", "assert": { "path": "$.apiVersion", "newerThan": "2020-01-01" },
        "group": "$.apiVersion", "report": { "message": "{self.name} is old", "at": "$.apiVersion" },
        "fix": { "title": "write 2024", "safety": "safe", "set": [{ "path": "$.apiVersion", "to": "2024-01-01" }] } }"#;
    let world = World::new(
        r#"[
  { "type": "Microsoft.Storage/storageAccounts", "name": "a", "apiVersion": "2019-01-01" },
  { "type": "Microsoft.Storage/storageAccounts", "name": "b", "apiVersion": "2018-01-01" },
  { "type": "Microsoft.Storage/storageAccounts", "name": "c", "apiVersion": "2019-01-01" },
  { "type": "Microsoft.Storage/storageAccounts", "name": "d", "apiVersion": { "$unknown": "parameters('v')" } }
]"#,
    );
    let told = world.judged(&load(&[rule]).unwrap(), &[], &[], date(2026, 11, 23));
    let lines: Vec<String> = told
        .iter()
        .map(|told| {
            let edits: usize = told.fixes.iter().map(|fix| fix.edits.len()).sum();
            format!("{} x{}, {} labels, {edits} edits", told.message, told.instances, told.labels.len())
        })
        .collect();
    assert_eq!(lines[..2], ["a is old x2, 1 labels, 2 edits", "b is old x1, 0 labels, 1 edits"]);
    assert_eq!(lines.len(), 3, "what cannot be told stays by itself: {lines:?}");
}
