//! The documents of a run: each file is read once, whoever asks for it first, and parsed once or, if it is asked for again
//! after it was examined, twice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::rules::Trees;
use crate::source::{FileId, Files, Kept, SourceFile, Sources, Span};
pub(super) use crate::source::{folder, join, name};
use crate::syntax::Document;
use crate::value::Value;

/// Files as documents, by the path by which they are reported.
pub(super) struct Documents {
    pub(super) sources: Arc<Sources>,
    files: Arc<dyn Files + Send>,
    /// The folders that are linted: nothing outside of them is opened by a link.
    roots: Vec<PathBuf>,
    /// What discovery read.
    found: BTreeMap<String, Arc<Entry>>,
    /// What was read since, because something leads to it.
    opened: Mutex<BTreeMap<String, Arc<Entry>>>,
}

struct Entry {
    file: Arc<SourceFile>,
    tree: Mutex<Option<Arc<Document>>>,
}

impl Entry {
    fn new(file: Arc<SourceFile>) -> Arc<Self> {
        Arc::new(Self { file, tree: Mutex::default() })
    }

    fn document(&self) -> Arc<Document> {
        Arc::clone(self.tree().get_or_insert_with(|| Arc::new(Document::parse(Arc::clone(&self.file)))))
    }

    fn tree(&self) -> MutexGuard<'_, Option<Arc<Document>>> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Documents {
    pub(super) fn new(sources: Arc<Sources>, files: Arc<dyn Files + Send>, roots: Vec<PathBuf>, kept: Vec<Kept>) -> Self {
        let mut found = BTreeMap::new();
        for kept in kept {
            let file = sources.add(kept.path.as_str(), kept.loaded);
            found.insert(kept.path, Entry::new(file));
        }
        Self { sources, files, roots, found, opened: Mutex::default() }
    }

    /// The document at `path`, read now if it was not yet; the error says why it cannot be read.
    pub(super) fn open(&self, path: &str) -> Result<Arc<Document>, String> {
        Ok(self.entry(path)?.document())
    }

    /// Gives up the tree of a file that was found and is examined: most are never asked for again, and all together take more
    /// room than all texts.
    pub(super) fn close(&self, path: &str) {
        if let Some(entry) = self.found.get(path) {
            *entry.tree() = None;
        }
    }

    /// The text at `path`, which need not be JSON.
    pub(super) fn text(&self, path: &str) -> Option<Arc<SourceFile>> {
        Some(Arc::clone(&self.entry(path).ok()?.file))
    }

    fn entry(&self, path: &str) -> Result<Arc<Entry>, String> {
        if let Some(entry) = self.found.get(path) {
            return Ok(Arc::clone(entry));
        }
        let known = self.lock().get(path).map(Arc::clone);
        if let Some(entry) = known {
            return Ok(entry);
        }
        let loaded = self.files.read(Path::new(path)).map_err(|error| error.to_string())?;
        // NOTE: two threads may come here with one file; the first to add it wins, so that its spans have one file.
        Ok(Arc::clone(self.lock().entry(path.to_owned()).or_insert_with(|| Entry::new(self.sources.add(path, loaded)))))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Entry>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether discovery read the file, so that it is examined for itself.
    pub(super) fn was_found(&self, path: &str) -> bool {
        self.found.contains_key(path)
    }

    /// The text of a file that may turn out not to matter.
    pub(super) fn peek(&self, path: &str) -> Option<String> {
        Some(self.files.read(Path::new(path)).ok()?.text)
    }

    /// The one true path of a file or folder.
    pub(super) fn resolve(&self, path: &str) -> Option<PathBuf> {
        self.files.resolve(Path::new(path))
    }

    /// Lets links lead to the folder of a file, too.
    pub(super) fn widen(&mut self, path: &str) {
        self.roots.extend(self.resolve(path).and_then(|real| Some(real.parent()?.to_owned())));
    }

    /// The names of the files in a folder, sorted.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        self.files.list(Path::new(if folder.is_empty() { "." } else { folder }))
    }

    /// Whether there is a folder at the path.
    pub(super) fn is_folder(&self, path: &str) -> bool {
        self.files.is_folder(Path::new(path))
    }

    /// Whether a folder is the root of a git repository. In a submodule or a second work tree, `.git` is a file.
    pub(super) fn is_repository(&self, folder: &str) -> bool {
        let git = PathBuf::from(format!("{folder}.git"));
        self.files.is_folder(&git) || self.files.is_file(&git)
    }

    /// Whether a path inside what is linted has no file: the first folder above it that is there tells where it leads.
    pub(super) fn is_missing(&self, path: &str) -> bool {
        let above =
            Path::new(path).ancestors().skip(1).map(|above| if above.as_os_str().is_empty() { Path::new(".") } else { above });
        let there = above.into_iter().find_map(|above| self.files.resolve(above));
        self.files.resolve(Path::new(path)).is_none() && there.is_some_and(|real| self.is_inside(&real))
    }

    /// Whether a file is there and inside what is linted, its symbolic links followed.
    pub(super) fn reaches(&self, path: &str) -> bool {
        self.files.resolve(Path::new(path)).is_some_and(|real| self.is_inside(&real))
    }

    fn is_inside(&self, real: &Path) -> bool {
        self.roots.iter().any(|root| real.starts_with(root))
    }
}

impl Trees for Documents {
    fn document(&self, file: FileId) -> Option<Arc<Document>> {
        let path = self.sources.get(file)?;
        let entry = self.found.get(path.path()).map(Arc::clone).or_else(|| self.lock().get(path.path()).map(Arc::clone))?;
        Some(entry.document()).filter(|document| document.file().id() == file)
    }

    fn policy(&self, at: Span, address: &Value) -> Option<Arc<SourceFile>> {
        super::link::policy(self, at, address)
    }
}
