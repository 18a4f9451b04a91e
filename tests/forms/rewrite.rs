//! One template in its many forms. Each rewriting keeps what is deployed.

use serde_json::{Map, Value, json};

use super::samples::template;
use super::support::{Project, file};

/// A way to write a template: its name, and the files that it becomes, where it can be written so.
pub(crate) type Form = (&'static str, fn(&Value) -> Option<Project>);

/// Forms that say the same in other documents.
pub(crate) const FORMS: &[Form] = &[
    ("symbolic names", |t| one(&symbolic(t)?)),
    ("nested, evaluated inside", |t| one(&nested(t))),
    ("nested twice", |t| one(&nested(&nested(t)))),
    ("nested in a template with symbolic names", |t| one(&symbolic(&nested(t))?)),
    ("symbolic names, nested", |t| one(&nested(&symbolic(t)?))),
    ("nested, handed values that expressions make", |t| one(&made(t, "createObject('value', {value})"))),
    ("nested, handed values with a condition as Bicep writes them", |t| {
        one(&made(t, "if(not(empty('x')), createObject('value', {value}), createObject('value', null()))"))
    }),
    ("nested by a variable", |t| one(&in_variable(t))),
    ("nested, evaluated outside", |t| one(&outer(t)?)),
    ("nested outside inside of nested", |t| one(&nested(&outer(t)?))),
    ("nested by a loop of one", |t| one(&in_loop_of_one(&nested(t))?)),
    ("linked by relativePath", |t| Some(linked(t, &json!({ "relativePath": "sub/linked.json" })))),
    ("linked by uri", |t| {
        Some(linked(t, &json!({ "uri": "[uri(deployment().properties.templateLink.uri, 'sub/linked.json')]" })))
    }),
    ("linked by uri of a variable", |t| Some(linked(t, &json!({ "uri": "[variables('address')]" })))),
    ("linked by concat", |t| {
        Some(linked(t, &json!({ "uri": "[concat(variables('base'), '/sub/linked.json', variables('token'))]" })))
    }),
    ("in a policy file", |t| Some(vec![file("policy.json", &policy(&deployment(t)))])),
    ("in a policy of a template", |t| one(&in_resource(&policy(&escaped(&deployment(t)))))),
    ("in a policy of a variable", |t| {
        one(&template(&json!({}), &json!({ "policies": [policy(&escaped(&deployment(t)))] }), &json!([])))
    }),
    ("in a template spec", |t| Some(vec![file("spec.json", &json!({ "properties": { "mainTemplate": t } }))])),
    ("in a template spec of a template", |t| one(&specification(&escaped(t)))),
    ("in a loop of one", |t| one(&in_loop_of_one(t)?)),
    ("children outside of their parents", |t| one(&outside(t)?)),
    // What a template reads of its resource group is another thing in another one.
    ("in an outer resource group", |t| one(&in_resource_group(t)).filter(|_| !t.to_string().contains("resourceGroup()"))),
];

/// Forms that are other bytes of the same document.
pub(crate) const TEXTS: &[Form] = &[
    ("keys in reverse", |t| one(&reversed(t))),
    ("keys and types in capitals", |t| one(&capitals(t))),
    ("with a byte order mark", |t| bytes(&[b"\xEF\xBB\xBF", text(t).as_bytes()].concat())),
    ("with CRLF", |t| bytes(text(t).replace('\n', "\r\n").as_bytes())),
    ("on one line", |t| bytes(t.to_string().as_bytes())),
    ("in UTF-16, little end first", |t| {
        bytes(&format!("\u{feff}{}", text(t)).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
    }),
    ("in UTF-16, big end first", |t| {
        bytes(&format!("\u{feff}{}", text(t)).encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>())
    }),
    ("with comments", |t| {
        let commented =
            text(t).replace(",\n", ", // a comment, \"with\" {quotes}\n").replace("{\n", "{ /* over\n two lines */\n");
        bytes(commented.as_bytes())
    }),
    ("with escapes", |t| bytes(text(t).replace("icrosoft", "\\u0069crosoft").replace("service", "servic\\u0065").as_bytes())),
];

fn one(template: &Value) -> Option<Project> {
    Some(vec![file("main.json", template)])
}

fn bytes(bytes: &[u8]) -> Option<Project> {
    Some(vec![("main.json".to_owned(), bytes.to_vec())])
}

fn text(template: &Value) -> String {
    serde_json::to_string_pretty(template).unwrap()
}

fn list<'v>(template: &'v Value, section: &str) -> Option<&'v Vec<Value>> {
    template.get(section).and_then(Value::as_array)
}

/// The resources by symbolic names; nothing else changes.
pub(crate) fn symbolic(template: &Value) -> Option<Value> {
    let resources = list(template, "resources")?;
    let mut all = template.clone();
    let mut sections = Map::new();
    for (key, value) in all.as_object_mut()?.iter_mut() {
        if key == "resources" {
            let named = |(n, resource): (usize, &Value)| (format!("r{n}"), inner_symbolic(resource));
            *value = Value::Object(resources.iter().enumerate().map(named).collect());
        }
        sections.insert(key.clone(), value.clone());
    }
    sections.insert("languageVersion".to_owned(), json!("2.0"));
    Some(Value::Object(sections))
}

/// A template of language version 2 says `inner` where it is meant; `outer` cannot be said.
fn inner_symbolic(resource: &Value) -> Value {
    let mut resource = resource.clone();
    if let Some(children) = resource.get("resources").and_then(Value::as_array).cloned() {
        let named = children.iter().enumerate().map(|(n, child)| (format!("child{n}"), inner_symbolic(child)));
        resource["resources"] = Value::Object(named.collect());
    }
    resource
}

/// The parameters that a deployment hands on: each the parameter of the same name.
fn handed_on(template: &Value) -> Value {
    let names = template.get("parameters").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    Value::Object(names.map(|name| (name.clone(), json!({ "value": format!("[parameters('{name}')]") }))).collect())
}

fn parameters(template: &Value) -> Value {
    template.get("parameters").cloned().unwrap_or_else(|| json!({}))
}

fn deploys(content: (&str, Value), inner: bool, handed: &Value) -> Value {
    let mut properties = json!({ "mode": "Incremental" });
    if inner {
        properties["expressionEvaluationOptions"] = json!({ "scope": "inner" });
        properties["parameters"] = handed.clone();
    }
    properties[content.0] = content.1;
    json!({ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "nested", "properties": properties })
}

/// Deployed by another template, evaluated inside.
pub(crate) fn nested(inside: &Value) -> Value {
    let deployment = deploys(("template", inside.clone()), true, &handed_on(inside));
    template(&parameters(inside), &json!({}), &json!([deployment]))
}

/// The same with the parameters handed on by expressions that make the object with the `{value}`.
fn made(inside: &Value, entry: &str) -> Value {
    let mut around = nested(inside);
    let handed = around["resources"][0]["properties"]["parameters"].as_object_mut().unwrap();
    for (name, made) in handed {
        *made = json!(format!("[{}]", entry.replace("{value}", &format!("parameters('{name}')"))));
    }
    around
}

/// Deployed by a template that has it as the value of a variable.
fn in_variable(inside: &Value) -> Value {
    let mut around = nested(inside);
    around["variables"] = json!({ "$fxv#0": escaped(inside) });
    let properties = &mut around["resources"][0]["properties"];
    properties["template"] = json!("[variables('$fxv#0')]");
    properties["expressionEvaluationOptions"]["scope"] = json!("Outer");
    around
}

/// Deployed by a template that has its parameters and variables.
fn outer(inside: &Value) -> Option<Value> {
    let resources = list(inside, "resources")?.clone();
    let content = template(&json!({}), &json!({}), &Value::Array(resources));
    let mut around = inside.as_object()?.clone();
    around.remove("outputs");
    around.insert("resources".to_owned(), json!([deploys(("template", content), false, &json!({}))]));
    Some(Value::Object(around))
}

/// Deployed to a resource group by a template of the subscription.
fn in_resource_group(inside: &Value) -> Value {
    let mut around = nested(inside);
    around["$schema"] = json!("https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#");
    around["resources"][0]["resourceGroup"] = json!("rg-api");
    around
}

fn linked(inside: &Value, link: &Value) -> Project {
    let deployment = deploys(("templateLink", link.clone()), true, &handed_on(inside));
    let mut deployment = deployment;
    deployment["properties"].as_object_mut().unwrap().remove("expressionEvaluationOptions");
    let variables = json!({
        "base": "https://example.com/templates",
        "token": "?sv=1",
        "address": "[uri(parameters('artifacts'), concat('sub/linked.json', parameters('sas')))]"
    });
    let mut declared = parameters(inside);
    for name in ["artifacts", "sas"] {
        declared[name] = json!({ "type": "string" });
    }
    let around = template(&declared, &variables, &json!([deployment]));
    vec![file("main.json", &around), file("sub/linked.json", inside)]
}

/// The `deployment` of a policy, with what the policy knows handed to the parameters.
fn deployment(inside: &Value) -> Value {
    json!({ "properties": { "mode": "incremental", "template": inside } })
}

pub(crate) fn policy(deployment: &Value) -> Value {
    let details = json!({ "type": "Microsoft.ApiManagement/service", "deployment": deployment });
    json!({
        "name": "deploy-apim",
        "type": "Microsoft.Authorization/policyDefinitions",
        "properties": {
            "policyType": "Custom",
            "mode": "All",
            "policyRule": {
                "if": { "field": "type", "equals": "Microsoft.Resources/subscriptions" },
                "then": { "effect": "deployIfNotExists", "details": details }
            }
        }
    })
}

/// A resource of this type and body in a template by itself.
fn in_resource(resource: &Value) -> Value {
    let mut resource = resource.clone();
    resource["apiVersion"] = json!("2021-06-01");
    template(&json!({}), &json!({}), &json!([resource]))
}

fn specification(inside: &Value) -> Value {
    in_resource(&json!({
        "type": "Microsoft.Resources/templateSpecs/versions",
        "name": "spec/1.0",
        "location": "westeurope",
        "properties": { "mainTemplate": inside }
    }))
}

/// The template inside of another, whose expressions are not to be evaluated there.
fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('[') && text.ends_with(']') => json!(format!("[{text}")),
        Value::Array(items) => items.iter().map(escaped).collect(),
        Value::Object(members) => Value::Object(members.iter().map(|(key, value)| (key.clone(), escaped(value))).collect()),
        other => other.clone(),
    }
}

/// Every resource in a loop of one copy.
fn in_loop_of_one(template: &Value) -> Option<Value> {
    let resources = list(template, "resources")?;
    let mut looped = template.clone();
    let with = |(n, resource): (usize, &Value)| {
        let mut resource = resource.clone();
        // Azure refuses loops around children, and a resource has one loop.
        if resource.get("copy").is_none() && resource.get("resources").is_none() {
            resource["copy"] = json!({ "name": format!("loop{n}"), "count": 1 });
        }
        resource
    };
    looped["resources"] = resources.iter().enumerate().map(with).collect();
    Some(looped)
}

/// Every child beside its parent, by its full type and name.
fn outside(template: &Value) -> Option<Value> {
    let mut all = Vec::new();
    for resource in list(template, "resources")? {
        move_out(resource, None, &mut all)?;
    }
    let mut moved = template.clone();
    moved["resources"] = Value::Array(all);
    Some(moved)
}

fn move_out(resource: &Value, parent: Option<(&str, &str)>, all: &mut Vec<Value>) -> Option<()> {
    let mut own = resource.clone();
    let children = own.as_object_mut()?.remove("resources");
    if let Some((kind, name)) = parent {
        own["type"] = json!(format!("{kind}/{}", own["type"].as_str()?));
        own["name"] = json!(format!("[format('{{0}}/{{1}}', {name}, {})]", expression(own["name"].as_str()?)));
    }
    let (kind, name) = (own["type"].as_str()?.to_owned(), own["name"].as_str()?.to_owned());
    let under = own.get("copy").is_none();
    all.push(own);
    for child in children.as_ref().and_then(Value::as_array).into_iter().flatten().filter(|_| under) {
        move_out(child, Some((&kind, &expression(&name))), all)?;
    }
    Some(())
}

/// A string as an operand.
fn expression(text: &str) -> String {
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(inner) => inner.to_owned(),
        None => format!("'{}'", text.replace('\'', "''")),
    }
}

/// The members of all objects in reverse; children stay behind their parent, for the first resource of a group tells of all.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(members) => {
            let (children, others): (Vec<_>, Vec<_>) = members.iter().rev().partition(|(key, _)| *key == "resources");
            let all = others.into_iter().chain(children);
            Value::Object(all.map(|(key, value)| (key.clone(), reversed(value))).collect())
        }
        other => other.clone(),
    }
}

/// All keys and resource types in capitals.
fn capitals(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(capitals).collect(),
        Value::Object(members) => {
            let of = |key: &str, value: &Value| match value.as_str() {
                Some(text) if key == "type" => json!(text.to_ascii_uppercase()),
                _ => capitals(value),
            };
            Value::Object(members.iter().map(|(key, value)| (key.to_ascii_uppercase(), of(key, value))).collect())
        }
        other => other.clone(),
    }
}
