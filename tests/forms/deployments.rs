//! Deployments of deployments: what is joined across them, what they hand down and read back, and where they go.

use serde_json::{Value, json};

use super::rewrite::nested;
use super::samples::{address, joined, old_service, service, template};
use super::support::{Seen, check, check_all, check_one, file};

const BASIC: &str = "api-management/non-standard-public-ip";
const OLD: &str = "api-management/stv1-api-version";
const IP: &str = "Microsoft.Network/publicIPAddresses";

fn module(name: &str, inside: &Value, handed: &Value) -> Value {
    let mut deployment = nested(inside)["resources"][0].clone();
    deployment["name"] = json!(name);
    deployment["properties"]["parameters"] = handed.clone();
    deployment
}

/// A template that deploys a Basic address and tells its id.
fn address_module() -> Value {
    let mut module = template(&json!({}), &json!({}), &json!([address("ip", "Basic")]));
    module["outputs"] = json!({ "id": { "type": "string", "value": format!("[resourceId('{IP}', 'ip')]") } });
    module
}

/// A template that deploys a service with the address that it is told.
fn service_module() -> Value {
    template(&json!({ "ip": { "type": "string" } }), &json!({}), &json!([joined("apim", "[parameters('ip')]")]))
}

fn pair(target: &str) -> Value {
    let handed = json!({ "ip": { "value": target } });
    template(
        &json!({}),
        &json!({}),
        &json!([module("ip", &address_module(), &json!({})), module("apim", &service_module(), &handed)]),
    )
}

fn fails_as_basic(seen: &Seen) {
    assert!(seen.of_rule(BASIC).contains("has SKU Basic"), "{:?}", seen.verdicts());
    assert!(!seen.of_rule(BASIC).contains("undecided"), "{}", seen.of_rule(BASIC));
}

#[test]
fn resources_of_two_deployments_are_joined_by_id_and_by_output() {
    for target in [
        "[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]",
        "[reference('ip').outputs.id.value]",
        "[reference(resourceId('Microsoft.Resources/deployments', 'ip'), '2022-09-01').outputs.id.value]",
        "[reference('ip', '2022-09-01', 'Full').properties.outputs.id.value]",
        "[reference('IP').Outputs.ID.value]",
    ] {
        fails_as_basic(&check_one(&pair(target)));
    }
}

#[test]
fn an_output_is_read_by_symbolic_name() {
    let mut all = pair("[reference('address').outputs.id.value]");
    let list = all["resources"].as_array().unwrap().clone();
    all["resources"] = json!({ "address": list[0], "gateway": list[1] });
    all["languageVersion"] = json!("2.0");
    fails_as_basic(&check_one(&all));
}

#[test]
fn an_output_of_one_copy_is_read_by_index() {
    for target in ["[reference('address[1]').outputs.id.value]", "[references('address')[1].outputs.id.value]"] {
        let inside = template(
            &json!({ "sku": { "type": "string" } }),
            &json!({}),
            &json!([address("[concat('ip-', parameters('sku'))]", "[parameters('sku')]")]),
        );
        let mut inside = inside;
        inside["outputs"] =
            json!({ "id": { "type": "string", "value": format!("[resourceId('{IP}', concat('ip-', parameters('sku')))]") } });
        let mut addresses = module(
            "[format('ip-{0}', copyIndex())]",
            &inside,
            &json!({ "sku": { "value": "[variables('skus')[copyIndex()]]" } }),
        );
        addresses["copy"] = json!({ "name": "addresses", "count": 2 });
        let service = module("apim", &service_module(), &json!({ "ip": { "value": target } }));
        let mut all =
            template(&json!({}), &json!({ "skus": ["Standard", "Basic"] }), &json!({ "address": addresses, "gateway": service }));
        all["languageVersion"] = json!("2.0");
        fails_as_basic(&check_one(&all));
    }
}

#[test]
fn an_output_of_a_linked_template_is_read() {
    let mut all = pair("[reference('ip').outputs.id.value]");
    all["resources"][0]["properties"] = json!({ "mode": "Incremental", "templateLink": { "relativePath": "ip.json" } });
    fails_as_basic(&check(&vec![file("main.json", &all), file("ip.json", &address_module())]));
}

#[test]
fn an_output_that_hangs_on_an_unknown_condition_is_undecided() {
    let mut all = pair("[if(parameters('own'), reference('ip').outputs.id.value, '')]");
    all["parameters"] = json!({ "own": { "type": "object" } });
    let seen = check_one(&all);
    assert!(!seen.of_rule(BASIC).contains("has SKU Basic"), "{}", seen.of_rule(BASIC));
}

#[test]
fn addresses_of_one_name_in_two_resource_groups_are_told_apart() {
    let mut far = module("far", &address_module(), &json!({}));
    far["resourceGroup"] = json!("network");
    let near = address("ip", "Standard");
    let of = |target: &str| {
        let service = joined("apim", target);
        check_one(&template(&json!({}), &json!({}), &json!([far, near, service])))
    };
    fails_as_basic(&of("[resourceId('network', 'Microsoft.Network/publicIPAddresses', 'ip')]"));
    fails_as_basic(&of("[resourceId(subscription().subscriptionId, 'network', 'Microsoft.Network/publicIPAddresses', 'ip')]"));
    fails_as_basic(&of("[reference('far').outputs.id.value]"));
    assert_eq!(of("[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]").of_rule(BASIC), "");
}

#[test]
fn a_resource_group_that_is_not_known_still_joins_with_itself() {
    let mut far = module("far", &address_module(), &json!({}));
    far["resourceGroup"] = json!("[parameters('group')]");
    far["subscriptionId"] = json!("[parameters('hub')]");
    let name = json!({ "type": "string" });
    let service =
        joined("apim", "[resourceId(parameters('hub'), parameters('group'), 'Microsoft.Network/publicIPAddresses', 'ip')]");
    fails_as_basic(&check_one(&template(&json!({ "group": name, "hub": name }), &json!({}), &json!([far, service]))));
}

#[test]
fn templates_of_wider_scopes_deploy_into_resource_groups() {
    for schema in [
        "2018-05-01/subscriptionDeploymentTemplate.json#",
        "2019-08-01/managementGroupDeploymentTemplate.json#",
        "2019-08-01/tenantDeploymentTemplate.json#",
    ] {
        let mut all = pair("[reference('ip').outputs.id.value]");
        all["$schema"] = json!(format!("https://schema.management.azure.com/schemas/{schema}"));
        for deployment in all["resources"].as_array_mut().unwrap() {
            deployment["subscriptionId"] = json!("11111111-1111-1111-1111-111111111111");
            deployment["resourceGroup"] = json!("rg-api");
        }
        fails_as_basic(&check_one(&all));
    }
}

#[test]
fn parameters_of_the_parent_are_not_those_of_the_child() {
    let version = |default: &str| json!({ "version": { "type": "string", "defaultValue": default } });
    let mut gateway = service("apim");
    gateway["apiVersion"] = json!("[parameters('version')]");
    let inside = template(&version("2022-08-01"), &json!({}), &json!([gateway]));
    let mut deployment = module("apim", &inside, &json!({}));
    let around = |deployment: &Value| template(&version("2019-12-01"), &json!({}), &json!([deployment]));
    assert_eq!(check_one(&around(&deployment)).of_rule(OLD), "", "evaluated inside");
    deployment["properties"].as_object_mut().unwrap().remove("expressionEvaluationOptions");
    assert!(check_one(&around(&deployment)).failing().contains(OLD), "evaluated outside, which is the default");
}

#[test]
fn a_template_that_an_expression_makes_is_undecided() {
    for (content, why) in [
        (json!({ "template": "[parameters('template')]" }), "an expression makes it"),
        (json!({ "templateLink": "[parameters('template')]" }), "an expression makes it"),
        (json!({ "templateLink": { "contentVersion": "1.0.0.0" } }), "its link has no address"),
        (json!({}), "it is not given"),
    ] {
        let mut deployment = module("apim", &old_service("apim"), &json!({}));
        deployment["properties"] = content.clone();
        let object = json!({ "template": { "type": "object" } });
        let seen = check_one(&template(&object, &json!({}), &json!([deployment, service("other")])));
        let told = seen.of_rule("template/linked-template-missing");
        assert!(told.contains(&format!("(undecided: {why})")), "{content}: {told}");
    }
}

#[test]
fn what_is_certainly_not_deployed_is_not_judged_and_what_may_be_says_when() {
    let with = |condition: &Value| {
        let mut deployment = module("apim", &old_service("apim"), &json!({}));
        deployment["condition"] = condition.clone();
        check_one(&template(&json!({ "on": { "type": "object" } }), &json!({}), &json!([deployment])))
    };
    for condition in [json!(false), json!("false"), json!("[not(true())]"), json!("[equals(1, 2)]")] {
        assert!(with(&condition).verdicts().is_empty(), "{condition}");
    }
    for condition in [json!(true), json!("True"), json!("[true()]")] {
        assert_eq!(with(&condition).only(OLD).condition, None, "{condition}");
    }
    assert_eq!(with(&json!("[parameters('on').x]")).only(OLD).condition.as_deref(), Some("parameters('on').x"));
}

#[test]
fn a_condition_of_a_parent_resource_is_not_that_of_its_children() {
    let mut parent = service("apim");
    parent["condition"] = json!(false);
    parent["resources"] = json!([{
        "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "x",
        "properties": { "mode": "Incremental", "template": old_service("inner") }
    }]);
    assert_eq!(check_one(&template(&json!({}), &json!({}), &json!([parent]))).verdicts().len(), 1);
}

#[test]
fn an_existing_address_of_another_group_is_not_the_one_deployed_here() {
    let mut existing = address("ip", "Basic");
    existing["existing"] = json!(true);
    existing["resourceGroup"] = json!("network");
    let service = joined("apim", "[resourceId('network', 'Microsoft.Network/publicIPAddresses', 'ip')]");
    let mut all =
        template(&json!({}), &json!({}), &json!({ "there": existing, "here": address("ip", "Basic"), "apim": service }));
    all["languageVersion"] = json!("2.0");
    assert!(check_one(&all).of_rule(BASIC).contains("undecided"), "{}", check_one(&all).of_rule(BASIC));
}

#[test]
fn symbolic_names_make_nested_templates_evaluate_inside() {
    let inside = template(
        &json!({ "name": { "type": "string", "defaultValue": "inner" } }),
        &json!({}),
        &json!([service("[parameters('name')]")]),
    );
    let mut deployment = module("apim", &inside, &json!({}));
    deployment["properties"].as_object_mut().unwrap().remove("expressionEvaluationOptions");
    let mut all =
        template(&json!({ "name": { "type": "string", "defaultValue": "outer" } }), &json!({}), &json!({ "d": deployment }));
    all["languageVersion"] = json!("2.0");
    assert_eq!(check_one(&all).only(OLD).resource.as_ref().unwrap().name, "inner");
}

#[test]
fn the_words_of_newer_languages_are_tolerated() {
    let mut all = template(
        &json!({
            "sku": { "$ref": "#/definitions/tier" },
            "old": { "$ref": "#/definitions/old", "nullable": true },
            "kind": { "$ref": "#/definitions/shape", "defaultValue": { "kind": "a", "size": 1 } }
        }),
        &json!({}),
        &json!({ "apim": service("apim") }),
    );
    all["languageVersion"] = json!("2.1-experimental");
    all["definitions"] = json!({
        "tier": { "$ref": "#/definitions/word" },
        "word": { "type": "string", "allowedValues": ["Developer", "Premium"] },
        "old": { "$ref": "#/definitions/old" },
        "shape": { "type": "object", "discriminator": { "propertyName": "kind", "mapping": { "a": { "$ref": "#/definitions/word" } } } }
    });
    all["imports"] = json!({ "graph": { "provider": "MicrosoftGraph", "version": "1.0" } });
    all["extensions"] = json!({ "graph": { "name": "MicrosoftGraph", "version": "1.0" } });
    all["asserts"] = json!({ "fine": "[true()]" });
    all["resources"]["app"] =
        json!({ "import": "graph", "type": "Microsoft.Graph/applications@v1.0", "properties": { "displayName": "x" } });
    all["resources"]["apim"]["sku"]["name"] = json!("[parameters('sku')]");
    let seen = check_one(&all);
    assert!(seen.failing().contains(OLD), "both tiers fail: {:?}", seen.verdicts());
    assert_eq!(seen.of_rule("template/invalid-expression"), "");
}

const INVALID: &str = "template/invalid-expression";

#[test]
fn what_azure_adds_to_a_resource_is_unknown_and_no_error() {
    let mut identity = service("first");
    identity["identity"] = json!({ "type": "SystemAssigned" });
    identity["properties"]["hostnameConfigurations"] = json!([{ "type": "Proxy", "hostName": "api.contoso.com" }]);
    let mut reader = service("second");
    reader["tags"] = json!({
        "a": "[reference('first', '2019-12-01', 'Full').identity.principalId]",
        "b": "[reference('first').hostnameConfigurations[0].certificate.thumbprint]",
        "c": "[reference('first').gatewayUrl]"
    });
    assert_eq!(check_one(&template(&json!({}), &json!({}), &json!([identity, reader]))).of_rule(INVALID), "");
}

#[test]
fn a_resource_that_is_not_deployed_may_be_in_error() {
    let mut never = service("[substring('a', 5)]");
    never["condition"] = json!("[not(empty(parameters('id')))]");
    never["location"] = json!("[split(parameters('id'), '/')[4]]");
    let given = |id: &str| {
        let id = json!({ "id": { "type": "string", "defaultValue": id } });
        let resources = json!([never, service("[concat('a', string(contains(reference('x'), 'y')))]")]);
        check_one(&template(&id, &json!({}), &resources)).of_rule(INVALID)
    };
    assert_eq!(given(""), "");
    assert!(given("x").contains("substring"), "{}", given("x"));
}

#[test]
fn an_error_that_hangs_on_a_condition_says_so() {
    let mut maybe = service("[substring('a', 5)]");
    maybe["condition"] = json!("[parameters('on').x]");
    let seen = check_one(&template(&json!({ "on": { "type": "object" } }), &json!({}), &json!([maybe])));
    assert_eq!(seen.only(INVALID).condition.as_deref(), Some("parameters('on').x"));
}

#[test]
fn a_default_stands_in_for_null_that_is_handed_down() {
    let mut zoned = service("apim");
    zoned["zones"] = json!("[map(parameters('zones'), lambda('zone', string(lambdaVariables('zone'))))]");
    let inside = template(&json!({ "zones": { "type": "array", "defaultValue": [1, 2] } }), &json!({}), &json!([zoned]));
    let deployment = module("apim", &inside, &json!({ "zones": { "value": "[tryGet(createObject(), 'zones')]" } }));
    let seen = check_one(&template(&json!({}), &json!({}), &json!([deployment])));
    assert_eq!(seen.of_rule(INVALID), "");
    assert!(seen.failing().contains("api-management/zones-without-premium"), "{:?}", seen.verdicts());
}

/// What a deployment handed by an expression was taken for not handed at all, so that the default was judged.
#[test]
fn an_entry_that_an_expression_or_a_loop_makes_hands_its_value() {
    let inside = || {
        let mut service = service("apim");
        service["apiVersion"] = json!("2022-08-01");
        service["zones"] = json!("[parameters('zones')]");
        service["sku"] = json!({ "name": "[parameters('sku')]", "capacity": 1 });
        let declared =
            json!({ "sku": { "type": "string", "defaultValue": "Premium" }, "zones": { "type": "array", "defaultValue": [] } });
        template(&declared, &json!({}), &json!([service]))
    };
    let zones = "api-management/zones-without-premium";
    let of = |sku: &Value, made: &Value| {
        let mut all = template(&json!({}), &json!({}), &json!([module("m", &inside(), &json!({ "sku": sku, "zones": made }))]));
        all["parameters"] = json!({ "own": { "type": "object" }, "on": { "type": "bool", "defaultValue": true } });
        check_one(&all).of_rule(zones)
    };
    let looped = json!({ "copy": [{ "name": "value", "count": 2, "input": "[string(copyIndex('value', 1))]" }] });
    let three = json!({ "value": ["1", "2", "3"] });
    // The tier and the zones that are handed, and what is said of zones without tier Premium.
    let cases = [
        (json!("[createObject('value', 'Developer')]"), &three, "fails"),
        (json!("[createObject('Value', 'Developer')]"), &looped, "fails"),
        (json!("[if(parameters('on'), createObject('value', 'Developer'), createObject('value', null()))]"), &three, "fails"),
        (json!("[if(not(parameters('on')), createObject('value', 'Developer'), createObject('value', null()))]"), &three, ""),
        (json!("[createObject()]"), &three, ""),
        (json!("[null()]"), &three, ""),
        // Nobody knows which.
        (
            json!("[if(parameters('own').a, createObject('value', 'Developer'), createObject('value', 'Standard'))]"),
            &three,
            "fails",
        ),
        (json!("[if(parameters('own').a, createObject('value', 'Premium'), createObject('value', null()))]"), &three, ""),
        (
            json!("[if(parameters('own').a, createObject('value', 'Developer'), createObject('value', null()))]"),
            &three,
            "undecided",
        ),
        (json!({ "value": "[if(parameters('own').a, 'Premium', null())]" }), &three, ""),
        (json!({ "value": "[if(parameters('own').a, 'Developer', null())]" }), &three, "undecided"),
        (json!("[parameters('own').sku]"), &three, "undecided"),
        (json!({ "expression": "[concat('Devel', 'oper')]" }), &three, "fails"),
        (json!({ "expression": "[externalInputs('sku')]" }), &three, "undecided"),
        (json!("[createObject('reference', createObject('keyVault', 'x'))]"), &three, "undecided"),
        // An error is no default either.
        (json!("[parameters('none')]"), &three, "undecided"),
        (json!("[string(1)]"), &three, "undecided"),
        (json!("Developer"), &three, "undecided"),
    ];
    for (sku, zones, expected) in cases {
        let told = of(&sku, zones);
        let kind = if told.is_empty() {
            ""
        } else if told.contains("(undecided") {
            "undecided"
        } else {
            "fails"
        };
        assert_eq!(kind, expected, "{sku} {zones}: {told}");
    }
}

#[test]
fn a_template_in_a_variable_is_read_as_often_as_its_file_is_large() {
    let variables = json!({ "inside": old_service("[[deployment().name]") });
    let seen = |count: usize| {
        let deployment = |n: usize| {
            let mut deployment = module(&format!("m{n}"), &json!({}), &json!({}));
            deployment["properties"]["template"] = json!("[variables('inside')]");
            deployment
        };
        check_one(&template(&json!({}), &variables, &(0..count).map(deployment).collect()))
    };
    assert_eq!(seen(1).of_rule(OLD).lines().count(), 1);
    let many = seen(200);
    assert!(!many.of_rule(OLD).is_empty());
    let told = many.of_rule("template/linked-template-missing");
    assert!(told.lines().count() < 200 && told.contains("(undecided: an expression makes it)"), "{told}");
}

/// A variable that is deployed was told to be unused, and what only assertions or extensions read as well.
#[test]
fn what_is_deployed_asserted_or_handed_to_an_extension_is_used() {
    let mut deployment = module("m", &template(&json!({}), &json!({}), &json!([])), &json!({}));
    deployment["properties"]["template"] = json!("[variables('inside')]");
    let names = ["inside", "asserted", "set", "nowhere"].map(|name| (name.to_owned(), json!({ "resources": [] })));
    let variables = Value::Object(names.into_iter().collect());
    let mut all = template(&json!({}), &variables, &json!([deployment, service("apim")]));
    all["asserts"] = json!({ "right": "[empty(variables('asserted'))]" });
    all["extensions"] = json!({ "k8s": { "config": { "namespace": { "defaultValue": "[string(variables('set'))]" } } } });
    let told = check_one(&all).of_rule("template/unused-variable");
    assert!(told.contains("`nowhere`") && told.lines().count() == 1, "{told}");
}

/// What `[[…]` leaves was taken for text, though the nested deployment evaluates it.
#[test]
fn an_escaped_expression_of_a_template_that_is_evaluated_outside_is_unknown() {
    let of = |version: &str| {
        let mut inside = service_module();
        inside["parameters"] = json!({ "version": { "type": "string", "defaultValue": "2022-08-01" } });
        inside["resources"] = json!([service("apim")]);
        inside["resources"][0]["apiVersion"] = json!(version);
        let mut deployment = module("m", &inside, &json!({}));
        deployment["properties"]["expressionEvaluationOptions"]["scope"] = json!("outer");
        check_one(&template(&json!({}), &json!({ "old": "2019-12-01" }), &json!([deployment]))).of_rule(OLD)
    };
    assert!(of("[variables('old')]").contains("API version 2019-12-01"), "{}", of("[variables('old')]"));
    assert!(of("[[parameters('version')]").contains("(undecided"), "{}", of("[[parameters('version')]"));
}

#[test]
fn a_resource_tells_its_id_by_symbolic_name() {
    let mut all = pair("[resourceInfo('address').id]");
    all["resources"] = json!({ "address": address("ip", "Basic"), "gateway": all["resources"][1] });
    all["languageVersion"] = json!("2.1");
    fails_as_basic(&check_one(&all));
    all["outputs"] = json!({ "same": { "type": "string", "value": "[extensions('k8s').config.namespace]" } });
    assert_eq!(check_one(&all).of_rule("template/invalid-expression"), "");
}

#[test]
fn an_entry_that_is_no_object_is_told() {
    for (entry, found) in [(json!("Developer"), "a string"), (json!("[string(1)]"), "a string"), (json!(["x"]), "an array")] {
        let handed = json!({ "ip": entry });
        let seen = check_one(&template(&json!({}), &json!({}), &json!([module("m", &service_module(), &handed)])));
        let told = seen.of_rule("template/invalid-expression");
        let expected = format!("a deployment hands a parameter an object with `value` or `reference`, and this is {found}");
        assert!(told.starts_with(&expected) && told.lines().count() == 1, "{entry}: {told}");
    }
}

#[test]
fn an_output_with_a_false_condition_is_not_worked_out() {
    let mut inside = address_module();
    inside["outputs"]["other"] = json!({ "type": "string", "condition": false, "value": "[substring('a', 5)]" });
    let deployment = module("ip", &inside, &json!({}));
    let service = joined("apim", "[reference('ip').outputs.id.value]");
    let seen = check_one(&template(&json!({}), &json!({}), &json!([deployment, service])));
    fails_as_basic(&seen);
    assert_eq!(seen.of_rule(INVALID), "");
}

#[test]
fn what_a_call_asks_about_is_read_and_nothing_else() {
    // Of an old version, and of no tier that anybody knows: rules about services would have much to say of it.
    let mut asking = template(&json!({}), &json!({}), &json!([]));
    let call = "[reference(resourceId('Microsoft.ApiManagement/service', 'apim'), '2019-12-01').gatewayUrl]";
    asking["outputs"] = json!({ "a/b": { "type": "string", "value": call } });
    let seen = check_all(&vec![file("main.json", &asking)]);
    assert_eq!(seen.failing().into_iter().collect::<Vec<_>>(), ["api-management/retired-api-version"]);
    let told = seen.only("api-management/retired-api-version");
    assert_eq!(told.resource.as_ref().map(|resource| resource.pointer.as_str()), Some("/outputs/a~1b"));
    assert!(seen.checked.services.is_empty(), "{:?}", seen.checked.services);
}

#[test]
fn what_a_call_asks_about_is_the_parent_of_nothing() {
    let fragment = "Microsoft.ApiManagement/service/policyFragments";
    let policy = json!({
        "type": "Microsoft.ApiManagement/service/policies",
        "apiVersion": "2024-05-01",
        "name": "apim/policy",
        "properties": {
            "format": "rawxml",
            "value": "<policies><inbound><include-fragment fragment-id=\"f\" /></inbound></policies>"
        }
    });
    let mut asking = template(&json!({}), &json!({}), &json!([policy]));
    let call = format!("[reference(resourceId('{fragment}', 'apim', 'f'), '2024-05-01').value]");
    asking["outputs"] = json!({ "f": { "type": "string", "value": call } });
    let rule = "api-management/undeclared-policy-fragment";
    let told = |template: &Value| check_all(&vec![file("main.json", template)]).of_rule(rule);
    let alone = told(&template(&json!({}), &json!({}), &asking["resources"]));
    assert!(alone.contains("undecided"), "{alone}");
    assert_eq!(told(&asking), alone);
}
