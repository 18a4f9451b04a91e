//! A repository takes the linter on, and lives with it: what was there on the first day is accepted, what is new is not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// What a check with the baseline comes to: its exit code, and its report.
fn check(folder: &Path, more: &[&str]) -> (i32, Value) {
    let args = [&["check", ".", "--format", "json", "--baseline", "ci/baseline.json"], more].concat();
    let mut command = Command::new(env!("CARGO_BIN_EXE_armlint"));
    for name in ["CI", "GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI"] {
        command.env_remove(name);
    }
    let output = command.current_dir(folder).args(args).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code().unwrap(), report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

fn service(name: &str) -> Value {
    json!({
        "type": "Microsoft.ApiManagement/service", "apiVersion": "2019-12-01", "name": name, "location": "westeurope",
        "sku": { "name": "Developer", "capacity": 1 },
        "properties": { "publisherName": "Contoso", "publisherEmail": "api@contoso.com" }
    })
}

fn write(folder: &Path, name: &str, services: &[&str]) {
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": services.iter().map(|name| service(name)).collect::<Vec<_>>()
    });
    fs::write(folder.join(name), serde_json::to_string_pretty(&template).unwrap()).unwrap();
}

fn names(told: &Value) -> Vec<&str> {
    told.as_array().unwrap().iter().map(|told| told["resource"]["name"].as_str().unwrap()).collect()
}

fn entries(folder: &Path) -> usize {
    let baseline: Value = serde_json::from_str(&fs::read_to_string(folder.join("ci/baseline.json")).unwrap()).unwrap();
    baseline["diagnostics"].as_array().unwrap().len()
}

#[test]
fn fifty_old_templates_are_adopted_in_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("ci")).unwrap();
    for n in 0..50 {
        write(root, &format!("{n}.json"), &[&format!("apim-{n}")]);
    }

    let (code, report) = check(root, &["--write-baseline"]);
    assert_eq!((code, report["summary"]["baselined"].as_u64()), (0, Some(50)), "{}", report["diagnostics"]);
    assert_eq!((check(root, &[]).0, entries(root)), (0, 50));

    write(root, "7.json", &["apim-new", "apim-7"]);
    let (code, report) = check(root, &[]);
    assert_eq!((code, names(&report["diagnostics"])), (1, vec!["apim-new"]), "the old one moved down and is still accepted");

    let (code, report) = check(root, &["--fix"]);
    assert_eq!((code, names(&report["diagnostics"])), (0, vec![]), "the new one is mended");
    let mended = fs::read_to_string(root.join("7.json")).unwrap();
    assert_eq!(mended.matches("2019-12-01").count(), 1, "the old one is left as it was accepted:\n{mended}");

    fs::rename(root.join("8.json"), root.join("renamed.json")).unwrap();
    fs::remove_file(root.join("9.json")).unwrap();
    assert_eq!((check(root, &[]).0, entries(root)), (0, 50), "a renamed file is known by what is in it");
    assert_eq!((check(root, &["--prune-baseline"]).0, entries(root)), (0, 49), "what is gone is pruned on request");
    write(root, "9.json", &["apim-9"]);
    assert_eq!(check(root, &[]).0, 1, "what was pruned is new when it comes again");
}

#[test]
fn what_is_accepted_is_told_in_the_order_of_files_whatever_accepts_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("ci")).unwrap();
    write(root, "a.json", &["a"]);
    check(root, &["--write-baseline"]);
    write(root, "b.json", &["b"]);
    let text = fs::read_to_string(root.join("b.json")).unwrap();
    let comment = "// armlint-disable-next-line stv1-api-version, retired-api-version -- it goes away\n";
    fs::write(root.join("b.json"), text.replace("\"apiVersion\"", &format!("{comment}\"apiVersion\""))).unwrap();
    let (code, report) = check(root, &[]);
    let told: Vec<(&str, &str)> = report["suppressed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| (told["resource"]["name"].as_str().unwrap(), told["suppression"]["kind"].as_str().unwrap()))
        .collect();
    let accepted = vec![("a", "baseline"), ("b", "comment"), ("b", "comment")];
    assert_eq!((code, told), (0, accepted), "{report}");
}

#[test]
fn a_check_of_one_file_prunes_nothing_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("ci")).unwrap();
    write(root, "a.json", &["a"]);
    write(root, "b.json", &["b"]);
    check(root, &["--write-baseline"]);
    write(root, "a.json", &[]);
    write(root, "b.json", &[]);
    let status = Command::new(env!("CARGO_BIN_EXE_armlint"))
        .current_dir(root)
        .args(["check", "a.json", "--baseline", "ci/baseline.json", "--prune-baseline"])
        .output()
        .unwrap();
    assert_eq!((status.status.code(), entries(root)), (Some(0), 1), "{}", String::from_utf8_lossy(&status.stdout));
}

#[test]
fn a_baseline_that_cannot_be_used_is_told_and_nothing_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "a.json", &["a"]);
    for (text, says) in [
        (None, "cannot read the baseline `b.json`"),
        (Some("{\"schemaVersion\": 2, \"diagnostics\": []}"), "this is version 2 of the form"),
        (Some("{\"schemaVersion\": 1, \"diagnostics\": [{}]}"), "this diagnostic has no `file`"),
    ] {
        text.iter().for_each(|text| fs::write(root.join("b.json"), text).unwrap());
        let output = Command::new(env!("CARGO_BIN_EXE_armlint"))
            .current_dir(root)
            .args(["check", "a.json", "--baseline", "b.json"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains(says), "{said}");
    }
}
