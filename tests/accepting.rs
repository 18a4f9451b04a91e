//! `check --add-suppressions` from outside: everything that is told is accepted where it is told, and nothing else changes.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod spelling;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use armlint::check::{self, Fixed, Grounds, Regime, Request, Rules, Wanted};
use tempfile::TempDir;

use spelling::{crlf, json, marked, tabs, utf_16};

/// Files by name.
type Files = BTreeMap<String, Vec<u8>>;

const NEXT_LINE: &str = "// armlint-disable-next-line ";

fn regime() -> &'static Regime {
    static REGIME: OnceLock<Regime> = OnceLock::new();
    let wanted = Wanted { preset: Some("all".to_owned()), as_of: Some("2026-11-23".to_owned()), ..Wanted::default() };
    REGIME.get_or_init(|| Regime::fixed(Rules::new(&wanted).unwrap_or_else(|error| panic!("{error:?}"))))
}

fn folder(files: &Files) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// What some files come to when everything is accepted.
fn accepted(files: &Files) -> (Files, Fixed) {
    let folder = folder(files);
    let request = Request { paths: vec![folder.path().to_owned()], all_templates: true, ..Request::of(regime()) };
    let fixed = check::accept(&request, &Grounds::new("later", None).unwrap()).unwrap();
    let mut after = files.clone();
    for change in &fixed.changes {
        let name = Path::new(&change.path).strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned();
        assert_eq!(after.insert(name, change.after.clone()).as_ref(), Some(&change.before), "what was read is what was there");
    }
    (after, fixed)
}

/// All fixtures, and what they become.
fn fixtures() -> &'static (Files, Files) {
    static FIXTURES: OnceLock<(Files, Files)> = OnceLock::new();
    FIXTURES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let paths =
            walkdir::WalkDir::new(&root).into_iter().map(|entry| entry.unwrap().into_path()).filter(|path| path.is_file());
        let name = |path: &Path| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let before: Files = paths.map(|path| (name(&path), fs::read(&path).unwrap())).collect();
        let (after, fixed) = accepted(&before);
        let impossible = |why: &&String| {
            !why.contains("not suppressed: it is about suppressions (suppression/")
                && !why.contains("the syntax is broken: mend that first (")
        };
        let others: Vec<&String> = fixed.refused.iter().filter(impossible).collect();
        assert!(others.is_empty(), "{others:?}");
        assert_eq!(fixed.after.run.diagnostics.len(), fixed.refused.len(), "nothing is told but what cannot be accepted");
        assert!(fixed.mended > 2000, "only {} are accepted", fixed.mended);
        (before, after)
    })
}

#[test]
fn what_is_told_is_accepted_by_lines_of_their_own_and_a_second_run_changes_nothing() {
    let (before, after) = fixtures();
    let (again, second) = accepted(after);
    assert!(again == *after && second.mended == 0, "a second run changes nothing");
    let mut changed = 0;
    for (name, bytes) in before.iter().filter(|(name, bytes)| after[*name] != **bytes) {
        let (was, is) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&after[name]));
        if is.matches(NEXT_LINE).count() > was.matches(NEXT_LINE).count() && !is.contains("\"later\"") {
            let old: Vec<&str> = was.split('\n').collect();
            let kept: Vec<&str> = is.split('\n').filter(|line| !line.ends_with(" -- later")).collect();
            assert_eq!(kept, old, "{name}");
        }
        changed += 1;
    }
    assert!(changed > 500, "only {changed} fixtures change");
}

/// The same files in other bytes.
fn rewritten(files: &Files, rewrite: impl Fn(&str) -> Vec<u8>) -> Files {
    files
        .iter()
        .map(|(name, bytes)| (name.clone(), std::str::from_utf8(bytes).map_or_else(|_| bytes.clone(), &rewrite)))
        .collect()
}

/// In how many parts the fixtures are written in other bytes.
const PARTS: usize = 6;

/// What is accepted in other bytes is what is accepted, in these bytes.
fn commutes(part: usize, rewrite: fn(&str) -> Vec<u8>) {
    let (before, after) = fixtures();
    let folders: Vec<&str> = before.keys().filter_map(|name| Some(name.rsplit_once('/')?.0)).collect();
    let is_own = |name: &&String| {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.iter().position(|known| *known == folder).is_some_and(|at| at % PARTS == part)
    };
    let of = |files: &Files| -> Files {
        let own = files.iter().filter(|(name, _)| is_own(name) && !name.ends_with(".xml"));
        own.map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
    };
    let (rewritten_first, _) = accepted(&rewritten(&of(before), rewrite));
    for (name, bytes) in rewritten(&of(after), rewrite) {
        let found = &rewritten_first[&name];
        assert!(*found == bytes, "{name}:\n{}\ninstead of\n{}", String::from_utf8_lossy(found), String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn line_ends_stay() {
    commutes(0, crlf);
}

#[test]
fn the_byte_order_mark_and_the_last_line_stay() {
    commutes(1, marked);
}

#[test]
fn utf_16_stays() {
    commutes(2, utf_16);
}

#[test]
fn indentation_by_tabs_stays() {
    commutes(3, tabs);
}

/// Takes what speaks to armlint out of all metadata, and metadata that say nothing else.
fn forget(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            if let Some(metadata) = members.get_mut("metadata").and_then(serde_json::Value::as_object_mut) {
                metadata.remove("armlint");
                if metadata.is_empty() {
                    members.remove("metadata");
                }
            }
            members.values_mut().for_each(forget);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}

/// Whether one text comes of another by putting something in.
fn grew(before: &[u8], after: &[u8]) -> bool {
    let mut rest = after.iter();
    before.iter().all(|byte| rest.any(|other| other == byte))
}

#[test]
fn strict_json_stays_strict_and_says_the_same_but_in_its_metadata() {
    for (form, own) in [("one line", 4), ("lines", 5)] {
        let mut before = Files::new();
        for (n, (name, bytes)) in fixtures().0.iter().enumerate() {
            let Some(value) = json(bytes) else { continue };
            let text = if own == 4 { value.to_string() } else { format!("{value:#}\n") };
            if n % 6 == own || name.contains(".parameters") || name.contains("linked") {
                before.insert(name.clone(), text.into_bytes());
            }
        }
        let (after, fixed) = accepted(&before);
        let told: Vec<&String> = fixed.refused.iter().filter(|why| !why.contains("it is about suppressions")).collect();
        assert!(told.is_empty(), "{form}: {told:?}");
        let left: Vec<(&str, &str)> =
            fixed.after.run.diagnostics.iter().map(|told| (&*told.rule, told.message.as_str())).collect();
        assert_eq!(left.len(), fixed.refused.len(), "{form}: {left:?} {:?}", fixed.refused);
        assert!(fixed.mended > 300, "{form}: only {}", fixed.mended);
        for (name, bytes) in &before {
            let (mut was, mut is): (serde_json::Value, serde_json::Value) =
                (serde_json::from_slice(bytes).unwrap(), serde_json::from_slice(&after[name]).unwrap());
            forget(&mut was);
            forget(&mut is);
            assert_eq!(was, is, "{form}: {name}");
            assert!(grew(bytes, &after[name]), "{form}: {name}");
            let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
            assert!(own != 4 || lines(&after[name]) == lines(bytes), "{name}: one line stays one line");
        }
        assert_eq!(accepted(&after).0, after, "{form}: a second run changes nothing");
    }
}

/// Runs a program in a folder with `input`: its exit code, standard output and standard error.
fn run(program: &str, folder: &Path, args: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut command = Command::new(program);
    for name in ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD", "GITLAB_CI", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.current_dir(folder).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn armlint(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let own = ["check", "--as-of", "2026-11-23", "--format", "concise"];
    let own = if args.contains(&"--diff") { &own[..3] } else { &own[..] };
    run(env!("CARGO_BIN_EXE_armlint"), folder, &[own, args].concat(), b"")
}

fn files(of: &[(&str, &str)]) -> TempDir {
    folder(&of.iter().map(|(name, text)| ((*name).to_owned(), (*text).as_bytes().to_vec())).collect())
}

/// A service of this API version, with these lines before it.
fn service(lines: &str, version: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{ "version": {{ "type": "string", "defaultValue": "2024-05-01" }} }},
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service",
{lines}      "apiVersion": "{version}",
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

const ADD: [&str; 3] = ["--add-suppressions", "--reason", "moves  with\nthe network"];
const OLD: [&str; 2] = ["--select", "stv1-api-version,retired-api-version"];

/// Accepts everything in a folder: what was said.
fn add(folder: &Path, more: &[&str]) -> (i32, String, String) {
    armlint(folder, &[&["."], &OLD[..], &ADD[..], more].concat())
}

#[test]
fn what_was_silenced_is_accepted_as_well_in_one_suppression() {
    let plain = service("", "2019-12-01");
    let commented = service("      // the old one\n", "2019-12-01");
    let folder = files(&[("a.json", &plain), ("b.json", &commented), ("c.jsonc", &plain)]);
    let (code, out, err) = add(folder.path(), &["--until", "2027-01-31"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.ends_with("nothing to report · 6 suppressed\nsuppressed 3 of 3\n"), "{out}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let rules = "api-management/retired-api-version, api-management/stv1-api-version";
    let comment = format!("      {NEXT_LINE}{rules} until 2027-01-31 -- moves with the network\n");
    assert_eq!(read("b.json"), service(&format!("      // the old one\n{comment}"), "2019-12-01"));
    assert_eq!(read("c.jsonc"), service(&comment, "2019-12-01"));
    let metadata = r#"      "metadata": {
        "armlint": {
          "disable": [
            {
              "rule": [
                "api-management/retired-api-version",
                "api-management/stv1-api-version"
              ],
              "reason": "moves with the network",
              "until": "2027-01-31"
            }
          ]
        }
      },
"#;
    let properties = "      \"properties\": { \"publisherName\"";
    assert_eq!(read("a.json"), plain.replace(properties, &format!("{metadata}{properties}")));
    let (code, out, err) = add(folder.path(), &["--until", "2027-01-31"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.ends_with("suppressed 0 of 0\n"), "{out}");
}

#[test]
fn what_is_accepted_for_the_whole_needs_nothing_inside_whatever_is_told_when() {
    let api = r#""resources": [{ "type": "apis", "apiVersion": "2019-12-01", "name": "a", "properties": { "path": "a", "displayName": "a" } }],
      "sku""#;
    let output = r#""outputs": {
    "id": { "type": "string", "value": "[reference('apim', '2019-12-01', 'Full').identity.principalId]" }
  },
  "resources""#;
    // Of the service it is told only once the other rule is accepted, and it is the same service that the output asks for.
    let text = service("", "2019-12-01").replace("\"sku\"", api).replace("\"resources\": [\n", &format!("{output}: [\n"));
    let folder = files(&[("a.json", &text)]);
    let (code, out, err) = add(folder.path(), &[]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let after = fs::read_to_string(folder.path().join("a.json")).unwrap();
    assert_eq!(after.matches("retired-api-version").count(), 2, "{after}");
    assert_eq!(armlint(folder.path(), &[".", "--select", "suppression/,stv1-api-version,retired-api-version"]).0, 0);
}

#[test]
fn a_patch_changes_nothing_and_is_what_would_be_written() {
    let plain = service("      // the old one\n", "2019-12-01");
    let folder = files(&[("a.json", &plain)]);
    let (code, patch, err) = add(folder.path(), &["--diff"]);
    assert_eq!((code, err.as_str()), (1, "would suppress 1 of 1\n"));
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), plain);
    assert_eq!(run("git", folder.path(), &["apply", "-"], patch.as_bytes()), (0, String::new(), String::new()));
    let patched = fs::read_to_string(folder.path().join("a.json")).unwrap();
    fs::write(folder.path().join("a.json"), plain).unwrap();
    assert_eq!(add(folder.path(), &[]).0, 0);
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), patched);
}

#[test]
fn what_a_baseline_accepts_is_left_to_it_and_what_cannot_be_told_is_accepted_where_it_fails_the_run() {
    let unknown = service("", "[parameters('version')]").replace(", \"defaultValue\": \"2024-05-01\"", "");
    let folder = files(&[("a.json", &service("", "2019-12-01")), ("b.json", &unknown)]);
    let baseline = ["--baseline", "base.json"];
    let written = armlint(folder.path(), &[&["."], &OLD[..], &baseline, &["--write-baseline"]].concat());
    assert_eq!(written.0, 0, "{written:?}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let (code, out, _) = add(folder.path(), &baseline);
    assert_eq!((code, read("a.json"), read("b.json")), (0, service("", "2019-12-01"), unknown.clone()), "{out}");
    let (code, out, err) = add(folder.path(), &[&baseline[..], &["--undecided", "fail"]].concat());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(read("a.json"), service("", "2019-12-01"));
    assert!(read("b.json").contains("\"reason\": \"moves with the network\""), "{}", read("b.json"));
}

#[test]
fn what_the_configuration_asks_of_suppressions_is_held() {
    let old = service("", "2019-12-01");
    let folder = files(&[
        ("armlint.json", "{\n  \"suppressions\": { \"requireReason\": true, \"maxDays\": 90 }\n}\n"),
        ("a.json", &old),
        ("sub/armlint.json", "{\n  \"suppressions\": { \"forbid\": \"stv1-api-version\" }\n}\n"),
        ("sub/b.json", &old),
    ]);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let days = "error: suppressions in ./a.json may last 90 days at most (./armlint.json:2:55)\n  let them end: `--until 2027-02-21`, or before\n";
    for until in [&[][..], &["--until", "2027-02-22"]] {
        assert_eq!(add(folder.path(), until), (2, String::new(), days.to_owned()));
        assert_eq!(read("a.json"), old, "nothing is written");
    }
    let passed = add(folder.path(), &["--until", "2026-11-22"]).2;
    assert_eq!(passed, "error: `--until 2026-11-22` has passed\n  name 2026-11-23 or a later day\n");
    let (code, out, err) = add(folder.path(), &["--until", "2027-02-21"]);
    let why =
        "warning: ./sub/b.json:8:21: not suppressed: ./sub/armlint.json:2:31 forbids it (api-management/stv1-api-version)\n";
    assert_eq!((code, err.as_str()), (1, why), "{out}");
    assert!(out.ends_with("suppressed 1 of 2\n") && read("a.json") != old && read("sub/b.json") == old, "{out}");
}

#[test]
fn what_is_told_in_a_parameter_file_is_accepted_there() {
    let values = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "virsion": { "value": "2019-12-01" }
  }
}
"#;
    let folder = files(&[("a.json", &service("", "2024-05-01")), ("a.parameters.json", values)]);
    let all = [&[".", "--select", "parameter-file-mismatch"], &ADD[..]].concat();
    let (code, out, err) = armlint(folder.path(), &all);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let after = fs::read_to_string(folder.path().join("a.parameters.json")).unwrap();
    let said = "  \"contentVersion\": \"1.0.0.0\",\n  \"metadata\": {\n    \"armlint\": {\n      \"disable\": [\n";
    assert!(after.contains(said) && after.contains("template/parameter-file-mismatch"), "{after}");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), service("", "2024-05-01"));
}

#[test]
fn a_place_that_no_comment_reaches_is_accepted_at_its_resource() {
    // The policy goes on over lines that are inside of the string.
    let policy = r#"    {
      "type": "Microsoft.ApiManagement/service/policies", // here
      "apiVersion": "2024-05-01",
      "name": "apim/policy",
      "properties": { "format": "rawxml", "value": "<policies>
  <inbound>
    <base />
    <cors><allowed-origins><origin>*</origin></allowed-origins></cors>
  </inbound>
  <backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>" }
    }"#;
    let text = service("", "2024-05-01").replace("    }\n  ]", &format!("    }},\n{policy}\n  ]"));
    let folder = files(&[("a.json", &text)]);
    let all = [&[".", "--select", "cors-wildcard"], &ADD[..]].concat();
    let (code, out, err) = armlint(folder.path(), &all);
    assert_eq!((code, err.as_str(), out.contains("suppressed 1 of 1")), (0, "", true), "{out}");
    let after = fs::read_to_string(folder.path().join("a.json")).unwrap();
    assert_eq!(
        after,
        text.replace(policy, &format!("    {NEXT_LINE}api-management/cors-wildcard -- moves with the network\n{policy}"))
    );
}

#[test]
fn flags_that_do_not_go_together_are_refused_with_a_next_step() {
    let folder = files(&[("a.json", &service("", "2019-12-01"))]);
    let said = |args: &[&str]| {
        let (code, _, err) = armlint(folder.path(), args);
        assert_eq!(code, 2, "{args:?}");
        err
    };
    assert!(said(&["a.json", "--add-suppressions"]).contains("--reason <TEXT>"));
    assert!(said(&["a.json", "--reason", "why"]).contains("--add-suppressions"));
    let alone = said(&["a.json", "--add-suppressions", "--reason", " \n"]);
    assert!(alone.starts_with("error: a suppression needs a reason\n  say why it is accepted: `--reason"), "{alone}");
    assert!(said(&["a.json", "--add-suppressions", "--reason", "why", "--until", "soon"]).contains("`soon` is no date"));
    assert!(said(&["a.json", "--add-suppressions", "--reason", "why", "--fix"]).contains("cannot be used with"));
    assert!(said(&["-", "--add-suppressions", "--reason", "why"]).contains("`--diff` prints what would change"));
}

#[test]
fn a_file_that_may_not_be_written_is_left_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let old = service("", "2019-12-01");
    let folder = files(&[("a.json", &old), ("b.json", &old)]);
    fs::set_permissions(folder.path().join("a.json"), fs::Permissions::from_mode(0o444)).unwrap();
    let (code, out, err) = add(folder.path(), &[]);
    assert_eq!((code, err.as_str()), (2, "error: cannot suppress in ./a.json: it is write-protected\n"));
    assert!(out.ends_with("suppressed 1 of 2\n"), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), old);
}
