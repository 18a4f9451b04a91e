//! Where files are read from: the disk, or memory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::read::{Loaded, ReadError, decode, read_bytes};

/// Where files are read from: the disk, or a map in memory.
pub trait Files: Sync {
    /// The text of a file.
    ///
    /// # Errors
    /// [`ReadError`]: it is not there, cannot be read, is no regular file, is too large, or is no text.
    fn read(&self, path: &Path) -> Result<Loaded, ReadError>;

    /// The names of the regular files in a folder, sorted; none where it cannot be listed.
    fn list(&self, folder: &Path) -> Vec<String>;

    /// The one true path of a file or folder, links followed; `None` where there is none.
    fn resolve(&self, path: &Path) -> Option<PathBuf>;

    /// Whether there is a folder at the path.
    fn is_folder(&self, path: &Path) -> bool;

    /// Whether there is a regular file at the path.
    fn is_file(&self, path: &Path) -> bool;
}

/// The files on disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<Loaded, ReadError> {
        decode(read_bytes(path)?)
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        // NOTE: the folder tells what its entries are; only where a link leads must be asked.
        let files = entries.filter(|entry| match entry.file_type() {
            Ok(kind) if kind.is_symlink() => fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file()),
            kind => kind.is_ok_and(|kind| kind.is_file()),
        });
        let mut names: Vec<String> = files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort_unstable();
        names
    }

    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).ok()
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }
}

/// Files in memory: for tests, and for texts that an editor has not saved yet.
impl Files for BTreeMap<PathBuf, String> {
    fn read(&self, path: &Path) -> Result<Loaded, ReadError> {
        let text = self.get(path).ok_or(ReadError::Io(io::ErrorKind::NotFound))?;
        Ok(Loaded::utf8(text.as_str()))
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        let inside = self.keys().filter(|path| path.parent() == Some(folder));
        inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned)).collect()
    }

    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        (self.contains_key(path) || self.is_folder(path)).then(|| path.to_owned())
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.keys().any(|known| known != path && known.starts_with(path))
    }

    fn is_file(&self, path: &Path) -> bool {
        self.contains_key(path)
    }
}
