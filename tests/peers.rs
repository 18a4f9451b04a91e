//! What docs/peers.md says of other tools' rules: that it names every rule they cover, and that our diagnostics stand where it
//! says. Their fixtures are read from the folder of real templates in `ARMLINT_CORPUS`, where there is one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn armlint(args: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_armlint")).args(args).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_rule_that_one_of_ours_covers_is_on_the_page_and_every_rule_on_the_page_exists() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/peers.md")).unwrap();
    let catalogue = armlint(&["rules", "--format", "json"]);
    let rules = catalogue["rules"].as_array().unwrap();
    for rule in rules {
        let name = rule["name"].as_str().unwrap();
        for covered in rule["covers"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()) {
            // The number in brackets, the one word, or the whole: what tells one rule of a tool from another.
            let id = covered
                .rsplit_once(" (")
                .map_or(covered, |(head, id)| if id.contains(' ') || id == "ARM-TTK)" { head } else { id.trim_end_matches(')') });
            let row = page.lines().find(|line| line.contains(id));
            assert!(row.is_some(), "docs/peers.md does not name {covered}, which {name} covers");
        }
    }
    let named = page.split('`').filter(|word| word.starts_with("api-management/") || word.starts_with("template/"));
    for name in named {
        assert!(rules.iter().any(|rule| rule["name"] == name), "docs/peers.md names `{name}`, which is no rule");
    }
}

/// A rule of Template Analyzer, ours, and the lines on which ours fails in its fixture.
const TEMPLATE_ANALYZER: [(&str, &str, &[u64]); 8] = [
    ("TA-000029", "plain-http-api", &[130, 149, 168, 188, 208]),
    ("TA-000032", "backend-validation-disabled", &[50, 75, 98]),
    ("TA-000033", "management-api-enabled", &[27]),
    ("TA-000034", "unset-min-api-version", &[18, 35, 52, 69, 86, 103, 116]),
    ("TA-000035", "secret-outside-key-vault", &[34, 50, 64]),
    ("TA-000036", "public-service-without-isolation", &[18, 31, 48]),
    ("TA-000037", "all-apis-subscription", &[31]),
    ("TA-000038", "unauthenticated-backend", &[41, 65, 89, 108, 130, 155]),
];

#[test]
fn each_bad_resource_of_template_analyzers_fixtures_is_told_once_and_no_other() {
    let Some(corpus) = std::env::var_os("ARMLINT_CORPUS") else {
        println!("skipped: ARMLINT_CORPUS names no folder of real files");
        return;
    };
    let tests = Path::new(&corpus).join("Azure+template-analyzer/src/Analyzer.Core.BuiltInRuleTests/Tests");
    for (theirs, ours, lines) in TEMPLATE_ANALYZER {
        let file = tests.join(theirs).join("APIMService.json");
        let told = armlint(&["check", "--format", "json", "--select", ours, file.to_str().unwrap()]);
        let diagnostics = told["diagnostics"].as_array().unwrap();
        let found: Vec<u64> = diagnostics.iter().map(|told| told["range"]["start"]["line"].as_u64().unwrap()).collect();
        assert_eq!(found, lines, "{theirs}, {ours}");
        assert_eq!(told["undecided"].as_array().unwrap().len(), 0, "{theirs}, {ours}");
    }
}
