//! Loops: of resources, properties, variables and outputs, and what an index means where.

use serde_json::{Value, json};

use super::rewrite::nested;
use super::samples::{address, joined, service, template};
use super::support::{Seen, check_one};

const OLD: &str = "api-management/stv1-api-version";
const BASIC: &str = "api-management/non-standard-public-ip";
const LOCATION: &str = "api-management/additional-location-without-public-ip";

/// The names of the services that fail, each told by itself.
fn named(seen: &Seen) -> Vec<String> {
    let old = seen.all().filter(|told| told.rule.as_ref() == OLD);
    old.map(|told| told.resource.as_ref().unwrap().name.clone()).collect()
}

fn looped(mut resource: Value, name: &str, count: &Value) -> Value {
    resource["copy"] = json!({ "name": name, "count": count });
    resource
}

fn one(resources: &Value) -> Value {
    template(&json!({}), &json!({}), resources)
}

#[test]
fn properties_that_a_loop_makes_are_judged_one_by_one() {
    let mut service = joined("apim", "[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]");
    service["zones"] = json!(["1"]);
    service["sku"] = json!({ "name": "Premium", "capacity": 2 });
    service["properties"]["copy"] = json!([{
        "name": "additionalLocations",
        "count": "[length(variables('regions'))]",
        "input": {
            "location": "[variables('regions')[copyIndex('additionalLocations')]]",
            "zones": ["1"],
            "sku": { "name": "Premium", "capacity": 1 },
            "virtualNetworkConfiguration": { "subnetResourceId": "/subnet" }
        }
    }]);
    let regions = json!({ "regions": ["northeurope", "uksouth"] });
    let seen = check_one(&template(&json!({}), &regions, &json!([address("ip", "Standard"), service])));
    let told = seen.of_rule(LOCATION);
    assert!(told.contains("location northeurope") || seen.only(LOCATION).instances == 2, "{told}");
}

#[test]
fn variables_that_a_loop_makes_are_arrays() {
    let variables = json!({
        "copy": [{ "name": "zones", "count": 2, "input": "[string(copyIndex('zones', 1))]" }],
        "whole": { "copy": [{ "name": "skus", "count": 3, "input": "Developer" }], "other": "Premium" }
    });
    let mut service = service("apim");
    service["zones"] = json!("[variables('zones')]");
    service["sku"]["name"] = json!("[variables('whole').skus[2]]");
    let seen = check_one(&template(&json!({}), &variables, &json!([service])));
    assert!(seen.of_rule("api-management/zones-without-premium").contains("SKU Developer"), "{:?}", seen.verdicts());
}

#[test]
fn an_output_that_a_loop_makes_is_read_by_index() {
    let mut inside = one(&json!([looped(address("[concat('ip-', copyIndex())]", "Basic"), "addresses", &json!(2))]));
    inside["outputs"] = json!({ "ids": {
        "type": "array",
        "copy": { "count": 2, "input": "[resourceId('Microsoft.Network/publicIPAddresses', concat('ip-', copyIndex()))]" }
    } });
    let deployment = nested(&inside)["resources"][0].clone();
    let service = joined("apim", "[reference('nested').outputs.ids.value[1]]");
    let seen = check_one(&one(&json!([deployment, service])));
    assert!(seen.of_rule(BASIC).contains("`ip-1` of service `apim` has SKU Basic"), "{:?}", seen.verdicts());
}

#[test]
fn each_copy_is_joined_to_its_own_address() {
    let addresses = looped(address("[concat('ip-', copyIndex())]", "[variables('skus')[copyIndex()]]"), "addresses", &json!(2));
    let services = looped(
        joined(
            "[concat('apim-', copyIndex())]",
            "[resourceId('Microsoft.Network/publicIPAddresses', concat('ip-', copyIndex()))]",
        ),
        "services",
        &json!(2),
    );
    let skus = json!({ "skus": ["Standard", "Basic"] });
    let seen = check_one(&template(&json!({}), &skus, &json!([addresses, services])));
    assert_eq!(seen.only(BASIC).instances, 1);
    assert!(seen.of_rule(BASIC).contains("`ip-1` of service `apim-1`"), "{}", seen.of_rule(BASIC));
}

#[test]
fn copies_of_an_unknown_number_are_joined_by_their_index() {
    let name = "concat('ip-', copyIndex())";
    let count = json!("[parameters('n')]");
    let addresses = looped(address(&format!("[{name}]"), "Basic"), "all", &count);
    let id = format!("[resourceId('Microsoft.Network/publicIPAddresses', {name})]");
    let services = looped(joined("[concat('apim-', copyIndex())]", &id), "all", &count);
    let seen = check_one(&template(&json!({ "n": { "type": "int" } }), &json!({}), &json!([addresses, services])));
    assert!(seen.of_rule(BASIC).contains("has SKU Basic"), "{:?}", seen.verdicts());
}

#[test]
fn a_nested_template_that_is_evaluated_outside_sees_the_index_of_its_deployment() {
    let content = one(&json!([service("[concat('apim-', copyIndex())]")]));
    let mut deployment = nested(&content)["resources"][0].clone();
    deployment["copy"] = json!({ "name": "deployments", "count": 2 });
    deployment["properties"].as_object_mut().unwrap().remove("expressionEvaluationOptions");
    let seen = check_one(&one(&json!([deployment])));
    assert_eq!(seen.only(OLD).instances, 2);
    assert_eq!(named(&seen), ["apim-0"]);
}

#[test]
fn a_nested_template_that_is_evaluated_inside_sees_no_index_but_what_it_is_handed() {
    let inside =
        template(&json!({ "n": { "type": "int" } }), &json!({}), &json!([service("[concat('apim-', parameters('n'))]")]));
    let mut deployment = nested(&inside)["resources"][0].clone();
    deployment["copy"] = json!({ "name": "deployments", "count": 3 });
    deployment["properties"]["parameters"] = json!({ "n": { "value": "[copyIndex(1)]" } });
    let seen = check_one(&one(&json!([deployment.clone()])));
    assert_eq!((seen.only(OLD).instances, named(&seen)), (3, vec!["apim-1".to_owned()]));
    deployment["properties"]["template"]["resources"][0]["name"] = json!("[concat('apim-', copyIndex())]");
    let seen = check_one(&one(&json!([deployment])));
    assert!(seen.of_rule("template/invalid-expression").contains("`copyIndex` stands in no loop"), "{:?}", seen.failing());
}

#[test]
fn a_resource_in_a_loop_in_a_loop_of_deployments_has_both_indices() {
    let content =
        one(&json!([looped(service("[format('apim-{0}-{1}', copyIndex('outer'), copyIndex('inner'))]"), "inner", &json!(2))]));
    let mut deployment = nested(&content)["resources"][0].clone();
    deployment["copy"] = json!({ "name": "outer", "count": 3 });
    deployment["properties"].as_object_mut().unwrap().remove("expressionEvaluationOptions");
    let seen = check_one(&one(&json!([deployment])));
    assert_eq!((seen.only(OLD).instances, named(&seen)), (6, vec!["apim-0-0".to_owned()]));
}

#[test]
fn a_condition_may_hang_on_the_index() {
    let mut services = looped(service("[concat('apim-', copyIndex())]"), "services", &json!(4));
    services["condition"] = json!("[greater(copyIndex(), 2)]");
    let seen = check_one(&one(&json!([services])));
    assert_eq!((seen.only(OLD).instances, named(&seen)), (1, vec!["apim-3".to_owned()]));
}
