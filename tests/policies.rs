//! Policy documents from outside: where the caret stands, whatever way the text came, and what fixes make of it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use armlint::check::{self, Checked, Regime, Request, Rules, Wanted};
use armlint::diagnostic::{Diagnostic, Safety};
use tempfile::TempDir;

fn regime(select: &[&str]) -> Regime {
    let select = select.iter().map(|name| (*name).to_owned()).collect();
    let wanted = Wanted { select, as_of: Some("2026-11-23".to_owned()), ..Wanted::default() };
    Regime::fixed(Rules::new(&wanted).unwrap_or_else(|error| panic!("{error:?}")))
}

fn request<'r>(root: &Path, regime: &'r Regime) -> Request<'r> {
    Request { paths: vec![root.to_owned()], all_templates: true, ..Request::of(regime) }
}

/// A template with the policy of an API; `value` is JSON as it is to stand in the file, `sections` comes before the resources.
fn template(sections: &str, format: &str, value: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",{sections}
  "resources": [
    {{
      "type": "Microsoft.ApiManagement/service/apis/policies",
      "apiVersion": "2024-05-01",
      "name": "apim/orders/policy",
      "properties": {{ "format": "{format}", "value": {value} }}
    }}
  ]
}}
"#
    )
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Every diagnostic with the characters under its caret, and the line and column of the first of them.
fn told(checked: &Checked) -> Vec<(String, String, u32, u32)> {
    let told = |told: &Diagnostic| {
        let file = checked.run.sources.get(told.primary.span.file).unwrap();
        let at = file.position(told.primary.span.start);
        (told.rule.to_string(), file.slice(told.primary.span).to_owned(), at.line, at.column)
    };
    checked.run.diagnostics.iter().map(told).collect()
}

/// A policy with a slip in it, on three lines.
const SLIP: &str = "<policies>\r\n  <inbound>\r\n    <base /><set-heder name=\"a\" /></inbound>\r\n</policies>";
const PLACE: (&str, &str) = ("api-management/unknown-policy", "set-heder");

#[test]
fn the_caret_is_in_the_xml_whatever_way_the_text_came() {
    let escaped = serde_json::Value::from(SLIP).to_string();
    let codes = escaped.replace('<', "\\u003c").replace('>', "\\u003e").replace("\\\"", "\\u0022");
    let lines = format!("\"{}\"", SLIP.replace("\r\n", "\n").replace('"', "\\\""));
    let single = SLIP.replace("\r\n", "").replace('"', "\\\"");
    let variable = format!("\n  \"variables\": {{ \"$fxv#0\": {escaped} }},");
    let parameter = format!("\n  \"parameters\": {{ \"policy\": {{ \"type\": \"string\", \"defaultValue\": {escaped} }} }},");
    let unknown = "\n  \"parameters\": { \"x\": { \"type\": \"string\" } },";
    let (head, tail) = single.split_once("<base />").unwrap();
    let table = [
        ("one long escaped line", template("", "xml", &escaped)),
        ("every bracket and quote an escape", template("", "xml", &codes)),
        ("a string over several lines", template("", "xml", &lines)),
        ("a variable, as Bicep writes it", template(&variable, "rawxml", "\"[variables('$fxv#0')]\"")),
        ("the default value of a parameter", template(&parameter, "xml", "\"[parameters('policy')]\"")),
        ("a string in an expression", template("", "xml", &format!("\"[if(true(), '{single}', '')]\""))),
        ("behind a hole", template(unknown, "xml", &format!("\"[concat('{head}', parameters('x'), '{tail}')]\""))),
    ];
    let regime = regime(&["unknown-policy"]);
    for (way, text) in table {
        let folder = folder(&[("main.json", &text)]);
        let told = told(&check::check(&request(folder.path(), &regime)).unwrap());
        let before = &text[..text.find(PLACE.1).unwrap()];
        let line = u32::try_from(before.matches('\n').count() + 1).unwrap();
        let column = u32::try_from(before.chars().rev().take_while(|c| *c != '\n').count() + 1).unwrap();
        assert_eq!(told, [(PLACE.0.to_owned(), PLACE.1.to_owned(), line, column)], "{way}: {text}");
    }
}

#[test]
fn a_policy_file_beside_the_template_is_read_like_a_linked_template() {
    let url = "\"[concat(parameters('base'), '/orders.xml', parameters('token'))]\"";
    let parameters = "\n  \"parameters\": { \"base\": { \"type\": \"string\" }, \"token\": { \"type\": \"string\" } },";
    let main = template(parameters, "rawxml-link", url);
    let regime = regime(&["unknown-policy", "malformed-policy-xml"]);
    let with = folder(&[("main.json", &main), ("orders.xml", SLIP)]);
    let checked = check::check(&request(with.path(), &regime)).unwrap();
    assert_eq!(told(&checked), [(PLACE.0.to_owned(), PLACE.1.to_owned(), 3, 14)]);
    assert_eq!(checked.run.diagnostics[0].labels[0].text, "the policy of this address");

    let without = folder(&[("main.json", &main)]);
    let checked = check::check(&request(without.path(), &regime)).unwrap();
    assert_eq!((told(&checked).len(), checked.run.undecided.len()), (0, 2), "nothing is guessed of what is elsewhere");
}

/// The files after every fix of these rules, a person looking on.
fn mended(files: &[(&str, &str)], select: &[&str]) -> Vec<String> {
    let (folder, regime) = (folder(files), regime(select));
    let fixed = check::fix(&request(folder.path(), &regime), Safety::Unsafe).unwrap();
    let after = |name: &str, text: &str| {
        let change = fixed.changes.iter().find(|change| change.path.ends_with(name));
        change.map_or_else(|| text.to_owned(), |change| String::from_utf8(change.after.clone()).unwrap())
    };
    files.iter().map(|(name, text)| after(name, text)).collect()
}

/// The policy of [`template`] after every fix of a rule.
fn value_after(value: &str, select: &str) -> String {
    let text = mended(&[("main.json", &template("", "rawxml", value))], &[select]).remove(0);
    let start = text.find("\"value\": ").unwrap() + 9;
    text[start..start + text[start..].find(" }\n").unwrap()].to_owned()
}

#[test]
fn a_fix_keeps_the_formatting_and_escapes_what_is_new() {
    let base = "policy-without-base";
    let rest = r"<backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>";
    let table = [
        (r#"<policies><inbound><cors /></inbound>"#, r#"<policies><inbound><base /><cors /></inbound>"#, "on one line"),
        (r#"<policies><inbound />"#, r#"<policies><inbound><base /></inbound>"#, "an element that is closed at once"),
        (
            r#"<policies>\r\n  <inbound>\r\n    <cors />\r\n  </inbound>"#,
            r#"<policies>\r\n  <inbound>\r\n    <base />\r\n    <cors />\r\n  </inbound>"#,
            "on lines of its own, their ends as escapes",
        ),
        (
            "<policies>\n\t<inbound>\n\t\t<cors />\n\t</inbound>",
            "<policies>\n\t<inbound>\n\t\t<base />\n\t\t<cors />\n\t</inbound>",
            "on lines of its own in a string over several lines",
        ),
        (
            r#"<policies>\n  <inbound>\n  </inbound>"#,
            r#"<policies>\n  <inbound>\n    <base />\n  </inbound>"#,
            "in an element without anything but its lines",
        ),
        (
            r#"<policies>\n  <inbound />"#,
            r#"<policies>\n  <inbound>\n    <base />\n  </inbound>"#,
            "in an element that is closed at once, on a line of its own",
        ),
    ];
    for (before, after, why) in table {
        assert_eq!(value_after(&format!("\"{before}{rest}\""), base), format!("\"{after}{rest}\""), "{why}");
    }
    let http = r#""<policies><inbound><set-backend-service base-url=\"http://contoso.com\" /></inbound></policies>""#;
    assert_eq!(value_after(http, "plain-http-in-policy"), http.replace("http:", "https:"));
    let xml = SLIP.replace("<base /><set-heder name=\"a\" />", "<set-url>http://contoso.com/a?b=\\\"</set-url>");
    let link = template("", "xml-link", "\"https://contoso.com/orders.xml\"");
    let files = mended(&[("main.json", &link), ("orders.xml", &xml)], &["plain-http-in-policy"]);
    assert_eq!(files, [link, xml.replace("http:", "https:")], "a file of its own has no escapes of JSON");
}

/// A rule that tells of every policy resource with a text, and one that tells of every document that was read.
const ALL: &str = r#"{ "name": "my/all", "title": "X", "severity": "note", "since": "1.0.0", "resource": [
    "Microsoft.ApiManagement/service/policies", "Microsoft.ApiManagement/service/products/policies",
    "Microsoft.ApiManagement/service/apis/policies", "Microsoft.ApiManagement/service/apis/operations/policies",
    "Microsoft.ApiManagement/service/policyFragments", "Microsoft.ApiManagement/service/workspaces/policies" ],
    "when": { "path": ["$.properties.value", "$.properties.policyContent"], "set": true }, "report": { "message": "all" } }"#;
const READ: &str = r#"{ "name": "my/read", "title": "X", "severity": "note", "since": "1.0.0", "policy": "/", "report": { "message": "read" } }"#;

#[test]
fn every_policy_document_of_the_corpus_is_read_or_reported() {
    let Some(corpus) = std::env::var_os("ARMLINT_CORPUS") else {
        println!("skipped: ARMLINT_CORPUS names no folder of real files");
        return;
    };
    let own = tempfile::tempdir().unwrap();
    fs::create_dir_all(own.path().join("rules/my")).unwrap();
    for (name, text) in [("all", ALL), ("read", READ)] {
        fs::write(own.path().join(format!("rules/my/{name}.json")), text).unwrap();
    }
    let select = ["my/all", "my/read", "malformed-policy-xml"].map(str::to_owned).to_vec();
    let wanted = Wanted { select, folders: vec![own.path().to_owned()], ..Wanted::default() };
    let regime = Regime::fixed(Rules::new(&wanted).unwrap_or_else(|error| panic!("{error:?}")));
    let run = check::check(&request(Path::new(&corpus), &regime)).unwrap().run;
    let resources = |rules: &[&str]| {
        let told = run.diagnostics.iter().chain(&run.undecided).filter(|told| rules.contains(&told.rule.as_ref()));
        told.map(|told| (told.resource_file(), told.resource.as_ref().unwrap().pointer.clone())).collect::<BTreeSet<_>>()
    };
    let all = resources(&["my/all"]);
    let missed: Vec<_> = all.difference(&resources(&["my/read", "api-management/malformed-policy-xml"])).cloned().collect();
    assert!(!all.is_empty() && missed.is_empty(), "passed over in silence: {missed:?}");
}
