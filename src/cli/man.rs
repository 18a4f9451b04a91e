//! `armlint man`

use clap::{Command, CommandFactory as _};

use super::args::Cli;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;

/// Prints a manual page, made from the same definition as the help.
pub(super) fn run(name: Option<&str>, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    program.build();
    let command = match name {
        None => program,
        Some(name) => program.find_subcommand(name).cloned().ok_or_else(|| unknown(&program, name))?,
    };
    clap_mangen::Man::new(command).render(&mut terminal.out)?;
    Ok(Exit::Clean)
}

fn unknown(program: &Command, name: &str) -> Failure {
    let names: Vec<&str> = program.get_subcommands().filter(|known| !known.is_hide_set()).map(Command::get_name).collect();
    Failure::Usage(format!("no command named `{name}`\n  choose one of {}", names.join(", ")))
}
