//! Fixes from outside: every fixture of every rule that can be mended, in every way in which its text may be written.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod spelling;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use armlint::check::{self, Fixed, Regime, Request, Rules, Wanted};
use armlint::diagnostic::Safety;
use armlint::fix::{patch, resolve};
use armlint::source::{Loaded, Sources};
use armlint::syntax::Document;
use tempfile::TempDir;

use spelling::{crlf, document, json, marked, tabs, utf_16};

/// Files by name.
type Files = BTreeMap<String, Vec<u8>>;

/// A rule that nearly every service fails and every fix of it is alike: it is tried on its own fixtures alone.
const EVERYWHERE: &str = "api-management/weak-cipher-allowed";

/// All other rules.
fn regime() -> &'static Regime {
    static REGIME: OnceLock<Regime> = OnceLock::new();
    let as_of = Some("2026-11-23".to_owned());
    let preset = Some("all".to_owned());
    let wanted = Wanted { preset, ignore: vec![EVERYWHERE.to_owned()], as_of, ..Wanted::default() };
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

fn request(root: &Path) -> Request<'static> {
    Request { paths: vec![root.to_owned()], all_templates: true, ..Request::of(regime()) }
}

fn fixed(root: &Path, up_to: Safety) -> Fixed {
    check::fix(&request(root), up_to).unwrap()
}

/// What some files come to when everything in them is mended, and which of them change.
fn mended(files: &Files) -> (Files, Fixed) {
    let folder = folder(files);
    let fixed = fixed(folder.path(), Safety::Unsafe);
    let mut after = files.clone();
    for change in &fixed.changes {
        let name = Path::new(&change.path).strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned();
        assert_eq!(after.insert(name, change.after.clone()).as_ref(), Some(&change.before), "what was read is what was there");
    }
    (after, fixed)
}

/// The fixtures that change when everything is mended, with the files beside them that belong to them, and what they become.
fn fixtures() -> &'static (Files, Files) {
    static FIXTURES: OnceLock<(Files, Files)> = OnceLock::new();
    FIXTURES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let run = check::check(&request(&root)).unwrap().run;
        let mendable = run.diagnostics.iter().filter(|told| !told.fixes.is_empty());
        let paths: BTreeSet<PathBuf> =
            mendable.map(|told| run.sources.get(told.resource_file()).unwrap().path().into()).collect();
        let mut files = Files::new();
        for path in paths {
            for beside in fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()) {
                if stem(beside.to_str().unwrap()) == stem(path.to_str().unwrap()) || beside.to_str().unwrap().contains("linked") {
                    let name = beside.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, fs::read(&beside).unwrap());
                }
            }
        }
        let after = mended(&files).0;
        let changed: BTreeSet<&str> = files.keys().filter(|name| files[*name] != after[*name]).map(|name| stem(name)).collect();
        let kept = |files: &Files| -> Files {
            let kept = files.iter().filter(|(name, _)| changed.contains(stem(name)) || name.contains("linked"));
            kept.map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
        };
        (kept(&files), kept(&after))
    })
}

/// What a fixture and its parameter files have in common.
fn stem(name: &str) -> &str {
    let name = name.split_once(".json").map_or(name, |(stem, _)| stem);
    name.split_once(".parameters").map_or(name, |(stem, _)| stem)
}

/// In how many parts the fixtures are written in other bytes; together the forms have all of them twice.
const PARTS: usize = 3;

/// A part of the fixtures and what they become.
fn part(n: usize) -> (Files, Files) {
    let (before, after) = fixtures();
    let stems: BTreeSet<&str> = before.keys().map(|name| stem(name)).collect();
    let own: BTreeSet<&str> =
        stems.into_iter().enumerate().filter(|(at, _)| at % PARTS == n % PARTS).map(|(_, stem)| stem).collect();
    let of = |files: &Files| -> Files {
        let own = files.iter().filter(|(name, _)| own.contains(stem(name)) || name.contains("linked"));
        own.map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
    };
    (of(before), of(after))
}

/// The same files in other bytes.
fn rewritten(files: &Files, rewrite: impl Fn(&str) -> Vec<u8>) -> Files {
    files.iter().map(|(name, bytes)| (name.clone(), rewrite(std::str::from_utf8(bytes).unwrap()))).collect()
}

/// What is mended in other bytes is what is mended, in these bytes.
fn commutes(n: usize, rewrite: fn(&str) -> Vec<u8>) {
    let (before, after) = part(n);
    let (rewritten_first, _) = mended(&rewritten(&before, rewrite));
    for (name, bytes) in rewritten(&after, rewrite) {
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
fn both_kinds_of_utf_16_stay() {
    commutes(2, utf_16);
    commutes(3, |text| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect());
}

#[test]
fn indentation_by_tabs_stays() {
    commutes(4, tabs);
}

#[test]
fn one_line_stays_one_line_and_says_the_same() {
    let (before, after) = part(5);
    let on_one_line: Files =
        before.iter().map(|(name, bytes)| (name.clone(), json(bytes).unwrap().to_string().into_bytes())).collect();
    for (name, bytes) in mended(&on_one_line).0 {
        assert!(!bytes.contains(&b'\n'), "{name}: {}", String::from_utf8_lossy(&bytes));
        // What is accepted hangs on the line that a comment stands above, and there are no comments here.
        if !name.starts_with("suppression/") {
            assert_eq!(json(&bytes), json(&after[&name]), "{name}");
        }
    }
}

#[test]
fn what_is_mended_stays_mended_and_keeps_every_comment() {
    let (before, after) = fixtures();
    let (again, second) = mended(after);
    assert!(again == *after && second.mended == 0, "a second run changes nothing");
    let mut changed = 0;
    for (name, bytes) in before {
        let (was, is) = (document(bytes), document(&after[name]));
        changed += usize::from(bytes != &after[name]);
        assert!(is.is_well_formed(), "{name}");
        // A suppression goes when it is not needed any more.
        let comments = |document: &Document| -> Vec<String> {
            let all = document.comments().iter().map(|comment| document.file().slice(*comment).to_owned());
            all.filter(|comment| !comment[2..].trim_start().starts_with("armlint-")).collect()
        };
        assert_eq!(comments(&is), comments(&was), "{name}");
    }
    assert!(changed > 100, "only {changed} fixtures change");
}

/// The files after one round of edits, each made here by hand; `None` where nothing is left to mend.
fn one_round(files: &Files) -> Option<Files> {
    let folder = folder(files);
    let run = check::check(&request(folder.path())).unwrap().run;
    let resolved = resolve(&run.diagnostics, Safety::Unsafe, &|file| file, &|_, _| false);
    let mut after = files.clone();
    for (id, edits) in &resolved.edits {
        let file = run.sources.get(*id).unwrap();
        let mut text = file.text().to_owned();
        for edit in edits.iter().rev() {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        let name = Path::new(file.path()).strip_prefix(folder.path()).unwrap().to_str().unwrap();
        after.insert(name.to_owned(), text.into_bytes());
    }
    (!resolved.edits.is_empty()).then_some(after)
}

#[test]
fn every_diagnostic_with_a_fix_is_gone_and_nothing_outside_of_its_edits_changes() {
    let (before, all_after) = fixtures();
    let mut tried = 0;
    for (name, bytes) in before.iter().filter(|(name, bytes)| name.contains("/fail-") && all_after[*name] != **bytes) {
        let beside = |other: &&String| stem(other) == stem(name) || other.contains("linked");
        let own: Files =
            before.iter().filter(|(other, _)| beside(other)).map(|(name, bytes)| (name.clone(), bytes.clone())).collect();
        let (after, fixed) = mended(&own);
        let by_hand = std::iter::successors(Some(own), one_round).take(10).last().unwrap();
        assert!(after == by_hand || !fixed.refused.is_empty(), "{name}: {}", String::from_utf8_lossy(&after[name]));
        assert!(after[name] != *bytes || !fixed.refused.is_empty(), "{name} is mended");
        let left = fixed.after.run.diagnostics.iter().filter(|told| !told.fixes.is_empty()).count();
        assert_eq!(left, fixed.refused.len(), "{name}: {:?}", fixed.refused);
        tried += 1;
    }
    assert!(tried > 60, "only {tried} were tried");
}

#[test]
fn weak_ciphers_are_turned_off_where_they_are_named_and_where_they_are_not() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(EVERYWHERE);
    let texts = fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path());
    let own: Files =
        texts.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())).collect();
    let failing = own.keys().filter(|name| name.starts_with("fail-")).count();
    let folder = folder(&own);
    let args = ["check", ".", "--select", EVERYWHERE, "--fix", "--unsafe-fixes", "--format", "concise"];
    let (code, out, err) = armlint(folder.path(), &args, b"");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(failing > 2 && out.ends_with(&format!("fixed {failing} of {failing}\n")), "{out}");
    for (name, bytes) in own.iter().filter(|(name, _)| !name.starts_with("fail-")) {
        assert!(fs::read(folder.path().join(name)).unwrap() == *bytes, "{name} has nothing to mend");
    }
}

/// Runs a program in a folder with `input`: its exit code, standard output and standard error.
fn run(program: &str, folder: &Path, args: &[&str], input: &[u8]) -> (i32, Vec<u8>, String) {
    let mut command = Command::new(program);
    for name in ["CI", "GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI", "NO_COLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.current_dir(folder).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input);
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), output.stdout, String::from_utf8(output.stderr).unwrap())
}

fn armlint(folder: &Path, args: &[&str], input: &[u8]) -> (i32, String, String) {
    let (code, out, err) = run(env!("CARGO_BIN_EXE_armlint"), folder, args, input);
    (code, String::from_utf8(out).unwrap(), err)
}

#[test]
fn git_apply_makes_of_a_patch_what_the_fix_makes() {
    let (before, after) = fixtures();
    let rewrites: [fn(&str) -> Vec<u8>; 4] = [
        |text| text.as_bytes().to_vec(),
        |text| text.replace('\n', "\r\n").into_bytes(),
        |text| format!("\u{feff}{}", text.trim_end()).into_bytes(),
        |text| format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ];
    for rewrite in rewrites {
        let (before, after) = (rewritten(before, rewrite), rewritten(after, rewrite));
        let folder = folder(&before);
        let patch: Vec<u8> = before.iter().flat_map(|(name, bytes)| patch(name, bytes, &after[name])).collect();
        let (code, _, error) = run("git", folder.path(), &["apply", "--whitespace=nowarn", "-"], &patch);
        assert_eq!(code, 0, "{error}");
        for (name, bytes) in after {
            assert!(fs::read(folder.path().join(&name)).unwrap() == bytes, "{name}");
        }
    }
}

/// A service of this API version, and whatever else its `sku` has.
fn service(version: &str, sku: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {{
    "version": {{ "type": "string", "defaultValue": "2024-05-01" }}
  }},
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "{version}", // here
      "name": "apim",
      "location": "westeurope",
      "sku": {{ "name": "Developer"{sku} }},
      "properties": {{ "publisherName": "Contoso", "publisherEmail": "api@contoso.com" }}
    }}
  ]
}}
"#
    )
}

fn files(of: &[(&str, String)]) -> TempDir {
    folder(&of.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())).collect())
}

const ONE: [&str; 4] = ["--select", "stv1-api-version", "--format", "concise"];

#[test]
fn what_is_safe_is_fixed_and_the_rest_is_reported() {
    let folder = files(&[("a.json", service("2019-12-01", r#", "capacity": 1"#)), ("b.json", service("2019-12-01", ""))]);
    let args = [&["check", ".", "--fix"], &ONE[..]].concat();
    let (code, out, err) = armlint(folder.path(), &args, b"");
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    assert!(out.starts_with("./b.json:10:21: error api-management/stv1-api-version"), "{out}");
    assert!(out.ends_with("1 error\nfixed 1 of 2 · 1 more with `--unsafe-fixes`\n"), "{out}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("a.json"), service("2024-05-01", r#", "capacity": 1"#));
    assert_eq!(read("b.json"), service("2019-12-01", ""));
    let (code, out, _) = armlint(folder.path(), &[&args[..], &["--unsafe-fixes"]].concat(), b"");
    assert_eq!((code, out.ends_with("nothing to report\nfixed 1 of 1\n")), (0, true), "{out}");
    assert_eq!(read("b.json"), service("2024-05-01", ""));
}

#[test]
fn a_patch_changes_nothing_and_the_exit_code_is_that_of_the_check() {
    let text = service("2019-12-01", r#", "capacity": 1"#);
    let folder = files(&[("in fra/a.json", text.clone())]);
    let args = ["check", "in fra", "--diff", "--select", "stv1-api-version", "--output", "json=report.json"];
    let (code, patch, err) = armlint(folder.path(), &args, b"");
    assert_eq!((code, err.as_str()), (1, "would fix 1 of 1\n"));
    assert_eq!(fs::read_to_string(folder.path().join("in fra/a.json")).unwrap(), text);
    assert!(fs::read_to_string(folder.path().join("report.json")).unwrap().contains("API version 2019-12-01"));
    assert_eq!(patch.lines().filter(|line| line.starts_with(['+', '-'])).count(), 4, "{patch}");
    assert_eq!(run("git", folder.path(), &["apply", "-"], patch.as_bytes()), (0, Vec::new(), String::new()));
    assert_eq!(fs::read_to_string(folder.path().join("in fra/a.json")).unwrap(), service("2024-05-01", r#", "capacity": 1"#));
    let (code, patch, err) = armlint(folder.path(), &["check", "in fra", "--diff", "--select", "stv1-api-version"], b"");
    assert_eq!((code, patch.as_str(), err.as_str()), (0, "", "would fix 0 of 0\n"));
}

#[test]
fn flags_that_do_not_go_together_are_refused_with_a_next_step() {
    let folder = files(&[("a.json", service("2019-12-01", ""))]);
    let said = |args: &[&str]| {
        let (code, _, err) = armlint(folder.path(), &[&["check"], args].concat(), service("2019-12-01", "").as_bytes());
        assert_eq!(code, 2, "{args:?}");
        err
    };
    assert!(said(&["a.json", "--unsafe-fixes"]).contains("--fix"), "{}", said(&["a.json", "--unsafe-fixes"]));
    assert!(said(&["-", "--fix"]).contains("`--diff` prints what would change"));
    assert!(said(&["a.json", "--diff", "--output", "json=-"]).contains("`--output json=FILE`"));
    assert!(said(&["a.json", "--diff", "--format", "json"]).contains("cannot be used with"));
}

#[test]
fn standard_input_is_patched_under_its_name() {
    let folder = files(&[]);
    let text = service("2019-12-01", r#", "capacity": 1"#);
    let args = ["check", "-", "--stdin-filename", "infra/a.json", "--diff", "--select", "stv1-api-version"];
    let (code, patch, _) = armlint(folder.path(), &args, text.as_bytes());
    assert_eq!((code, patch.starts_with("--- a/infra/a.json\n+++ b/infra/a.json\n@@ -7,7 +7,7 @@\n")), (1, true), "{patch}");
}

#[test]
fn a_file_that_may_not_be_written_is_left_alone_and_the_others_are_fixed() {
    use std::os::unix::fs::PermissionsExt as _;
    let text = service("2019-12-01", r#", "capacity": 1"#);
    let folder = files(&[("a.json", text.clone()), ("b.json", text.clone())]);
    let mode = |name: &str, mode: u32| fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    mode("a.json", 0o444);
    mode("b.json", 0o640);
    let (code, out, err) = armlint(folder.path(), &[&["check", ".", "--fix"], &ONE[..]].concat(), b"");
    assert_eq!((code, err.as_str()), (2, "error: cannot fix ./a.json: it is write-protected\n"));
    assert!(out.ends_with("1 error\nfixed 1 of 2\n"), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), text);
    let kept = fs::metadata(folder.path().join("b.json")).unwrap().permissions().mode();
    assert_eq!(kept & 0o777, 0o640);
}

#[test]
fn a_value_from_a_parameter_file_is_changed_there_and_one_that_others_use_is_not_safe() {
    let template = service("[parameters('version')]", r#", "capacity": 1"#);
    let values = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": { "version": { "value": "2019-12-01" } } }"#;
    let folder = files(&[("a.json", template.clone()), ("a.parameters.json", values.to_owned())]);
    let args = [&["check", ".", "--fix"], &ONE[..]].concat();
    let (code, out, _) = armlint(folder.path(), &args, b"");
    assert_eq!((code, out.ends_with("fixed 1 of 1\n")), (0, true), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("a.parameters.json")).unwrap(), values.replace("2019-12-01", "2024-05-01"));
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), template);

    let shared = template.replace("2024-05-01", "2019-12-01").replace("\"westeurope\"", "\"[parameters('version')]\"");
    let folder = files(&[("a.json", shared)]);
    let (code, out, _) = armlint(folder.path(), &["check", ".", "--fix", "--select", "stv1-api-version"], b"");
    let fix = "fix:  write API version 2024-05-01 in the default value of parameter `version` (`--fix\n        --unsafe-fixes` does; look at it: parameter `version` is used in other places, too)\n";
    assert_eq!((code, out.contains(fix)), (1, true), "{out}");
}

#[test]
fn a_value_that_a_parameter_does_not_allow_is_not_written() {
    let template = service("[parameters('version')]", r#", "capacity": 1"#)
        .replace("\"defaultValue\": \"2024-05-01\"", "\"defaultValue\": \"2019-12-01\", \"allowedValues\": [\"2019-12-01\"]");
    let folder = files(&[("a.json", template)]);
    let (_, out, _) = armlint(folder.path(), &[&["check", ".", "--fix", "--unsafe-fixes"], &ONE[..]].concat(), b"");
    assert!(out.ends_with("1 error\nfixed 0 of 1\n"), "{out}");
}

#[test]
fn a_file_with_syntax_errors_is_not_edited() {
    let text =
        service("2019-12-01", r#", "capacity": 1"#).replace("\"location\": \"westeurope\",", "\"location\" \"westeurope\",");
    assert!(!Document::parse(Sources::new().add("a.json", Loaded::utf8(text.as_str()))).is_well_formed());
    let folder = files(&[("a.json", text.clone())]);
    let (code, _, err) = armlint(folder.path(), &[&["check", ".", "--fix"], &ONE[..]].concat(), b"");
    assert_eq!((code, err.as_str()), (1, "warning: ./a.json: not fixed: its syntax is broken: mend that first\n"));
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), text);
}

/// A template of these resources with symbolic names or without.
fn template(variables: &str, resources: &str) -> String {
    let language = if resources.starts_with('{') { r#""languageVersion": "2.0", "# } else { "" };
    format!(
        r#"{{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", {language}"contentVersion": "1.0.0.0", "variables": {{ {variables} }}, "resources": {resources} }}"#
    )
}

/// A service in a network, with these members besides and this name.
fn in_network(name: &str, more: &str) -> String {
    format!(
        r#"{{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "{name}", "location": "westeurope", "sku": {{ "name": "Developer", "capacity": 1 }}, "properties": {{ "publisherEmail": "a@b.c", "publisherName": "c", "virtualNetworkType": "External", "virtualNetworkConfiguration": {{ "subnetResourceId": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]" }} }}{more} }}"#
    )
}

#[test]
fn an_address_is_added_in_the_style_of_the_file_and_the_service_waits_for_it() {
    let address = |text: &str| {
        let (after, fixed) = mended(&Files::from([("a.json".to_owned(), text.as_bytes().to_vec())]));
        assert!(fixed.refused.is_empty(), "{:?}", fixed.refused);
        json(&after["a.json"]).unwrap()
    };
    let list = address(&template(r#""n": "contoso-apim""#, &format!("[{}]", in_network("[concat(variables('n'), '1')]", ""))));
    let id = "[resourceId('Microsoft.Network/publicIPAddresses', concat(variables('n'), '1', '-pip'))]";
    assert_eq!(list["resources"][0]["properties"]["publicIpAddressId"], id);
    assert_eq!(list["resources"][0]["dependsOn"], serde_json::json!([id]));
    let expected = serde_json::json!({
        "type": "Microsoft.Network/publicIPAddresses",
        "apiVersion": "2023-09-01",
        "name": "[concat(variables('n'), '1', '-pip')]",
        "location": "westeurope",
        "sku": { "name": "Standard" },
        "properties": {
            "publicIPAllocationMethod": "Static",
            "publicIPAddressVersion": "IPv4",
            "dnsSettings": { "domainNameLabel": "[toLower(concat(variables('n'), '1', '-pip'))]" }
        }
    });
    assert_eq!(list["resources"][1], expected);

    let more = r#", "condition": "[equals('a', 'a')]", "dependsOn": ["vnet"]"#;
    let vnet = r#""vnet": { "type": "Microsoft.Network/virtualNetworks", "apiVersion": "2023-09-01", "name": "vnet-a", "location": "westeurope", "properties": {} }"#;
    let named = address(&template("", &format!(r#"{{ {vnet}, "gateway": {} }}"#, in_network("apim-a", more))));
    assert_eq!(named["resources"]["gateway"]["dependsOn"], serde_json::json!(["vnet", "gatewayPublicIp"]));
    assert_eq!(named["resources"]["gatewayPublicIp"]["name"], "pip-apim-a", "as `vnet-a` and `apim-a` are called");
    assert_eq!(named["resources"]["gatewayPublicIp"]["condition"], "[equals('a', 'a')]");
}

#[test]
fn no_address_is_offered_where_it_would_not_do() {
    let taken = r#"{ "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "pip-apim-a" }"#;
    let service = in_network("apim-a", "");
    let table = [
        ("a loop", format!("[{}]", in_network("[concat('apim-', copyIndex())]", r#", "copy": { "name": "l", "count": 2 }"#))),
        ("no location", format!("[{}]", service.replace(r#""location": "westeurope", "#, ""))),
        ("a tier without network", format!("[{}]", service.replace("Developer", "Standard"))),
        ("a version that knows no address", format!("[{}]", service.replace("2024-05-01", "2020-12-01"))),
        ("the name is taken", format!("[{taken}, {service}]")),
        ("who waits for what is computed", format!("[{}]", in_network("apim-a", r#", "dependsOn": "[createArray()]""#))),
    ];
    for (why, resources) in table {
        let folder = files(&[("a.json", template("", &resources))]);
        let run = check::check(&request(folder.path())).unwrap().run;
        let told = run.diagnostics.iter().find(|told| told.rule.ends_with("/vnet-without-standard-public-ip")).unwrap();
        assert!(told.fixes.is_empty(), "{why}: {:?}", told.fixes);
    }
}

#[test]
fn what_would_bring_an_error_is_not_made_whatever_rules_are_chosen() {
    let name = "fixtures/api-management/uneven-units-across-zones/pass-no-capacity.json";
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let folder = files(&[("a.json", text.clone()), ("b.json", service("2024-05-01", ""))]);
    let args = ["check", ".", "--fix", "--unsafe-fixes", "--select", "missing-required-property", "--format", "concise"];
    let (code, out, err) = armlint(folder.path(), &args, b"");
    let why = "warning: ./a.json: not fixed: its fixes would bring an error: capacity `1` of service `apim-contoso` cannot be \
               spread evenly over availability zones `1, 2, 3` (api-management/uneven-units-across-zones)\n";
    assert_eq!((code, err.as_str()), (1, why), "{out}");
    assert!(out.ends_with("1 warning\nfixed 1 of 2 · 1 more with `--unsafe-fixes`\n"), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), text);
    assert!(fs::read_to_string(folder.path().join("b.json")).unwrap().contains("\"capacity\": 1"));
}

#[test]
fn rules_that_undo_each_other_come_to_an_end() {
    let rule = |name: &str, value: u8| {
        format!(
            r#"{{ "name": "mine/{name}", "title": "T", "severity": "warning", "since": "1.0.0", "resource": "Microsoft.ApiManagement/service",
                "assert": {{ "path": "$.tags.n", "equals": {value} }}, "report": {{ "message": "{name}", "at": "$.tags.n" }},
                "fix": {{ "title": "write {value}", "safety": "safe", "set": [{{ "path": "$.tags.n", "to": {value} }}] }} }}"#
        )
    };
    let text = service("2024-05-01", r#", "capacity": 1"#).replace("\"location\"", "\"tags\": { \"n\": 0 }, \"location\"");
    let folder = files(&[("a.json", text), ("rules/mine/one.json", rule("one", 1)), ("rules/mine/two.json", rule("two", 2))]);
    let args = ["check", "a.json", "--rules", "rules", "--select", "mine/", "--fix", "--format", "concise"];
    let (code, out, err) = armlint(folder.path(), &args, b"");
    assert!(err.starts_with("warning: a.json:12:22: not fixed: there would be no end of it: write "), "{err}");
    assert_eq!((code, err.lines().count(), out.ends_with("1 warning\nfixed 1 of 2\n")), (1, 1, true), "{out}");
}

#[test]
fn a_file_that_is_reached_on_two_ways_is_edited_once() {
    let text = service("2019-12-01", r#", "capacity": 1"#);
    let folder = files(&[("a.json", text)]);
    std::os::unix::fs::symlink("a.json", folder.path().join("b.json")).unwrap();
    let (code, out, err) = armlint(folder.path(), &[&["check", "a.json", "./b.json", "--fix"], &ONE[..]].concat(), b"");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), service("2024-05-01", r#", "capacity": 1"#));
    assert!(fs::symlink_metadata(folder.path().join("b.json")).unwrap().is_symlink());
}

#[test]
fn a_defect_of_several_environments_is_mended_in_all_of_them() {
    let template = service("[parameters('version')]", r#", "capacity": 1"#).replace("2024-05-01", "2019-12-01");
    let values = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": { "version": { "value": "2020-12-01" } } }"#;
    let parameters = ["a.dev.parameters.json", "a.prod.parameters.json"];
    let folder = files(&[("a.json", template.clone()), (parameters[0], values.to_owned()), (parameters[1], values.to_owned())]);
    let (_, out, _) = armlint(folder.path(), &["check", ".", "--select", "stv1-api-version"], b"");
    let fix: String =
        out.lines().skip_while(|line| !line.contains("fix:")).take(3).map(|line| format!("{} ", line.trim())).collect();
    let where_to = "in the default value of parameter `version` and parameter `version` of `a.dev.parameters.json` and parameter \
                    `version` of `a.prod.parameters.json` (`--fix` does)";
    assert!(fix.contains(where_to), "{out}");
    let (code, out, _) = armlint(folder.path(), &[&["check", ".", "--fix"], &ONE[..]].concat(), b"");
    assert_eq!((code, out.ends_with("fixed 1 of 1\n")), (0, true), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), template.replace("2019-12-01", "2024-05-01"));
    for name in parameters {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), values.replace("2020-12-01", "2024-05-01"));
    }
}
