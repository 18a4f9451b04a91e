//! `armlint eval`

use std::io::{self, BufRead, Write};

use serde_json::{Map, Value as Json, json};

use super::args::EvalArgs;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::check::{self, Answer, Question, Step, Told};
use crate::diagnostic::{Diagnostic, Severity, Verdict};
use crate::report::{self, Options};

/// Evaluates.
pub(super) fn run(args: &EvalArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let Some(expression) = &args.expression else { return lines(&mut terminal.out) };
    let path = |path: &std::path::PathBuf| path.to_string_lossy().replace('\\', "/");
    let question = Question {
        expression: expression.clone(),
        template: args.template.as_ref().map(path),
        parameters: args.parameters.as_ref().map(path),
        context: context(&args.context)?.to_string(),
    };
    let answer = check::evaluate(&question).map_err(Failure::Usage)?;
    let options = Options { color: terminal.color, width: terminal.width, ..Options::default() };
    if !answer.problems.is_empty() {
        report::excerpts(&answer.problems, &answer.sources, &options, &mut terminal.out)?;
        return Ok(Exit::Failed);
    }
    tell(&answer, &options, &mut terminal.out)?;
    Ok(Exit::Clean)
}

/// `resourceGroup.name=rg` and its like as one object.
fn context(pairs: &[String]) -> Result<Json, Failure> {
    let mut whole = Map::new();
    for pair in pairs {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(Failure::Usage(format!(
                "`{pair}` gives no part of the context\n  write NAME=VALUE: `resourceGroup.name=rg-prod`"
            )));
        };
        let (outer, inner) = name.split_once('.').map_or((name, None), |(outer, inner)| (outer, Some(inner)));
        match inner {
            None => drop(whole.insert(outer.to_owned(), json!(value))),
            Some(inner) => {
                let parent = whole.entry(outer).or_insert_with(|| json!({}));
                parent[inner] = json!(value);
            }
        }
    }
    Ok(Json::Object(whole))
}

/// One answer a line for one question a line.
fn lines(out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut exit = Exit::Clean;
    for (n, line) in io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        match check::evaluate_line(&line) {
            Ok(answer) => {
                let body = match (answer.error, answer.told) {
                    (Some(error), _) => json!({ "id": answer.id, "error": error }),
                    (None, Told::Unknown { why, .. }) => json!({ "id": answer.id, "unknown": why }),
                    (None, Told::Known(value)) => json!({ "id": answer.id, "value": value }),
                };
                writeln!(out, "{body}")?;
            }
            Err(problem) => {
                let _ = writeln!(io::stderr(), "error: line {}: {problem}", n + 1);
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

/// The value, and where it is not known, the steps and what would make it known.
fn tell(answer: &Answer, options: &Options, out: &mut dyn Write) -> Result<(), Failure> {
    let (what, why, help) = match &answer.told {
        Told::Known(value) => {
            serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
            return Ok(writeln!(out)?);
        }
        Told::Unknown { what, why, help } => (what, why, help),
    };
    match &answer.unknown {
        Some(label) => {
            let mut said = Diagnostic::new("", Severity::Note, what.as_str(), label.clone());
            said.verdict = Verdict::Undecided(why.clone());
            report::excerpts(&[said], &answer.sources, options, out)?;
        }
        None => writeln!(out, "{what}\n{why}")?,
    }
    if let Some((name, steps)) = answer.steps.as_ref().filter(|(_, steps)| steps.len() > 1) {
        writeln!(out, "\n{name}(…)")?;
        for (n, row) in rows(steps).into_iter().enumerate() {
            let branch = if n + 1 == steps.len() { "└─" } else { "├─" };
            writeln!(out, "{branch} {row}")?;
        }
    }
    if let Some(help) = help {
        writeln!(out, "help: {help}")?;
    }
    Ok(())
}

/// The steps in columns: as written, value, where from.
fn rows(steps: &[Step]) -> Vec<String> {
    let cells: Vec<[String; 3]> =
        steps.iter().map(|step| [squeeze(&step.text), squeeze(&step.value), step.from.clone().unwrap_or_default()]).collect();
    let width = |at: usize| cells.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let line = |row: &[String; 3]| format!("{:first$}   {:second$}   {}", row[0], row[1], row[2]).trim_end().to_owned();
    cells.iter().map(line).collect()
}

/// On one line, and not longer than a screen.
fn squeeze(text: &str) -> String {
    let one: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match one.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &one[..at]),
        None => one,
    }
}
