//! Configurations and suppressions as a user meets them: which settings hold for which file, what is said of mistakes, and what is
//! accepted.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run came to.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn armlint(folder: &Path, args: &[&str], input: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armlint"));
    for service in ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD"] {
        command.env_remove(service);
    }
    command.current_dir(folder).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A run that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A service on an old API version; each of `lines` stands on a line of its own before the version.
fn service(lines: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{ "network": {{ "type": "string", "defaultValue": "None" }} }},
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service",
{lines}      "apiVersion": "2019-12-01",
      "name": "apim",
      "location": "westeurope",
      "sku": {{ "name": "Developer", "capacity": 1 }},
      "properties": {{
        "publisherName": "Contoso", "publisherEmail": "api@contoso.com",
        "virtualNetworkType": "[parameters('network')]"
      }}
    }}
  ]
}}
"#
    )
}

/// Every diagnostic of a run as `file: severity rule`, the service left out, each once; and the exit code.
fn told(folder: &Path, args: &[&str]) -> String {
    let run = armlint(folder, &[&["check", "--format", "json", "--as-of", "2026-11-23"], args].concat(), "");
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}{}", run.out, run.err));
    let list = |name: &str| report[name].as_array().unwrap().clone();
    let line = |told: &Value| {
        let rule = told["rule"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        format!("{}: {} {rule}", told["file"].as_str().unwrap(), told["severity"].as_str().unwrap())
    };
    let mut lines: Vec<String> = list("diagnostics").iter().map(line).collect();
    lines.extend(list("suppressed").iter().map(|told| {
        let (kind, reason) = (&told["suppression"]["kind"], told["suppression"]["reason"].as_str().unwrap_or("no reason"));
        format!("{} ({}: {reason})", line(told), kind.as_str().unwrap())
    }));
    lines.sort();
    lines.dedup();
    format!("{}\nexit {}\n", lines.join("\n"), run.code)
}

const OLD: &str = "stv1-api-version";

#[test]
fn each_file_has_the_nearest_configuration_and_flags_win() {
    let old = service("");
    let folder = folder(&[
        ("armlint.jsonc", r#"{ "select": "stv1-api-version", /* ours */ "severity": { "stv1-api-version": "warning" } }"#),
        ("a.json", &old),
        ("sub/b.json", &old),
        ("sub/deeper/c.json", &old),
        ("sub/deeper/armlint.json", r#"{ "extends": "../../armlint.jsonc", "severity": { "stv1-api-version": "note" } }"#),
        ("other/armlint.json", r#"{ "select": "stv1-api-version", "ignore": "migration" }"#),
        ("other/d.json", &old),
    ]);
    let mut shown = String::new();
    let runs: &[&[&str]] = &[
        &["."],
        &["sub/deeper/c.json"],
        &[".", "--fail-on", "error"],
        &["sub/deeper", "--extend-select", "zones-without-premium"],
        &["other", "--extend-select", OLD],
        &["other", "--select", OLD],
        &["a.json", "--ignore", OLD],
        &["a.json", "--config", "other/armlint.json"],
        &["a.json", "--no-config", "--select", OLD],
    ];
    for args in runs {
        shown += &format!("check {}\n{}", args.join(" "), told(folder.path(), args));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn standard_input_has_the_configuration_of_the_folder_that_its_name_is_in() {
    let folder = folder(&[("infra/armlint.json", r#"{ "select": "stv1-api-version", "failOn": "never" }"#)]);
    let check =
        |name: &str| armlint(folder.path(), &["check", "-", "--stdin-filename", name, "--format", "concise"], &service(""));
    let inside = check("infra/new/main.json");
    assert!(inside.out.contains("infra/new/main.json:8:21: error api-management/stv1-api-version"), "{}", inside.out);
    assert_eq!(inside.code, 0, "{}", inside.out);
    assert_eq!(check("main.json").code, 1);
}

#[test]
fn overrides_excludes_and_pairings_are_seen_from_the_folder_of_the_configuration() {
    let values = |network: &str| {
        let schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#";
        format!(
            r#"{{ "$schema": "{schema}", "contentVersion": "1.0.0.0", "parameters": {{ "network": {{ "value": "{network}" }} }} }}"#
        )
    };
    let configuration = r#"{
      "select": ["stv1-api-version", "vnet-without-standard-public-ip"],
      "exclude": ["samples/", "*.generated.json"],
      "overrides": [
        { "paths": "legacy/", "severity": { "stv1-api-version": "note" } },
        { "paths": "legacy/oldest.json", "ignore": "stv1-api-version" }
      ],
      "options": { "vnet-without-standard-public-ip": { "strict": true } },
      "parameters": { "main.json": ["env/prod.json"] }
    }"#;
    let old = service("");
    let (prod, none) = (values("External"), values("None"));
    let folder = folder(&[
        ("infra/armlint.json", configuration),
        ("infra/main.json", &old),
        ("infra/main.parameters.json", &none),
        ("infra/env/prod.json", &prod),
        ("infra/legacy/old.json", &old),
        ("infra/legacy/oldest.json", &old),
        ("infra/samples/a.json", &old),
        ("infra/deep/b.generated.json", "broken Microsoft.ApiManagement {"),
    ]);
    let whole = told(folder.path(), &["infra"]);
    assert_eq!(
        whole,
        "infra/legacy/old.json: note stv1-api-version\ninfra/main.json: error stv1-api-version\n\
         infra/main.json: error vnet-without-standard-public-ip\nexit 1\n"
    );
    assert_eq!(told(&folder.path().join("infra"), &["."]), whole.replace("infra/", "./"), "from within");
    assert_eq!(told(folder.path(), &["infra/env/prod.json"]), whole.lines().skip(1).collect::<Vec<_>>().join("\n") + "\n");
    assert!(told(folder.path(), &["infra/samples/a.json"]).contains("a.json: error"), "who names a file means it");
    let summary = armlint(folder.path(), &["inventory", "infra"], "").out;
    assert!(!summary.contains("samples"), "{summary}");
}

#[test]
fn rules_of_a_configuration_deep_down_find_what_nothing_else_looks_for() {
    let rule = r#"{ "name": "storage/any", "title": "Any", "severity": "warning", "since": "1.0.0",
      "resource": "Microsoft.Storage/storageAccounts", "report": { "message": "found `{self.name}`", "at": "$.name" } }"#;
    let storage = service("").replace("Microsoft.ApiManagement/service", "Microsoft.Storage/storageAccounts");
    let folder = folder(&[
        ("a/armlint.json", r#"{ "rules": "mine", "select": "storage/any" }"#),
        ("a/mine/rules/storage/any.json", rule),
        ("a/st.json", &storage),
        ("b/st.json", &storage),
    ]);
    assert_eq!(told(folder.path(), &["."]), "./a/st.json: warning any\nexit 1\n");
}

#[test]
fn every_mistake_in_a_configuration_is_shown_at_its_place() {
    let table = [
        r#"{ "extend": "x" }"#,
        r#"{ "selct": [] , "failOn": "errors", "undecided": 1 }"#,
        r#"{ "preset": "recomended" }"#,
        r#"{ "ignore": ["stv1-api-versoin"] }"#,
        r#"{ "severity": { "stv1-api-version": "fatal" } }"#,
        r#"{ "options": { "stv1-api-version": { "strict": true } } }"#,
        r#"{ "options": { "vnet-without-standard-public-ip": { "strict": 3 } } }"#,
        r#"{ "exclude": ["[z-a]", 3] }"#,
        r#"{ "overrides": [{ "ignore": "x" }] }"#,
        r#"{ "extends": "armlint.json" }"#,
        r#"{ "extends": ["none.json"], "preset": 1 }"#,
        r#"{ "rules": "nowhere", "parameters": { "a.json": "none.json" } }"#,
        r#"{ "suppress": [{ "rule": "stv1", "paths": "*" }] }"#,
        r#"{ "suppress": [{ "rule": "stv1-api-version", "paths": "*", "until": "soon" }] }"#,
        r#"{ "suppressions": { "forbid": "stv1", "maxDays": "a" } }"#,
        r#"{ "suppressions": { "forbid": "stv1-" } "#,
        "[]",
        "",
    ];
    let mut shown = String::new();
    for configuration in table {
        let folder = folder(&[("armlint.json", configuration), ("a.json", &service(""))]);
        let run = armlint(folder.path(), &["check", "a.json"], "");
        let accounted = "  × armlint.json: cannot be understood, so that 1 file is not checked\n\n\
                         a.json: 1 file: 1 unreadable · nothing to report in what could be read\n";
        assert_eq!((run.code, run.out.as_str()), (2, accounted), "{configuration}: {}", run.err);
        let kept = run.err.lines().filter(|line| ["×", "╭", "help:", "error:"].iter().any(|mark| line.contains(mark)));
        shown += &format!("{configuration}\n{}\n", kept.collect::<Vec<_>>().join("\n"));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn files_under_another_configuration_are_checked_whatever_is_wrong_with_one() {
    let link = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
      "resources": [{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d",
        "properties": { "mode": "Incremental", "templateLink": { "relativePath": "../odd/a.json" } } }] }"#;
    let old = service("");
    let rule = r#"{ "name": "my/rule", "titel": "T" }"#;
    let folder = folder(&[
        ("good/armlint.json", r#"{ "select": "stv1-api-version" }"#),
        ("good/a.json", &old),
        ("good/link.json", link),
        ("odd/armlint.json", r#"{ "extends": "../base.json", "selct": [] }"#),
        ("odd/a.json", &old),
        ("odd/deeper/b.json", &old),
        ("other/armlint.json", r#"{ "extends": "../base.json" }"#),
        ("other/c.json", &old),
        ("base.json", r#"{ "failOn": "errors" }"#),
        ("mine/armlint.json", r#"{ "rules": "own", "overrides": [{ "paths": "e.json", "ignore": "network" }] }"#),
        ("mine/own/rules/my/rule.json", rule),
        ("mine/d.json", &old),
        ("mine/e.json", &old),
    ]);
    let select = ["check", ".", "--select", OLD, "--format", "concise"];
    let run = armlint(folder.path(), &select, "");
    assert_eq!(run.code, 2, "{}{}", run.out, run.err);
    insta::assert_snapshot!(run.out, @"
    ./good/a.json:8:21: error api-management/stv1-api-version service `apim` is deployed with API version 2019-12-01
    ./mine/armlint.json: unreadable cannot be understood, so that 2 files are not checked
    ./odd/armlint.json: unreadable cannot be understood, so that 2 files are not checked
    ./other/armlint.json: unreadable cannot be understood, so that 1 file is not checked
    .: 13 files: 2 templates, 6 other, 5 unreadable
    1 error
    `--fix` mends 1
    ");
    let mistakes = run.err.lines().filter(|line| ["×", "╭", "error:"].iter().any(|mark| line.contains(mark)));
    insta::assert_snapshot!(mistakes.collect::<Vec<_>>().join("\n"), @"
      × `errors` is not one of `error`, `warning`, `note`, `never`
       ╭─[./base.json:1:13]
      × unknown key `selct` in a configuration
       ╭─[./odd/armlint.json:1:30]
    error: 2 mistakes in the configuration; what it holds for was not checked
      × unknown key `titel` in a rule
       ╭─[./mine/own/rules/my/rule.json:1:22]
    error: a mistake in rule files; none of them was loaded
    ");
    let report: Value = serde_json::from_str(&armlint(folder.path(), &["check", ".", "--format", "json"], "").out).unwrap();
    let files: Vec<&str> = report["unreadable"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["./mine/d.json", "./mine/e.json", "./odd/a.json", "./odd/deeper/b.json", "./other/c.json"]);
    assert_eq!(report["summary"]["files"]["unreadable"], 5);
    let listed = armlint(folder.path(), &["inventory", "."], "");
    assert!(listed.code == 2 && listed.out.contains("good/a.json") && !listed.out.contains("deeper/b.json"), "{}", listed.out);
}

#[test]
fn what_holds_is_shown_with_its_origin() {
    let folder = folder(&[
        ("base.jsonc", "{\n  \"preset\": \"migration\",\n  \"failOn\": \"note\"\n}"),
        (
            "armlint.json",
            "{\n  \"extends\": \"base.jsonc\",\n  \"overrides\": [{ \"paths\": \"x/\", \"ignore\": \"network\" }]\n}",
        ),
    ]);
    let show = |args: &[&str]| armlint(folder.path(), &[&["check", "--show-config"], args].concat(), "").out;
    insta::assert_snapshot!(format!("{}\n{}", show(&["x/a.json"]), show(&["a.json", "--select", OLD, "--undecided", "fail"])));
}

#[test]
fn a_suppression_accepts_the_same_in_every_spelling() {
    let metadata = r#""metadata": { "armlint": { "disable": [{ "rule": "stv1-api-version", "reason": "why" }] } },"#;
    let on_resource = service("")
        .replace("    {\n      \"type\"", "    // armlint-disable-next-line stv1-api-version -- why\n    {\n      \"type\"");
    let table = [
        ("line", service("// armlint-disable-next-line stv1-api-version -- why\n")),
        ("block comment", service("/* armlint-disable-next-line api-management/stv1-api-version\n -- why */\n")),
        (
            "range",
            service("// armlint-disable stv1-api-version -- why\n")
                .replace("\"name\": \"apim\"", "// armlint-enable\n\"name\": \"apim\""),
        ),
        ("file", format!("{}// armlint-disable-file stv1-api-version -- why", service(""))),
        ("resource", on_resource),
        ("metadata of the resource", service(&format!("{metadata}\n"))),
        ("metadata of the template", service("").replace("\"parameters\"", &format!("{metadata}\n\"parameters\""))),
        ("Windows lines", service("// armlint-disable-next-line stv1-api-version -- why\n").replace('\n', "\r\n")),
    ];
    for (what, text) in table {
        let folder = folder(&[("a.json", &text)]);
        let select = ["a.json", "--select", "stv1-api-version,suppression/"];
        let kind = if what.contains("metadata") { "metadata" } else { "comment" };
        assert_eq!(told(folder.path(), &select), format!("a.json: error stv1-api-version ({kind}: why)\nexit 0\n"), "{what}");
        let sarif = armlint(folder.path(), &[&["check", "--format", "sarif"], &select[..]].concat(), "").out;
        assert!(sarif.contains("\"justification\": \"why\"") && sarif.contains("\"inSource\""), "{what}: {sarif}");
    }
    let configuration = r#"{ "suppress": [{ "rule": "stv1-api-version", "paths": "a.json", "reason": "why" }] }"#;
    let folder = folder(&[("armlint.json", configuration), ("a.json", &service("")), ("b.json", &service(""))]);
    let both = told(folder.path(), &[".", "--select", "stv1-api-version,suppression/"]);
    assert_eq!(both, "./a.json: error stv1-api-version (config: why)\n./b.json: error stv1-api-version\nexit 1\n");
}

#[test]
fn an_accepted_diagnostic_does_not_silence_what_it_supersedes() {
    let folder = folder(&[("a.json", &service("// armlint-disable-next-line stv1-api-version\n"))]);
    let both = ["a.json", "--select", "stv1-api-version,retired-api-version"];
    assert_eq!(
        told(folder.path(), &both),
        "a.json: error retired-api-version\na.json: error stv1-api-version (comment: no reason)\nexit 1\n"
    );
}

#[test]
fn limits_on_suppressions_are_held() {
    let limits = |limits: &str| format!(r#"{{ "select": ["stv1-api-version", "suppression/"], "suppressions": {limits} }}"#);
    let table = [
        (r#"{ "forbid": "migration" }"#, "-- why"),
        (r#"{ "requireReason": true }"#, ""),
        (r#"{ "requireReason": true }"#, "-- why"),
        (r#"{ "maxDays": 90 }"#, "-- why"),
        (r#"{ "maxDays": 90 }"#, "until 2027-03-01 -- why"),
        (r#"{ "maxDays": 90 }"#, "until 2027-01-31 -- why"),
        ("{}", "until 2026-11-22 -- why"),
        ("{}", "until 2026-11-23 -- why"),
    ];
    let mut shown = String::new();
    for (limit, rest) in table {
        let text = service(&format!("// armlint-disable-next-line stv1-api-version {rest}\n"));
        let folder = folder(&[("armlint.json", &limits(limit)), ("a.json", &text)]);
        shown += &format!("{limit} {rest}\n{}", told(folder.path(), &["a.json"]));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn what_is_not_needed_any_more_is_told_where_that_can_be_known_and_fixed() {
    let good = |lines: &str| service(lines).replace("2019-12-01", "2024-05-01");
    let text = good("      // armlint-disable-next-line stv1-api-version -- why\n");
    let configuration = r#"{ "suppress": [{ "rule": "zones-without-premium", "paths": "*" }] }"#;
    let folder = folder(&[("armlint.json", configuration), ("a.json", &text), ("sub/b.json", &good(""))]);
    let with = |path: &str, rules: &str| told(folder.path(), &[path, "--select", rules]);
    assert_eq!(with("a.json", "suppression/unused"), "\nexit 0\n", "the rule takes no part");
    assert_eq!(with("a.json", "suppression/unused,stv1-api-version"), "a.json: warning unused\nexit 1\n");
    assert_eq!(with("a.json", "suppression/unused,zones-without-premium"), "\nexit 0\n", "other files may need it");
    assert_eq!(with(".", "suppression/unused,zones-without-premium"), "./armlint.json: warning unused\nexit 1\n");
    let fixed = armlint(folder.path(), &["check", "a.json", "--fix", "--select", "suppression/,stv1-api-version"], "");
    assert_eq!(fixed.code, 0, "{}{}", fixed.out, fixed.err);
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), good(""), "the whole line goes, and nothing else");
}
