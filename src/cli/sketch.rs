//! `armlint rules new`

use std::io::Write;

use super::args::NewArgs;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::check;

/// Writes the files of a new rule and says what to do with them.
pub(super) fn run(args: &NewArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let written = check::sketch(&args.folder, &args.name, &args.resource)?;
    for path in written {
        writeln!(terminal.out, "{path}")?;
    }
    writeln!(terminal.out, "\ntry it: `armlint test {}`", args.folder.display())?;
    Ok(Exit::Clean)
}
