//! Where reports go: standard output, the files that are asked for, and what a build service reads.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::ci::Ci;
use super::exit::{Exit, Failure};
use super::terminal::{Terminal, warn};
use crate::diagnostic::Run;
use crate::report::{Format, Options};
use crate::source;

/// `FORMAT=PATH`, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    format: Format,
    path: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').ok_or("write FORMAT=PATH, such as `sarif=armlint.sarif`")?;
        if path.is_empty() {
            return Err(format!("`{text}` names no file"));
        }
        Ok(Self { format: format.parse()?, path: PathBuf::from(path) })
    }
}

impl Output {
    fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }
}

/// What is written where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outputs {
    /// What standard output gets, one after the other.
    stdout: Vec<Format>,
    /// The files.
    files: Vec<Output>,
    /// The summary of the job, which holds those of other steps, too.
    summary: Option<PathBuf>,
}

impl Outputs {
    /// What the flags mean: who says what standard output gets is not given more by the build service.
    ///
    /// # Errors
    /// Two reports for one place.
    pub(super) fn plan(format: Option<Format>, outputs: &[Output], ci: Ci) -> Result<Self, Failure> {
        let (stdout, files): (Vec<Output>, Vec<Output>) = outputs.iter().cloned().partition(Output::is_stdout);
        let mut paths = BTreeSet::new();
        if let Some(twice) = files.iter().find(|output| !paths.insert(&output.path)) {
            let path = twice.path.display();
            return Err(Failure::Usage(format!("two reports for `{path}`\n  give each `--output` a file of its own")));
        }
        let chosen: Vec<Format> = format.into_iter().chain(stdout.into_iter().map(|output| output.format)).collect();
        if chosen.len() > 1 {
            let names: Vec<&str> = chosen.iter().map(|format| format.name()).collect();
            return Err(Failure::Usage(format!(
                "{} reports for standard output: {}\n  give all but one a file: `--output sarif=armlint.sarif`",
                chosen.len(),
                names.join(", ")
            )));
        }
        if chosen.is_empty() {
            let stdout = [Format::Human].into_iter().chain(ci.annotations).collect();
            return Ok(Self { stdout, files, summary: ci.summary });
        }
        Ok(Self { stdout: chosen, files, summary: None })
    }

    /// The same without standard output, which a patch has for itself.
    ///
    /// # Errors
    /// A report is to go there.
    pub(super) fn beside_a_patch(self, outputs: &[Output]) -> Result<Self, Failure> {
        match outputs.iter().find(|output| output.is_stdout()) {
            None => Ok(Self { stdout: Vec::new(), ..self }),
            Some(Output { format, .. }) => Err(Failure::Usage(format!(
                "`--diff` has standard output for its patch\n  give the report a file: `--output {}=FILE`",
                format.name()
            ))),
        }
    }

    /// Writes every report; `exit` is what the run came to, `options` is for standard output.
    ///
    /// The files come first: standard output may be closed before its end, and what it says of the result is the last word.
    ///
    /// # Errors
    /// [`Failure`]: something could not be written. Everything else was.
    pub(super) fn write(&self, run: &Run, exit: Exit, options: &Options, terminal: &mut Terminal) -> Result<Exit, Failure> {
        let failed = exit != Exit::Clean;
        let plain = Options { color: false, width: Options::default().width, failed, ..options.clone() };
        let mut unwritten = Vec::new();
        for Output { format, path } in &self.files {
            let reporter = format.reporter(plain.clone());
            if let Err(error) = source::write(path, |out| reporter.report(run, out)) {
                unwritten.push(format!("{}: {error}", path.display()));
            }
        }
        if let Some(path) = &self.summary {
            let mut text = Vec::new();
            Format::Markdown.reporter(plain).report(run, &mut text)?;
            // Nobody asked for it, so that its failure is none of the run.
            if let Err(error) = source::append(path, &text) {
                warn(&format!("warning: the summary of the job is missing: {}: {error}", path.display()));
            }
        }
        let failed = failed || !unwritten.is_empty();
        let told = self.print(run, &Options { failed, ..options.clone() }, terminal);
        if unwritten.is_empty() { told.map(|()| exit) } else { Err(Failure::Unwritten(unwritten)) }
    }

    fn print(&self, run: &Run, options: &Options, terminal: &mut Terminal) -> Result<(), Failure> {
        for (n, format) in self.stdout.iter().enumerate() {
            let options = Options { supplement: n > 0, ..options.clone() };
            format.reporter(options).report(run, &mut terminal.out)?;
        }
        Ok(terminal.out.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Output, Outputs};
    use crate::cli::ci::Ci;
    use crate::report::Format;

    fn plan(format: Option<Format>, outputs: &[&str], ci: Ci) -> Result<Outputs, String> {
        let outputs: Vec<Output> = outputs.iter().map(|output| output.parse().unwrap()).collect();
        Outputs::plan(format, &outputs, ci).map_err(|failure| failure.to_string())
    }

    fn github() -> Ci {
        Ci { present: true, annotations: Some(Format::Github), summary: Some(PathBuf::from("summary.md")) }
    }

    #[test]
    fn a_build_service_adds_to_what_nobody_chose() {
        let planned = plan(None, &["sarif=x.sarif"], github()).unwrap();
        assert_eq!(planned.stdout, [Format::Human, Format::Github]);
        assert_eq!(planned.summary, Some(PathBuf::from("summary.md")));
        assert_eq!(plan(None, &[], Ci::default()).unwrap().stdout, [Format::Human]);
    }

    #[test]
    fn what_is_chosen_is_all_there_is() {
        for planned in [plan(Some(Format::Human), &[], github()), plan(None, &["human=-"], github())] {
            assert_eq!(planned, Ok(Outputs { stdout: vec![Format::Human], files: Vec::new(), summary: None }));
        }
    }

    #[test]
    fn two_reports_never_share_a_place() {
        let stdout = plan(Some(Format::Json), &["sarif=-"], Ci::default()).unwrap_err();
        assert!(stdout.contains("2 reports for standard output: json, sarif"), "{stdout}");
        let file = plan(None, &["sarif=x", "json=x"], Ci::default()).unwrap_err();
        assert!(file.contains("two reports for `x`"), "{file}");
    }

    #[test]
    fn an_output_that_cannot_be_meant_is_refused() {
        for (text, why) in [("sarif", "write FORMAT=PATH"), ("sarif=", "names no file"), ("srf=x", "no format named `srf`")] {
            let error = text.parse::<Output>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
