//! Where reports go: files, standard output, and what build services read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

use armlint::check::{Regime, Request, Rules, check};
use serde_json::Value;

/// An error, and nothing else to report.
const BAD: &str = "fixtures/api-management/stv1-api-version/fail-plain.json";

/// Runs the program outside of every build service.
fn armlint(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_armlint"));
    for service in ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD", "GITLAB_CI"] {
        command.env_remove(service);
    }
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).envs(environment.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn at(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn several_reports_are_written_at_once_and_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (sarif, junit) = (at(folder.path(), "a.sarif"), at(folder.path(), "j.xml"));
    let outputs = [format!("sarif={sarif}"), format!("junit={junit}")];
    let run = armlint(&["check", BAD, "--output", &outputs[0], "--output", &outputs[1], "--format", "json"], &[]);
    assert_eq!(run.status.code(), Some(1), "{}", text(&run.stderr));
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(json["diagnostics"].as_array().unwrap().len(), 1);
    let sarif: Value = serde_json::from_str(&fs::read_to_string(sarif).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], json["diagnostics"][0]["rule"]);
    assert!(fs::read_to_string(junit).unwrap().contains("stv1-api-version"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing temporary is left");
}

#[test]
fn a_report_that_cannot_be_written_is_told_and_the_others_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let (no, yes) = (at(folder.path(), "no/x.json"), at(folder.path(), "yes.json"));
    let (lost, kept) = (format!("json={no}"), format!("json={yes}"));
    let run = armlint(&["check", BAD, "--output", &lost, "--output", &kept], &[("TF_BUILD", "True")]);
    assert_eq!(run.status.code(), Some(2));
    let error = text(&run.stderr);
    assert!(error.starts_with(&format!("error: cannot write {no}: there is no folder `")), "{error}");
    assert!(Path::new(&yes).exists() && !folder.path().join("no").exists());
    assert!(text(&run.stdout).ends_with("##vso[task.complete result=Failed;]\n"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails_the_run_and_not_the_other_report() {
    let full = armlint(&["check", BAD, "--output", "sarif=/dev/full", "--output", "concise=-"], &[]);
    assert_eq!(full.status.code(), Some(2));
    assert_eq!(text(&full.stderr), "error: cannot write /dev/full: the disk is full\n");
    assert!(text(&full.stdout).contains("stv1-api-version"));
}

#[test]
fn two_reports_for_standard_output_are_refused() {
    let run = armlint(&["check", BAD, "--format", "human", "--output", "json=-"], &[]);
    assert_eq!((run.status.code(), text(&run.stdout)), (Some(2), ""));
    assert!(text(&run.stderr).contains("2 reports for standard output: human, json"), "{}", text(&run.stderr));
}

#[test]
fn github_gets_annotations_and_the_summary_of_the_job() {
    let folder = tempfile::tempdir().unwrap();
    let summary = at(folder.path(), "summary.md");
    fs::write(&summary, "# an earlier step\n").unwrap();
    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.as_str())];
    let run = armlint(&["check", BAD], &github);
    let told = text(&run.stdout);
    assert!(told.contains("╭─[fixtures/"), "the report for people\n{told}");
    assert_eq!(told.matches("::error file=fixtures/").count(), 1, "{told}");
    assert_eq!(told.matches("1 file: 1 template").count(), 1, "the summary is there once\n{told}");
    let written = fs::read_to_string(&summary).unwrap();
    assert!(written.starts_with("# an earlier step\n### armlint: 1 error\n"), "{written}");

    let chosen = armlint(&["check", BAD, "--format", "concise"], &github);
    assert!(!text(&chosen.stdout).contains("::error"), "the chosen format is all there is");
    assert_eq!(fs::read_to_string(&summary).unwrap(), written);
}

#[test]
fn a_summary_that_cannot_be_written_fails_no_run() {
    let lost = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "no/such/folder/summary.md")];
    let run = armlint(&["check", BAD, "--fail-on", "never"], &lost);
    assert_eq!(run.status.code(), Some(0));
    assert!(text(&run.stderr).starts_with("warning: the summary of the job is missing: no/such/folder/summary.md: "));
}

#[test]
fn the_result_in_azure_pipelines_is_that_of_the_exit_code() {
    for (fail_on, code, result) in [("warning", 1, "Failed"), ("never", 0, "SucceededWithIssues")] {
        let run = armlint(&["check", BAD, "--fail-on", fail_on], &[("TF_BUILD", "True")]);
        let told = text(&run.stdout);
        assert_eq!(run.status.code(), Some(code));
        assert!(told.ends_with(&format!("##vso[task.complete result={result};]\n")), "{told}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    for command in [&["man"][..], &["man", "check"], &["man", "inventory"]] {
        let page = armlint(command, &[]);
        let title = format!(".TH armlint{}", command.get(1).map(|name| format!("-{name}")).unwrap_or_default());
        assert!(text(&page.stdout).contains(&title), "{command:?}\n{}", text(&page.stdout));
    }
    assert_eq!(armlint(&["man", "no"], &[]).status.code(), Some(2));
}

#[test]
fn progress_counts_every_file_to_the_end() {
    let told = Mutex::new(Vec::new());
    let tell = |done, total| told.lock().unwrap().push((done, total));
    let regime = Regime::fixed(Rules::none());
    let request = Request {
        paths: vec!["fixtures/api-management/stv1-api-version".into()],
        all_templates: true,
        progress: Some(&tell),
        ..Request::of(&regime)
    };
    let checked = check(&request).unwrap();
    let mut told = told.into_inner().unwrap();
    told.sort_unstable();
    let total = checked.run.files.seen;
    assert!(total > 10, "{total}");
    assert_eq!(told, (1..=total).map(|done| (done, total)).collect::<Vec<_>>());
}
