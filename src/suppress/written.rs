//! A suppression as written, whatever its spelling.

use jiff::civil::Date;

use super::comment::comments;
use super::metadata::metadata;
use super::{INVALID, MARK};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::Document;
use crate::table::Problems;

/// How a suppression is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// In a comment.
    Comment,
    /// In `metadata`.
    Metadata,
    /// In a configuration.
    Configuration,
}

/// Diagnostics that somebody accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// How it is spelt.
    pub kind: Kind,
    /// The rules, of which there is one at least.
    pub rules: Vec<Named>,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// The last day on which it holds, and where that is written.
    pub until: Option<(Date, Span)>,
    /// Where it is written: the comment, or the entry.
    pub at: Span,
    /// The comment that ends what it covers, where there is one.
    pub end: Option<Span>,
}

/// A rule that a suppression names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The word for it.
    pub word: String,
    /// Where the word stands.
    pub at: Span,
    /// Where its diagnostics are accepted: those that point into this part of the file, and those about resources that begin
    /// in it.
    pub covers: Span,
}

impl Kind {
    /// The word for it in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Metadata => "metadata",
            Self::Configuration => "config",
        }
    }
}

/// The suppressions in a file in their order, and what is wrong with them.
#[must_use]
pub fn read(document: &Document) -> (Vec<Suppression>, Vec<Diagnostic>) {
    if memchr::memmem::find(document.file().text().as_bytes(), MARK.as_bytes()).is_none() {
        return (Vec::new(), Vec::new());
    }
    let mut problems = Problems::new(INVALID);
    let mut found = comments(document, &mut problems);
    found.extend(metadata(document, &mut problems));
    found.sort_by_key(|suppression| suppression.at);
    (found, problems.into_found())
}

/// The date that a text is.
pub(super) fn date(text: &str, at: Span, problems: &mut Problems) -> Option<(Date, Span)> {
    let date = text.parse().ok();
    if date.is_none() {
        problems.report(at, format!("`{text}` is no date"), "write it as year, month and day: 2027-01-31");
    }
    Some((date?, at))
}
