//! Policy documents in rules: what a selector selects, what an element is, what runs in the end.

use jiff::civil::date;

use super::{World, load};
use crate::diagnostic::Verdict;

/// What a rule with these members says of the policies of these resources: a type behind `service`, a name, and a text, which
/// is JSON.
fn told(members: &str, resources: &[(&str, &str, &str)]) -> Vec<String> {
    let rule = format!(
        r#"{{ "name": "apim/x", "title": "X", "severity": "error", "since": "1.0.0", {members},
             "report": {{ "message": "{{found}}", "at": [{{ "of": "each", "path": "$['#name']" }}, {{ "of": "each", "path": "$" }}] }} }}"#
    );
    let rules = load(&[&rule]).unwrap_or_else(|problems| panic!("{problems}"));
    let resource = |(kind, name, text): &(&str, &str, &str)| {
        let properties =
            if text.is_empty() { String::new() } else { format!(r#", "properties": {{ "format": "rawxml", "value": {text} }}"#) };
        format!(r#"{{ "type": "Microsoft.ApiManagement/service{kind}", "name": "{name}"{properties} }}"#)
    };
    let list: Vec<String> = resources.iter().map(resource).collect();
    let world = World::new(&format!("[{}]", list.join(",\n")));
    let told = world.judged(&rules, &[], &[], date(2026, 11, 23));
    told.iter()
        .map(|told| match &told.verdict {
            Verdict::Fails => format!("{} at {}", told.message, told.path.trim_end_matches(".#name")),
            Verdict::Undecided(why) => format!("undecided: {why}"),
        })
        .collect()
}

const API: (&str, &str) = ("/apis/policies", "s/a/policy");

fn selected(selector: &str, text: &str) -> Vec<String> {
    told(&format!(r#""policy": "{selector}""#), &[(API.0, API.1, text)])
}

const TEXT: &str = r#""<policies><inbound><base /><cors><allowed-origins><origin>a</origin><origin>b</origin></allowed-origins></cors><choose><when condition='@(true)'><retry><cors /></retry></when></choose><return-response><cors /></return-response></inbound><outbound><set-header name='{{x}}'><value>@(\"{{y}}\")</value></set-header></outbound></policies>""#;

#[test]
fn a_selector_names_a_section_a_policy_and_what_is_in_it() {
    let table = [
        ("inbound/cors", "inbound/cors inbound/choose/when/retry/cors"),
        ("*/cors", "inbound/cors inbound/choose/when/retry/cors"),
        ("outbound/cors", ""),
        ("**/cors", "inbound/cors inbound/choose/when/retry/cors inbound/return-response/cors"),
        ("*/cors/allowed-origins/origin", "inbound/cors/allowed-origins/origin[1] inbound/cors/allowed-origins/origin[2]"),
        (
            "inbound/*",
            "inbound/base inbound/cors inbound/choose inbound/choose/when/retry inbound/choose/when/retry/cors inbound/return-response",
        ),
        ("*", "inbound outbound"),
        ("outbound", "outbound"),
    ];
    for (selector, expected) in table {
        let found: Vec<String> = selected(selector, TEXT)
            .iter()
            .map(|told| told.split_once("at properties.value/policies/").unwrap().1.to_owned())
            .collect();
        assert_eq!(found.join(" "), expected, "{selector}");
    }
    assert_eq!(selected("/", TEXT), ["policies at properties.value/policies"]);
    assert_eq!(
        selected("{{}}", TEXT),
        ["x at properties.value/policies/outbound/set-header", "y at properties.value/policies/outbound/set-header/value"]
    );
}

#[test]
fn what_a_hole_may_hide_is_undecided_and_what_is_there_is_judged() {
    let text = |pieces: &str| format!(r#"{{ "$unknown": "u()", "text": [{pieces}] }}"#);
    let between = text(r#""<policies><inbound><cors /></inbound><outbound>", null, "</outbound></policies>""#);
    let why = "undecided: only the deployment knows `u()`";
    let cors = "cors at properties.value/policies/inbound/cors";
    assert_eq!(selected("inbound/cors", &between), [cors], "the hole is in another section");
    assert_eq!(selected("*/cors", &between), [cors, why]);
    assert_eq!(selected("outbound/cors", &between), [why]);
    assert_eq!(selected("outbound", &between), ["outbound at properties.value/policies/outbound"], "the section is there");
    let tag = text(r#""<policies><inbound><cors ", null, "/></inbound></policies>""#);
    assert_eq!(selected("*/cors", &tag), ["undecided: how the policy goes on depends on `u()`: only the deployment knows `u()`"]);
}

/// Whether an operation is safe by a token that is validated, with these policies above it.
fn validated(above: &[(&str, &str, &str)]) -> String {
    let rule = r#""resource": "Microsoft.ApiManagement/service/apis/operations/policies", "policy": "inbound",
        "assert": { "of": "each", "any": "$['#effective'][*]", "where": { "path": "$['#name']", "equals": "validate-jwt" } }"#;
    let own = r#""<policies><inbound><base /><cors /></inbound></policies>""#;
    let mut resources = vec![("/apis/operations/policies", "s/a/o/policy", own)];
    resources.extend(above);
    told(rule, &resources).join(", ")
}

#[test]
fn the_effective_policy_is_known_where_all_above_is_in_the_deployment() {
    let base = r#""<policies><inbound><base /></inbound></policies>""#;
    let token = r#""<policies><inbound><validate-jwt /></inbound></policies>""#;
    let (service, api, global) = (("", "s", ""), ("/apis", "s/a", ""), "/policies");
    let fails = "inbound at properties.value/policies/inbound";
    let open = "undecided: `the policies above` is not in the files being linted";
    let table = [
        (vec![service, api, (API.0, API.1, base), (global, "s/policy", token)], "", "by the global policy, over that of the API"),
        (vec![service, api, (global, "s/policy", token)], "", "an API without a policy of its own takes over all"),
        (vec![service, api, (API.0, API.1, token), (global, "s/policy", base)], "", "by the policy of the API"),
        (
            vec![service, api, (API.0, API.1, r#""<policies><inbound /></policies>""#), (global, "s/policy", token)],
            fails,
            "the API takes nothing over",
        ),
        (vec![service, api, (API.0, API.1, base), (global, "s/policy", base)], fails, "nobody validates"),
        (vec![(API.0, API.1, token)], "", "what is certain is so, whatever else is above"),
        (vec![(API.0, API.1, base)], open, "the service is deployed elsewhere"),
        (
            vec![service, api, ("/products/policies", "s/p/policy", token), (global, "s/policy", base)],
            open,
            "a product may stand in between",
        ),
    ];
    for (above, expected, why) in table {
        assert_eq!(validated(&above), expected, "{why}");
    }
}

#[test]
fn a_child_is_joined_by_its_last_name() {
    let rule = r#""policy": "*/include-fragment", "join": {
        "service": { "parent": "nearest", "resource": "Microsoft.ApiManagement/service" },
        "fragment": { "from": "service", "child": { "of": "each", "path": "$['@fragment-id']" }, "resource": "Microsoft.ApiManagement/service/policyFragments", "absent": "none" } },
        "assert": { "of": "fragment", "path": "$.name", "exists": true }"#;
    let text = r#""<policies><inbound><include-fragment fragment-id='one' /><include-fragment fragment-id='two' /></inbound></policies>""#;
    let fragment = r#""<fragment />""#;
    let found = told(
        rule,
        &[("", "s", ""), ("/policyFragments", "s/One", fragment), ("/policyFragments", "t/two", fragment), (API.0, API.1, text)],
    );
    assert_eq!(found, ["include-fragment at properties.value/policies/inbound/include-fragment[2]"]);
}
