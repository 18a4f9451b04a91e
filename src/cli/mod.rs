//! The command line: as typed, as meant, and the exit code. The only room that prints.

mod args;
mod catalogue;
mod check;
mod ci;
mod eval;
mod exit;
mod explain;
mod files;
mod fix;
mod inventory;
mod man;
mod output;
mod place;
mod progress;
mod prose;
mod run;
mod settings;
mod sketch;
mod suppressions;
mod terminal;
mod test;

pub use run::run;
