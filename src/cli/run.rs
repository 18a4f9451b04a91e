//! The program on one page.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use super::args::{Cli, Command};
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use super::{catalogue, check, eval, explain, inventory, man, suppressions, test};
use crate::check::RulesError;
use crate::report::{self, Options};

/// Runs the program with these arguments, the first of which is its own name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match Cli::try_parse_from(args) {
        Ok(cli) => dispatch(&cli),
        Err(error) => {
            // `--help` and `--version` come this way too; a closed pipe is success.
            let _ = error.print();
            if error.use_stderr() { Exit::Failed } else { Exit::Clean }
        }
    };
    ExitCode::from(exit as u8)
}

fn dispatch(cli: &Cli) -> Exit {
    let mut terminal = Terminal::new(cli.color);
    let done = match &cli.command {
        Command::Check(args) => check::run(args, &mut terminal),
        Command::Inventory(args) => inventory::run(args, &mut terminal),
        Command::Suppressions(args) => suppressions::run(args, &mut terminal),
        Command::Explain(args) => explain::run(args, &mut terminal),
        Command::Rules(args) => catalogue::run(args, &mut terminal),
        Command::Test(args) => test::run(args, &mut terminal),
        Command::Eval(args) => eval::run(args, &mut terminal),
        Command::Completions { shell } => {
            // NOTE: the generator panics where it cannot write, and a reader may go away.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "armlint", &mut script);
            terminal.out.write_all(&script).map(|()| Exit::Clean).map_err(Failure::from)
        }
        Command::Man { command } => man::run(command.as_deref(), &mut terminal),
    };
    let flushed = |exit: Exit, out: &mut dyn Write| out.flush().map(|()| exit).map_err(Failure::from);
    match done.and_then(|exit| flushed(exit, &mut terminal.out)) {
        Ok(exit) => exit,
        Err(failure) if failure.is_closed_pipe() => Exit::Clean,
        Err(failure) => {
            explain_failure(&failure, &terminal);
            Exit::Failed
        }
    }
}

/// Says on standard error what is wrong with configurations; false where nothing is.
pub(super) fn explain_mistakes(mistakes: Vec<RulesError>, terminal: &Terminal) -> bool {
    let are_there = !mistakes.is_empty();
    mistakes.into_iter().for_each(|mistake| explain_failure(&mistake.into(), terminal));
    are_there
}

/// Says on standard error why a command could not do what it was asked.
pub(super) fn explain_failure(failure: &Failure, terminal: &Terminal) {
    if let Some((mistakes, sources)) = failure.mistakes() {
        let options = Options { color: terminal.color, width: terminal.width, ..Options::default() };
        let _ = report::excerpts(mistakes, sources, &options, &mut io::stderr());
    }
    let _ = writeln!(io::stderr(), "{failure}");
}
