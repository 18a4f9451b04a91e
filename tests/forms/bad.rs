//! Templates that are wrong, huge or strange: bounded, reported, never a panic.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::rewrite::{nested, symbolic};
use super::samples::{address, joined, old_service, service, template, written};
use super::support::{Folder, Seen, check, check_one, file};

const OLD: &str = "api-management/stv1-api-version";
const INVALID: &str = "template/invalid-expression";
const LINK: &str = "template/linked-template-missing";
const TYPE: &str = "template/missing-resource-type";
/// Far more than any of these takes, also without optimisation and on a busy machine; far less than what is not bounded.
const BOUND: Duration = Duration::from_secs(60);

/// Checks, and holds that it ends in time.
fn soon(template: &Value) -> Seen {
    let start = Instant::now();
    let seen = check_one(template);
    assert!(start.elapsed() < BOUND, "took {:?}", start.elapsed());
    seen
}

fn looped(count: &Value) -> Value {
    let mut service = service("[concat('apim-', copyIndex())]");
    service["copy"] = json!({ "name": "services", "count": count });
    template(&json!({ "n": { "type": "int" } }), &json!({}), &json!([service]))
}

fn deployment(name: &str, template: &Value, copies: Option<i64>) -> Value {
    let mut deployment = nested(template)["resources"][0].clone();
    deployment["name"] = json!(name);
    if let Some(count) = copies {
        deployment["copy"] = json!({ "name": name, "count": count });
    }
    deployment
}

#[test]
fn a_count_that_azure_refuses_is_reported_and_the_body_is_judged_once() {
    for (count, message) in [
        (json!(-1), "a loop cannot have -1 copies"),
        (json!(1_000_000_000), "a loop cannot have 1000000000 copies; Azure stops at 800"),
        (json!("three"), "the count of a loop must be an integer"),
    ] {
        let seen = soon(&looped(&count));
        assert!(seen.of_rule(INVALID).starts_with(message), "{count}: {}", seen.of_rule(INVALID));
        assert_eq!(seen.only(OLD).instances, 1, "{count}");
    }
}

#[test]
fn a_count_that_nobody_knows_is_judged_once_and_is_no_error() {
    let seen = soon(&looped(&json!("[parameters('n')]")));
    assert_eq!(seen.only(OLD).instances, 1);
    assert_eq!(seen.of_rule(INVALID), "");
}

#[test]
fn a_count_that_is_written_as_text_is_that_number() {
    let seen = soon(&looped(&json!("3")));
    assert_eq!((seen.only(OLD).instances, seen.of_rule(INVALID)), (3, String::new()));
}

#[test]
fn a_loop_without_copies_deploys_nothing() {
    assert!(soon(&looped(&json!(0))).verdicts().is_empty());
}

#[test]
fn the_copies_of_one_body_are_one_diagnostic_that_counts_them() {
    assert_eq!(soon(&looped(&json!(800))).only(OLD).instances, 800);
}

#[test]
fn loops_in_loops_of_deployments_end_and_are_reported() {
    let mut inside = looped(&json!(800));
    for depth in 0..4 {
        let around = deployment(&format!("level{depth}"), &inside, Some(800));
        inside = template(&json!({ "n": { "type": "int" } }), &json!({}), &json!([around]));
    }
    let seen = soon(&inside);
    let unreadable = &seen.checked.run.unreadable;
    assert!(unreadable.iter().any(|found| found.error.contains("more resources than are judged")), "{unreadable:?}");
    assert!(seen.failing().contains(OLD), "what was seen until then is told");
}

#[test]
fn loops_of_children_in_loops_end_even_where_no_rule_looks() {
    let mut inside =
        json!({ "type": "blobs", "apiVersion": "2020-01-01", "name": "x", "copy": { "name": "last", "count": 800 } });
    for depth in 0..5 {
        inside = json!({
            "type": if depth == 4 { "Microsoft.Storage/storageAccounts" } else { "things" },
            "apiVersion": "2020-01-01",
            "name": "x",
            "copy": { "name": format!("loop{depth}"), "count": 800 },
            "resources": [inside]
        });
    }
    let seen = soon(&template(&json!({}), &json!({}), &json!([inside, service("apim")])));
    assert!(!seen.checked.run.unreadable.is_empty());
}

#[test]
fn a_template_nested_in_itself_ends_and_is_reported() {
    let mut inside = old_service("apim");
    for _ in 0..40 {
        inside = nested(&inside);
    }
    assert!(!soon(&inside).checked.run.unreadable.is_empty());
}

#[test]
fn resources_that_need_each_other_end() {
    let needs = |name: &str, other: &str| {
        let mut service = service(name);
        service["properties"]["publisherName"] = json!(format!(
            "[concat(reference('{other}').publisherName, reference('{other}').publisherName, reference('{other}').x)]"
        ));
        service
    };
    let resources: Vec<Value> = (0..60).map(|n| needs(&format!("a{n}"), &format!("a{}", (n + 1) % 60))).collect();
    let all = template(&json!({}), &json!({}), &Value::Array(resources));
    assert!(soon(&all).failing().contains(OLD));
    assert!(soon(&symbolic(&all).unwrap()).failing().contains(OLD));
}

#[test]
fn names_that_need_their_own_resource_end() {
    let resources = json!({
        "a": { "type": "Microsoft.ApiManagement/service", "apiVersion": "2019-12-01", "name": "[reference('b').name]", "sku": { "name": "Developer" } },
        "b": { "type": "Microsoft.ApiManagement/service", "apiVersion": "2019-12-01", "name": "[reference('a').name]", "sku": { "name": "Developer" } }
    });
    let mut all = template(&json!({}), &json!({}), &resources);
    all["languageVersion"] = json!("2.0");
    assert_eq!(soon(&all).verdicts().len(), 2);
}

#[test]
fn deployments_that_need_each_others_outputs_end() {
    let module = |name: &str, other: &str| {
        let mut inside =
            template(&json!({ "name": { "type": "string" } }), &json!({}), &json!([service("[parameters('name')]")]));
        inside["outputs"] = json!({ "name": { "type": "string", "value": "[parameters('name')]" } });
        let mut deployment = deployment(name, &inside, None);
        deployment["properties"]["parameters"]["name"]["value"] = json!(format!("[reference('{other}').outputs.name.value]"));
        deployment
    };
    let all = template(&json!({}), &json!({}), &json!([module("one", "two"), module("two", "one")]));
    assert_eq!(soon(&all).checked.run.diagnostics.iter().filter(|told| told.rule.as_ref() == OLD).count(), 2);
}

fn link(target: &str) -> Value {
    json!({
        "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "linked",
        "properties": { "mode": "Incremental", "templateLink": { "relativePath": target } }
    })
}

#[test]
fn templates_that_link_to_themselves_or_each_other_end() {
    let with = |target: &str| template(&json!({}), &json!({}), &json!([service("apim"), link(target)]));
    let seen = check(&vec![file("self.json", &with("self.json"))]);
    assert!(seen.of_rule(LINK).contains("deploys the template that deploys it"), "{}", seen.of_rule(LINK));
    let seen = check(&vec![file("a.json", &with("b.json")), file("b.json", &with("a.json"))]);
    assert_eq!(seen.verdicts().len(), 1, "the services have one name: {:?}", seen.verdicts());
    assert_eq!(seen.checked.run.diagnostics.len(), 2);
}

#[test]
fn a_link_to_no_file_is_a_warning_at_the_deployment() {
    let seen = check_one(&template(&json!({}), &json!({}), &json!([service("apim"), link("gone/apim.json")])));
    assert!(
        seen.of_rule(LINK).starts_with("there is no linked template `gone/apim.json` | main.json:"),
        "{}",
        seen.of_rule(LINK)
    );
}

#[test]
fn a_link_whose_address_is_unknown_is_undecided() {
    let mut deployment = link("x");
    deployment["properties"]["templateLink"] = json!({ "uri": "[parameters('uri')]" });
    let uri = json!({ "uri": { "type": "string" } });
    let seen = check_one(&template(&uri, &json!({}), &json!([service("apim"), deployment])));
    assert!(seen.of_rule(LINK).contains("(undecided: `{uri}` is not among the files being linted)"), "{}", seen.of_rule(LINK));
}

fn link_by(how: &Value) -> Value {
    let mut deployment = link("x");
    deployment["properties"]["templateLink"] = how.clone();
    template(&json!({}), &json!({}), &json!([service("apim"), deployment]))
}

#[test]
fn an_address_in_another_folder_that_ends_in_the_name_of_the_file_is_not_the_file() {
    let uri = json!({ "uri": "https://raw.githubusercontent.com/contoso/samples/main/network/azuredeploy.json" });
    let seen = check(&vec![file("apim/azuredeploy.json", &link_by(&uri))]);
    assert!(seen.of_rule(LINK).starts_with("cannot look into the linked template `https://raw"), "{}", seen.of_rule(LINK));
}

#[test]
fn a_template_spec_that_is_deployed_is_undecided() {
    let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/templateSpecs/apim/versions/1.0";
    let told = check_one(&link_by(&json!({ "id": id }))).of_rule(LINK);
    assert!(told.contains(id) && told.contains("undecided"), "{told}");
}

#[test]
fn a_template_that_only_mentions_the_name_of_one_that_matters_is_not_told_about() {
    let mut other = link_by(&json!({ "uri": "https://example.com/elsewhere/main.json" }));
    other["resources"].as_array_mut().unwrap().remove(0);
    let seen = check(&vec![file("apim/main.json", &old_service("apim")), file("network/azuredeploy.json", &other)]);
    assert_eq!(seen.of_rule(LINK), "");
}

#[test]
fn a_link_out_of_the_folder_is_never_opened() {
    let inside =
        |target: &str| file("inside/main.json", &template(&json!({}), &json!({}), &json!([service("apim"), link(target)])));
    for target in ["../outside/secret.json", "/etc/hostname", "..\\outside\\secret.json", "door/secret.json"] {
        let folder = Folder::of(&vec![inside(target), file("outside/secret.json", &old_service("secret"))]);
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path("outside"), folder.path("inside/door")).unwrap();
        let seen = folder.check_paths(&["inside"], &[]);
        assert!(!seen.verdicts().iter().any(|told| told.contains("secret")), "{target}: {:?}", seen.verdicts());
        assert!(!seen.of_rule(LINK).is_empty(), "{target} is told");
    }
}

#[test]
fn a_resource_without_type_is_reported_and_one_of_unknown_type_is_undecided() {
    let mut unnamed = service("apim");
    unnamed.as_object_mut().unwrap().remove("type");
    let mut number = service("apim");
    number["type"] = json!(7);
    let mut unknown = service("apim");
    unknown["type"] = json!("[parameters('type')]");
    let types = json!({ "type": { "type": "string" } });
    let of = |resource: Value| check_one(&template(&types, &json!({}), &json!([resource, service("other")]))).of_rule(TYPE);
    assert!(of(unnamed).starts_with("the resource has no type |"));
    assert!(of(number).starts_with("the resource has no type |"));
    assert!(of(unknown).contains("(undecided: parameter `type` has no default and no parameter file gives it)"));
}

/// A service without `apiVersion`, which an `apiProfile` may give, passed every rule about versions.
#[test]
fn a_version_that_is_not_given_is_unknown() {
    let mut service = service("apim");
    service.as_object_mut().unwrap().remove("apiVersion");
    let told = check_one(&template(&json!({}), &json!({}), &json!([service]))).of_rule(OLD);
    assert!(
        told.contains("(undecided: no `apiVersion` is given)") && told.contains("main.json:8 \"Microsoft.ApiManagement"),
        "{told}"
    );
}

#[test]
fn names_that_nobody_declares_are_reported_and_what_hangs_on_them_is_undecided() {
    let mut service = service("apim");
    service["apiVersion"] = json!("[variables('version')]");
    service["sku"]["name"] = json!("[parameters('tier')]");
    let seen = check_one(&template(&json!({}), &json!({}), &json!([service])));
    let told = seen.of_rule("template/undefined-reference");
    assert!(told.contains("variable `version` is not declared") && told.contains("parameter `tier` is not declared"), "{told}");
    assert!(seen.of_rule(OLD).contains("undecided"), "{}", seen.of_rule(OLD));
}

#[test]
fn sections_and_members_of_other_kinds_are_no_panic() {
    let strange = [
        json!(null),
        json!(true),
        json!(7),
        json!(-1.5e300),
        json!("text"),
        json!("[x("),
        json!([]),
        json!({}),
        json!([[], {}, 1]),
    ];
    let sections = [
        "$schema",
        "contentVersion",
        "parameters",
        "variables",
        "functions",
        "resources",
        "outputs",
        "definitions",
        "languageVersion",
    ];
    let members = [
        "type",
        "apiVersion",
        "name",
        "location",
        "sku",
        "zones",
        "properties",
        "copy",
        "condition",
        "dependsOn",
        "resources",
        "scope",
        "existing",
    ];
    for value in &strange {
        for section in sections {
            let mut all = written()[1].1.clone();
            all[section] = value.clone();
            check_one(&all);
        }
        for member in members {
            let mut all = nested(&old_service("apim"));
            all["resources"][0][member] = value.clone();
            check_one(&all);
            let mut service = joined("apim", "[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]");
            service[member] = value.clone();
            check_one(&template(&json!({}), &json!({}), &json!([service, address("ip", "Basic")])));
        }
    }
}

#[test]
fn a_sku_or_properties_given_as_a_whole_are_looked_into() {
    let mut service = service("apim");
    let parameters = json!({
        "sku": { "type": "object", "defaultValue": { "name": "Developer", "capacity": 1 } },
        "properties": { "type": "object", "defaultValue": { "virtualNetworkType": "External" } }
    });
    service["sku"] = json!("[parameters('sku')]");
    service["properties"] = json!("[parameters('properties')]");
    let seen = check_one(&template(&parameters, &json!({}), &json!([service])));
    assert!(seen.failing().contains("api-management/vnet-without-standard-public-ip"), "{:?}", seen.verdicts());
}

/// How many nodes a JSON value has.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Puts `new` in the place of the node of this number.
fn replace(value: &mut Value, at: &mut usize, new: &Value) {
    if *at == 0 {
        *value = new.clone();
        *at = usize::MAX;
        return;
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| {
            if *at != usize::MAX {
                replace(item, at, new)
            }
        }),
        Value::Object(members) => members.values_mut().for_each(|member| {
            if *at != usize::MAX {
                replace(member, at, new)
            }
        }),
        _ => {}
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z\\[\\]()', .0-9]{0,12}".prop_map(Value::from),
        prop_oneof![
            Just("[parameters('sku')]"),
            Just("[variables('ip')]"),
            Just("[copyIndex()]"),
            Just("[reference('apim')]"),
            Just("[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]"),
            Just("Microsoft.Resources/deployments"),
            Just("Premium"),
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop_oneof![
            Just("name"),
            Just("type"),
            Just("copy"),
            Just("count"),
            Just("value"),
            Just("properties"),
            Just("resources")
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key.prop_map(str::to_owned), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_template_with_anything_in_any_place_is_no_panic(
        which in any::<Index>(), wrapped in 0..3, places in prop::collection::vec((any::<Index>(), any_json()), 1..4)
    ) {
        let samples = written();
        let mut all = which.get(&samples).1.clone();
        if wrapped > 0 {
            all = nested(&all);
        }
        if wrapped > 1 {
            all = symbolic(&all).unwrap();
        }
        for (place, new) in places {
            let mut at = place.index(count(&all));
            replace(&mut all, &mut at, &new);
        }
        soon(&all);
    }
}
