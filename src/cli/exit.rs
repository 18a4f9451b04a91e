//! Exit codes, and errors of use.

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::check::RulesError;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// What the program says to whoever started it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// Everything named was checked, and nothing was found.
    Clean = 0,
    /// Something was found.
    Found = 1,
    /// Something could not be checked.
    Failed = 2,
}

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// The user asked for something that cannot be; the lines say what and what to do instead.
    Usage(String),
    /// Rule files with mistakes.
    Rules(Vec<Diagnostic>, Sources),
    /// Configurations with mistakes.
    Configuration(Vec<Diagnostic>, Arc<Sources>),
    /// A baseline with mistakes.
    Baseline(Vec<Diagnostic>, Sources),
    /// Standard output cannot be written.
    Output(io::Error),
    /// Reports that cannot be written: the path of each, and why.
    Unwritten(Vec<String>),
}

impl From<RulesError> for Failure {
    fn from(error: RulesError) -> Self {
        match error {
            RulesError::Wanted(text) => Self::Usage(text),
            RulesError::Mistakes(mistakes, sources) => Self::Rules(mistakes, sources),
            RulesError::Configuration(mistakes, sources) => Self::Configuration(mistakes, sources),
            RulesError::Baseline(mistakes, sources) => Self::Baseline(mistakes, sources),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Failure {
    /// The mistakes that it is about, with the files that they are in.
    pub(super) fn mistakes(&self) -> Option<(&[Diagnostic], &Sources)> {
        match self {
            Self::Rules(mistakes, sources) | Self::Baseline(mistakes, sources) => Some((mistakes, sources)),
            Self::Configuration(mistakes, sources) => Some((mistakes, sources)),
            Self::Usage(_) | Self::Output(_) | Self::Unwritten(_) => None,
        }
    }

    /// Whether the reader of our output went away, which is its right.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => write!(f, "error: {text}"),
            Self::Rules(mistakes, _) => write!(f, "error: {} in rule files; none of them was loaded", count(mistakes.len())),
            Self::Configuration(mistakes, _) => {
                write!(f, "error: {} in the configuration; what it holds for was not checked", count(mistakes.len()))
            }
            Self::Baseline(mistakes, _) => write!(f, "error: {} in the baseline; nothing was checked", count(mistakes.len())),
            Self::Output(error) => write!(f, "error: cannot write the output: {error}"),
            Self::Unwritten(reports) => {
                let lines: Vec<String> = reports.iter().map(|report| format!("error: cannot write {report}")).collect();
                f.write_str(&lines.join("\n"))
            }
        }
    }
}

fn count(mistakes: usize) -> String {
    if mistakes == 1 { "a mistake".to_owned() } else { format!("{mistakes} mistakes") }
}
