//! Single files, as hooks and editors name them: what they take along, and what is told of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

const SCHEMA: &str = "https://schema.management.azure.com/schemas/2019-04-01/";

/// A folder with these files.
fn folder(files: &[(&str, &Value)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, serde_json::to_string_pretty(content).unwrap()).unwrap();
    }
    folder
}

/// What `armlint check` tells of these files, as JSON.
fn check(folder: &Path, files: &[&str]) -> Value {
    let run = Command::new(env!("CARGO_BIN_EXE_armlint"))
        .current_dir(folder)
        .args(["check", "--format", "json", "--select", "stv1-api-version,parameter-file-mismatch"])
        .args(files)
        .output()
        .unwrap();
    serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&run.stderr)))
}

/// File, and where it fails, of each diagnostic.
fn told(report: &Value) -> Vec<(String, Vec<String>)> {
    let fails = |told: &Value| serde_json::from_value(told["environments"]["fails"].clone()).unwrap();
    let diagnostics = report["diagnostics"].as_array().unwrap().iter();
    diagnostics.map(|told| (told["file"].as_str().unwrap().to_owned(), fails(told))).collect()
}

/// A template whose parameter `version` is the API version of its service.
fn service() -> Value {
    json!({
        "$schema": format!("{SCHEMA}deploymentTemplate.json#"),
        "contentVersion": "1.0.0.0",
        "parameters": { "version": { "type": "string", "defaultValue": "2024-05-01" } },
        "resources": [{
            "type": "Microsoft.ApiManagement/service", "apiVersion": "[parameters('version')]", "name": "apim",
            "location": "westeurope", "sku": { "name": "Premium", "capacity": 1 },
            "properties": { "publisherName": "x", "publisherEmail": "x@y.zz" }
        }]
    })
}

/// A parameter file that asks for a version of the first platform.
fn values() -> Value {
    json!({
        "$schema": format!("{SCHEMA}deploymentParameters.json#"),
        "contentVersion": "1.0.0.0",
        "parameters": { "version": { "value": "2019-12-01" } }
    })
}

/// A template that deploys another with that version, and an old service of its own.
fn parent(link: &str) -> Value {
    let mut old = service()["resources"][0].clone();
    old["apiVersion"] = json!("2019-12-01");
    json!({
        "$schema": format!("{SCHEMA}deploymentTemplate.json#"),
        "contentVersion": "1.0.0.0",
        "resources": [old, {
            "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "linked",
            "properties": {
                "mode": "Incremental",
                "templateLink": { "relativePath": link },
                "parameters": { "version": { "value": "2019-12-01" } }
            }
        }]
    })
}

#[test]
fn a_parameter_file_takes_its_template_along() {
    for (template, file) in [
        ("main.json", "main.parameters.json"),
        ("infra/main.json", "infra/main.prod.parameters.json"),
        ("infra/main.json", "infra/parameters/prod.json"),
    ] {
        let folder = folder(&[(template, &service()), (file, &values())]);
        let report = check(folder.path(), &[file]);
        assert_eq!(told(&report), [(template.to_owned(), vec![file.to_owned()])], "{file}");
        assert_eq!(report["summary"]["files"]["seen"], 2, "both are accounted for");
        assert_eq!(report, check(folder.path(), &[file, template]), "to name both is the same");
    }
}

#[test]
fn a_template_that_the_values_do_not_fit_stays_where_it_is() {
    let mut other = service();
    other["parameters"] = json!({});
    other["resources"][0]["apiVersion"] = json!("2019-12-01");
    let folder = folder(&[("main.json", &other), ("parameters.json", &values()), ("note.json", &json!({}))]);
    assert_eq!(told(&check(folder.path(), &["parameters.json"])), []);
}

#[test]
fn a_linked_template_is_judged_with_what_leads_to_it_hands_over() {
    let folder = folder(&[("infra/main.json", &parent("nested/apim.json")), ("infra/nested/apim.json", &service())]);
    let report = check(folder.path(), &["infra/nested/apim.json"]);
    let expected = [("infra/nested/apim.json".to_owned(), vec!["infra/main.json".to_owned()])];
    assert_eq!(told(&report), expected, "and nothing of the file that nobody named");
    assert_eq!(report["summary"]["files"]["seen"], 1);
    assert_eq!(told(&check(folder.path(), &["infra"])).len(), 2, "the folder holds both");
}

#[test]
fn what_leads_to_a_file_is_not_looked_for_beyond_its_repository_or_configuration() {
    for (root, is_found) in [("infra/nested/.git/config", false), ("infra/nested/armlint.json", false), ("infra/.git", true)] {
        let parent = parent("nested/apim.json");
        let folder = folder(&[("infra/main.json", &parent), ("infra/nested/apim.json", &service()), (root, &json!({}))]);
        let told = told(&check(folder.path(), &["infra/nested/apim.json"]));
        assert_eq!(!told.is_empty(), is_found, "{root}");
    }
}

#[test]
fn who_gives_the_values_means_these_alone() {
    let folder = folder(&[("main.json", &parent("apim.json")), ("apim.json", &service()), ("other.json", &values())]);
    let report = check(folder.path(), &["apim.json", "--parameters", "other.json"]);
    assert_eq!(told(&report), [("apim.json".to_owned(), vec!["other.json".to_owned()])]);
}
