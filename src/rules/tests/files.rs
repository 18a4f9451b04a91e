//! What a rule author is told about a mistake: where it is, what it is, what to do next.

use super::{builtin, load};
use crate::rules::head::Head;
use crate::rules::{RuleSet, Settings};

/// A rule with `members` in place of its `when`.
fn rule(members: &str) -> String {
    format!(
        r#"{{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0",
  "resource": "Microsoft.Storage/storageAccounts",
  "report": {{ "message": "{{self.name}}" }},
  {members} }}"#
    )
}

#[test]
fn every_mistake_in_a_rule_file_has_a_place_and_a_next_step() {
    let deep = format!("\"when\": {}{{ \"path\": \"$.a\", \"exists\": true }}{}", "{ \"not\": ".repeat(40), " }".repeat(40));
    let mistakes = [
        r#""wehn": { "path": "$.a", "exists": true }"#,
        r#""when": { "path": "$.a", "equal": 1 }"#,
        r#""when": { "path": "$.a", "frobnicate": 1 }"#,
        r#""when": { "path": "$.a" }"#,
        r#""when": { "equals": 1 }"#,
        r#""when": { "path": "$.a", "equals": 1, "exists": true }"#,
        r#""when": { "path": "$.a", "any": "$.b", "equals": 1 }"#,
        r#""when": { "path": "a.b", "exists": true }"#,
        r#""when": { "path": "$.a b", "exists": true }"#,
        r#""when": { "path": "$.a[?(@.b == 1)]", "exists": true }"#,
        r#""when": { "path": "$..a", "exists": true }"#,
        r#""when": { "path": "$.a[*]", "equals": 1 }"#,
        r#""when": { "path": "$.a", "exists": "yes" }"#,
        r#""when": { "path": "$.a", "olderThan": "2021" }"#,
        r#""when": { "path": "$.a", "greaterThan": "2" }"#,
        r#""when": { "path": "$.a", "matches": "(" }"#,
        r#""when": { "of": "ip", "path": "$.a", "exists": true }"#,
        r#""when": { "option": "strict", "equals": true }"#,
        r#""when": { "allOf": [] }"#,
        r#""when": { "use": "classic" }"#,
        r#""when": []"#,
        &deep,
        r#""options": { "n": { "type": "integer", "default": 5, "maximum": 3, "description": "d" } }"#,
        r#""options": { "n": { "type": "number", "default": 5, "description": "d" } }"#,
        r#""join": { "a": { "resource": "X.Y/z", "id": "$.a", "from": "b" }, "b": { "resource": "X.Y/z", "id": "$.b", "from": "a" } }"#,
        r#""join": { "a": { "id": "$.a" } }"#,
        r#""join": { "a": { "resource": "X.Y/z" } }"#,
        r#""join": { "self": { "resource": "X.Y/z", "id": "$.a" } }"#,
        r#""join": { "kids": { "resource": "X.Y/z", "children": "direct" } }, "when": { "of": "kids", "path": "$.a", "exists": true }"#,
        r#""existing": "sometimes""#,
        r#""supersedes": ["storage/y"]"#,
        r#""fix": { "title": "mend", "safety": "maybe", "set": [{ "path": "$.a", "to": 1 }] }"#,
        r#""fix": { "title": "mend", "safety": "safe", "set": [{ "path": "$.a[*]", "to": 1 }] }"#,
        r#""tags": ["a"#,
    ];
    let mut table = String::new();
    for members in mistakes {
        let told = load(&[&rule(members)]).map_or_else(|told| told, |_| "loaded\n".to_owned());
        let shown = if members.len() > 160 { "(a condition nested 40 deep)" } else { members };
        table += &format!("{shown}\n{}", told.lines().map(|line| format!("    {line}\n")).collect::<String>());
    }
    insta::assert_snapshot!(table, @r#"
    "wehn": { "path": "$.a", "exists": true }
        4:3 "wehn"
            unknown key `wehn` in a rule
            did you mean `when`?
    "when": { "path": "$.a", "equal": 1 }
        4:28 "equal"
            unknown key `equal` in a predicate
            did you mean `equals`?
    "when": { "path": "$.a", "frobnicate": 1 }
        4:28 "frobnicate"
            unknown key `frobnicate` in a predicate
            use one of `allOf`, `anyOf`, `not`, `use`, `of`, `path`, `key`, `any`, `all`, `none`, `count`, `sum`, `option`, `asOf`, `default`, `cannotBe`, `as`, `exact`, `spaces`, `exists`, `set`, `written`, `byDefault`, `hasType`, `equals`, `in`, `near`, `matches`, `startsWith`, `endsWith`, `contains`, `longerThan`, `shorterThan`, `greaterThan`, `lessThan`, `multipleOf`, `olderThan`, `newerThan`, `cannotTell`, `where`
    "when": { "path": "$.a" }
        4:11 {
            this predicate asks nothing
            add an operator: `equals`, `in`, `exists`, `set`, `olderThan`, …; or `allOf`, `anyOf`, `not`
    "when": { "equals": 1 }
        4:11 {
            this asks about no value
            give one of `path`, `any`, `all`, `none`, `count`, `sum`, `option`, `asOf` or `use`
    "when": { "path": "$.a", "equals": 1, "exists": true }
        4:11 {
            a predicate asks one thing, this asks `equals` and `exists`
            join several predicates with `allOf` or `anyOf`
    "when": { "path": "$.a", "any": "$.b", "equals": 1 }
        4:11 {
            this asks about several values at once
            give one of `path`, `any`, `all`, `none`, `count`, `sum`, `option`, `asOf` or `use`
    "when": { "path": "a.b", "exists": true }
        4:21 "a.b"
            `a.b` is not rooted
            start the path with `$`, which means the resource
    "when": { "path": "$.a b", "exists": true }
        4:21 "$.a b"
            `$.a b` is read as `$['a b']`
            write `$['a b']` if that is meant, or a name in `['…']`
    "when": { "path": "$.a[?(@.b == 1)]", "exists": true }
        4:21 "$.a[?(@.b == 1)]"
            `$.a[?(@.b == 1)]` has a filter, which would read unknown as false
            select the elements with `[*]` and decide with `any`, `all` or `none` and `where`
    "when": { "path": "$..a", "exists": true }
        4:21 "$..a"
            `$..a` has `..`
            name every step from the resource down
    "when": { "path": "$.a[*]", "equals": 1 }
        4:21 "$.a[*]"
            a wildcard may have several hits
            write `any`, `all` or `none` instead of `path`, or `count` them
    "when": { "path": "$.a", "exists": "yes" }
        4:38 "yes"
            expected `true` or `false`, found a string
            write `true` or `false` here
    "when": { "path": "$.a", "olderThan": "2021" }
        4:41 "2021"
            `2021` is no API version or date
            write it as `2021-01-01` or `2021-01-01-preview`
    "when": { "path": "$.a", "greaterThan": "2" }
        4:43 "2"
            expected a whole number, found a string
            write a whole number here
    "when": { "path": "$.a", "matches": "(" }
        4:39 "("
            `(` is no regular expression: found open group without closing ')'
            mend the pattern
    "when": { "of": "ip", "path": "$.a", "exists": true }
        4:19 "ip"
            nothing is named `ip` here
            name `self`, `each`, a join, or the `as` of an element
    "when": { "option": "strict", "equals": true }
        4:23 "strict"
            the rule has no option `strict`
            declare it under `options`
    "when": { "allOf": [] }
        4:22 []
            this list of predicates is empty
            write at least one predicate
    "when": { "use": "classic" }
        4:20 "classic"
            no predicate is named `classic`
            define it in the folder's `definitions.json`
    "when": []
        4:11 []
            expected an object (a predicate), found a list
            write an object (a predicate) here
    (a condition nested 40 deep)
        4:299 { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "not": { "path": "$.a", "exists": true } } } } } } } } }
            conditions nest deeper than 32
            split the rule into several
    "options": { "n": { "type": "integer", "default": 5, "maximum": 3, "description": "d" } }
        4:53 5
            expected a whole number between its minimum and maximum, found a number
            write a whole number between its minimum and maximum here
    "options": { "n": { "type": "number", "default": 5, "description": "d" } }
        4:31 "number"
            `number` is not one of `boolean`, `integer`, `list`
            write one of `boolean`, `integer`, `list`
    "join": { "a": { "resource": "X.Y/z", "id": "$.a", "from": "b" }, "b": { "resource": "X.Y/z", "id": "$.b", "from": "a" } }
        4:13 "a"
            join `a` is joined to itself
            let `from` lead back to `self` or `each`
        4:69 "b"
            join `b` is joined to itself
            let `from` lead back to `self` or `each`
    "join": { "a": { "id": "$.a" } }
        4:18 {
            join `a` names no resource type
            add `resource`
    "join": { "a": { "resource": "X.Y/z" } }
        4:18 {
            join `a` is found by no things
            give one of `id`, `name`, `child`, `parent`, `children`, `within` or `refersBy`
    "join": { "self": { "resource": "X.Y/z", "id": "$.a" } }
        4:13 "self"
            `self` is a name already
            choose another name for the join
    "join": { "kids": { "resource": "X.Y/z", "children": "direct" } }, "when": { "of": "kids", "path": "$.a", "exists": true }
        4:102 "$.a"
            there may be several of these resources
            write `any`, `all` or `none` instead of `path`, or `count` them
    "existing": "sometimes"
        4:15 "sometimes"
            `sometimes` is not one of `skip`, `judge`, `only`, `read`
            write one of `skip`, `judge`, `only`, `read`
    "supersedes": ["storage/y"]
        4:18 "storage/y"
            no rule named `storage/y`
            did you mean `storage/x`?
    "fix": { "title": "mend", "safety": "maybe", "set": [{ "path": "$.a", "to": 1 }] }
        4:39 "maybe"
            `maybe` is not one of `safe`, `unsafe`
            write one of `safe`, `unsafe`
    "fix": { "title": "mend", "safety": "safe", "set": [{ "path": "$.a[*]", "to": 1 }] }
        4:65 "$.a[*]"
            an edit writes to one place
            name it without a wildcard
    "tags": ["a
        4:12 "
            this text is never closed
            add the missing double quote at its end
    "#);
}

#[test]
fn mistakes_outside_conditions_have_a_place_too() {
    let whole = [
        "",
        "[]",
        r#"{ "name": "storage/x" }"#,
        &rule(r#""tags": []"#).replace("storage/x", "Storage X"),
        &rule(r#""tags": []"#).replace("Microsoft.Storage/storageAccounts", "storageAccounts"),
        &rule(r#""tags": []"#).replace("{self.name}", "{self.nam}"),
        &rule(r#""tags": []"#).replace("{self.name}", "a\\u0022{ip.name}"),
        &rule(r#""tags": []"#).replace("\"error\"", "\"fatal\""),
        &rule(r#""tags": []"#).replace(
            "\"error\"",
            r#"{ "default": "error", "cases": [{ "when": { "path": "x", "exists": true }, "is": "note" }] }"#,
        ),
    ];
    let mut table = String::new();
    for text in whole {
        let told = load(&[text]).map_or_else(|told| told, |_| "loaded\n".to_owned());
        table += &told;
    }
    insta::assert_snapshot!(table, @r#"
    1:1 
        expected a JSON value, found the end of the file
        write a template, or delete the file
    1:1 []
        expected an object (a rule), found a list
        write an object (a rule) here
    1:1 {
        this rule has no `title`
        add `title`: One line that names the defect.
    1:1 {
        this rule has no `severity`
        add `severity`: How bad it is.
    1:1 {
        this rule has no `since`
        add `since`: The version of armlint that it first came with.
    1:1 {
        this rule has no `report`
        add `report`: What is said where the rule fails or cannot tell.
    1:1 {
        this rule has no `resource`
        add `resource`, the full type of what it judges; a rule about policy documents has `policy`
    1:11 "Storage X"
        `Storage X` is no rule name
        write `<service>/<defect>` in lower case: `storage/public-blob-access`
    2:15 "storageAccounts"
        `storageAccounts` is no resource type
        write provider and type, parents included: `Microsoft.ApiManagement/service/apis`
    3:27 {self.nam}
        nothing is named `{self.nam}` here
        did you mean `self.name`?
    3:34 {ip.name}
        nothing is named `{ip.name}` here
        give it a place in `values`, or write `{{…}}` for braces that stand for themselves
    1:50 "fatal"
        `fatal` is not one of `note`, `warning`, `error`
        write one of `note`, `warning`, `error`
    1:102 "x"
        `x` is not rooted
        start the path with `$`, which means the resource
    "#);
}

#[test]
fn a_mistake_in_a_fix_or_an_operator_of_texts_has_a_next_step() {
    let fix = |members: &str| format!(r#""fix": {{ "title": "mend", "safety": "safe", {members} }}"#);
    let table = [
        (r#""unknown": "hide""#.to_owned(), "`skip`"),
        (r#""when": { "path": "$.a", "written": "yes" }"#.to_owned(), "`true` or `false`"),
        (r#""when": { "path": "$.a", "longerThan": "3" }"#.to_owned(), "whole number"),
        (r#""when": { "path": "$.a", "equals": "b", "spaces": "no" }"#.to_owned(), "`true` or `false`"),
        (r#""when": { "path": "$.a", "startsWith": "b", "spaces": false }"#.to_owned(), "remove `spaces`"),
        (fix(r#""set": [{ "path": "$.a" }]"#), "give either `to` or `nearest`"),
        (fix(r#""set": [{ "path": "$.a", "to": 1, "nearest": ["a"] }]"#), "give either `to` or `nearest`"),
        (fix(r#""replace": [{ "path": "$.a", "from": "(", "to": "b" }]"#), "mend the pattern"),
        (
            fix(r#""add": [{ "path": "$.a", "word": "w", "symbol": ["w"], "resource": { "type": "A.B/c", "name": "x" } }]"#),
            "`\"name\": \"{name}\"`",
        ),
        (
            fix(
                r#""add": [{ "path": "$.a[*]", "word": "w", "symbol": ["w"], "resource": { "type": "A.B/c", "name": "{name}" } }]"#,
            ),
            "name it without a wildcard",
        ),
        (
            fix(
                r#""add": [{ "path": "$.a", "word": "w", "symbol": ["w"], "resource": { "type": "A.B/c", "name": "{name}", "x": ["{nam}"] } }]"#,
            ),
            "write `{name}`, `{lower name}`, or a path of names",
        ),
        (fix(r#""remove": [{ "path": "$.a", "wenn": {} }]"#), "use one of `of`, `path`, `when`"),
        (r#""fix": [{ "title": "mend" }]"#.to_owned(), "safety"),
    ];
    for (members, next) in table {
        let told = load(&[&rule(&members)]).err().unwrap_or_default();
        assert!(told.contains(next), "{members} told `{told}` without `{next}`");
    }
}

#[test]
fn one_bad_file_leaves_no_half_loaded_set() {
    let good = rule(r#""tags": ["t"]"#);
    let same = load(&[&good, &good]).unwrap_err();
    assert_eq!(same, "1:11 \"storage/x\"\n    there is a rule `storage/x` already\n    choose another name\n");
    assert!(load(&[&good, &rule(r#""wehn": 1"#).replace("storage/x", "storage/y")]).is_err(), "the good one is not kept either");
}

#[test]
fn definitions_are_checked_where_they_stand_and_may_not_need_themselves() {
    let definitions = r#"{ "terms": { "kind": { "path": "$.kind" } },
  "predicates": { "a": { "not": { "use": "b" } }, "b": { "use": "a" }, "v2": { "use": "kind", "equals": "StorageV2" }, "bad": { "use": "kin", "exists": true } } }"#;
    let told = load(&[definitions, &rule(r#""when": { "use": "v3" }"#)]).unwrap_err();
    insta::assert_snapshot!(told, @r#"
    2:65 "a"
        predicate `a` needs itself
        define it without itself
    2:42 "b"
        predicate `b` needs itself
        define it without itself
    2:136 "kin"
        no term is named `kin`
        did you mean `kind`?
    4:20 "v3"
        no predicate is named `v3`
        define it in the folder's `definitions.json`
    "#);
}

#[test]
fn a_word_chooses_the_rules_that_it_names_and_no_others() {
    let rules = builtin();
    let law = |word: &str, means: &dyn Fn(&crate::diagnostic::RuleMeta) -> bool| {
        let selection = rules.choose("recommended", &[word.to_owned()], &[], &[]).unwrap();
        for meta in rules.metas() {
            assert_eq!(rules.selects(&selection, &meta.name), means(&meta), "{word}: {}", meta.name);
        }
    };
    law("all", &|_| true);
    law("API-Management/", &|meta| meta.name.starts_with("api-management/"));
    law("api-management/stv1", &|meta| meta.name.starts_with("api-management/stv1-"));
    law("network", &|meta| meta.tags.iter().any(|tag| tag == "network"));
}

#[test]
fn words_that_mean_no_rule_get_the_nearest() {
    let rules = builtin();
    let chosen = |select: &[&str]| {
        let select: Vec<String> = select.iter().map(|word| (*word).to_owned()).collect();
        match rules.choose("recommended", &select, &[], &[]) {
            Ok(selection) => rules
                .metas()
                .iter()
                .filter(|meta| selection.chosen.contains(&rules.find(&meta.name).unwrap()))
                .map(|meta| meta.name.trim_start_matches("api-management/").to_owned())
                .collect::<Vec<_>>()
                .join(" "),
            Err(no) => format!("{} | {}", no.message, no.help),
        }
    };
    let mut table: String = [
        vec!["stv1-api-version"],
        vec!["api-management/stv1-api-version"],
        vec!["api-managment/stv1"],
        vec!["stv1-api-versoin"],
        vec!["networks"],
        vec!["qqq"],
    ]
    .into_iter()
    .map(|words| format!("{words:?}: {}\n", chosen(&words)))
    .collect();
    let no = rules.choose("recomended", &[], &[], &[]).unwrap_err();
    table += &format!("preset: {} | {}\n", no.message, no.help);
    for option in [
        "vnet-without-standard-public-ip.strict=yes",
        "vnet-without-standard-public-ip.strikt=true",
        "stv1.strict=true",
        "strict",
    ] {
        let no = Settings::new(jiff::civil::date(2026, 1, 1)).set(rules, option).unwrap_err();
        table += &format!("{option}: {} | {}\n", no.message, no.help);
    }
    insta::assert_snapshot!(table, @r#"
    ["stv1-api-version"]: stv1-api-version
    ["api-management/stv1-api-version"]: stv1-api-version
    ["api-managment/stv1"]: no rule named `api-managment/stv1` | did you mean `api-management/stv1-api-version`?
    ["stv1-api-versoin"]: no rule named `stv1-api-versoin` | did you mean `stv1-api-version`?
    ["networks"]: no rule named `networks` | did you mean `network`?
    ["qqq"]: no rule named `qqq` | `armlint rules` lists them all
    preset: no preset named `recomended` | did you mean `recommended`?
    vnet-without-standard-public-ip.strict=yes: `yes` is no value of option `strict` of `api-management/vnet-without-standard-public-ip` | write `true` or `false`: hold to the rule of 2021: an error whatever the date
    vnet-without-standard-public-ip.strikt=true: `api-management/vnet-without-standard-public-ip` has no option `strikt` | did you mean `strict`?
    stv1.strict=true: no rule named `stv1` | did you mean `stv1-api-version`?
    strict: `strict` sets no option | write `RULE.NAME=VALUE`: `vnet-without-standard-public-ip.strict=true`
    "#);
}

#[test]
fn every_built_in_rule_is_explained_under_the_same_headings() {
    for meta in builtin().metas() {
        let headings: Vec<&str> = meta.prose.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["What it flags", "Why it matters", "How to fix", "When to suppress"], "{}", meta.name);
        assert!(!meta.references.is_empty() && !meta.tags.is_empty(), "{}", meta.name);
    }
}

#[test]
fn every_built_in_rule_is_read_without_a_problem_and_says_what_its_head_says() {
    let texts = RuleSet::builtin_texts(&crate::source::Sources::new());
    let read = RuleSet::default().with(&texts).unwrap_or_else(|problems| panic!("{problems:#?}"));
    // What a rule needs is known beforehand or not at all; `head` has the test of that.
    let said = |head: &Head| {
        let lists =
            [&head.aliases, &head.tags, &head.judges, &head.reads].map(|words| words.iter().collect::<Vec<_>>().join(" "));
        let presets = head.presets().collect::<Vec<_>>().join(" ");
        format!("{} {lists:?} {presets} {} {} {}", head.name, head.severity, head.is_deprecated, head.queried)
    };
    let heads = |set: &RuleSet| set.heads().map(said).collect::<Vec<_>>();
    assert_eq!(heads(&read), heads(builtin()));
    assert_eq!(read.metas(), builtin().metas());
}
