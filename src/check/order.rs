//! The order in which a run tells: by path, offset, rule and property path.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Suppressed};
use crate::source::{FileId, SourceFile, Sources};

/// The order of the files of a run.
pub(super) struct Order {
    /// The rank of each file; those of one path have the same.
    ranks: Vec<usize>,
}

impl Order {
    /// That of these files.
    pub(super) fn of(sources: &Sources) -> Self {
        let files: Vec<Arc<SourceFile>> = (0..).map_while(|id| sources.get(FileId(id))).collect();
        let mut by_path: Vec<usize> = (0..files.len()).collect();
        by_path.sort_by_key(|file| files[*file].path());
        let mut ranks = vec![0; files.len()];
        let same = by_path.chunk_by(|one, other| files[*one].path() == files[*other].path());
        for (rank, same) in (1..).zip(same) {
            same.iter().for_each(|file| ranks[*file] = rank);
        }
        Self { ranks }
    }

    /// The rank of a file; one of another run comes first.
    pub(super) fn rank(&self, file: FileId) -> usize {
        self.ranks.get(file.0 as usize).copied().unwrap_or(0)
    }

    /// Brings diagnostics into the order in which they are told.
    pub(super) fn sort(&self, told: &mut [Diagnostic]) {
        told.sort_by(|one, other| self.of_two(one, other));
    }

    /// The same of what is accepted.
    pub(super) fn sort_suppressed(&self, suppressed: &mut [Suppressed]) {
        suppressed.sort_by(|one, other| self.of_two(&one.diagnostic, &other.diagnostic));
    }

    /// Which of two diagnostics is told first.
    fn of_two(&self, one: &Diagnostic, other: &Diagnostic) -> Ordering {
        let place = |told: &Diagnostic| (self.rank(told.primary.span.file), told.primary.span.start);
        place(one).cmp(&place(other)).then_with(|| (&one.rule, &one.path).cmp(&(&other.rule, &other.path)))
    }
}
