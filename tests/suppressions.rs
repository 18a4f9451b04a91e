//! `armlint suppressions` from outside: what it lists, what becomes of each, and how old it is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// What a run came to.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn armlint(folder: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armlint"));
    for name in ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD", "GITLAB_CI"] {
        command.env_remove(name);
    }
    let output = command.current_dir(folder).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), files);
    folder
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Runs git on that day.
fn git(folder: &Path, day: &str, args: &[&str]) {
    let mut command = Command::new("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").current_dir(folder);
    command.env("GIT_AUTHOR_DATE", format!("{day}T12:00:00Z")).env("GIT_COMMITTER_DATE", format!("{day}T12:00:00Z"));
    let own = ["-c", "user.name=a", "-c", "user.email=a@contoso.com", "-c", "commit.gpgsign=false"];
    let output = command.args(own).args(args).output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(folder: &Path, day: &str) {
    git(folder, day, &["add", "."]);
    git(folder, day, &["commit", "--quiet", "--message", "all"]);
}

/// A service of the old API version, with these lines before the version.
fn service(lines: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{ "version": {{ "type": "string", "defaultValue": "2024-05-01" }} }},
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service",
{lines}      "apiVersion": "2019-12-01",
      "name": "apim",
      "location": "[parameters('version')]",
      "sku": {{ "name": "Developer", "capacity": 1 }},
      "properties": {{ "publisherName": "Contoso", "publisherEmail": "api@contoso.com" }}
    }}
  ]
}}
"#
    )
}

/// What is listed, as `file:line kind rules: state, age`; a last line has the exit code where it is not 0.
fn listed(folder: &Path, args: &[&str]) -> String {
    let ran = armlint(folder, &[&["suppressions", "--format", "json", "--as-of", "2026-11-23"], args].concat());
    let listing: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    let line = |one: &Value| {
        let text = |key: &str| one[key].as_str().unwrap_or("-").to_owned();
        let rules: Vec<&str> = one["rules"].as_array().unwrap().iter().map(|rule| rule.as_str().unwrap()).collect();
        let (at, rules) = (&one["range"]["start"]["line"], rules.join(" "));
        format!("{}:{at} {} {rules}: {}, {}\n", text("file"), text("kind"), text("state"), one["ageDays"])
    };
    let lines: String = listing["suppressions"].as_array().unwrap().iter().map(line).collect();
    if ran.code == 0 { lines } else { format!("{lines}exit {}\n", ran.code) }
}

#[test]
fn every_spelling_is_listed_with_its_state_and_age() {
    let metadata = r#"      "metadata": { "armlint": { "disable": [{ "rule": "zones-without-premium", "reason": "later" }] } },
"#;
    let configuration = r#"{
  "suppress": [
    { "rule": "stv1-api-version", "paths": ["archive/"], "reason": "never deployed" },
    { "rule": "stv1-api-version", "paths": ["nowhere/"], "reason": "gone" }
  ],
  "suppressions": { "forbid": ["template/invalid-json"] }
}
"#;
    let comments = "      // armlint-disable-next-line stv1-api-version, zones-without-premium until 2027-01-31 -- moves with the network of the second half of the year
      // armlint-disable-next-line stv1-api-versoin
      // armlint-disable-next-line stv1-api-version until 2026-01-31 -- old
      // armlint-disable-next-line template/invalid-json -- forbidden
      // armlint-disable-next-line no-managed-identity -- of no preset\n";
    let folder = folder(&[
        ("infra/a.json", &service(comments)),
        ("infra/archive/old.json", &service("")),
        ("infra/armlint.json", configuration),
        ("infra/b.json", &service(metadata)),
        ("infra/plain.json", &service("")),
        ("infra/other.jsonc", "[1] // armlint-disable-file stv1-api-version -- not judged"),
    ]);
    git(folder.path(), "2026-01-01", &["init", "--quiet"]);
    commit(folder.path(), "2025-10-01");
    let again = service(&metadata.replace("later", "much later"));
    write(folder.path(), &[("infra/b.json", &again)]);
    commit(folder.path(), "2026-11-22");
    let moved = format!("\n\n{}", service(comments).replace("      ", "  "));
    write(folder.path(), &[("infra/a.json", &moved), ("infra/c.json", &service(&comments[..=comments.find('\n').unwrap()]))]);

    let human = armlint(folder.path(), &["suppressions", "infra", "--as-of", "2026-11-23"]);
    assert_eq!((human.code, human.err.as_str()), (0, ""));
    insta::assert_snapshot!(human.out, @"
    infra/a.json
      10  in force      stv1-api-version · comment · 418 days · until 2027-01-31
                        moves with the network of the second half of the year
      10  unused        zones-without-premium · comment · 418 days · until 2027-01-31
                        moves with the network of the second half of the year
      11  unknown rule  stv1-api-versoin · comment · 418 days · no reason
      12  expired       stv1-api-version · comment · 418 days · until 2026-01-31 · old
      13  not allowed   template/invalid-json · comment · 418 days · forbidden
      14  not judged    no-managed-identity · comment · 418 days · of no preset
    infra/armlint.json
       3  in force      stv1-api-version · config · 418 days · never deployed
       4  unused        stv1-api-version · config · 418 days · gone
    infra/b.json
       8  unused        zones-without-premium · metadata · 1 day · much later
    infra/c.json
       8  in force      stv1-api-version · comment · not committed · until 2027-01-31
                        moves with the network of the second half of the year
       8  unused        zones-without-premium · comment · not committed · until 2027-01-31
                        moves with the network of the second half of the year
    infra/other.jsonc
       1  not judged    stv1-api-version · comment · 418 days · not judged

    12 suppressions: 3 in force, 1 expired, 4 unused, 1 not allowed, 1 unknown rule, 2 not judged
    the oldest is 418 days old: infra/a.json:10
    ");
    insta::assert_snapshot!(listed(folder.path(), &["infra/b.json", "infra/archive"]), @"
    infra/armlint.json:3 config stv1-api-version: inForce, 418
    infra/b.json:8 metadata zones-without-premium: unused, 1
    ");
    let json = armlint(folder.path(), &["suppressions", "infra/b.json", "--format", "json", "--as-of", "2026-11-23"]).out;
    insta::assert_snapshot!(json, @r#"
    {
      "schemaVersion": 1,
      "asOf": "2026-11-23",
      "suppressions": [
        {
          "file": "infra/b.json",
          "range": {
            "start": {
              "line": 8,
              "column": 46,
              "offset": 329
            },
            "end": {
              "line": 8,
              "column": 105,
              "offset": 388
            }
          },
          "kind": "metadata",
          "rules": [
            "zones-without-premium"
          ],
          "reason": "much later",
          "until": null,
          "state": "unused",
          "since": "2026-11-22",
          "ageDays": 1
        }
      ],
      "summary": {
        "inForce": 0,
        "expired": 0,
        "unused": 1,
        "notAllowed": 0,
        "unknownRule": 0,
        "unjudged": 0,
        "oldestDays": 1
      }
    }
    "#);
}

#[test]
fn where_the_history_does_not_tell_there_is_no_age() {
    let text = service("      // armlint-disable-next-line stv1-api-version -- why\n");
    let no_repository = folder(&[("a.json", &text)]);
    assert_eq!(listed(no_repository.path(), &["."]), "./a.json:8 comment stv1-api-version: inForce, null\n");
    let human = |folder: &Path| armlint(folder, &["suppressions", "."]).out;
    assert!(human(no_repository.path()).contains("comment · age unknown · why"), "{}", human(no_repository.path()));

    let whole = folder(&[("a.json", &text)]);
    git(whole.path(), "2026-01-01", &["init", "--quiet"]);
    assert!(human(whole.path()).contains("comment · not committed · why"), "{}", human(whole.path()));
    commit(whole.path(), "2026-11-20");
    write(whole.path(), &[("b.json", &text)]);
    commit(whole.path(), "2026-11-21");
    let both = "./a.json:8 comment stv1-api-version: inForce, 3\n./b.json:8 comment stv1-api-version: inForce, 2\n";
    assert_eq!(listed(whole.path(), &["."]), both, "the first commit is as good as any");

    let cut = TempDir::new().unwrap();
    let from = format!("file://{}", whole.path().display());
    git(cut.path(), "2026-01-01", &["clone", "--quiet", "--depth", "1", &from, "."]);
    assert_eq!(listed(cut.path(), &["."]), both.replace(", 3", ", null").replace(", 2", ", null"), "nobody was there before");
}

#[test]
fn what_is_accepted_is_judged_with_all_that_it_hangs_on() {
    let values = |name: &str| {
        format!(
            r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0",
  "parameters": {{
    // armlint-disable-next-line parameter-file-mismatch -- why
    "{name}": {{ "value": "2024-05-01" }} }} }}"#
        )
    };
    let linked = service("      // armlint-disable-next-line stv1-api-version -- why\n")
        .replace("\"2019-12-01\"", "\"[parameters('version')]\"");
    let parent = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
      "resources": [{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "d", "properties": { "mode": "Incremental",
        "templateLink": { "relativePath": "linked/l.json" }, "parameters": { "version": { "value": "2019-12-01" } } } }] }"#;
    let folder = folder(&[
        ("main.json", &service("")),
        ("main.old.parameters.json", &values("virsion")),
        ("main.new.parameters.json", &values("version")),
        ("parent.json", parent),
        ("linked/l.json", &linked),
    ]);
    let all = "./linked/l.json:8 comment stv1-api-version: inForce, null\n\
               ./main.new.parameters.json:3 comment parameter-file-mismatch: unused, null\n\
               ./main.old.parameters.json:3 comment parameter-file-mismatch: inForce, null\n";
    assert_eq!(listed(folder.path(), &["."]), all);
    let each: String = ["linked/l.json", "main.new.parameters.json", "main.old.parameters.json"]
        .iter()
        .map(|path| listed(folder.path(), &[&format!("./{path}")]))
        .collect();
    assert_eq!(each, all, "named by themselves");
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_listed() {
    let text = service("      // armlint-disable-next-line stv1-api-version -- why\n");
    let folder = folder(&[
        ("a.json", &text),
        ("b.json", &text.replace("next-line", "nextline")),
        ("odd/armlint.json", "{ \"selct\": [] }"),
        ("odd/c.json", &text),
    ]);
    let ran = armlint(folder.path(), &["suppressions", ".", "missing.json"]);
    assert_eq!(ran.code, 2);
    let about = "stv1-api-version · comment · age unknown · why";
    let list = format!("./a.json\n  8  in force    {about}\n./odd/c.json\n  8  not judged  {about}\n");
    assert_eq!(ran.out, format!("{list}\n2 suppressions: 1 in force, 1 not judged\n"));
    let told =
        ["warning: ./b.json:8:10: `armlint-disable-nextline` means nothing (suppression/invalid)\n", "error: missing.json: "];
    assert!(told.iter().all(|line| ran.err.contains(line)), "{}", ran.err);
    assert!(ran.err.contains("error: ./odd/armlint.json: cannot be understood, so that 1 file is not checked\n"), "{}", ran.err);
}

/// Where `suppression/…` rules speak in a report, by the state that they speak of.
fn told(report: &Value) -> BTreeSet<(String, u64, String)> {
    let rules = [("unused", "unused"), ("expired", "expired"), ("unknown-rule", "unknownRule"), ("not-allowed", "notAllowed")];
    let diagnostics = report["diagnostics"].as_array().unwrap().iter();
    let of = |one: &Value| {
        let rule = one["rule"].as_str().unwrap().strip_prefix("suppression/")?;
        let (_, state) = rules.iter().find(|(name, _)| *name == rule)?;
        Some((one["file"].as_str().unwrap().to_owned(), one["range"]["start"]["line"].as_u64().unwrap(), (*state).to_owned()))
    };
    diagnostics.filter_map(of).collect()
}

#[test]
fn the_list_says_of_every_fixture_what_a_check_says() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let run = |command: &str| -> Value {
        let args = [command, "suppression", "--preset", "all", "--format", "json", "--as-of", "2026-11-23"];
        serde_json::from_str(&armlint(&fixtures, &args).out).unwrap()
    };
    let listing = run("suppressions");
    let all = listing["suppressions"].as_array().unwrap();
    let bad = |one: &&Value| !["inForce", "unjudged"].contains(&one["state"].as_str().unwrap());
    let line = |one: &Value| one["range"]["start"]["line"].as_u64().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let listed: BTreeSet<_> = all.iter().filter(bad).map(|one| (text(&one["file"]), line(one), text(&one["state"]))).collect();
    assert_eq!(listed, told(&run("check")));
    assert!(listed.len() > 5 && all.len() > listed.len() + 3, "{listed:?}");
}
