//! Templates to be rewritten: small ones written here, each with some defect, and every fixture of every rule.

use std::path::Path;

use serde_json::{Value, json};

use super::support::parse;

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

/// A template of these sections.
pub(crate) fn template(parameters: &Value, variables: &Value, resources: &Value) -> Value {
    json!({
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": parameters,
        "variables": variables,
        "resources": resources
    })
}

/// A template that deploys a service of an API version of the platform `stv1`.
pub(crate) fn old_service(name: &str) -> Value {
    template(&json!({}), &json!({}), &json!([service(name)]))
}

/// A service of an API version of the platform `stv1`.
pub(crate) fn service(name: &str) -> Value {
    json!({
        "type": "Microsoft.ApiManagement/service",
        "apiVersion": "2019-12-01",
        "name": name,
        "location": "westeurope",
        "sku": { "name": "Developer", "capacity": 1 },
        "properties": { "publisherEmail": "api@contoso.com", "publisherName": "Contoso" }
    })
}

/// A public IP address.
pub(crate) fn address(name: &str, sku: &str) -> Value {
    json!({
        "type": "Microsoft.Network/publicIPAddresses",
        "apiVersion": "2023-09-01",
        "name": name,
        "location": "westeurope",
        "sku": { "name": sku },
        "properties": { "publicIPAllocationMethod": "Static" }
    })
}

/// A service in a virtual network with the address of this id.
pub(crate) fn joined(name: &str, id: &str) -> Value {
    let mut service = service(name);
    service["apiVersion"] = json!("2022-08-01");
    service["properties"]["virtualNetworkType"] = json!("External");
    service["properties"]["publicIpAddressId"] = json!(id);
    service
}

/// The templates written here, with their names.
pub(crate) fn written() -> Vec<(String, Value)> {
    let mut samples = vec![
        ("an old service".to_owned(), old_service("apim")),
        ("a network, a Basic address and children".to_owned(), network()),
        ("a SKU without default".to_owned(), choices()),
        ("unknown names and a condition".to_owned(), unknowns()),
        ("a loop of services".to_owned(), loops()),
        ("values that outputs hand on".to_owned(), functions()),
    ];
    let fine = template(
        &json!({}),
        &json!({}),
        &json!([address("ip", "Standard"), joined("apim", "[resourceId('Microsoft.Network/publicIPAddresses', 'ip')]")]),
    );
    samples.push(("nothing wrong".to_owned(), fine));
    samples
}

fn network() -> Value {
    let mut service = joined("[parameters('name')]", "[resourceId('Microsoft.Network/publicIPAddresses', variables('ip'))]");
    service["apiVersion"] = json!("[variables('version')]");
    service["sku"] = json!({ "name": "[parameters('sku')]", "capacity": 2 });
    service["zones"] = json!(["1", "2"]);
    service["properties"]["additionalLocations"] = json!([
        { "location": "northeurope", "sku": { "name": "Premium", "capacity": 1 },
          "virtualNetworkConfiguration": { "subnetResourceId": "[concat('/subnets/', parameters('name'))]" } }
    ]);
    service["resources"] = json!([
        { "type": "apis", "apiVersion": "2019-12-01", "name": "echo",
          "dependsOn": ["[resourceId('Microsoft.ApiManagement/service', parameters('name'))]"],
          "properties": { "path": "echo", "serviceUrl": "http://echo.contoso.com", "protocols": ["http"] },
          "resources": [
            { "type": "policies", "apiVersion": "2019-12-01", "name": "policy",
              "properties": { "format": "xml", "value": "<policies />" } }
          ] },
        { "type": "namedValues", "apiVersion": "2019-12-01", "name": "[concat('key-', variables('ip'))]",
          "properties": { "displayName": "key", "value": "hunter2", "secret": false } }
    ]);
    template(
        &json!({
            "name": { "type": "string", "defaultValue": "apim-dev" },
            "sku": { "type": "string", "defaultValue": "Premium", "allowedValues": ["Developer", "Premium"] }
        }),
        &json!({ "ip": "[format('{0}-ip', parameters('name'))]", "version": "2020-12-01" }),
        &json!([address("[variables('ip')]", "Basic"), service]),
    )
}

fn choices() -> Value {
    let mut service = service("apim");
    service["sku"]["name"] = json!("[parameters('sku')]");
    let sku = json!({ "type": "string", "allowedValues": ["Consumption", "Developer", "Premium"] });
    template(&json!({ "sku": sku }), &json!({}), &json!([service]))
}

fn unknowns() -> Value {
    let mut service = joined("[parameters('name')]", "[resourceId('Microsoft.Network/publicIPAddresses', parameters('ip'))]");
    service["condition"] = json!("[equals(parameters('deploy'), 'yes')]");
    let mut address = address("[parameters('ip')]", "Standard");
    address["properties"]["publicIPAddressVersion"] = json!("IPv6");
    let name = json!({ "type": "string" });
    template(&json!({ "name": name, "ip": name, "deploy": name }), &json!({}), &json!([address, service]))
}

fn loops() -> Value {
    let mut service = service("[concat('apim-', copyIndex())]");
    service["copy"] = json!({ "name": "services", "count": "[length(variables('regions'))]", "mode": "serial", "batchSize": 1 });
    service["location"] = json!("[variables('regions')[copyIndex()]]");
    template(&json!({}), &json!({ "regions": ["westeurope", "northeurope", "uksouth"] }), &json!([service]))
}

fn functions() -> Value {
    let mut service = service("[contoso.named(parameters('stage'))]");
    service["zones"] = json!("[if(equals(parameters('stage'), 'prod'), createArray('1'), null())]");
    let mut template = template(&json!({ "stage": { "type": "string", "defaultValue": "prod" } }), &json!({}), &json!([service]));
    template["functions"] = json!([{
        "namespace": "contoso",
        "members": {
            "named": {
                "parameters": [{ "name": "stage", "type": "string" }],
                "output": { "type": "string", "value": "[concat('apim-', parameters('stage'))]" }
            }
        }
    }]);
    template["outputs"] = json!({ "stage": { "type": "string", "value": "[parameters('stage')]" } });
    template
}

/// Every fixture of a rule about resources that is one template of a resource group by itself.
pub(crate) fn fixtures() -> Vec<(String, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().flatten() {
        let name = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        if !name.starts_with("api-management/") || !name.ends_with(".json") || name.contains(".parameters") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let Some(template) = parse(&text) else { continue };
        let whole = template["$schema"].as_str().is_some_and(|schema| schema.ends_with("/deploymentTemplate.json#"));
        if whole && !text.contains("templateLink") && !template["resources"].is_null() {
            found.push((name, template));
        }
    }
    found
}
