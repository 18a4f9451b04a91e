//! One folder: what is in it, and its files by their names alone, so that the system need not find the folder again for each.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};

/// What an entry of a folder is, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "only folders that are listed here tell of others than files"))]
pub(super) enum Kind {
    File,
    Link,
    Folder,
    /// A socket, a pipe, a device.
    Other,
}

/// A folder that can be read.
pub(super) struct Folder {
    path: PathBuf,
    #[cfg(unix)]
    dir: Dir,
}

impl Folder {
    /// The path by which it was reached, with a slash at its end.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { path: path.join(""), dir: Dir::new(openat(CWD, path, flags, Mode::empty())?)? })
    }

    /// The file of this name.
    pub(super) fn file(&self, name: &OsStr) -> io::Result<File> {
        Ok(File::from(openat(self.dir.fd()?, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?))
    }

    /// Tells each entry to `each`. It can be done once.
    pub(super) fn list(&mut self, mut each: impl FnMut(&OsStr, Kind)) -> io::Result<()> {
        use std::os::unix::ffi::OsStrExt as _;
        while let Some(entry) = self.dir.read() {
            let entry = entry?;
            let name = entry.file_name();
            let told = match entry.file_type() {
                // NOTE: some file systems do not tell, and it must be asked.
                FileType::Unknown => FileType::from_raw_mode(statat(self.dir.fd()?, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode),
                told => told,
            };
            let name = OsStr::from_bytes(name.to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match told {
                FileType::RegularFile => Kind::File,
                FileType::Symlink => Kind::Link,
                FileType::Directory => Kind::Folder,
                _ => Kind::Other,
            };
            each(name, kind);
        }
        Ok(())
    }
}

#[cfg(not(unix))]
impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.join("") })
    }

    /// The file of this name.
    pub(super) fn file(&self, name: &OsStr) -> io::Result<File> {
        File::open(self.path.join(name))
    }
}
