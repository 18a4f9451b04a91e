//! `check --watch`: what changes is checked again, soon.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything takes on the busiest machine.
const LONG: Duration = Duration::from_secs(30);
/// What is promised is a tenth of a second, of a program that was built to be fast. A busy machine may be late, but not each time.
const SOON: Duration = Duration::from_secs(2);

/// Kills what it holds when the test is over, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn template(version: &str) -> String {
    format!(
        r#"{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [{{
    "type": "Microsoft.ApiManagement/service", "apiVersion": "{version}", "name": "apim", "location": "westeurope",
    "sku": {{ "name": "Developer", "capacity": 1 }},
    "properties": {{ "publisherName": "Contoso", "publisherEmail": "api@contoso.com" }}
  }}]
}}"#
    )
}

/// The next line that `ends` holds for: of two streams, lines come in any order.
fn line(lines: &Receiver<String>, ends: impl Fn(&str) -> bool) -> String {
    let until = Instant::now() + LONG;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let line = lines.recv_timeout(left).expect("a report comes in time");
        if ends(&line) {
            return line;
        }
    }
}

#[test]
fn what_changes_is_checked_again_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let main = folder.path().join("main.json");
    fs::write(&main, template("2019-12-01")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_armlint"));
    for name in ["CI", "GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI"] {
        command.env_remove(name);
    }
    command.current_dir(folder.path()).args(["check", ".", "--watch"]);
    let mut running = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let (tell, lines) = channel();
    let streams: [Box<dyn std::io::Read + Send>; 2] =
        [Box::new(running.0.stdout.take().unwrap()), Box::new(running.0.stderr.take().unwrap())];
    for stream in streams {
        let tell = tell.clone();
        std::thread::spawn(move || BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
    }
    let is_fine = |line: &str| line.contains("1 template") && line.contains("nothing to report");
    line(&lines, |line| line.starts_with("1 error"));

    let mut times = Vec::new();
    let mut timed = |change: &dyn Fn() -> std::io::Result<()>, ends: &dyn Fn(&str) -> bool| {
        let start = Instant::now();
        change().unwrap();
        let line = line(&lines, ends);
        times.push(start.elapsed());
        line
    };
    let mended = timed(&|| fs::write(&main, template("2024-05-01")), &is_fine);
    assert!(!mended.contains('\u{1b}'), "no screen is cleared in a pipe: {mended:?}");

    let configuration = folder.path().join("armlint.json");
    let is_mistaken = |line: &str| line.starts_with("error: a mistake in the configuration");
    timed(&|| fs::write(&configuration, r#"{ "sellect": [] }"#), &is_mistaken);
    // A mistake ends nothing.
    timed(&|| fs::remove_file(&configuration), &is_fine);
    assert!(times.iter().min() < Some(&SOON), "{times:?}");
    assert_eq!(running.0.try_wait().unwrap(), None, "it waits for more");
}

#[test]
fn what_cannot_be_watched_is_an_error_of_use() {
    let output = Command::new(env!("CARGO_BIN_EXE_armlint")).args(["check", "-", "--watch"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: standard input cannot be watched\n"), "{said}");
}
