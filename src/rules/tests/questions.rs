//! What each question of the rule language says of values: known, unknown, known in part, absent.

use jiff::civil::date;

use super::{World, load, told};

#[test]
fn every_operator_tells_true_from_false_from_unknown_from_absent() {
    const ANY: &str = r#"{ "$unknown": "u()" }"#;
    const HTTP: &str = r#"{ "$unknown": "u()", "text": ["http://", null] }"#;
    const ONE: &str = r#"{ "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] }"#;
    let table = [
        (r#""exists": true"#, vec!["1", "null", ANY]),
        (r#""set": true"#, vec!["1", "null", "\"\"", "[]", "[1]", "{}", ANY, HTTP]),
        (r#""set": false"#, vec!["1", ANY]),
        (r#""equals": "Http://A""#, vec!["\"http://a\"", "\"b\"", "null", "1", ANY, HTTP, ONE]),
        (r#""equals": "Http://A", "exact": true"#, vec!["\"http://a\"", "\"Http://A\""]),
        (r#""equals": "b", "default": "B""#, vec!["\"a\"", "null"]),
        (r#""equals": ["1"]"#, vec!["[\"1\"]", "[\"2\"]", r#"[{ "$unknown": "u()" }]"#]),
        (r#""in": ["http://a", "http://b"]"#, vec!["\"HTTP://B\"", "\"c\"", ONE, HTTP]),
        (r#""in": [true, "true"]"#, vec!["true", "\"True\"", "false", "\"false\""]),
        (r#""startsWith": "http:""#, vec!["\"HTTP://x\"", "\"https://x\"", HTTP, ONE, "7"]),
        (r#""startsWith": ["https:", "http://a"]"#, vec![HTTP, r#"{ "$unknown": "u()", "text": ["http", null] }"#]),
        (r#""endsWith": "/apis""#, vec!["\"x/APIS\"", "\"x\"", r#"{ "$unknown": "u()", "text": [null, "/apis"] }"#, HTTP]),
        (r#""contains": "tp:""#, vec!["\"http:\"", "[\"tp:\"]", "[\"http:\"]", HTTP, ANY]),
        (r#""near": ["zones", "capacity"]"#, vec!["\"zonse\"", "\"Capacty\"", "\"ZONES\"", "\"zinc\"", HTTP, ANY, "1"]),
        (r#""hasType": "string""#, vec!["\"\"", "1", "null", HTTP, ANY, ONE]),
        (r#""hasType": "number""#, vec!["1", "\"1\"", HTTP]),
        (r#""hasType": "array""#, vec!["[]", "{}"]),
        (r#""matches": "^h.+a$""#, vec!["\"Http://A\"", "\"b\"", ONE, HTTP]),
        (r#""greaterThan": 3"#, vec!["4", "3", "\"4\"", ANY]),
        (r#""lessThan": 3"#, vec!["2", "3"]),
        (r#""multipleOf": 3"#, vec!["6", "7", "0"]),
        (r#""olderThan": "2021-01-01""#, vec!["\"2021-01-01-preview\"", "\"2021-01-01\"", "\"soon\"", ANY]),
        (r#""newerThan": "2021-01-01""#, vec!["\"2021-01-02\"", "\"2021-01-01\"", "\"soon\""]),
        (r#""newerThan": { "asOf": 30 }"#, vec!["\"2026-12-24\"", "\"2026-12-23\""]),
        (r#""cannotTell": "nobody knows""#, vec!["1"]),
    ];
    let mut out = String::new();
    for (operator, values) in table {
        let rule = format!(r#""when": {{ "path": "$.properties.p", {operator} }}"#);
        out += &format!("{operator}\n");
        for value in values {
            out += &format!("    {value:50} {}\n", told(&rule, &format!(r#"{{ "p": {value} }}"#), ""));
        }
        out += &format!("    {:50} {}\n", "(absent)", told(&rule, "{}", ""));
    }
    insta::assert_snapshot!(out, @r#"
    "exists": true
        1                                                  fails (a: 1)
        null                                               fails (a: null)
        { "$unknown": "u()" }                              fails (a: {u()})
        (absent)                                           passes
    "set": true
        1                                                  fails (a: 1)
        null                                               passes
        ""                                                 passes
        []                                                 passes
        [1]                                                fails (a: 1)
        {}                                                 fails (a: {})
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "text": ["http://", null] }   fails (a: http://{u()})
        (absent)                                           passes
    "set": false
        1                                                  passes
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        (absent)                                           fails (a: nothing)
    "equals": "Http://A"
        "http://a"                                         fails (a: http://a)
        "b"                                                passes
        null                                               passes
        1                                                  passes
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } undecided (fails for 1 of 2 possible values: http://a)
        (absent)                                           passes
    "equals": "Http://A", "exact": true
        "http://a"                                         passes
        "Http://A"                                         fails (a: Http://A)
        (absent)                                           passes
    "equals": "b", "default": "B"
        "a"                                                passes
        null                                               fails (a: null)
        (absent)                                           fails (a: nothing)
    "equals": ["1"]
        ["1"]                                              fails (a: 1)
        ["2"]                                              passes
        [{ "$unknown": "u()" }]                            undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "in": ["http://a", "http://b"]
        "HTTP://B"                                         fails (a: HTTP://B)
        "c"                                                passes
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } fails (a: {u()})
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "in": [true, "true"]
        true                                               fails (a: true)
        "True"                                             fails (a: True)
        false                                              passes
        "false"                                            passes
        (absent)                                           passes
    "startsWith": "http:"
        "HTTP://x"                                         fails (a: HTTP://x)
        "https://x"                                        passes
        { "$unknown": "u()", "text": ["http://", null] }   fails (a: http://{u()})
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } fails (a: {u()})
        7                                                  passes
        (absent)                                           passes
    "startsWith": ["https:", "http://a"]
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "text": ["http", null] }      undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "endsWith": "/apis"
        "x/APIS"                                           fails (a: x/APIS)
        "x"                                                passes
        { "$unknown": "u()", "text": [null, "/apis"] }     fails (a: {u()}/apis)
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "contains": "tp:"
        "http:"                                            fails (a: http:)
        ["tp:"]                                            fails (a: tp:)
        ["http:"]                                          passes
        { "$unknown": "u()", "text": ["http://", null] }   fails (a: http://{u()})
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "near": ["zones", "capacity"]
        "zonse"                                            fails (a: zonse)
        "Capacty"                                          fails (a: Capacty)
        "ZONES"                                            passes
        "zinc"                                             passes
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        1                                                  passes
        (absent)                                           passes
    "hasType": "string"
        ""                                                 fails (a: )
        1                                                  passes
        null                                               passes
        { "$unknown": "u()", "text": ["http://", null] }   fails (a: http://{u()})
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } fails (a: {u()})
        (absent)                                           passes
    "hasType": "number"
        1                                                  fails (a: 1)
        "1"                                                passes
        { "$unknown": "u()", "text": ["http://", null] }   passes
        (absent)                                           passes
    "hasType": "array"
        []                                                 fails (a: )
        {}                                                 passes
        (absent)                                           passes
    "matches": "^h.+a$"
        "Http://A"                                         fails (a: Http://A)
        "b"                                                passes
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } undecided (fails for 1 of 2 possible values: http://a)
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "greaterThan": 3
        4                                                  fails (a: 4)
        3                                                  passes
        "4"                                                passes
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "lessThan": 3
        2                                                  fails (a: 2)
        3                                                  passes
        (absent)                                           passes
    "multipleOf": 3
        6                                                  fails (a: 6)
        7                                                  passes
        0                                                  fails (a: 0)
        (absent)                                           passes
    "olderThan": "2021-01-01"
        "2021-01-01-preview"                               fails (a: 2021-01-01-preview)
        "2021-01-01"                                       passes
        "soon"                                             passes
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "newerThan": "2021-01-01"
        "2021-01-02"                                       fails (a: 2021-01-02)
        "2021-01-01"                                       passes
        "soon"                                             passes
        (absent)                                           passes
    "newerThan": { "asOf": 30 }
        "2026-12-24"                                       fails (a: 2026-12-24)
        "2026-12-23"                                       passes
        (absent)                                           passes
    "cannotTell": "nobody knows"
        1                                                  undecided (nobody knows)
        (absent)                                           passes
    "#);
}

#[test]
fn quantifiers_and_counts_see_every_hit_and_know_that_they_may_not() {
    let unknown = r#"{ "$unknown": "u()" }"#;
    let table = [
        r#"{ "any": "$.properties.p[*].n", "equals": 1 }"#,
        r#"{ "all": "$.properties.p[*].n", "equals": 1 }"#,
        r#"{ "none": "$.properties.p[*].n", "equals": 1 }"#,
        r#"{ "any": "$.properties.p[*]", "where": { "allOf": [{ "path": "$.n", "equals": 1 }, { "of": "self", "path": "$.name", "equals": "A" }] } }"#,
        r#"{ "any": "$.properties.p[*]", "as": "x", "where": { "any": "$.m[*]", "where": { "of": "x", "path": "$.n", "equals": 1 } } }"#,
        r#"{ "count": "$.properties.p[*]", "greaterThan": 1 }"#,
        r#"{ "count": "$.properties.p[*]", "equals": 1 }"#,
        r#"{ "sum": "$.properties.p[*].n", "greaterThan": 2 }"#,
        r#"{ "sum": "$.properties.p[*].n", "equals": 3 }"#,
        r#"{ "path": "$.properties.q", "equals": { "sum": "$.properties.p[*].m[*]", "default": 7 } }"#,
        r#"{ "path": "$.properties.q", "multipleOf": { "count": "$.properties.p[*]" } }"#,
        r#"{ "path": "$.properties.q", "in": { "path": "$.properties.p[*].n" } }"#,
    ];
    let lists = [
        "[]".to_owned(),
        r#"[{ "n": 1, "m": [0] }, { "n": 2 }]"#.to_owned(),
        format!(r#"[{{ "n": 1, "m": [0] }}, {unknown}]"#),
        unknown.to_owned(),
    ];
    let mut out = String::new();
    for predicate in table {
        out += &format!("{predicate}\n");
        for list in &lists {
            let verdict = told(&format!(r#""assert": {{ "not": {predicate} }}"#), &format!(r#"{{ "p": {list}, "q": 2 }}"#), "");
            out += &format!("    {list:50} {}\n", verdict.split(" (").next().unwrap());
        }
    }
    insta::assert_snapshot!(out, @r#"
    { "any": "$.properties.p[*].n", "equals": 1 }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "all": "$.properties.p[*].n", "equals": 1 }
        []                                                 fails
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 passes
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      undecided
        { "$unknown": "u()" }                              undecided
    { "none": "$.properties.p[*].n", "equals": 1 }
        []                                                 fails
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 passes
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      passes
        { "$unknown": "u()" }                              undecided
    { "any": "$.properties.p[*]", "where": { "allOf": [{ "path": "$.n", "equals": 1 }, { "of": "self", "path": "$.name", "equals": "A" }] } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "any": "$.properties.p[*]", "as": "x", "where": { "any": "$.m[*]", "where": { "of": "x", "path": "$.n", "equals": 1 } } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "count": "$.properties.p[*]", "greaterThan": 1 }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "count": "$.properties.p[*]", "equals": 1 }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 passes
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      passes
        { "$unknown": "u()" }                              undecided
    { "sum": "$.properties.p[*].n", "greaterThan": 2 }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      undecided
        { "$unknown": "u()" }                              undecided
    { "sum": "$.properties.p[*].n", "equals": 3 }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      undecided
        { "$unknown": "u()" }                              undecided
    { "path": "$.properties.q", "equals": { "sum": "$.properties.p[*].m[*]", "default": 7 } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 passes
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      undecided
        { "$unknown": "u()" }                              undecided
    { "path": "$.properties.q", "multipleOf": { "count": "$.properties.p[*]" } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "path": "$.properties.q", "in": { "path": "$.properties.p[*].n" } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      undecided
        { "$unknown": "u()" }                              undecided
    "#);
}

/// `true`, `false` or `unknown`: what an operator says of a value.
fn answer(operator: &str, value: &str) -> &'static str {
    let told = told(&format!(r#""when": {{ "path": "$.properties.p", {operator} }}"#), &format!(r#"{{ "p": {value} }}"#), "");
    match told.split(' ').next() {
        Some("fails") => "true",
        Some("passes") => "false",
        _ => "unknown",
    }
}

#[test]
fn a_default_that_may_be_replaced_is_told_from_a_value_that_is_written_there() {
    let rule = r#"{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts",
        "when": { "path": "$.properties.p", "byDefault": true }, "report": { "message": "{self.name}" } }"#;
    let told = |value: &str| {
        let world = World::new(&format!(
            r#"{{ "defaults": {{ "p": "" }}, "resources": [{{ "type": "Microsoft.Storage/storageAccounts", "name": "a", "properties": {{ "p": {value} }} }}] }}"#
        ));
        world.judged(&load(&[rule]).unwrap(), &[], &[], date(2026, 11, 23)).len()
    };
    assert_eq!([told(r#"{ "$default": "p" }"#), told("\"\""), told(r#"{ "$unknown": "parameters('p')" }"#)], [1, 0, 0]);
}

#[test]
fn names_of_members_are_asked_like_values() {
    let near = |predicate: &str| {
        format!(r#""each": "$.properties[*]", "when": {{ "of": "each", "path": "$", "key": true, {predicate} }}"#)
    };
    let said = |predicate: &str, properties: &str| told(&near(predicate), properties, "");
    assert_eq!(said(r#""near": ["zones"]"#, r#"{ "zonse": 1, "zones": 2, "name": 3 }"#), "fails (a: 1)");
    assert_eq!(said(r#""equals": "P""#, r#"{ "p": 1 }"#), "fails (a: 1)", "without case, like a value");
    assert_eq!(said(r#""equals": "P", "exact": true"#, r#"{ "p": 1 }"#), "passes");
    assert_eq!(said(r#""equals": "p""#, r#"{ "$unknown": "u()" }"#), "undecided (only the deployment knows `u()`)");
    let all = |quantifier: &str| {
        told(
            &format!(r#""when": {{ "{quantifier}": "$.properties[*]", "key": true, "startsWith": "x" }}"#),
            r#"{ "x1": 1, "y": 2 }"#,
            "",
        )
    };
    assert_eq!([all("any"), all("all"), all("none")], ["fails (a: 1)", "passes", "passes"]);
    let listed = r#""when": { "path": "$.properties.p", "in": { "path": "$.properties.q[*]", "key": true } }"#;
    assert_eq!(told(listed, r#"{ "p": "b", "q": { "a": 1, "b": 2 } }"#, ""), "fails (a: b)");
    let elements = r#""when": { "any": "$.properties.q[*]", "key": true, "exists": true }"#;
    assert_eq!(told(elements, r#"{ "q": [1, 2] }"#, ""), "passes", "the elements of a list have no names");
}

#[test]
fn what_is_known_of_a_text_decides_where_it_can() {
    let table = [
        (r#""written": true"#, r#""s3cret""#, "true", "a literal"),
        (r#""written": false"#, r#""s3cret""#, "false", "a literal"),
        (r#""written": true"#, r#"["s3cret", { "$unknown": "parameters('p')" }]"#, "unknown", "an element that nothing gives"),
        (r#""written": true"#, r#"{ "$unknown": "parameters('p')" }"#, "unknown", "nothing gives it"),
        (r#""written": true"#, r#"{ "$unknown": "parameters('p')", "allowed": ["a", "b"] }"#, "true", "both are written out"),
        (r#""written": true"#, r#"{ "$unknown": "parameters('p')", "secure": true }"#, "false", "a secure parameter"),
        (
            r#""written": true"#,
            r#"{ "$unknown": "parameters('p')", "secure": true, "text": ["key=", null] }"#,
            "false",
            "a text with a secure parameter in it",
        ),
        (r#""written": true"#, r#"{ "$unknown": "listKeys('/id','2024-01-01').key" }"#, "false", "the deployment looks it up"),
        (r#""written": true"#, r#"{ "$unknown": "reference('/id').key", "text": ["key=", null] }"#, "false", "so it does"),
        (r#""written": true"#, r#"{ "$unknown": "newGuid()" }"#, "false", "the deployment draws it"),
        (r#""written": true"#, r#"{ "$unknown": "resourceGroup().name" }"#, "unknown", "a context may tell it"),
        (r#""matches": "^[a-z-]+$""#, r#"{ "$unknown": "u()", "text": ["apim_", null] }"#, "false", "an underscore stays"),
        (r#""matches": "^[a-z-]+$""#, r#"{ "$unknown": "u()", "text": ["apim-", null] }"#, "unknown", "a good start"),
        (r#""matches": "^.{9}""#, r#"{ "$unknown": "u()", "text": ["apim-of-me", null] }"#, "true", "ten are there"),
        (r#""longerThan": 3"#, r#""four""#, "true", "four"),
        (r#""longerThan": 4"#, r#""four""#, "false", "four"),
        (r#""longerThan": 3"#, r#"{ "$unknown": "u()", "text": ["four", null] }"#, "true", "four at least"),
        (r#""longerThan": 4"#, r#"{ "$unknown": "u()", "text": ["four", null] }"#, "unknown", "four at least"),
        (r#""shorterThan": 4"#, r#"{ "$unknown": "u()", "text": ["four", null] }"#, "false", "four at least"),
        (r#""shorterThan": 3"#, r#""😀""#, "true", "two units"),
        (r#""longerThan": 3"#, "12345", "false", "no string"),
        (r#""equals": "westeurope", "spaces": false"#, r#""West Europe""#, "true", "one region"),
        (r#""equals": "westeurope""#, r#""West Europe""#, "false", "two texts"),
        (r#""equals": "westeurope", "spaces": false"#, r#"{ "$unknown": "u()", "text": ["West E", null] }"#, "unknown", "may be"),
        (r#""equals": "westeurope", "spaces": false"#, r#"{ "$unknown": "u()", "text": ["West U", null] }"#, "false", "another"),
    ];
    for (operator, value, expected, why) in table {
        assert_eq!(answer(operator, value), expected, "{operator} of {value}: {why}");
    }
    assert_eq!(told(r#""when": { "path": "$.properties.p", "written": true }"#, "{}", ""), "passes", "nothing is written");
}

#[test]
fn what_an_operator_says_of_an_unknown_holds_of_all_that_it_may_be() {
    let operators = [
        r#""written": true"#,
        r#""set": true"#,
        r#""matches": "^[a-z]{2,6}$""#,
        r#""matches": "b""#,
        r#""longerThan": 3"#,
        r#""shorterThan": 5"#,
        r#""startsWith": "ab""#,
        r#""endsWith": "yz""#,
        r#""contains": "-""#,
        r#""equals": "abyz", "spaces": false"#,
        r#""hasType": "string""#,
        r#""near": ["abyzz", "yzz"]"#,
    ];
    let unknowns = [
        (r#"{ "$unknown": "parameters('p')" }"#, vec!["\"\"", "\"ab\"", "\"a-b\"", "7", "null", "[\"-\"]"]),
        (r#"{ "$unknown": "parameters('p')", "text": ["ab", null] }"#, vec!["\"ab\"", "\"ab-yz\"", "\"ab yz\"", "\"abcdefg\""]),
        (r#"{ "$unknown": "parameters('p')", "text": [null, "yz"] }"#, vec!["\"yz\"", "\"AB yz\"", "\"-yz\""]),
        (r#"{ "$unknown": "parameters('p')", "text": ["a", null, "z"] }"#, vec!["\"az\"", "\"ab yz\"", "\"a1z\""]),
        (r#"{ "$unknown": "parameters('p')", "allowed": ["ab", "x-yz"] }"#, vec!["\"ab\"", "\"x-yz\""]),
    ];
    for operator in operators {
        for (unknown, may_be) in &unknowns {
            let said = answer(operator, unknown);
            for value in may_be {
                assert!(said == "unknown" || said == answer(operator, value), "{operator}: {said} of {unknown}, not of {value}");
            }
        }
    }
}

#[test]
fn paths_that_end_at_one_unknown_object_are_undecided_once() {
    let rule = r#""each": ["$.properties.a", "$.properties.b[*]", "$.properties.c.d"], "assert": { "of": "each", "path": "$", "equals": 1 }"#;
    let said = told(rule, r#"{ "$unknown": "u()" }"#, "");
    assert_eq!(said, "undecided (only the deployment knows `u()`)");
}

#[test]
fn a_rule_that_skips_the_unknown_still_tells_which_allowed_values_fail() {
    let rule = r#""unknown": "skip", "assert": { "path": "$.properties.p", "equals": "a" }"#;
    let said = |value: &str| told(rule, &format!(r#"{{ "p": {value} }}"#), "");
    assert_eq!(said(r#"{ "$unknown": "parameters('p')" }"#), "passes");
    assert_eq!(said(r#""b""#), "fails (a: b)");
    assert_eq!(
        said(r#"{ "$unknown": "parameters('p')", "allowed": ["a", "b"] }"#),
        "undecided (fails for 1 of 2 allowed values: b)"
    );
}
