//! Only what changed since a git revision is told, and everything is judged all the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Runs git by nobody's configuration but its own.
fn git(folder: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").current_dir(folder);
    let own = ["-c", "user.name=a", "-c", "user.email=a@contoso.com", "-c", "commit.gpgsign=false"];
    let output = command.args(own).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with these files in its only commit, which is tagged `before`.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    write(folder.path(), files);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "all"]);
    git(folder.path(), &["tag", "before"]);
    folder
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn armlint(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armlint"));
    for name in ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD", "GITLAB_CI"] {
        command.env_remove(name);
    }
    command.current_dir(folder).args(["check"]).args(args).output().unwrap()
}

/// Each diagnostic as `file: resource property`, then how many are left out, then the exit code.
fn told(folder: &Path) -> String {
    let output = armlint(folder, &[".", "--changed-since", "before", "--format", "json"]);
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let line = |told: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        format!("{}: {} {}", text(&told["file"]).trim_start_matches("./"), text(&told["resource"]["name"]), text(&told["path"]))
    };
    let mut lines: Vec<String> = report["diagnostics"].as_array().unwrap().iter().map(line).collect();
    lines.push(format!("{} untouched, exit {}", report["summary"]["untouched"], output.status.code().unwrap()));
    lines.join("\n")
}

fn service(name: &str, version: &str) -> String {
    format!(
        r#"{{
      "type": "Microsoft.ApiManagement/service", "apiVersion": "{version}", "name": "{name}", "location": "westeurope",
      "sku": {{ "name": "Developer", "capacity": 1 }},
      "properties": {{ "publisherName": "Contoso", "publisherEmail": "api@contoso.com" }}
    }}"#
    )
}

fn template(parameters: &str, resources: &[String]) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{ {parameters} }},
  "resources": [
    {}
  ]
}}
"#,
        resources.join(",\n    ")
    )
}

fn old(name: &str) -> String {
    service(name, "2019-12-01")
}

#[test]
fn what_was_there_before_is_counted_and_what_is_new_fails() {
    let main = template("", &[old("one"), old("two")]);
    let folder = repository(&[("main.json", &main)]);
    assert_eq!(told(folder.path()), "2 untouched, exit 0");

    write(folder.path(), &[("main.json", &main.replace("\n", "\r\n").replace("      ", "\t"))]);
    assert_eq!(told(folder.path()), "2 untouched, exit 0", "spaces and line ends say nothing");

    write(folder.path(), &[("main.json", &template("", &[old("new"), old("two"), old("one")]))]);
    assert_eq!(told(folder.path()), "main.json: new apiVersion\n2 untouched, exit 1", "the old ones moved");

    write(folder.path(), &[("main.json", &main.replacen("westeurope", "northeurope", 1))]);
    assert_eq!(told(folder.path()), "main.json: one apiVersion\n1 untouched, exit 1", "who touches a service mends it");
}

#[test]
fn a_new_file_is_new_and_a_renamed_one_is_not() {
    let folder = repository(&[("main.json", &template("", &[old("one")]))]);
    write(folder.path(), &[("new.json", &template("", &[service("new", "2019-12-01")]))]);
    assert!(told(folder.path()).contains("new.json: new apiVersion"), "untracked: {}", told(folder.path()));
    fs::remove_file(folder.path().join("new.json")).unwrap();

    git(folder.path(), &["mv", "main.json", "moved.json"]);
    assert_eq!(told(folder.path()), "1 untouched, exit 0");
}

#[test]
fn a_parameter_file_that_changed_tells_what_fails_because_of_it() {
    let parameter =
        r#""version": { "type": "string", "defaultValue": "2024-05-01" }, "tag": { "type": "string", "defaultValue": "" }"#;
    let main = template(parameter, &[service("one", "[parameters('version')]"), old("two")]);
    let given = |version: &str| {
        format!(
            r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0", "parameters": {{ "version": {{ "value": "{version}" }}, "tag": {{ "value": "a" }} }} }}"#
        )
    };
    let folder = repository(&[("main.json", &main), ("main.parameters.json", &given("2024-05-01"))]);
    assert_eq!(told(folder.path()), "1 untouched, exit 0");

    write(folder.path(), &[("main.parameters.json", &given("2019-12-01"))]);
    let changed = told(folder.path());
    assert!(changed.contains("one apiVersion\n1 untouched, exit 1"), "`two` fails by default: {changed}");
}

#[test]
fn a_configuration_that_changed_tells_all_that_is_judged_by_it() {
    let main = template("", &[old("one")]);
    let (strict, lax) = (r#"{ "preset": "all", "select": "stv1-api-version" }"#, r#"{ "select": "zones-without-premium" }"#);
    let folder = repository(&[
        ("main.json", &main),
        ("armlint.json", strict),
        ("sub/a.json", &main),
        ("sub/armlint.json", r#"{ "extends": "../base.json" }"#),
        ("base.json", strict),
    ]);
    let all = "2 untouched, exit 0";
    assert_eq!(told(folder.path()), all);
    write(folder.path(), &[("armlint.json", &format!("// ours\n{}", strict.replace(", ", ",\n")))]);
    assert_eq!(told(folder.path()), all, "it says the same");
    write(folder.path(), &[("armlint.json", &strict.replace('}', r#", "failOn": "note" }"#))]);
    assert_eq!(told(folder.path()), "main.json: one apiVersion\n1 untouched, exit 1");
    git(folder.path(), &["checkout", "--quiet", "."]);
    write(folder.path(), &[("base.json", &strict.replace("all", "security"))]);
    assert_eq!(told(folder.path()), "sub/a.json: one apiVersion\n1 untouched, exit 1", "one that is extended");

    git(folder.path(), &["checkout", "--quiet", "."]);
    git(folder.path(), &["mv", "armlint.json", "armlint.jsonc"]);
    assert_eq!(told(folder.path()), all, "another name is no other configuration");
    fs::remove_file(folder.path().join("armlint.jsonc")).unwrap();
    assert_eq!(told(folder.path()), "main.json: one apiVersion\n1 untouched, exit 1", "it is gone, and the defaults hold");
    let output = armlint(folder.path(), &[".", "--changed-since", "before", "--no-config"]);
    assert_eq!(output.status.code(), Some(0), "nobody asked for it");
    fs::remove_file(folder.path().join("sub/armlint.json")).unwrap();
    write(folder.path(), &[("armlint.json", lax)]);
    assert_eq!(told(folder.path()), "0 untouched, exit 0", "nothing is told of either by the new one");
}

#[test]
fn a_linked_template_tells_what_changed_in_it_and_in_who_deploys_it() {
    let parameter = r#""version": { "type": "string", "defaultValue": "2024-05-01" }"#;
    let linked = template(parameter, &[service("one", "[parameters('version')]"), service("two", "2024-05-01")]);
    let parent = |version: &str| {
        template(
            "",
            &[format!(
                r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d", "properties": {{ "mode": "Incremental",
        "templateLink": {{ "relativePath": "linked/l.json" }}, "parameters": {{ "version": {{ "value": "{version}" }} }} }} }}"#
            )],
        )
    };
    let folder = repository(&[("parent.json", &parent("2024-05-01")), ("linked/l.json", &linked)]);
    assert_eq!(told(folder.path()), "0 untouched, exit 0");
    write(folder.path(), &[("parent.json", &parent("2019-12-01"))]);
    assert_eq!(told(folder.path()), "linked/l.json: one apiVersion\n0 untouched, exit 1", "what it hands over");
    git(folder.path(), &["commit", "--quiet", "--all", "--message", "handed over"]);
    git(folder.path(), &["tag", "--force", "before"]);
    assert_eq!(told(folder.path()), "1 untouched, exit 0");
    write(folder.path(), &[("linked/l.json", &linked.replace("\"two\"", "\"three\""))]);
    assert_eq!(told(folder.path()), "1 untouched, exit 0", "another service of it");
    write(folder.path(), &[("linked/l.json", &linked.replace("\"one\"", "\"first\""))]);
    assert_eq!(told(folder.path()), "linked/l.json: first apiVersion\n0 untouched, exit 1");
}

#[test]
fn what_a_suppression_accepted_is_told_once_it_is_gone() {
    let comment = "// armlint-disable-next-line stv1-api-version, retired-api-version -- until May\n    ";
    let folder = repository(&[("main.json", &template("", &[format!("{comment}{}", old("one"))]))]);
    assert_eq!(told(folder.path()), "0 untouched, exit 0");
    write(folder.path(), &[("main.json", &template("", &[old("one")]))]);
    assert_eq!(told(folder.path()), "main.json: one apiVersion\n0 untouched, exit 1");
}

#[test]
fn what_is_left_out_is_said() {
    let folder = repository(&[("main.json", &template("", &[old("one")]))]);
    let output = armlint(folder.path(), &["main.json", "--changed-since", "before", "--format", "human"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "main.json: 1 file: 1 template · nothing to report · 1 not touched since before\n");
}

#[test]
fn what_cannot_be_compared_is_an_error_with_a_next_step() {
    let folder = repository(&[("main.json", &template("", &[old("one")]))]);
    let said = |folder: &Path, name: &str| {
        let output = armlint(folder, &[".", "--changed-since", name]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let unknown = said(folder.path(), "nowhere");
    assert!(unknown.starts_with("error: no revision `nowhere` in this repository\n  fetch it"), "{unknown}");
    let option = said(folder.path(), "=--all");
    assert!(option.starts_with("error: no revision `=--all`"), "{option}");
    let outside = said(TempDir::new().unwrap().path(), "before");
    assert!(outside.starts_with("error: no git work tree at `.`: ") && outside.contains("run it inside a checkout"), "{outside}");
}
