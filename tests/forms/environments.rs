//! Parameters and environments: which file belongs to which template, and what each set of values comes to.

use serde_json::{Value, json};

use super::samples::{service, template};
use super::support::{Folder, Project, check, check_one, file};

const OLD: &str = "api-management/stv1-api-version";
const MISMATCH: &str = "template/parameter-file-mismatch";

/// A template whose API version is a parameter.
fn versioned(default: Option<&str>) -> Value {
    let mut service = service("apim");
    service["apiVersion"] = json!("[parameters('version')]");
    let mut version = json!({ "type": "string" });
    if let Some(default) = default {
        version["defaultValue"] = json!(default);
    }
    template(&json!({ "version": version }), &json!({}), &json!([service]))
}

fn values(values: &Value) -> Value {
    let values = values.as_object().unwrap().iter().map(|(name, value)| (name.clone(), json!({ "value": value })));
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": values.collect::<serde_json::Map<_, _>>()
    })
}

fn old() -> Value {
    values(&json!({ "version": "2019-12-01" }))
}

fn new() -> Value {
    values(&json!({ "version": "2022-08-01" }))
}

/// The environments in which the service is old: fails, passes, undecided.
fn of(project: &Project) -> [Vec<String>; 3] {
    check(project).environments(OLD)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_parameter_file_is_found_by_each_of_the_usual_names() {
    for (name, template) in [
        ("main.parameters.json", "main.json"),
        ("main.parameters.dev.json", "main.json"),
        ("main.dev.parameters.json", "main.json"),
        ("azuredeploy.parameters-eu.json", "azuredeploy.json"),
        ("main.param.json", "main.json"),
        ("parameters.json", "main.json"),
        ("parameters/dev.json", "main.json"),
        ("parameters/main.parameters.json", "main.json"),
    ] {
        let project = vec![file(template, &versioned(Some("2022-08-01"))), file(name, &old())];
        assert_eq!(of(&project), [names(&[name]), names(&["defaults"]), vec![]], "{name}");
    }
}

#[test]
fn one_defect_of_many_environments_is_one_diagnostic() {
    let project = vec![
        file("main.json", &versioned(None)),
        file("main.parameters.dev.json", &old()),
        file("main.parameters.prod.json", &new()),
        file("main.parameters.test.json", &old()),
    ];
    let expected = [
        names(&["main.parameters.dev.json", "main.parameters.test.json"]),
        names(&["main.parameters.prod.json"]),
        names(&["defaults"]),
    ];
    assert_eq!(of(&project), expected);
}

#[test]
fn a_parameter_file_that_names_its_template_belongs_to_it() {
    let mut named = old();
    named["metadata"] = json!({ "template": "../main.json" });
    let project = vec![
        file("main.json", &versioned(Some("2022-08-01"))),
        file("other.json", &service_only()),
        file("parameters/any.json", &named),
    ];
    assert_eq!(of(&project)[0], names(&["parameters/any.json"]));
}

/// A template without parameters and without a defect.
fn service_only() -> Value {
    let mut service = service("fine");
    service["apiVersion"] = json!("2022-08-01");
    template(&json!({}), &json!({}), &json!([service]))
}

#[test]
fn parameter_files_that_are_given_take_the_place_of_those_beside_the_template() {
    let folder = Folder::of(&vec![
        file("main.json", &versioned(Some("2022-08-01"))),
        file("main.parameters.json", &new()),
        file("elsewhere/eu.json", &old()),
    ]);
    let seen = folder.check_paths(&["main.json"], &["elsewhere/eu.json"]);
    assert_eq!(seen.environments(OLD), [names(&["elsewhere/eu.json"]), names(&["defaults"]), vec![]]);
}

#[test]
fn a_parameter_file_that_is_not_there_is_unreadable() {
    let folder = Folder::of(&vec![file("main.json", &versioned(Some("2022-08-01")))]);
    assert_eq!(folder.check_paths(&["main.json"], &["gone.json"]).checked.run.unreadable.len(), 1);
}

#[test]
fn a_value_from_a_key_vault_is_unknown() {
    let mut secret = old();
    secret["parameters"]["version"] = json!({ "reference": { "keyVault": { "id": "/vault" }, "secretName": "version" } });
    let project = vec![file("main.json", &versioned(Some("2022-08-01"))), file("main.parameters.json", &secret)];
    let seen = check(&project);
    assert!(seen.of_rule(OLD).contains("comes from a key vault"), "{}", seen.of_rule(OLD));
    assert_eq!(seen.of_rule(MISMATCH), "");
}

#[test]
fn values_that_look_like_expressions_are_text() {
    let project = vec![
        file("main.json", &versioned(Some("2022-08-01"))),
        file("main.parameters.json", &values(&json!({ "version": "[variables('gone')]" }))),
    ];
    assert_eq!(check(&project).of_rule("template/undefined-reference"), "");
}

/// A parameter file with `expression` in place of `value` was taken for one that gives nothing, so that the default was judged.
#[test]
fn an_expression_of_a_parameter_file_is_computed_and_no_default_stands_in_for_it() {
    let of = |entry: &Value| {
        let mut given = values(&json!({}));
        given["parameters"]["version"] = entry.clone();
        let project = vec![file("main.json", &versioned(Some("2022-08-01"))), file("main.parameters.json", &given)];
        let seen = check(&project);
        let old = seen.all().filter(|told| told.rule.as_ref() == OLD).map(|told| told.environments.clone()).next();
        let verdict = match old {
            Some(told) if told.fails.len() == 1 => "fails",
            Some(told) if told.undecided.len() == 1 => "undecided",
            _ => "passes",
        };
        (verdict, seen.of_rule(MISMATCH))
    };
    let cases = [
        (json!({ "expression": "[format('{0}-01', '2019-12')]" }), "fails", ""),
        (json!({ "expression": "2022-08-01" }), "passes", ""),
        (json!({ "expression": "[externalInputs('version')]" }), "undecided", ""),
        (json!({ "expression": "[format('{0}-01', externalInputs('version'))]" }), "undecided", ""),
        (json!({ "expression": "[parameters('sku')]" }), "undecided", "cannot be computed: parameter `sku` is not declared"),
        (json!({ "metadata": {} }), "passes", ""),
        (json!("2022-08-01"), "undecided", "must stand in an object, as its `value`"),
    ];
    for (entry, expected, problem) in cases {
        let (verdict, told) = of(&entry);
        assert_eq!(verdict, expected, "{entry}");
        assert_eq!(told.is_empty(), problem.is_empty(), "{entry}: {told}");
        assert!(
            told.starts_with(&format!("the value of parameter `version` {problem}")) || problem.is_empty(),
            "{entry}: {told}"
        );
    }
}

/// Of what a policy hands to its deployment only whole strings were taken for expressions of the policy.
#[test]
fn what_a_policy_hands_on_is_unknown_wherever_it_is_an_expression() {
    let mut inside = versioned(None);
    inside["parameters"] = json!({ "api": { "type": "object" } });
    inside["resources"][0]["apiVersion"] = json!("[parameters('api').version]");
    let of = |version: &str| {
        let deployment = json!({ "properties": {
            "mode": "incremental",
            "template": inside,
            "parameters": { "api": { "value": { "version": version } } }
        } });
        check(&vec![file("policy.json", &super::rewrite::policy(&deployment))]).of_rule(OLD)
    };
    assert!(of("2019-12-01").contains("API version 2019-12-01"), "{}", of("2019-12-01"));
    assert!(of("[field('tags.version')]").contains("(undecided"), "{}", of("[field('tags.version')]"));
}

#[test]
fn what_does_not_fit_is_told_at_the_very_place() {
    let declared = json!({
        "text": { "type": "string", "maxLength": 3 },
        "short": { "type": "string", "minLength": 3 },
        "number": { "type": "int", "minValue": 2, "maxValue": 4 },
        "tier": { "type": "string", "allowedValues": ["Basic", "Premium"] },
        "list": { "type": "array", "allowedValues": ["a", "b"] },
        "flag": { "type": "bool" },
        "needed": { "type": "string" },
        "optional": { "type": "string", "nullable": true }
    });
    let mut service = service("apim");
    service["tags"] = json!({ "all": "[string(createArray(parameters('text'), parameters('short'), parameters('number'), parameters('tier'), parameters('list'), parameters('flag'), parameters('needed'), parameters('optional')))]" });
    let given = json!({ "TEXT": "toolong", "short": "x", "number": 5, "tier": "basic", "list": ["a", "c"], "flag": "true", "optional": null, "tyer": 1 });
    let project = vec![
        file("main.json", &template(&declared, &json!({}), &json!([service]))),
        file("main.parameters.json", &values(&given)),
    ];
    let told = check(&project).of_rule(MISMATCH);
    for expected in [
        "the value of parameter `text` is longer than 3 | main.parameters.json:6 \"toolong\"",
        "the value of parameter `short` is shorter than 3 | main.parameters.json:9 \"x\"",
        "the value of parameter `number` is greater than 4 | main.parameters.json:12 5",
        "the value of parameter `list` is none of the allowed values: 'a', 'b' | main.parameters.json:18 [ \"a\", \"c\" ]",
        "the value of parameter `flag` is string where bool is declared | main.parameters.json:24 \"true\"",
        "the template has no parameter `tyer` | main.parameters.json:",
        "parameter `needed` has no default, and this file does not give it | main.parameters.json:4 {",
    ] {
        assert!(told.contains(expected), "{expected} is not in\n{told}");
    }
    assert_eq!(told.lines().count(), 7, "{told}");
}

/// A service whose SKU is a parameter.
fn tiered(declared: &Value) -> Value {
    let mut service = service("apim");
    service["sku"]["name"] = json!("[parameters('sku')]");
    template(&json!({ "sku": declared }), &json!({}), &json!([service]))
}

#[test]
fn a_parameter_with_few_values_is_tried_for_each() {
    let undecided = check_one(&tiered(&json!({ "type": "string", "allowedValues": ["Consumption", "Developer", "Premium"] })));
    assert!(
        undecided.of_rule(OLD).contains("(undecided: fails for 2 of 3 allowed values: Developer, Premium)"),
        "{}",
        undecided.of_rule(OLD)
    );
    let fails = check_one(&tiered(&json!({ "type": "string", "allowedValues": ["Developer", "Premium"] })));
    assert_eq!(fails.environments(OLD), [names(&["defaults"]), vec![], vec![]]);
    let passes = check_one(&tiered(&json!({ "type": "string", "allowedValues": ["Consumption"] })));
    assert_eq!(passes.of_rule(OLD), "");
}

#[test]
fn a_switch_without_value_is_tried_both_ways() {
    let mut service = service("apim");
    service["apiVersion"] = json!("[if(parameters('new'), '2022-08-01', '2019-12-01')]");
    let seen = check_one(&template(&json!({ "new": { "type": "bool" } }), &json!({}), &json!([service])));
    assert!(seen.of_rule(OLD).contains("(undecided: fails for 1 of 2 allowed values: false)"), "{}", seen.of_rule(OLD));
}

#[test]
fn two_parameters_that_decide_together_are_both_named() {
    let mut all = tiered(&json!({ "type": "string", "allowedValues": ["Consumption", "Developer"] }));
    all["parameters"]["new"] = json!({ "type": "bool" });
    all["parameters"]["stage"] = json!({ "type": "string", "allowedValues": ["dev", "prod"] });
    all["resources"][0]["apiVersion"] = json!("[if(parameters('new'), '2022-08-01', '2019-12-01')]");
    let told = check_one(&all).of_rule(OLD);
    assert!(told.contains("fails for 1 of 4 combinations of allowed values: sku Developer, new false"), "{told}");
}

#[test]
fn a_linked_template_is_judged_by_itself_and_for_each_of_its_parents() {
    let parent = |version: &str| {
        let deployment = json!({
            "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "linked",
            "properties": {
                "mode": "Incremental",
                "templateLink": { "relativePath": "shared/apim.json" },
                "parameters": { "version": { "value": version } }
            }
        });
        template(&json!({}), &json!({}), &json!([deployment]))
    };
    let project = vec![
        file("dev.json", &parent("2019-12-01")),
        file("prod.json", &parent("2022-08-01")),
        file("test.json", &parent("2020-12-01")),
        file("shared/apim.json", &versioned(None)),
    ];
    let [fails, passes, undecided] = of(&project);
    assert_eq!(undecided, names(&["defaults"]));
    let short =
        |list: Vec<String>| -> Vec<String> { list.iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect() };
    assert_eq!((short(fails), short(passes)), (names(&["dev.json", "test.json"]), names(&["prod.json"])));
}

#[test]
fn an_environment_of_the_parent_is_one_of_the_linked_template() {
    let deployment = json!({
        "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "linked",
        "properties": {
            "mode": "Incremental",
            "templateLink": { "relativePath": "shared/apim.json" },
            "parameters": { "version": { "value": "[parameters('version')]" } }
        }
    });
    let declared = json!({ "version": { "type": "string", "defaultValue": "2022-08-01" } });
    let project = vec![
        file("main.json", &template(&declared, &json!({}), &json!([deployment]))),
        file("main.parameters.json", &old()),
        file("shared/apim.json", &versioned(Some("2022-08-01"))),
    ];
    assert_eq!(of(&project), [names(&["main.parameters.json"]), names(&["defaults", "main.json"]), vec![]]);
}

#[test]
fn two_parameters_of_one_name_are_no_panic() {
    let text = serde_json::to_string_pretty(&versioned(Some("2019-12-01"))).unwrap();
    let twice = text.replacen(
        "\"parameters\": {",
        "\"parameters\": { \"VERSION\": { \"type\": \"string\", \"defaultValue\": \"2022-08-01\" },",
        1,
    );
    let seen = check(&vec![("main.json".to_owned(), twice.into_bytes())]);
    assert!(seen.failing().contains(OLD), "the last one counts: {:?}", seen.verdicts());
}

#[test]
fn an_error_that_only_one_environment_meets_is_told_for_that_one() {
    let mut service = service("apim");
    service["sku"]["capacity"] = json!("[int(parameters('capacity'))]");
    let declared = json!({ "capacity": { "type": "string", "defaultValue": "1" } });
    let project = vec![
        file("main.json", &template(&declared, &json!({}), &json!([service]))),
        file("main.parameters.json", &values(&json!({ "capacity": "two" }))),
    ];
    let seen = check(&project);
    let told = seen.only("template/invalid-expression");
    assert_eq!(told.resource.as_ref().unwrap().name, "apim");
    assert_eq!(
        seen.environments("template/invalid-expression"),
        [names(&["main.parameters.json"]), names(&["defaults"]), vec![]]
    );
}

#[test]
fn what_is_wrong_with_the_text_is_so_in_no_environment_of_its_own() {
    let mut all = versioned(Some("[variables('gone')]"));
    all["variables"] = json!({});
    let seen = check(&vec![file("main.json", &all), file("main.parameters.json", &old())]);
    assert_eq!(seen.environments("template/undefined-reference"), [vec![], vec![], vec![] as Vec<String>]);
}

#[test]
fn an_error_in_a_variable_that_many_read_is_told_once() {
    let named = |n: usize| service(&format!("[concat(variables('broken'), '{n}')]"));
    let all = template(&json!({}), &json!({ "broken": "[substring('a', 5)]" }), &json!([named(1), named(2), named(3)]));
    assert_eq!(check_one(&all).of_rule("template/invalid-expression").lines().count(), 1);
}
