//! The command line as people and scripts use it: exit codes, lists of files, which rules, colours, and errors of use.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::io::{Read, Write};
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

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armlint"));
    for name in ["CI", "GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.current_dir(folder).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs armlint in a folder with `input` on its standard input.
fn armlint(folder: &Path, args: &[&str], input: &[u8]) -> Ran {
    ran(command(folder, args), input)
}

fn ran(mut command: Command, input: &[u8]) -> Ran {
    let mut child = command.spawn().unwrap();
    // A run that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A service with this API version.
fn service(version: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "{version}",
      "name": "apim",
      "location": "westeurope",
      "sku": {{ "name": "Developer", "capacity": 1 }},
      "properties": {{ "publisherName": "Contoso", "publisherEmail": "api@contoso.com" }}
    }}
  ]
}}
"#
    )
}

/// A folder with `bad.json`, `good.json` and `open.json`, whose API version is a parameter.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let open = service("[parameters('version')]")
        .replace("\"resources\"", "\"parameters\": { \"version\": { \"type\": \"string\" } },\n  \"resources\"");
    for (name, text) in [("bad.json", service("2019-12-01")), ("good.json", service("2024-05-01")), ("open.json", open)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Flags that leave one rule.
const ONE: [&str; 4] = ["--select", "stv1-api-version", "--format", "concise"];

/// Checks with one rule alone.
fn check(folder: &Path, args: &[&str], input: &[u8]) -> Ran {
    armlint(folder, &[&["check"], args, &ONE].concat(), input)
}

/// The rules that were reported, each once.
fn reported(folder: &Path, args: &[&str]) -> Vec<String> {
    let run = armlint(folder, &[&["check", "bad.json", "--format", "json"], args].concat(), b"");
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}{}", run.out, run.err));
    let mut rules: Vec<String> =
        report["diagnostics"].as_array().unwrap().iter().map(|told| told["rule"].as_str().unwrap().to_owned()).collect();
    rules.sort();
    rules.dedup();
    rules
}

#[test]
fn the_exit_code_tells_what_was_found_and_what_could_not_be_checked() {
    let folder = folder();
    fs::write(folder.path().join("broken.json"), service("2024-05-01").replace("\"apim\",", "\"apim\"")).unwrap();
    fs::write(folder.path().join("binary.json"), b"\xff\xfe\x00\xd8\x00").unwrap();
    let table: &[(&[&str], i32)] = &[
        (&["good.json"], 0),
        (&["bad.json"], 1),
        (&["bad.json", "good.json"], 1),
        (&["bad.json", "--fail-on", "error"], 1),
        (&["bad.json", "--fail-on", "never"], 0),
        (&["open.json"], 0),
        (&["open.json", "--undecided", "show"], 0),
        (&["open.json", "--undecided", "fail"], 1),
        (&["none.json"], 2),
        (&["good.json", "none.json"], 2),
        (&["bad.json", "none.json"], 2),
        (&["bad.json", "binary.json"], 2),
        (&["bad.json", "--fail-on", "never", "none.json"], 2),
        (&[], 2),
        (&["good.json", "--undecided", "maybe"], 2),
        (&["good.json", "--as-of", "tomorrow"], 2),
        (&["good.json", "--rules", "none"], 2),
    ];
    for (args, code) in table {
        let run = check(folder.path(), args, b"");
        assert_eq!(run.code, *code, "check {args:?}\n{}{}", run.out, run.err);
    }
    let broken = armlint(folder.path(), &["check", "broken.json", "--select", "invalid-json"], b"");
    assert_eq!(broken.code, 1, "a syntax error in a template is a diagnostic: {}", broken.out);
    let both = check(folder.path(), &["none.json", "bad.json"], b"");
    assert!(both.out.contains("bad.json:7:21"), "everything else was still checked: {}{}", both.out, both.err);
}

#[test]
fn a_file_beyond_a_limit_is_judged_as_far_as_it_was_read_and_counts_once_as_not_checked() {
    let folder = folder();
    let deep = format!("{}{}", "[".repeat(600), "]".repeat(600));
    let template = service("2019-12-01").replace("\"Developer\"", &format!("\"Developer\", \"x\": {deep}"));
    fs::write(folder.path().join("deep.json"), template).unwrap();
    let ran = check(folder.path(), &["deep.json"], b"");
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.out.contains("api-management/stv1-api-version"), "{}", ran.out);
    let why = "deep.json: unreadable brackets are nested more than 512 deep: what is beyond was not looked at";
    assert!(ran.out.contains(why), "{}", ran.out);
    assert!(ran.out.contains("deep.json: 1 file: 1 unreadable"), "{}", ran.out);
}

#[test]
fn a_list_of_files_is_separated_by_line_ends_or_nul() {
    let folder = folder();
    fs::rename(folder.path().join("good.json"), folder.path().join("a b.json")).unwrap();
    for list in [&b"bad.json\na b.json\n"[..], b"bad.json\r\na b.json", b"bad.json\0a b.json\0"] {
        let piped = check(folder.path(), &["--files-from", "-"], list);
        assert_eq!((piped.code, piped.out.contains("2 files")), (1, true), "{list:?}: {}{}", piped.out, piped.err);
        fs::write(folder.path().join("list"), list).unwrap();
        let read = check(folder.path(), &["--files-from", "list"], b"");
        assert_eq!(read.out, piped.out);
    }
    let empty = check(folder.path(), &["--files-from", "-"], b"");
    assert_eq!(empty.code, 0, "nothing was named, and nothing is wrong: {}{}", empty.out, empty.err);
    let none = check(folder.path(), &["--files-from", "no-list"], b"");
    assert_eq!((none.code, none.err.as_str()), (2, "error: --files-from no-list: there is no such file or folder\n"));
}

#[test]
fn standard_input_is_a_file_with_the_name_that_it_is_given() {
    let folder = folder();
    let text = service("2019-12-01");
    let named = check(folder.path(), &["-", "--stdin-filename", "infra/x.json"], text.as_bytes());
    assert_eq!((named.code, named.out.starts_with("infra/x.json:7:21")), (1, true), "{}{}", named.out, named.err);
    let nameless = check(folder.path(), &["-"], text.as_bytes());
    assert!(nameless.out.starts_with("<stdin>:7:21"), "{}", nameless.out);
    let both = check(folder.path(), &["-", "good.json"], text.as_bytes());
    assert!(both.out.contains("2 files"), "{}", both.out);
}

#[test]
fn flags_choose_the_rules() {
    let folder = folder();
    let path = folder.path();
    let stv1 = "api-management/stv1-api-version".to_owned();
    let only = vec![stv1.clone()];
    let (migration, all) = (reported(path, &["--preset", "migration"]), reported(path, &["--preset", "all"]));
    assert!(migration.contains(&stv1) && migration.iter().all(|rule| all.contains(rule)), "{migration:?} of {all:?}");
    assert_eq!(reported(path, &["--select", "stv1-api-version"]), only);
    assert_eq!(reported(path, &["--select", "api-management/stv1-api-version", "--preset", "security"]), only);
    assert!(reported(path, &["--select", "template/"]).is_empty());
    assert_eq!(reported(path, &["--select", "template/", "--extend-select", "stv1-api-version"]), only);
    assert!(reported(path, &["--preset", "migration", "--ignore", "migration"]).is_empty(), "a tag");
    assert!(reported(path, &["--ignore", "all"]).is_empty());
    assert_eq!(
        reported(path, &["--select", "stv1-api-version,zones-without-premium", "--ignore", "zones-without-premium"]),
        only
    );
}

#[test]
fn an_option_changes_what_a_rule_says() {
    let folder = folder();
    let joined = service("2024-05-01").replace("\"publisherName\"", "\"virtualNetworkType\": \"External\", \"publisherName\"");
    fs::write(folder.path().join("vnet.json"), joined).unwrap();
    let rule = ["check", "vnet.json", "--select", "vnet-without-standard-public-ip", "--format", "concise"];
    let severity = |option: &[&str]| armlint(folder.path(), &[&rule, option].concat(), b"").out;
    assert!(severity(&[]).contains("warning"), "{}", severity(&[]));
    assert!(severity(&["--option", "vnet-without-standard-public-ip.strict=true"]).contains("error"));
}

#[test]
fn what_is_asked_for_and_does_not_exist_is_told_with_what_may_be_meant() {
    let folder = folder();
    let table: &[&[&str]] = &[
        &["check", ".", "--select", "api-managment/stv1"],
        &["check", ".", "--select", "frobnicate"],
        &["check", ".", "--ignore", "zones-without-premuim"],
        &["check", ".", "--extend-select", "migraton"],
        &["check", ".", "--preset", "recomended"],
        &["check", ".", "--option", "strict"],
        &["check", ".", "--option", "stv1-api-version.strict=true"],
        &["check", ".", "--option", "vnet-without-standard-public-ip.strickt=true"],
        &["check", ".", "--option", "vnet-without-standard-public-ip.strict=maybe"],
        &["check", ".", "--as-of", "23.11.2026"],
        &["check", ".", "--format", "jsn"],
        &["explain", "stv1-api-verison"],
        &["explain", "frobnicate"],
        &["check"],
        &["test", "."],
    ];
    let mut told = String::new();
    for args in table {
        let run = armlint(folder.path(), args, b"");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        told += &format!("$ armlint {}\n{}", args.join(" "), run.err);
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_mistake_in_a_rule_file_is_shown_where_it_is_and_no_rule_is_loaded() {
    let folder = folder();
    let rule = r#"{
  "name": "own/rule", "title": "t", "severity": "error", "since": "1.0.0",
  "resource": "Microsoft.ApiManagement/service",
  MEMBERS
  "report": { "message": "m" }
}"#;
    let table = [
        ("an unknown key", r#""wehn": { "path": "$.name", "exists": true },"#),
        ("a bad path", r#""when": { "path": "$.a[", "exists": true },"#),
        ("a filter in a path", r#""when": { "any": "$.zones[?(@ == '1')]", "exists": true },"#),
        (
            "a cyclic join",
            r#""join": { "a": { "from": "b", "resource": "X.Y/z", "id": "$.a" }, "b": { "from": "a", "resource": "X.Y/z", "id": "$.b" } },"#,
        ),
        ("no JSON", r#""when": { "path": "$.name" "exists": true },"#),
    ];
    let mut told = String::new();
    for (what, members) in table {
        fs::create_dir_all(folder.path().join("own")).unwrap();
        fs::write(folder.path().join("own/rule.json"), rule.replace("MEMBERS", members)).unwrap();
        let run = armlint(folder.path(), &["check", ".", "--rules", "own"], b"");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{what}: nothing is judged by half a rule set");
        told += &format!("{what}\n{}\n", run.err);
    }
    let taken = rule.replace("MEMBERS", "").replace("own/rule", "api-management/stv1-api-version");
    fs::write(folder.path().join("own/rule.json"), taken).unwrap();
    told += &format!("a duplicate name\n{}", armlint(folder.path(), &["check", ".", "--rules", "own"], b"").err);
    insta::assert_snapshot!(told);
}

#[test]
fn a_schema_is_not_needed_to_load_a_rule() {
    let folder = folder();
    fs::create_dir(folder.path().join("own")).unwrap();
    let rule = r#"{ "$schema": "../nowhere.json", "name": "own/rule", "title": "t", "severity": "error", "since": "1.0.0",
        "resource": "Microsoft.ApiManagement/service", "report": { "message": "seen `{self.name}`" } }"#;
    fs::write(folder.path().join("own/rule.json"), rule).unwrap();
    let run =
        armlint(folder.path(), &["check", "good.json", "--rules", "own", "--select", "own/rule", "--format", "concise"], b"");
    assert!(run.out.contains("seen `apim`"), "{}{}", run.out, run.err);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = folder();
    for n in 0..300 {
        fs::write(folder.path().join(format!("{n}.json")), service("2019-12-01")).unwrap();
    }
    for args in [&["check", "."][..], &["rules", "--format", "markdown"], &["completions", "zsh"]] {
        let mut child = command(folder.path(), args).spawn().unwrap();
        drop(child.stdin.take());
        let mut first = [0; 10];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut first).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(output.stderr.is_empty(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let folder = folder();
    let coloured = |flags: &[&str], environment: &[(&str, &str)]| {
        let mut command = command(folder.path(), &[&["check", "bad.json"], flags].concat());
        command.envs(environment.iter().copied());
        ran(command, b"").out.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "a pipe");
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]), "a flag is nearer than the environment");
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "0")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

/// Services of a template that is not there were passed over without a word.
#[test]
fn the_inventory_says_what_it_could_not_look_into() {
    let folder = TempDir::new().unwrap();
    let link = r#"{ "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "m", "properties": { "mode": "Incremental", "templateLink": { "relativePath": "gone.json" } } }"#;
    let text = service("2022-08-01").replacen("\"resources\": [", &format!("\"resources\": [{link},"), 1);
    std::fs::write(folder.path().join("main.json"), text).unwrap();
    let ran = armlint(folder.path(), &["inventory", "."], b"");
    assert!(ran.out.contains("1 on stv2"), "{}", ran.out);
    assert!(ran.err.contains("there is no linked template `gone.json`; services in it are not listed"), "{}", ran.err);
    assert!(ran.err.starts_with("warning: ./main.json:") && ran.err.lines().count() == 1, "{}", ran.err);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for args in [
        &["check", "fixtures/api-management/zones-on-stv1-api-version", "--preset", "all", "--format", "json"][..],
        &["rules", "--format", "markdown"],
        &["test", "rules"],
        &["inventory", "fixtures/api-management/stv1-api-version", "--format", "json"],
    ] {
        let (first, second) = (armlint(root, args, b""), armlint(root, args, b""));
        assert!(!first.out.is_empty(), "{args:?}");
        assert_eq!(first.out, second.out, "{args:?}");
    }
}

#[test]
fn every_command_helps_with_an_example_and_every_shell_completes() {
    let folder = folder();
    for subcommand in ["check", "inventory", "explain", "rules", "test", "eval", "completions"] {
        for help in [&[subcommand, "--help"][..], &[subcommand, "-h"]] {
            let run = armlint(folder.path(), help, b"");
            assert_eq!(run.code, 0, "{help:?}");
            assert!(run.out.contains(&format!("Examples:\n  armlint {subcommand}")), "{help:?}\n{}", run.out);
        }
    }
    let new = armlint(folder.path(), &["rules", "new", "--help"], b"");
    assert!(new.out.contains("Examples:\n  armlint rules new "), "{}", new.out);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = armlint(folder.path(), &["completions", shell], b"");
        assert!(run.code == 0 && run.out.contains("stdin-filename"), "{shell}");
    }
    let version = armlint(folder.path(), &["--version"], b"");
    assert_eq!(version.out, format!("armlint {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_catalogue_is_readable_at_80_columns_and_by_programs() {
    let folder = folder();
    let table = armlint(folder.path(), &["rules"], b"");
    assert!(table.out.starts_with("api-management\n  "), "{}", table.out);
    assert!(table.out.lines().all(|line| line.chars().count() <= 100), "{}", table.out);
    let run = armlint(folder.path(), &["rules", "--format", "json"], b"");
    let catalogue: Value = serde_json::from_str(&run.out).unwrap();
    for rule in catalogue["rules"].as_array().unwrap() {
        let keys: Vec<&str> = rule.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["name", "title", "severity", "tags", "presets", "covers", "since"]);
    }
}

#[test]
fn a_rule_is_explained_by_any_name_that_can_mean_nothing_else() {
    let folder = folder();
    let whole = armlint(folder.path(), &["explain", "api-management/stv1-api-version"], b"");
    assert!(whole.out.starts_with("api-management/stv1-api-version · error · platform, migration"), "{}", whole.out);
    for heading in ["What it flags", "Why it matters", "Bad", "Good", "How to fix", "Suppress", "Covers", "Sources"] {
        assert!(whole.out.contains(&format!("\n{heading}")), "{heading}\n{}", whole.out);
    }
    assert!(whole.out.contains("╭─[fixtures/api-management/stv1-api-version/fail-"), "the caret: {}", whole.out);
    for name in ["stv1-api-version", "STV1-API-VERSION", "stv1", "api-management/stv1"] {
        assert_eq!(armlint(folder.path(), &["explain", name], b"").out, whole.out, "{name}");
    }
    let several = armlint(folder.path(), &["explain", "zones"], b"");
    assert_eq!(several.code, 2);
    assert!(several.err.starts_with("error: `zones` may mean "), "{}", several.err);
    let markdown = armlint(folder.path(), &["explain", "stv1", "--format", "markdown"], b"").out;
    assert!(
        markdown.starts_with("<a id=\"api-management-stv1-api-version\"></a>\n\n## api-management/stv1-api-version\n"),
        "{markdown}"
    );
    let coloured = armlint(folder.path(), &["explain", "stv1", "--color", "always"], b"").out;
    assert!(coloured.contains("\u{1b}[1mWhat it flags\u{1b}[0m"), "{coloured}");
}
