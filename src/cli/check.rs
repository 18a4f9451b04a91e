//! `armlint check`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{CheckArgs, FileArgs, RuleArgs};
use super::ci::Ci;
use super::exit::{Exit, Failure};
use super::files::{files, search, shown};
use super::fix;
use super::output::Outputs;
use super::progress::Progress;
use super::run::{explain_failure, explain_mistakes};
use super::settings;
use super::terminal::Terminal;
use crate::check::{self, Baseline, Local, Regime, Since, Wanted};
use crate::config::Undecided;
use crate::diagnostic::{Diagnostic, Run};
use crate::report::Options;
use crate::source;

/// Checks and reports, once or whenever something changes.
pub(super) fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    if args.watch { watch(args, terminal) } else { once(args, terminal) }
}

/// Checks and reports until somebody ends it. What cannot be checked now may be mended by the next change.
fn watch(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    if args.files.paths.iter().any(|path| path == Path::new("-")) {
        let what = "standard input cannot be watched\n  name files or folders, or check without `--watch`";
        return Err(Failure::Usage(what.to_owned()));
    }
    // NOTE: watched from before the first look, so that no change falls between the two.
    let FileArgs { paths, parameters, config, .. } = &args.files;
    let named = paths.iter().chain(parameters).chain(config).chain(&args.baseline).chain(&args.rules.rules);
    let named: Vec<PathBuf> = named.cloned().collect();
    let changes = source::Watch::start(&named).map_err(|error| Failure::Usage(error.to_string()))?;
    loop {
        terminal.clear()?;
        let exit = match once(args, terminal) {
            Ok(exit) => exit,
            Err(failure @ Failure::Output(_)) => return Err(failure),
            Err(failure) => {
                explain_failure(&failure, terminal);
                Exit::Failed
            }
        };
        terminal.out.flush()?;
        if !changes.wait() {
            return Ok(exit);
        }
    }
}

/// Checks and reports.
fn once(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
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
    let mut baseline = baseline(args)?;
    let since = args.changed_since.as_ref().map(|name| Since::open(name, &files.paths)).transpose()?;
    let request = check::Request {
        since: since.as_ref(),
        baseline: baseline.as_ref().filter(|_| !args.write_baseline),
        paths: files.paths,
        given: files.given,
        discovery: files.discovery,
        parameters: files.parameters,
        all_templates: args.all_templates,
        progress: tell.as_ref().map(|tell| tell as _),
        ..check::Request::of(&regime)
    };
    let found = fix::check(args, &request, terminal);
    let paths = request.paths;
    drop(progress);
    let mut found = found?;
    if let (Some(path), Some(baseline)) = (&args.baseline, &mut baseline) {
        write_baseline(args, path, baseline, &mut found.run, &paths)?;
    }
    let failed = found.failed | explain_mistakes(found.mistakes, terminal);
    let run = &found.run;
    let options = Options {
        color: terminal.color,
        width: terminal.width,
        subject: files.subject,
        undecided: run.undecided.iter().any(|told| local(&regime, run, told).undecided != Undecided::Hide),
        mended: found.mended,
        ..Options::default()
    };
    let exit = if failed { Exit::Failed } else { exit(&regime, run) };
    let written = outputs.write(run, exit, &options, terminal);
    if !args.watch {
        // NOTE: the process ends here, which gives back all at once what would be freed piece by piece.
        std::mem::forget(found.run);
    }
    written
}

/// The baseline that is asked for; a new one where it is to be written and is not there.
fn baseline(args: &CheckArgs) -> Result<Option<Baseline>, Failure> {
    let open = if args.write_baseline { Baseline::open_or_new } else { Baseline::open };
    Ok(args.baseline.as_deref().map(open).transpose()?)
}

/// Writes the baseline anew, or without what is gone, where that is asked for.
fn write_baseline(
    args: &CheckArgs,
    path: &Path,
    baseline: &mut Baseline,
    run: &mut Run,
    paths: &[PathBuf],
) -> Result<(), Failure> {
    if args.write_baseline {
        baseline.take(run, paths);
        baseline.apply(run, paths);
    } else if args.prune_baseline {
        baseline.prune(run, paths);
        run.outdated = 0;
    } else {
        return Ok(());
    }
    let text = baseline.text();
    let written = source::write(path, |out| out.write_all(text.as_bytes()));
    written.map_err(|error| Failure::Unwritten(vec![format!("{}: {error}", path.display())]))
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

/// What the flags want.
fn wanted(args: &CheckArgs) -> Wanted {
    Wanted { fail_on: args.fail_on, undecided: args.undecided, ..args.rules.wanted() }
}

impl RuleArgs {
    /// What the flags want of the rules.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            preset: self.preset.clone(),
            select: self.select.clone(),
            extend_select: self.extend_select.clone(),
            ignore: self.ignore.clone(),
            options: self.option.clone(),
            as_of: self.as_of.clone(),
            folders: self.rules.clone(),
            ..Wanted::default()
        }
    }
}
