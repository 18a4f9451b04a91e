//! `--fix`, `--add-suppressions` and `--diff`: what they come to is written into the files, or printed as a patch.

use std::path::Path;

use super::args::CheckArgs;
use super::exit::Failure;
use super::terminal::{Terminal, warn};
use crate::check::{self, Fixed, Grounds, Request, RulesError};
use crate::diagnostic::{Run, Safety};
use crate::fix::patch;
use crate::report::{How, Mended};
use crate::source;

/// What there is to report.
pub(super) struct Found {
    pub(super) run: Run,
    /// What was fixed, where that was asked for.
    pub(super) mended: Option<Mended>,
    /// What is wrong with configurations.
    pub(super) mistakes: Vec<RulesError>,
    /// Whether something could not be written.
    pub(super) failed: bool,
}

/// Checks, and fixes or suppresses as far as that is asked for.
///
/// # Errors
/// What is to be changed is no file, or standard output cannot be written.
pub(super) fn check(args: &CheckArgs, request: &Request<'_>, terminal: &mut Terminal) -> Result<Found, Failure> {
    if !args.fix && !args.diff && !args.add_suppressions {
        let found = check::check(request)?;
        return Ok(Found { run: found.run, mended: None, mistakes: found.mistakes, failed: false });
    }
    if !args.diff && !request.given.is_empty() {
        let what = "standard input cannot be changed in place\n  `--diff` prints what would change";
        return Err(Failure::Usage(what.to_owned()));
    }
    let (fixed, how) = match &args.reason {
        Some(reason) => (check::accept(request, &Grounds::new(reason, args.until.as_deref())?)?, How::Suppressed),
        None => (check::fix(request, if args.unsafe_fixes { Safety::Unsafe } else { Safety::Safe })?, How::Fixed),
    };
    fixed.refused.iter().for_each(|why| warn(&format!("warning: {why}")));
    if args.diff { print(fixed, how, terminal) } else { write(fixed, how, request) }
}

/// Prints the patch. What is found stays as it is, and is what the run comes to.
fn print(fixed: Fixed, how: How, terminal: &mut Terminal) -> Result<Found, Failure> {
    for change in &fixed.changes {
        terminal.out.write_all(&patch(&change.path, &change.before, &change.after))?;
    }
    terminal.out.flush()?;
    let verb = if how == How::Fixed { "fix" } else { "suppress" };
    warn(&format!("would {verb} {} of {}", fixed.mended, fixed.before.run.diagnostics.len()));
    Ok(Found { run: fixed.before.run, mended: None, mistakes: fixed.before.mistakes, failed: false })
}

/// Writes the files. One that somebody else changed is left alone.
fn write(mut fixed: Fixed, how: How, request: &Request<'_>) -> Result<Found, Failure> {
    let mut failed = false;
    for change in &fixed.changes {
        if let Err(error) = source::replace(Path::new(&change.path), &change.before, &change.after) {
            let undone = if how == How::Fixed { "fix" } else { "suppress in" };
            warn(&format!("error: cannot {undone} {}: it {error}", change.path));
            failed = true;
        }
    }
    if failed {
        fixed.look_again(request)?;
    }
    let mended = Mended { how, mended: fixed.mended, found: fixed.before.run.diagnostics.len() };
    Ok(Found { run: fixed.after.run, mended: Some(mended), mistakes: fixed.before.mistakes, failed })
}
