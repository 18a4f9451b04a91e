//! What rules cost: reading them, and judging a template while there are many more for other types:
//! `cargo bench --bench rules`.

use std::fmt::Write as _;
use std::path::Path;

use armlint::check::{Regime, Request, Rules, Wanted, check};
use armlint::source::{Kept, Loaded};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// How many rules for storage accounts are added to the built-in ones.
const MORE: [usize; 3] = [0, 100, 300];

/// How many APIs the template has, each with an operation and a policy.
const APIS: usize = 200;

/// A folder of so many rules for storage accounts.
fn write_rules(folder: &Path, count: usize) -> std::io::Result<()> {
    let rules = folder.join("rules/storage");
    std::fs::create_dir_all(&rules)?;
    for n in 0..count {
        let rule = format!(
            r#"{{ "name": "storage/rule-{n}", "title": "A storage account", "severity": "warning", "since": "1.0.0",
                 "resource": "Microsoft.Storage/storageAccounts",
                 "assert": {{ "path": "$.properties.member{n}", "equals": false, "default": true }},
                 "report": {{ "message": "storage account `{{self.name}}`", "at": "$.properties.member{n}" }} }}"#
        );
        std::fs::write(rules.join(format!("rule-{n}.json")), rule)?;
    }
    Ok(())
}

/// The built-in rules and so many others.
fn rules(more: usize) -> Option<Rules> {
    let folder = tempfile::tempdir().ok()?;
    write_rules(folder.path(), more).ok()?;
    let folders = if more == 0 { Vec::new() } else { vec![folder.path().to_owned()] };
    Rules::new(&Wanted { preset: Some("all".to_owned()), folders, ..Wanted::default() }).ok()
}

/// A service with APIs, as the text of a template.
fn template() -> String {
    let mut text = String::from(
        r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string", "defaultValue": "apim-contoso" } }, "resources": [
  { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "[parameters('name')]", "location": "westeurope",
    "sku": { "name": "Developer", "capacity": 1 }, "properties": { "publisherEmail": "api@contoso.com", "publisherName": "Contoso" } }"#,
    );
    for n in 0..APIS {
        let _ = write!(
            text,
            r#",
  {{ "type": "Microsoft.ApiManagement/service/apis", "apiVersion": "2024-05-01", "name": "[concat(parameters('name'), '/api-{n}')]",
    "properties": {{ "displayName": "API {n}", "description": "What it does.", "path": "api-{n}", "protocols": ["https"] }} }},
  {{ "type": "Microsoft.ApiManagement/service/apis/policies", "apiVersion": "2024-05-01", "name": "[concat(parameters('name'), '/api-{n}/policy')]",
    "properties": {{ "format": "rawxml", "value": "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>" }} }}"#
        );
    }
    text.push_str("\n] }");
    text
}

/// A template that has nothing to do with the rules that are added.
#[divan::bench(args = MORE)]
fn judge(bencher: Bencher<'_, '_>, more: usize) {
    let Some(regime) = rules(more).map(Regime::fixed) else { return };
    let text = template();
    bencher.counter(ItemsCount::new(1_usize)).bench(|| {
        let given = vec![Kept { path: "main.json".to_owned(), loaded: Loaded::utf8(text.clone()), explicit: true }];
        check(&Request { given, ..Request::of(&regime) })
    });
}

/// The rules themselves, from their files.
#[divan::bench(args = MORE)]
fn read(bencher: Bencher<'_, '_>, more: usize) {
    bencher.counter(ItemsCount::new(more.max(1))).with_inputs(|| more).bench_values(rules);
}
