//! Patterns of paths, as a `.gitignore` in the folder of the configuration would have them.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::source::Span;
use crate::table::Problems;

/// Patterns that are seen from one folder.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    /// The true path of the folder.
    root: PathBuf,
    matcher: Gitignore,
    /// As written.
    pub(super) written: Vec<(String, Span)>,
}

impl Patterns {
    /// Patterns seen from the folder whose true path is `root`.
    pub(super) fn new<'p>(root: &Path, written: impl IntoIterator<Item = (&'p str, Span)>, problems: &mut Problems) -> Self {
        let mut builder = GitignoreBuilder::new("");
        let mut kept = Vec::new();
        for (pattern, at) in written {
            kept.push((pattern.to_owned(), at));
            if let Err(error) = builder.add_line(None, pattern) {
                let why = match error {
                    ignore::Error::Glob { err, .. } => err,
                    other => other.to_string(),
                };
                let help = "write it as in a `.gitignore`: `legacy/`, `*.generated.json`, `infra/**/test.json`";
                problems.report(at, format!("`{pattern}` is no pattern: {why}"), help);
            }
        }
        Self { root: root.to_owned(), matcher: builder.build().unwrap_or_else(|_| Gitignore::empty()), written: kept }
    }

    /// Whether one of them means the file at this true path, or a folder that it is in.
    pub(super) fn hold(&self, real: &Path) -> bool {
        let inside = real.strip_prefix(&self.root).ok().filter(|inside| !inside.as_os_str().is_empty());
        inside.is_some_and(|inside| self.matcher.matched_path_or_any_parents(inside, false).is_ignore())
    }
}
