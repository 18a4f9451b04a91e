//! The kit for rule authors, run as they run it: our own rules by `armlint test`, the rule of the manual from its very text, and
//! every way in which a test can fail. What is printed from the rules is held fresh: `ARMLINT_WRITE=1 cargo test --test kit`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs armlint in a folder.
fn armlint(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_armlint")).current_dir(folder).args(args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What `armlint test` says in a folder, and its exit code.
fn tried(folder: &Path, args: &[&str]) -> String {
    let output = armlint(folder, &[&["test"], args].concat());
    format!("{}{}exit {}\n", stdout(&output), stderr(&output), output.status.code().unwrap())
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn our_own_rules_hold_what_their_fixtures_expect() {
    for folder in [".", "rules"] {
        let output = armlint(root(), &["test", folder]);
        assert!(output.status.success(), "armlint test {folder}\n{}{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn every_rule_about_resources_shows_where_it_cannot_tell() {
    let output = armlint(root(), &["rules", "--format", "json"]);
    let catalogue: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let names = catalogue["rules"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap());
    let without: Vec<&str> = names
        .filter(|name| !name.starts_with("template/") && !name.starts_with("suppression/"))
        .filter(|name| {
            let mut cases = fs::read_dir(root().join("fixtures").join(name)).unwrap();
            !cases.any(|case| case.unwrap().file_name().to_string_lossy().starts_with("undecided-"))
        })
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

/// Holds a file to what it is printed from; writes it when asked to.
fn is_fresh(path: &str, fresh: &str) {
    let path = root().join(path);
    if std::env::var_os("ARMLINT_WRITE").is_some() {
        fs::write(&path, fresh).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == fresh, "{} is stale: ARMLINT_WRITE=1 cargo test --test kit", path.display());
}

#[test]
fn the_schema_for_editors_is_the_one_that_the_loader_checks_by() {
    let printed = stdout(&armlint(root(), &["rules", "--format", "schema"]));
    assert_eq!(printed, armlint::rules::schema());
    is_fresh("rules/rule.schema.json", &printed);
}

#[test]
fn the_rules_are_packed_as_their_files_have_them() {
    is_fresh("rules/packed.txt", &armlint::rules::pack().unwrap());
}

#[test]
fn the_schema_of_configurations_is_the_one_that_they_are_checked_by() {
    is_fresh("docs/armlint.schema.json", &armlint::config::schema());
}

#[test]
fn the_catalogue_on_the_web_is_that_of_the_rules_and_every_link_into_it_leads_somewhere() {
    let printed = stdout(&armlint(root(), &["rules", "--format", "markdown"]));
    is_fresh("docs/rules.md", &printed);
    let catalogue: Value = serde_json::from_str(&stdout(&armlint(root(), &["rules", "--format", "json"]))).unwrap();
    for rule in catalogue["rules"].as_array().unwrap() {
        let url = armlint::diagnostic::rule_url(rule["name"].as_str().unwrap());
        let (_, anchor) = url.split_once('#').unwrap();
        assert_eq!(printed.matches(&format!("<a id=\"{anchor}\"></a>")).count(), 1, "{url}");
    }
}

#[test]
fn the_manual_names_every_key_of_the_language() {
    let path = "docs/rule-authors.md";
    let manual = fs::read_to_string(root().join(path)).unwrap();
    let (before, rest) = manual.split_once("--test kit -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let printed = armlint::rules::reference();
    is_fresh(path, &format!("{before}--test kit -->\n\n{printed}<!-- end -->{after}"));
}

#[test]
fn every_rule_explains_itself_by_a_bad_and_a_good_template() {
    let catalogue: Value = serde_json::from_str(&stdout(&armlint(root(), &["rules", "--format", "json"]))).unwrap();
    for rule in catalogue["rules"].as_array().unwrap() {
        let name = rule["name"].as_str().unwrap();
        // What these two are about is how two files fit, and an example is one.
        if ["template/linked-template-missing", "template/parameter-file-mismatch"].contains(&name) {
            continue;
        }
        let told: Value = serde_json::from_str(&stdout(&armlint(root(), &["explain", name, "--format", "json"]))).unwrap();
        for example in ["bad", "good"] {
            let lines = told[example]["lines"].as_array().unwrap_or_else(|| panic!("{name} has no {example} template"));
            assert!(!lines.is_empty(), "{name}: {example}");
            assert!(!told[example].to_string().contains("expect:"), "{name}: what is expected is no part of an example");
        }
    }
}

/// Writes the files that a page of the manual shows: blocks whose first line names a path.
fn write_blocks(page: &str, folder: &Path) -> Vec<PathBuf> {
    let mut written = Vec::new();
    for block in page.split("\n```").skip(1) {
        let (head, text) = block.split_once('\n').unwrap();
        if let Some((_, path)) = head.split_once(' ') {
            write(folder, path, text);
            written.push(PathBuf::from(path));
        }
    }
    written
}

#[test]
fn the_rule_of_the_readme_and_the_manual_is_short_and_passes_its_tests() {
    let manual = fs::read_to_string(root().join("docs/rule-authors.md")).unwrap();
    let folder = TempDir::new().unwrap();
    let written = write_blocks(&manual, folder.path());
    assert_eq!(written.len(), 6, "{written:?}");
    let rule = fs::read_to_string(folder.path().join(&written[0])).unwrap();
    assert!(rule.lines().count() < 15, "under fifteen lines of JSON");

    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let first = TempDir::new().unwrap();
    let [shown_first] = &write_blocks(&readme, first.path())[..] else { panic!("the README shows one rule") };
    assert_eq!((shown_first, &fs::read_to_string(first.path().join(shown_first)).unwrap()), (&written[0], &rule));

    let told = tried(folder.path(), &["my-rules"]);
    let shown = told.strip_suffix("exit 0\n").unwrap_or_else(|| panic!("{told}"));
    assert!(readme.contains(&format!("$ armlint test my-rules\n{shown}$ ")), "the README shows something else:\n{told}");
    assert!(manual.contains(&format!("$ armlint test my-rules\n{shown}$ ")), "the manual shows something else:\n{told}");

    let check =
        ["check", "my-rules/fixtures/storage/public-blobs/fail-omitted.json", "--rules", "my-rules", "--format", "concise"];
    let output = armlint(folder.path(), &check);
    assert!(stdout(&output).contains("storage account `stcontoso` allows public access to its blobs"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));
    let explained = stdout(&armlint(folder.path(), &["explain", "public-blobs", "--rules", "my-rules"]));
    assert!(explained.contains("One container with public access"), "{explained}");
}

#[test]
fn a_new_rule_passes_its_tests_as_it_is_written_and_is_never_overwritten() {
    let folder = TempDir::new().unwrap();
    let new = ["rules", "new", "network/no-owner", "--in", "mine", "--resource", "Microsoft.Network/virtualNetworks/subnets"];
    let output = armlint(folder.path(), &new);
    assert!(output.status.success(), "{}", stderr(&output));
    let files = ["rules/network/no-owner.json", "rules/network/no-owner.md"];
    let fixtures = ["fixtures/network/no-owner/fail-plain.json", "fixtures/network/no-owner/pass-plain.json"];
    for file in files.iter().chain(&fixtures) {
        assert!(stdout(&output).contains(file) && folder.path().join("mine").join(file).is_file(), "{file}");
    }
    assert_eq!(
        tried(folder.path(), &["mine"]),
        "network/no-owner   1 reported  1 quiet\n1 rule, all 2 expectations hold\nexit 0\n"
    );

    write(folder.path(), "mine/rules/network/no-owner.md", "mine");
    let again = armlint(folder.path(), &new);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("there is a rule `network/no-owner` already"), "{}", stderr(&again));
    fs::remove_file(folder.path().join("mine/rules/network/no-owner.json")).unwrap();
    let again = armlint(folder.path(), &new);
    assert!(
        stderr(&again).contains("mine/rules/network/no-owner.md is there already: nothing was written"),
        "{}",
        stderr(&again)
    );
    assert!(!folder.path().join("mine/rules/network/no-owner.json").exists());
    assert_eq!(fs::read_to_string(folder.path().join("mine/rules/network/no-owner.md")).unwrap(), "mine");

    for (name, why) in [("owner", "`owner` is no rule name"), ("../../x", "`../../x` is no rule name")] {
        let refused = armlint(folder.path(), &["rules", "new", name, "--in", "other"]);
        assert!(stderr(&refused).contains(why), "{}", stderr(&refused));
        assert!(!folder.path().join("other").exists(), "{name}: nothing is written");
    }
}

const RULE: &str = r#"{
  "name": "storage/old-tls",
  "title": "Old TLS",
  "severity": "warning",
  "since": "1.0.0",
  "resource": "Microsoft.Storage/storageAccounts",
  "assert": { "path": "$.properties.minimumTlsVersion", "equals": "TLS1_2" },
  "report": { "message": "`{self.name}` allows old TLS", "at": ["$.properties.minimumTlsVersion", "$.name"] }
}"#;

const PROSE: &str = "# old-tls\n\n## What it flags\n\n## Why it matters\n\n## How to fix\n\n## When to suppress\n";

/// A storage account; each `member` is a line of its properties.
fn account(head: &str, members: &str) -> String {
    format!(
        "{head}{{\n\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\",\n\
         \"parameters\": {{ \"version\": {{ \"type\": \"string\" }} }},\n\
         \"resources\": [{{ \"type\": \"Microsoft.Storage/storageAccounts\", \"apiVersion\": \"2023-05-01\", \"name\": \"st\",\n\
         \"properties\": {{\n{members}\n}} }}]\n}}\n"
    )
}

/// A folder with the rule and these fixtures.
fn folder_of(rule: &str, prose: &str, fixtures: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "rules/storage/old-tls.json", rule);
    if !prose.is_empty() {
        write(folder.path(), "rules/storage/old-tls.md", prose);
    }
    for (name, text) in fixtures {
        write(folder.path(), &format!("fixtures/storage/old-tls/{name}.json"), text);
    }
    folder
}

#[test]
fn every_way_in_which_a_test_can_fail_is_told_with_its_place() {
    let expect = "// expect: storage/old-tls";
    let good = ("pass-good", account("", "\"minimumTlsVersion\": \"TLS1_2\""));
    let bad = ("fail-bad", account("", &format!("\"minimumTlsVersion\": \"TLS1_0\" {expect}")));
    let unknown = "\"minimumTlsVersion\": \"[parameters('version')]\"";
    let renamed = |text: &str| text.replace("storage/old-tls", "storage/old-tsl");
    let cases: Vec<(&str, Vec<(&str, String)>)> = vec![
        ("as it should be", vec![good.clone(), bad.clone(), ("undecided-x", account("", &format!("{unknown} {expect}")))]),
        (
            "missing: it passes",
            vec![good.clone(), ("fail-x", account("", &format!("\"minimumTlsVersion\": \"TLS1_2\" {expect}")))],
        ),
        (
            "missing: on another line",
            vec![good.clone(), ("fail-x", account("", &format!("\"minimumTlsVersion\": \"TLS1_0\",\n\"a\": 1 {expect}")))],
        ),
        ("missing: it cannot be told", vec![good.clone(), ("fail-x", account("", &format!("{unknown} {expect}")))]),
        (
            "missing: it can be told",
            vec![good.clone(), bad.clone(), ("undecided-x", account("", &format!("\"minimumTlsVersion\": 1 {expect}")))],
        ),
        ("noisy: it fails", vec![bad.clone(), ("pass-x", account("", "\"minimumTlsVersion\": \"TLS1_0\""))]),
        ("noisy: undecided is no pass", vec![bad.clone(), ("pass-x", account("", unknown))]),
        ("expects nothing", vec![good.clone(), ("fail-x", account("", "\"minimumTlsVersion\": \"TLS1_2\""))]),
        (
            "expects in a pass",
            vec![bad.clone(), good.clone(), ("pass-x", account("", &format!("\"minimumTlsVersion\": \"TLS1_0\" {expect}")))],
        ),
        (
            "no rule of that name",
            vec![good.clone(), ("fail-x", account("", &renamed(&format!("\"minimumTlsVersion\": \"TLS1_0\" {expect}"))))],
        ),
        ("no template", vec![bad.clone(), ("pass-x", "{}".to_owned())]),
        ("no such date", vec![bad.clone(), ("pass-x", account("// as-of: tomorrow\n", "\"minimumTlsVersion\": \"TLS1_2\""))]),
        (
            "no such option",
            vec![bad.clone(), ("pass-x", account("// option: strict=true\n", "\"minimumTlsVersion\": \"TLS1_2\""))],
        ),
        ("no fixture that passes", vec![bad.clone()]),
        ("no fixture", vec![]),
    ];
    let mut table = String::new();
    for (what, fixtures) in cases {
        let told = tried(folder_of(RULE, PROSE, &fixtures).path(), &["."]);
        table += &format!("{what}\n{}", told.lines().map(|line| format!("    {line}\n")).collect::<String>());
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_path_that_matches_nothing_is_a_slip_and_prose_is_part_of_a_rule() {
    let fixtures = [
        (
            "fail-bad",
            account(
                "",
                "\"minimumTlsVersion\": \"TLS1_0\", // expect: storage/old-tls\n\"networkAcls\": { \"ipRules\": [{ \"value\": \"10.0.0.0/8\" }] }",
            ),
        ),
        ("pass-good", account("", "\"minimumTlsVersion\": \"TLS1_2\"")),
    ];
    let slips = [
        ("a misspelt name", r#"{ "path": "$.properties.minimumTlsVersoin", "exists": true }"#),
        ("a name that is nowhere", r#"{ "path": "$.properties.frobnicate", "exists": true }"#),
        ("a wildcard over nothing", r#"{ "any": "$.properties.networkAcls.resourceAccessRules[*].id", "exists": true }"#),
        ("a wildcard over something", r#"{ "any": "$.properties.networkAcls.ipRules[*].value", "exists": true }"#),
        (
            "inside an element",
            r#"{ "any": "$.properties.networkAcls.ipRules[*]", "where": { "path": "$.vlaue", "exists": true } }"#,
        ),
        ("inside nothing", r#"{ "any": "$.properties.acls[*]", "where": { "path": "$.vlaue", "exists": true } }"#),
    ];
    let mut table = String::new();
    for (what, predicate) in slips {
        let assert = r#""assert": { "path": "$.properties.minimumTlsVersion", "equals": "TLS1_2" }"#;
        let both = format!(
            r#""assert": {{ "anyOf": [{{ "path": "$.properties.minimumTlsVersion", "equals": "TLS1_2" }}, {{ "allOf": [{predicate}, {{ "path": "$.name", "equals": "no" }}] }}] }}"#
        );
        let told = tried(folder_of(&RULE.replace(assert, &both), PROSE, &fixtures).path(), &["."]);
        table += &format!("{what}\n{}", told.lines().map(|line| format!("    {line}\n")).collect::<String>());
    }
    for prose in ["", "# old-tls\n\n## What it flags\n\nOld TLS.\n"] {
        table += &tried(folder_of(RULE, prose, &fixtures).path(), &["."]);
    }
    insta::assert_snapshot!(table);
}

#[test]
fn fixtures_are_judged_by_their_own_date_and_options() {
    let rule = r#"{
  "name": "storage/old-tls", "title": "t", "severity": "warning", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts",
  "options": { "days": { "type": "integer", "default": 10, "description": "d" }, "strict": { "type": "boolean", "default": false, "description": "d" } },
  "assert": { "allOf": [
    { "option": "strict", "equals": false },
    { "not": { "path": "$.properties.expires", "olderThan": { "asOf": 0 } } } ] },
  "report": { "message": "m", "at": "$.properties.expires" }
}"#;
    let expires = |head: &str, expect: &str| account(head, &format!("\"expires\": \"2024-06-01\" {expect}"));
    let fixtures = [
        ("fail-by-default", expires("", "// expect: storage/old-tls")),
        ("fail-strict", expires("// as-of: 2020-01-01\n// option: strict=true\n", "// expect: storage/old-tls")),
        ("pass-before", expires("// as-of: 2024-05-31\n", "")),
    ];
    let folder = folder_of(rule, PROSE, &fixtures);
    assert!(tried(folder.path(), &["."]).contains("2 reported  1 quiet\n1 rule, all 3 expectations hold"));
    let earlier = tried(folder.path(), &[".", "--as-of", "2024-01-01"]);
    assert!(earlier.contains("1 reported  1 quiet  1 missing"), "a fixture that names no date goes by the option: {earlier}");
}

#[test]
fn a_mistake_in_a_rule_file_is_shown_and_nothing_is_tried() {
    let folder = folder_of(&RULE.replace("\"assert\"", "\"asert\""), PROSE, &[]);
    insta::assert_snapshot!(tried(folder.path(), &["."]));
    let empty = TempDir::new().unwrap();
    fs::create_dir(empty.path().join("rules")).unwrap();
    assert!(tried(empty.path(), &["."]).starts_with("error: there are no rules in rules\n  name a folder"));
    assert!(tried(empty.path(), &["nowhere"]).starts_with("error: nowhere: there is no such file or folder\n"));
}
