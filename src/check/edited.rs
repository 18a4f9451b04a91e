//! Texts that take the place of those on disk: what files come to once fixes are made, before anything is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::source::{Disk, Files, Kept, Loaded, ReadError};

/// The files on disk, some of them as they will be.
#[derive(Debug, Default, Clone)]
pub(super) struct Edited {
    /// By the one true path of a file, or by its name where it came another way than from disk.
    texts: BTreeMap<PathBuf, Loaded>,
}

impl Edited {
    /// The one name of a file, however it was reached.
    pub(super) fn key(path: &str) -> PathBuf {
        Disk.resolve(Path::new(path)).unwrap_or_else(|| PathBuf::from(path))
    }

    /// Takes in what a file comes to.
    pub(super) fn insert(&mut self, key: PathBuf, loaded: Loaded) {
        self.texts.insert(key, loaded);
    }

    /// The file as it will be, where that is not as it is.
    pub(super) fn apply(&self, kept: &mut Kept) {
        if let Some(loaded) = (!self.texts.is_empty()).then(|| self.texts.get(&Self::key(&kept.path))).flatten() {
            kept.loaded = loaded.clone();
        }
    }
}

impl Files for Edited {
    fn read(&self, path: &Path) -> Result<Loaded, ReadError> {
        let known = (!self.texts.is_empty()).then(|| self.texts.get(&Disk.resolve(path)?)).flatten();
        known.map_or_else(|| Disk.read(path), |loaded| Ok(loaded.clone()))
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        Disk.list(folder)
    }

    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        Disk.resolve(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        Disk.is_folder(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        Disk.is_file(path)
    }
}
