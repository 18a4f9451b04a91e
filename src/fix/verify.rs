//! Whether what came of fixes holds: what was to be mended is gone, and no new error has come.

use std::collections::BTreeMap;

use super::Chosen;
use crate::diagnostic::{Diagnostic, Fingerprint, Run, Severity};
use crate::source::Sources;

/// What a diagnostic is about in a run of the same files: the path of its file, and its fingerprint.
type Identity = (String, Fingerprint);

fn identity(diagnostic: &Diagnostic, sources: &Sources) -> Identity {
    let file = sources.get(diagnostic.resource_file());
    (file.map(|file| file.path().to_owned()).unwrap_or_default(), diagnostic.fingerprint(sources))
}

/// How many diagnostics there are of each identity.
#[derive(Debug, Default)]
pub struct Count(BTreeMap<Identity, usize>);

impl Count {
    /// Those of a run that fail.
    #[must_use]
    pub fn failing(run: &Run) -> Self {
        Self::of(run, run.diagnostics.iter())
    }

    /// Those of a run that fail or cannot be told.
    fn all(run: &Run) -> Self {
        Self::of(run, run.diagnostics.iter().chain(&run.undecided))
    }

    fn of<'d>(run: &Run, diagnostics: impl Iterator<Item = &'d Diagnostic>) -> Self {
        let mut count = Self::default();
        diagnostics.for_each(|diagnostic| *count.0.entry(identity(diagnostic, &run.sources)).or_default() += 1);
        count
    }

    /// How many there are of one.
    fn get(&self, of: &Identity) -> usize {
        self.0.get(of).copied().unwrap_or_default()
    }

    /// How many of these are not among `later`.
    #[must_use]
    pub fn gone(&self, later: &Self) -> usize {
        self.0.iter().map(|(of, count)| count.saturating_sub(later.get(of))).sum()
    }
}

/// The fixes made between two runs after which what they mend is told still, be it as something that cannot be told.
#[must_use]
pub fn unmended<'d>(chosen: &[Chosen<'d>], before: &Run, after: &Run) -> Vec<Chosen<'d>> {
    let (old, new) = (Count::all(before), Count::all(after));
    let mut made: BTreeMap<Identity, usize> = BTreeMap::new();
    let print = |chosen: &Chosen<'_>| identity(chosen.diagnostic, &before.sources);
    chosen.iter().for_each(|chosen| *made.entry(print(chosen)).or_default() += 1);
    let holds = |chosen: &&Chosen<'_>| {
        let of = print(chosen);
        new.get(&of) + made.get(&of).copied().unwrap_or_default() <= old.get(&of)
    };
    chosen.iter().filter(|chosen| !holds(chosen)).copied().collect()
}

/// The errors of the later run that are more than the earlier one has of their rule and file.
#[must_use]
pub fn new_errors<'d>(before: &Run, after: &'d Run) -> Vec<&'d Diagnostic> {
    let of = |run: &Run, diagnostic: &Diagnostic| {
        let file = run.sources.get(diagnostic.primary.span.file);
        (diagnostic.rule.to_string(), file.map(|file| file.path().to_owned()))
    };
    let mut left: BTreeMap<_, usize> = BTreeMap::new();
    for diagnostic in before.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error) {
        *left.entry(of(before, diagnostic)).or_default() += diagnostic.instances;
    }
    let mut more = Vec::new();
    for diagnostic in after.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error) {
        let left = left.entry(of(after, diagnostic)).or_default();
        if diagnostic.instances > *left {
            more.push(diagnostic);
        }
        *left = left.saturating_sub(diagnostic.instances);
    }
    more
}
