//! What the README and the files for build services say is run as it stands.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A text of the project.
fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The fenced blocks of a language in the section of the README that starts with `## heading`.
fn blocks(heading: &str, language: &str) -> Vec<String> {
    let readme = read("README.md");
    let section = readme.split("\n## ").find(|section| section.starts_with(&format!("{heading}\n"))).unwrap();
    let fence = format!("\n```{language}\n");
    section.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

/// A repository with what the examples name: a template with an error, and its values.
fn workplace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("infra")).unwrap();
    let bad = read("fixtures/template/parameter-file-mismatch/pass-type.json").replace("2024-05-01", "2019-12-01");
    let values = read("fixtures/template/parameter-file-mismatch/pass-type.parameters.json");
    for (path, text) in [("main.json", &bad), ("infra/main.json", &bad), ("prod.parameters.json", &values)] {
        fs::write(folder.path().join(path), text).unwrap();
    }
    assert!(bash(folder.path(), "git init --quiet && git add .", &[]).status.success());
    folder
}

/// Runs a script with the program on the path, outside of every build service.
fn bash(folder: &Path, script: &str, environment: &[(&str, &str)]) -> Output {
    let programs = Path::new(env!("CARGO_BIN_EXE_armlint")).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    for service in ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TF_BUILD", "GITLAB_CI"] {
        command.env_remove(service);
    }
    command.args(["-euo", "pipefail", "-c", script]).current_dir(folder).env("PATH", path);
    command.envs(environment.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The script of the step after the line that holds `mark`, however deep it stands.
fn script(yaml: &str, mark: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = yaml.lines().skip_while(|line| !line.contains(mark)).skip_while(|line| !line.ends_with(": |"));
    let head = lines.next().unwrap();
    let head = head.len() - head.trim_start_matches([' ', '-']).len();
    let body: Vec<&str> = lines.take_while(|line| line.trim().is_empty() || indent(line) > head).collect();
    body.join("\n")
}

#[test]
fn every_command_of_the_readme_runs() {
    let folder = workplace();
    let mut run = 0;
    let sections = ["Use", "Configuration", "Fixing", "Baseline"].map(|section| blocks(section, "sh"));
    let commands = [sections.concat(), vec![blocks("Install", "sh").remove(1)]].concat();
    let gitlab = blocks("GitLab", "yaml").remove(0);
    let gitlab =
        gitlab.lines().filter_map(|line| line.trim_start().strip_prefix("- armlint")).map(|rest| format!("armlint{rest}"));
    for command in commands.iter().flat_map(|block| block.lines()).map(str::to_owned).chain(gitlab) {
        let done = bash(folder.path(), &command, &[]);
        let code = done.status.code();
        assert!(matches!(code, Some(0 | 1)), "{command}: {code:?}\n{}", text(&done.stderr));
        assert!(!done.stdout.is_empty() || command.contains('>'), "{command} says nothing");
        run += 1;
    }
    assert!(run > 10, "the commands were found");
    for written in ["armlint.sarif", "summary.md", "armlint.bash", "armlint.1", "armlint-check.1", "gl-code-quality-report.json"]
    {
        assert!(fs::metadata(folder.path().join(written)).unwrap().len() > 0, "{written}");
    }
}

#[test]
fn the_action_checks_what_it_is_given() {
    let folder = workplace();
    let temporary = tempfile::tempdir().unwrap();
    let check = script(&read("action.yml"), "name: Check");
    let given = |paths: &'static str, args: &'static str, format: &'static str, sarif: &'static str| {
        [("PATHS", paths), ("ARGS", args), ("FORMAT", format), ("UPLOAD_SARIF", sarif)]
    };
    let at = [("RUNNER_TEMP", temporary.path().to_str().unwrap()), ("GITHUB_ACTIONS", "true")];
    let with = |inputs: [(&'static str, &'static str); 4]| bash(folder.path(), &check, &[&at[..], &inputs].concat());

    let plain = with(given(".", "", "", "false"));
    assert_eq!(plain.status.code(), Some(1), "{}", text(&plain.stderr));
    assert_eq!(text(&plain.stdout).matches("::error file=").count(), 2, "{}", text(&plain.stdout));
    let whole = with(given("infra\nmain.json\n", "--fail-on never --select stv1-api-version", "concise", "true"));
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stderr));
    let lines: Vec<&str> = text(&whole.stdout).lines().filter(|line| line.contains(": error ")).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(fs::read_to_string(temporary.path().join("armlint.sarif")).unwrap().contains("\"2.1.0\""));
}

#[test]
fn the_azure_template_checks_what_it_is_given() {
    let folder = workplace();
    let temporary = tempfile::tempdir().unwrap();
    let template = read("azure-pipelines/armlint.yml");
    let check = script(template.split("displayName: Install").nth(1).unwrap(), "bash");
    let at = ("AGENT_TEMPDIRECTORY", temporary.path().to_str().unwrap());
    let inputs = [at, ("TF_BUILD", "True"), ("PATHS", "infra\n"), ("ARGS", "--fail-on never"), ("SARIF", "True")];
    let done = bash(folder.path(), &check, &inputs);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("##vso[task.logissue type=error;sourcepath=infra/main.json;"));
    assert!(text(&done.stdout).ends_with("##vso[task.complete result=SucceededWithIssues;]\n"));
    assert!(temporary.path().join("armlint.sarif").exists());
}

#[test]
fn both_installers_ask_for_the_version_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pipx"), "#!/bin/sh\necho \"$@\"\n").unwrap();
    bash(folder.path(), "chmod +x pipx", &[]);
    for file in ["action.yml", "azure-pipelines/armlint.yml"] {
        let install = format!("PATH=.:$PATH\n{}", script(&read(file), "steps:"));
        for (version, asked) in [("", "install armlint\n"), ("0.1.0", "install armlint==0.1.0\n")] {
            assert_eq!(text(&bash(folder.path(), &install, &[("VERSION", version)]).stdout), asked, "{file}");
        }
    }
}
