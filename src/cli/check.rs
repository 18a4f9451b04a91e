//! `armlint check`

use super::args::{CheckArgs, RuleArgs, Undecided};
use super::ci::Ci;
use super::exit::{Exit, Failure};
use super::files::files;
use super::fix;
use super::output::Outputs;
use super::progress::Progress;
use super::terminal::Terminal;
use crate::check::{self, Rules};
use crate::diagnostic::Run;
use crate::report::Options;

/// Checks and reports.
pub(super) fn run(args: &CheckArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let ci = Ci::detect(|name| std::env::var_os(name));
    let progress = Progress::new(ci.present);
    let outputs = Outputs::plan(args.format, &args.output, ci)?;
    let outputs = if args.diff { outputs.beside_a_patch(&args.output)? } else { outputs };
    let rules = rules(&args.rules)?;
    let files = files(&args.files)?;
    let tell = progress.as_ref().map(|progress| |done, total| progress.tell(done, total));
    let request = check::Request {
        paths: files.paths,
        given: files.given,
        discovery: files.discovery,
        parameters: files.parameters,
        rules: &rules,
        all_templates: args.all_templates,
        progress: tell.as_ref().map(|tell| tell as _),
    };
    let found = fix::check(args, &request, terminal)?;
    drop(progress);
    let options = Options {
        color: terminal.color,
        width: terminal.width,
        subject: files.subject,
        undecided: args.undecided != Undecided::Hide,
        mended: found.mended,
        ..Options::default()
    };
    let exit = if found.failed { Exit::Failed } else { exit(args, &found.run) };
    outputs.write(&found.run, exit, &options, terminal)
}

/// What the run comes to.
fn exit(args: &CheckArgs, run: &Run) -> Exit {
    let found = run.diagnostics.iter().any(|diagnostic| args.fail_on.includes(diagnostic.severity));
    let undecided = args.undecided == Undecided::Fail && !run.undecided.is_empty();
    if !run.unreadable.is_empty() {
        Exit::Failed
    } else if found || undecided {
        Exit::Found
    } else {
        Exit::Clean
    }
}

/// The rules that the flags mean.
fn rules(args: &RuleArgs) -> Result<Rules, Failure> {
    let wanted = check::Wanted {
        preset: args.preset.clone(),
        select: args.select.clone(),
        extend_select: args.extend_select.clone(),
        ignore: args.ignore.clone(),
        options: args.option.clone(),
        as_of: args.as_of.clone(),
        folders: args.rules.clone(),
    };
    Ok(Rules::new(&wanted)?)
}
