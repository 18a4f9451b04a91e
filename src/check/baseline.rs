//! A baseline in its folder: which diagnostics of a run it accepts, and what it becomes.

use std::path::{Path, PathBuf};

use super::rules::RulesError;
use crate::diagnostic::{Diagnostic, Fingerprint, Run, Suppressed};
use crate::source::{Disk, Files as _, Sources};
use crate::suppress::{Entry, pair_baseline, print_baseline, read_baseline};
use crate::syntax::Document;

/// What is said of a diagnostic that a baseline accepts.
pub(super) const KIND: &str = "baseline";

/// A baseline.
#[derive(Debug)]
pub struct Baseline {
    /// The true path of its folder, from which its files are seen.
    folder: PathBuf,
    entries: Vec<Entry>,
}

impl Baseline {
    /// Reads the baseline at a path.
    ///
    /// # Errors
    /// It is not there, or cannot be understood.
    pub fn open(path: &Path) -> Result<Self, RulesError> {
        let shown = path.to_string_lossy().replace('\\', "/");
        let loaded = Disk.read(path).map_err(|error| {
            RulesError::Wanted(format!("cannot read the baseline `{shown}`: {error}\n  `--write-baseline` writes one"))
        })?;
        let sources = Sources::new();
        let document = Document::parse(sources.add(shown, loaded));
        let entries = read_baseline(&document).map_err(|mistakes| RulesError::Configuration(mistakes, sources.into()))?;
        Ok(Self { entries, ..Self::new(path) })
    }

    /// A baseline at a path that accepts nothing yet.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self { folder: Disk.resolve(folder).unwrap_or_else(|| folder.to_owned()), entries: Vec::new() }
    }

    /// The text of its file.
    #[must_use]
    pub fn text(&self) -> String {
        print_baseline(&self.entries)
    }

    /// Accepts everything that fails in a run as well.
    pub fn take(&mut self, run: &Run, paths: &[PathBuf]) {
        let paths = real(paths);
        let others = self.entries.iter().filter(|entry| !self.reaches(&paths, entry)).cloned();
        self.entries = others.chain(self.found(run)).collect();
    }

    /// Forgets what is gone from the files below `paths`.
    pub fn prune(&mut self, run: &Run, paths: &[PathBuf]) {
        let gone = self.gone(&self.accepted(run), paths);
        let mut n = 0..;
        self.entries.retain(|_| !n.next().is_some_and(|n| gone.contains(&n)));
    }

    /// Moves what it accepts to the suppressed, and counts what is gone.
    pub fn apply(&self, run: &mut Run, paths: &[PathBuf]) {
        let pairs = pair_baseline(&self.entries, &self.found(run));
        let (accepted, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut run.diagnostics).into_iter().zip(&pairs).partition(|(_, pair)| pair.is_some());
        run.diagnostics = left.into_iter().map(|(told, _)| told).collect();
        let accept = |(diagnostic, _)| Suppressed { diagnostic, kind: KIND, reason: None };
        run.suppressed.extend(accepted.into_iter().map(accept));
        let pairs: Vec<usize> = pairs.into_iter().flatten().collect();
        run.outdated = self.gone(&pairs, paths).len();
    }

    /// The entries that accept something in a run to which it was applied.
    fn accepted(&self, run: &Run) -> Vec<usize> {
        pair_baseline(&self.entries, &self.found(run)).into_iter().flatten().collect()
    }

    /// The entries for files below `paths` that accept nothing.
    fn gone(&self, accepting: &[usize], paths: &[PathBuf]) -> Vec<usize> {
        let paths = real(paths);
        let below = |n: &usize| self.reaches(&paths, &self.entries[*n]);
        (0..self.entries.len()).filter(|n| !accepting.contains(n)).filter(below).collect()
    }

    /// What fails in a run, be it accepted by a baseline, as entries.
    fn found(&self, run: &Run) -> Vec<Entry> {
        let prints = run.fingerprints();
        let failing = run.diagnostics.iter().zip(&prints.diagnostics);
        let accepted = run.suppressed.iter().zip(&prints.suppressed).filter(|(suppressed, _)| suppressed.kind == KIND);
        let all = failing.chain(accepted.map(|(suppressed, print)| (&suppressed.diagnostic, print)));
        all.map(|(told, print)| self.entry(told, *print, &run.sources)).collect()
    }

    /// Whether an entry's file is one of some true paths, or below one.
    fn reaches(&self, paths: &[PathBuf], entry: &Entry) -> bool {
        let mut file = self.folder.clone();
        for part in entry.file.split('/') {
            if part == ".." {
                file.pop();
            } else {
                file.push(part);
            }
        }
        paths.iter().any(|path| file.starts_with(path))
    }

    fn entry(&self, told: &Diagnostic, print: Fingerprint, sources: &Sources) -> Entry {
        let path = sources.get(told.resource_file()).map(|file| file.path().to_owned()).unwrap_or_default();
        let real = Disk.resolve(Path::new(&path)).unwrap_or_else(|| PathBuf::from(&path));
        let resource = told.resource.as_ref().map(|resource| format!("{} {}", resource.resource_type, resource.name));
        Entry {
            file: seen_from(&self.folder, &real),
            rule: told.rule.to_string(),
            fingerprint: print.to_string(),
            resource: resource.unwrap_or_default(),
            path: told.path.clone(),
        }
    }
}

/// The true paths of those that are there.
fn real(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().filter_map(|path| Disk.resolve(path)).collect()
}

/// A path seen from a folder, with forward slashes.
fn seen_from(folder: &Path, path: &Path) -> String {
    let shared = folder.components().zip(path.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::seen_from;

    #[test]
    fn files_are_seen_from_the_folder_of_the_baseline() {
        let seen = |path: &str| seen_from(Path::new("/r/ci"), Path::new(path));
        assert_eq!(seen("/r/ci/a.json"), "a.json");
        assert_eq!(seen("/r/infra/a.json"), "../infra/a.json");
    }
}
