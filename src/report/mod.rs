//! Reporters: they print what a run found, each in one format, and do nothing else.
//!
//! A new format is one file here and one line in [`Format`]. What comes out of a file (names, messages, source text) is
//! written so that neither a terminal nor a service that reads the output takes it for something armlint said.

mod alike;
mod azure;
mod circumstances;
mod concise;
mod github;
mod gitlab;
mod guard;
mod human;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod place;
mod press;
mod record;
mod sarif;
mod summary;
mod text;
mod window;

#[cfg(test)]
mod sample;

use std::fmt;
use std::io;
use std::str::FromStr;

pub use summary::unreadable;
pub use text::{counted, wrap};

use crate::diagnostic::{Diagnostic, Run};
use crate::source::Sources;

/// Prints what a run found.
pub trait Reporter {
    /// Writes the whole report.
    ///
    /// # Errors
    /// Whatever `out` says, a closed pipe included.
    fn report(&self, run: &Run, out: &mut dyn io::Write) -> io::Result<()>;
}

/// What the command line decides about how a report looks. Formats take what concerns them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether to colour, and to link rule names to the catalogue.
    pub color: bool,
    /// Whether to draw with more than ASCII.
    pub unicode: bool,
    /// The width of the terminal in columns.
    pub width: usize,
    /// What was checked, as typed: the paths with spaces between them. It introduces the summary.
    pub subject: String,
    /// Whether to show what cannot be told, where the format leaves the choice.
    pub undecided: bool,
    /// Whether a report for people stands before this one, so that annotations need not say again what was seen.
    pub supplement: bool,
    /// Whether the run ends in failure: its exit code is not 0. What a service is told of the result agrees with it.
    pub failed: bool,
    /// What was fixed or suppressed, where that was asked for.
    pub mended: Option<Mended>,
}

/// How many diagnostics are gone because of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mended {
    /// What was done: fixed or suppressed.
    pub how: How,
    /// How many are gone.
    pub mended: usize,
    /// How many there were.
    pub found: usize,
}

/// What was done with diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// What they are about was mended.
    Fixed,
    /// They are accepted from now on.
    Suppressed,
}

impl Default for Options {
    /// Plain text for a pipe.
    fn default() -> Self {
        Self {
            color: false,
            unicode: true,
            width: 100,
            subject: String::new(),
            undecided: false,
            supplement: false,
            failed: false,
            mended: None,
        }
    }
}

/// Prints messages with their excerpts for people, and nothing around them: for what a command says that is no report.
///
/// # Errors
/// Whatever `out` says.
pub fn excerpts(problems: &[Diagnostic], sources: &Sources, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let human = human::Human::new(options.clone());
    let mut out = guard::Log::new(out);
    problems.iter().try_for_each(|problem| human.drawn(sources, problem, &mut out))?;
    io::Write::flush(&mut out)
}

/// The name and the reporter of every format, in the order in which help shows them.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $name:literal => $reporter:path,)+) => {
        /// A format of reports.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format {
            $($(#[$doc])* $variant,)+
        }

        impl Format {
            /// All of them, in the order in which help shows them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word for it on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What prints it.
            #[must_use]
            pub fn reporter(self, options: Options) -> Box<dyn Reporter> {
                match self {
                    $(Self::$variant => Box::new($reporter(options)),)+
                }
            }
        }
    };
}

formats! {
    /// For people: excerpts of the source with the places marked.
    Human = "human" => human::Human::new,
    /// One line each, which editors can follow.
    Concise = "concise" => concise::Concise::new,
    /// One JSON document, schema version 1.
    Json = "json" => json::Json::new,
    /// The same objects as JSON, one a line.
    Jsonl = "jsonl" => jsonl::Jsonl::new,
    /// SARIF 2.1.0, for code scanning.
    Sarif = "sarif" => sarif::Sarif::new,
    /// Workflow commands of GitHub Actions.
    Github = "github" => github::Github::new,
    /// Logging commands of Azure Pipelines.
    Azure = "azure" => azure::Azure::new,
    /// A Code Quality report of GitLab.
    Gitlab = "gitlab" => gitlab::Gitlab::new,
    /// JUnit XML.
    Junit = "junit" => junit::Junit::new,
    /// A comment on a pull request, or the summary of a job.
    Markdown = "markdown" => markdown::Markdown::new,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|format| format.name()).collect();
            format!("no format named `{name}`: choose one of {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};

    use super::sample::{many, options, print, run};
    use super::text::is_hidden;
    use super::{Format, Options};

    #[test]
    fn a_format_is_known_by_its_name() {
        for &format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        let error = "jsn".parse::<Format>().unwrap_err();
        assert!(error.starts_with("no format named `jsn`: choose one of human, concise, json, "), "{error}");
    }

    #[test]
    fn nothing_in_a_template_speaks_for_us_in_any_format() {
        for &format in Format::ALL {
            let report = print(format, &run(), options());
            assert!(!report.chars().any(|c| c != '\n' && is_hidden(c)), "{format}: a terminal would obey\n{report}");
            let starts = |prefix: &str| report.lines().filter(|line| line.trim_start().starts_with(prefix)).count();
            assert_eq!(starts("::"), if format == Format::Github { 6 } else { 0 }, "{format}: GitHub would obey\n{report}");
            let (all, ours) = (report.matches("##vso[").count(), starts("##vso["));
            match format {
                // The runner reads a command of its own and looks no further; the agent stops at the first.
                Format::Github | Format::Azure => {
                    assert!(
                        report
                            .lines()
                            .all(|line| !line.contains("##vso[") || line.starts_with("##vso[") || line.starts_with("::"))
                    );
                }
                _ => assert_eq!((all, ours), (0, 0), "{format}: Azure Pipelines would obey\n{report}"),
            }
        }
    }

    #[test]
    fn a_closed_pipe_is_told_in_every_format() {
        /// A pipe whose reader has seen enough.
        struct Closed(usize);
        impl io::Write for Closed {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or(ErrorKind::BrokenPipe)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for &format in Format::ALL {
            for room in [0, 100] {
                let error = format.reporter(Options::default()).report(&many(3), &mut Closed(room)).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::BrokenPipe, "{format}");
            }
        }
    }
}
