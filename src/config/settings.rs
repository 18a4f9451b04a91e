//! A configuration as meant: layers of settings, each with the place that it comes from.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::patterns::Patterns;
use crate::diagnostic::Severity;
use crate::source::Span;

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// A place in a configuration file.
    File(Span),
}

/// A setting that somebody gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given<T> {
    /// What it is.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

/// Settings that are given together. Of several layers a later one wins: a preset or a selection starts anew, `extend_select`
/// adds to what was chosen before, `ignore` takes away from it.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    /// The files that it holds for; all where there are none.
    pub(super) paths: Option<Patterns>,
    /// The preset.
    pub preset: Option<Given<String>>,
    /// Rules instead of the preset.
    pub select: Vec<Given<String>>,
    /// Rules besides.
    pub extend_select: Vec<Given<String>>,
    /// Rules that do not take part.
    pub ignore: Vec<Given<String>>,
    /// Other severities of rules; `None` is `off`.
    pub severity: Vec<(Given<String>, Option<Severity>)>,
    /// Options of rules.
    pub options: Vec<Given<Assignment>>,
    /// The least severity that makes the exit code 1.
    pub fail_on: Option<Given<FailOn>>,
    /// What to do with what cannot be told.
    pub undecided: Option<Given<Undecided>>,
}

/// An option that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignment {
    /// `RULE.NAME=VALUE`, as typed.
    Typed(String),
    /// As written in a file.
    Written {
        /// The rule.
        rule: String,
        /// The option.
        name: String,
        /// What it is set to.
        value: OptionValue,
    },
}

/// What an option is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A list of strings.
    Texts(Vec<String>),
}

/// Everything that a configuration file says, with those that it extends.
#[derive(Debug, Default)]
pub struct Config {
    /// The file and those that it extends, directly or over others; the file comes last.
    pub paths: Vec<String>,
    /// Whether there is a mistake in any of them: what is said here is then not all that was meant.
    pub is_broken: bool,
    /// Its layers, those of the files that it extends first.
    pub(super) layers: Vec<Layer>,
    pub(super) include: Option<Patterns>,
    pub(super) exclude: Vec<Patterns>,
    /// Folders of rules.
    pub rules: Vec<Given<String>>,
    /// Which parameter files belong to a template, by its path.
    pub(super) parameters: Vec<(String, Vec<Given<String>>)>,
    /// Diagnostics that are accepted.
    pub suppress: Vec<Accepted>,
    /// What suppressions must be like.
    pub limits: Limits,
}

/// Diagnostics that a configuration accepts.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The rules.
    pub rules: Vec<(String, Span)>,
    /// The files.
    pub(super) paths: Patterns,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which they are, as written.
    pub until: Option<(String, Span)>,
    /// Where it is written.
    pub at: Span,
}

/// What suppressions must be like.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Rules that cannot be suppressed.
    pub forbid: Vec<Given<String>>,
    /// Whether each needs a reason.
    pub require_reason: Option<Given<bool>>,
    /// How many days from now each may end, which it then must.
    pub max_days: Option<Given<i64>>,
}

impl<T> Given<T> {
    /// Given by a flag.
    pub fn by_flag(value: T, flag: &'static str) -> Self {
        Self { value, origin: Origin::Flag(flag) }
    }
}

impl Config {
    /// The path of the file itself.
    #[must_use]
    pub fn path(&self) -> &str {
        self.paths.last().map_or("", String::as_str)
    }

    /// Which of its layers hold for a file, given its true path.
    #[must_use]
    pub fn layers_of(&self, real: &Path) -> Vec<usize> {
        let holds = |layer: &Layer| layer.paths.as_ref().is_none_or(|paths| paths.hold(real));
        (0..self.layers.len()).filter(|ix| holds(&self.layers[*ix])).collect()
    }

    /// The layer of that number.
    #[must_use]
    pub fn layer(&self, ix: usize) -> Option<&Layer> {
        self.layers.get(ix)
    }

    /// Whether a file of a walked folder is to be checked, given its true path.
    #[must_use]
    pub fn includes(&self, real: &Path) -> bool {
        self.include.as_ref().is_none_or(|include| include.hold(real)) && !self.exclude.iter().any(|exclude| exclude.hold(real))
    }

    /// The parameter files of a template, by the path by which both are reported; `None` where nothing is said of it.
    #[must_use]
    pub fn parameters_of(&self, template: &str) -> Option<&[Given<String>]> {
        let plain = |path: &str| path.trim_start_matches("./").to_owned();
        let found = self.parameters.iter().rev().find(|(path, _)| plain(path) == plain(template));
        found.map(|(_, files)| files.as_slice())
    }

    /// The templates that a parameter file is named for.
    pub fn templates_of(&self, parameters: &str) -> impl Iterator<Item = &str> {
        let plain = |path: &str| path.trim_start_matches("./").to_owned();
        let of = plain(parameters);
        let named = self.parameters.iter().filter(move |(_, files)| files.iter().any(|file| plain(&file.value) == of));
        named.map(|(template, _)| template.as_str())
    }
}

impl Accepted {
    /// Whether it holds for a file, given its true path.
    #[must_use]
    pub fn holds(&self, real: &Path) -> bool {
        self.paths.hold(real)
    }
}

/// Enums whose variants are words of the command line and of configurations.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];
            /// The words for them.
            pub(super) const WORDS: &[&'static str] = &[$($word,)+];

            /// The word for it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word).ok_or(())
            }
        }
    };
}

words! {
    /// The least severity that makes the exit code 1.
    FailOn {
        /// Errors alone.
        Error = "error",
        /// Warnings and errors.
        Warning = "warning",
        /// Any diagnostic.
        Note = "note",
        /// Nothing.
        Never = "never",
    }
}

words! {
    /// What to do with undecided checks; they are always counted.
    Undecided {
        /// Only count them.
        Hide = "hide",
        /// Show them.
        Show = "show",
        /// Show them and exit with 1.
        Fail = "fail",
    }
}

impl FailOn {
    /// Whether a diagnostic of this severity makes the exit code 1.
    #[must_use]
    pub fn includes(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => true,
            Self::Never => false,
        }
    }
}
