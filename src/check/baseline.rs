//! A baseline in its folder: which diagnostics of a run it accepts, and what it becomes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::order::Order;
use super::rules::RulesError;
use crate::diagnostic::{Diagnostic, Fingerprint, Run, Suppressed};
use crate::source::{Disk, FileId, Files as _, Sources};
use crate::suppress::{Entry, pair_baseline, print_baseline, read_baseline};
use crate::syntax::Document;

/// What is said of a diagnostic that a baseline accepts.
const KIND: &str = "baseline";

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
        let entries = read_baseline(&document).map_err(|mistakes| RulesError::Baseline(mistakes, sources))?;
        Ok(Self { entries, ..Self::new(path) })
    }

    /// Reads the baseline at a path; where there is none, one that accepts nothing yet.
    ///
    /// # Errors
    /// It cannot be understood.
    pub fn open_or_new(path: &Path) -> Result<Self, RulesError> {
        if Disk.resolve(path).is_some() { Self::open(path) } else { Ok(Self::new(path)) }
    }

    fn new(path: &Path) -> Self {
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
        let accepting = pair_baseline(&self.entries, &self.found(run)).into_iter().flatten().collect();
        let gone = self.gone(&accepting, paths);
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
        Order::of(&run.sources).sort_suppressed(&mut run.suppressed);
        let pairs = pairs.into_iter().flatten().collect();
        run.outdated = self.gone(&pairs, paths).len();
    }

    /// The entries for files below `paths` that accept nothing.
    fn gone(&self, accepting: &BTreeSet<usize>, paths: &[PathBuf]) -> BTreeSet<usize> {
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
        let mut files = BTreeMap::new();
        let mut file = |told: &Diagnostic| -> String {
            let id = told.resource_file();
            files.entry(id).or_insert_with(|| self.file(id, &run.sources)).clone()
        };
        all.map(|(told, print)| entry(told, *print, file(told))).collect()
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

    /// A file of the run, seen from the folder of the baseline.
    fn file(&self, id: FileId, sources: &Sources) -> String {
        let path = sources.get(id).map(|file| PathBuf::from(file.path())).unwrap_or_default();
        seen_from(&self.folder, &Disk.resolve(&path).unwrap_or(path))
    }
}

fn entry(told: &Diagnostic, print: Fingerprint, file: String) -> Entry {
    let resource = told.resource.as_ref().map(|resource| format!("{} {}", resource.resource_type, resource.name));
    Entry {
        file,
        rule: told.rule.to_string(),
        fingerprint: print.to_string(),
        resource: resource.unwrap_or_default(),
        path: told.path.clone(),
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
