//! `armlint check`

use std::sync::Arc;

use super::args::CheckArgs;
use super::ci::Ci;
use super::exit::{Exit, Failure};
use super::files::{files, search, shown};
use super::fix;
use super::output::Outputs;
use super::progress::Progress;
use super::settings;
use super::terminal::Terminal;
use crate::check::{self, Local, Regime, Wanted};
use crate::config::Undecided;
use crate::diagnostic::{Diagnostic, Run};
use crate::report::Options;

/// Checks and reports.
pub(super) fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    if let Some(file) = &args.show_config {
        let regime = Regime::new(&wanted(args), search(&args.files))?;
        return settings::show(&shown(file), &regime, terminal);
    }
    let ci = Ci::detect(|name| std::env::var_os(name));
    let progress = Progress::new(ci.present);
    let outputs = Outputs::plan(args.format, &args.output, ci)?;
    let outputs = if args.diff { outputs.beside_a_patch(&args.output)? } else { outputs };
    let files = files(&args.files)?;
    let regime = Regime::new(&wanted(args), files.search)?;
    let tell = progress.as_ref().map(|progress| |done, total| progress.tell(done, total));
    let request = check::Request {
        paths: files.paths,
        given: files.given,
        discovery: files.discovery,
        parameters: files.parameters,
        regime: &regime,
        all_templates: args.all_templates,
        progress: tell.as_ref().map(|tell| tell as _),
    };
    let found = fix::check(args, &request, terminal);
    drop(progress);
    let found = found?;
    let run = &found.run;
    let options = Options {
        color: terminal.color,
        width: terminal.width,
        subject: files.subject,
        undecided: run.undecided.iter().any(|told| local(&regime, run, told).undecided != Undecided::Hide),
        mended: found.mended,
        ..Options::default()
    };
    let exit = if found.failed { Exit::Failed } else { exit(&regime, run) };
    outputs.write(run, exit, &options, terminal)
}

/// What holds for the file that a diagnostic is about.
fn local(regime: &Regime, run: &Run, told: &Diagnostic) -> Arc<Local> {
    let file = run.sources.get(told.resource_file());
    regime.of(file.as_ref().map_or("", |file| file.path()))
}

/// What the run comes to.
fn exit(regime: &Regime, run: &Run) -> Exit {
    let found = run.diagnostics.iter().any(|told| local(regime, run, told).fail_on.includes(told.severity));
    let undecided = run.undecided.iter().any(|told| local(regime, run, told).undecided == Undecided::Fail);
    if !run.unreadable.is_empty() {
        Exit::Failed
    } else if found || undecided {
        Exit::Found
    } else {
        Exit::Clean
    }
}

/// What the flags want of the rules.
fn wanted(args: &CheckArgs) -> Wanted {
    let rules = &args.rules;
    Wanted {
        preset: rules.preset.clone(),
        select: rules.select.clone(),
        extend_select: rules.extend_select.clone(),
        ignore: rules.ignore.clone(),
        options: rules.option.clone(),
        as_of: rules.as_of.clone(),
        folders: rules.rules.clone(),
        fail_on: args.fail_on,
        undecided: args.undecided,
    }
}
