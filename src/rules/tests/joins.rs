//! Which resources a rule judges, and which others it looks at.

use jiff::civil::date;

use super::{World, load, told};

#[test]
fn joins_lead_to_children_parents_names_and_those_who_refer() {
    let share = |name: &str, members: &str| {
        format!(
            r#", {{ "type": "Microsoft.Storage/storageAccounts/shares", "apiVersion": "2023-01-01", "name": "{name}", "properties": {{ {members} }} }}"#
        )
    };
    let backup = |id: &str| {
        format!(
            r#", {{ "type": "Microsoft.Backup/vaults", "apiVersion": "2023-01-01", "name": "v", "properties": {{ "of": {id} }} }}"#
        )
    };
    let me = r#""/subscriptions/S/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/""#;
    let children = r#""join": { "shares": { "resource": "Microsoft.Storage/storageAccounts/shares", "children": "direct" } }, "assert": { "all": "$.properties.on", "of": "shares", "equals": true }"#;
    let refers = r#""join": { "backup": { "resource": "Microsoft.Backup/vaults", "refersBy": "$.properties.of" } }, "assert": { "count": "$", "of": "backup", "greaterThan": 0 }"#;
    let named = r#""join": { "backup": { "resource": "Microsoft.Backup/vaults", "name": "$.properties.p", "absent": "none" } }, "assert": { "of": "backup", "path": "$", "exists": true }"#;
    let chain = r#""join": { "vault": { "resource": "Microsoft.Backup/vaults", "name": "$.properties.p" }, "of": { "from": "vault", "resource": "Microsoft.Storage/storageAccounts", "id": "$.properties.of" } }, "assert": { "of": "of", "path": "$.name", "equals": "b" }"#;
    let rows = [
        ("children, all on", told(children, "{}", &(share("a/x", r#""on": true"#) + &share("a/y", r#""on": true"#)))),
        ("children, one off", told(children, "{}", &(share("a/x", r#""on": true"#) + &share("a/y", "")))),
        ("children of another", told(children, "{}", &share("b/x", ""))),
        ("one refers to it", told(refers, "{}", &backup(me))),
        ("one refers to another", told(refers, "{}", &backup("\"/b\""))),
        ("one may refer to it", told(refers, "{}", &backup(r#"{ "$unknown": "u()" }"#))),
        ("the name is there", told(named, r#"{ "p": "V" }"#, &backup(me))),
        ("the name is not there", told(named, r#"{ "p": "w" }"#, &backup(me))),
        ("the name is unknown", told(named, r#"{ "p": { "$unknown": "u()" } }"#, &backup(me))),
        ("a join from a join", told(chain, r#"{ "p": "v" }"#, &backup(me))),
    ];
    let table: String = rows.into_iter().map(|(what, verdict)| format!("{what:24} {verdict}\n")).collect();
    insta::assert_snapshot!(table, @"
    children, all on         passes
    children, one off        passes
    children of another      passes
    one refers to it         passes
    one refers to another    fails (a: nothing)
    one may refer to it      undecided (only the deployment knows `u()`)
    the name is there        passes
    the name is not there    fails (a: w)
    the name is unknown      undecided (only the deployment knows `u()`)
    a join from a join       fails (a: v)
    ");
}

#[test]
fn existing_resources_are_judged_only_where_the_rule_says_so() {
    let rules = |word: &str| {
        let rule = format!(
            r#"{{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0", "existing": "{word}",
                 "resource": "Microsoft.Storage/storageAccounts", "report": {{ "message": "{{self.name}}" }} }}"#
        );
        load(&[&rule]).unwrap()
    };
    let world = World::new(
        r#"[{ "type": "Microsoft.Storage/storageAccounts", "name": "new" }, { "type": "Microsoft.Storage/storageAccounts", "name": "old", "existing": true }]"#,
    );
    let names = |word: &str| {
        let told = world.judged(&rules(word), &[], &[], date(2026, 11, 23));
        told.into_iter().map(|told| told.message).collect::<Vec<_>>().join(" ")
    };
    assert_eq!([names("skip"), names("judge"), names("only")], ["new", "new old", "old"]);
}

#[test]
fn a_descendant_belongs_to_its_ancestor_though_what_is_between_is_in_no_template() {
    let rule = r#"{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts",
        "join": { "kid": { "resource": "Microsoft.Storage/storageAccounts/blobServices/containers", "children": "all" } },
        "assert": { "of": "kid", "none": "$.properties.open", "equals": true }, "report": { "message": "{self.name}" } }"#;
    let up = r#"{ "name": "storage/y", "title": "Y", "severity": "error", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts/blobServices/containers",
        "join": { "account": { "resource": "Microsoft.Storage/storageAccounts", "parent": "nearest" } },
        "assert": { "of": "account", "path": "$.kind", "equals": "StorageV2", "default": "Storage" }, "report": { "message": "{account.name}" } }"#;
    let container = r#"{ "type": "Microsoft.Storage/storageAccounts/blobServices/containers", "name": "a/default/c", "properties": { "open": true } }"#;
    let rules = load(&[rule, up]).unwrap();
    let told = |account: &str| {
        let world = World::new(&format!(r#"[{{ "type": "Microsoft.Storage/storageAccounts", {account} }}, {container}]"#));
        let told = world.judged(&rules, &[], &[], date(2026, 11, 23));
        let line = |told: &crate::diagnostic::Diagnostic| match &told.verdict {
            crate::diagnostic::Verdict::Fails => format!("{} fails for {}", told.rule, told.message),
            crate::diagnostic::Verdict::Undecided(why) => format!("{} undecided: {why}", told.rule),
        };
        told.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(told(r#""name": "a""#), ["storage/y fails for a", "storage/x fails for a"]);
    assert_eq!(told(r#""name": "b""#).len(), 1, "the container of another account: its own is in no template");
    assert_eq!(told(r#""name": "a", "existing": true, "kind": "StorageV2""#), Vec::<String>::new(), "what is written is known");
    let unseen = ["storage/y undecided: `a` is declared `existing`, its properties are not in the files being linted"];
    assert_eq!(told(r#""name": "a", "existing": true"#), unseen);
}

#[test]
fn siblings_meet_within_a_resource_that_is_in_no_template() {
    let rule = r#"{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts/blobServices/containers",
        "join": { "shares": { "resource": "Microsoft.Storage/storageAccounts/fileServices/shares", "within": "Microsoft.Storage/storageAccounts" } },
        "assert": { "of": "shares", "count": "$", "equals": 0 }, "report": { "message": "{self.name}" } }"#;
    let rules = load(&[rule]).unwrap_or_else(|problems| panic!("{problems}"));
    let told = |share: &str| {
        let world = World::new(&format!(
            r#"[{{ "type": "Microsoft.Storage/storageAccounts/blobServices/containers", "name": "a/default/c" }},
                {{ "type": "Microsoft.Storage/storageAccounts/fileServices/shares", "name": "{share}" }}]"#
        ));
        world.judged(&rules, &[], &[], date(2026, 11, 23)).len()
    };
    assert_eq!([told("A/default/s"), told("b/default/s"), told("ab/default/s")], [1, 0, 0]);
    let never = rule.replace(r#""within": "Microsoft.Storage/storageAccounts""#, r#""within": "Microsoft.Web/sites""#);
    assert!(load(&[&never]).unwrap_err().contains("is never within `Microsoft.Web/sites`"));
}
