//! Writing: a report is there as a whole or as it was before, whatever happens in between; a new file takes no other's place.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How many names for the temporary file are tried before somebody else's are in the way.
const NAMES: u32 = 16;

/// Why a file cannot be written.
#[derive(Debug)]
pub enum WriteError {
    /// Its folder is not there; none is invented.
    NoFolder(PathBuf),
    /// It is a folder itself.
    IsFolder,
    /// It is write-protected.
    Protected,
    /// It is not what it was when it was read.
    Changed,
    /// The system refuses.
    Io(io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder(folder) => write!(f, "there is no folder `{}`: create it first", folder.display()),
            Self::IsFolder => f.write_str("is a folder: name a file in it"),
            Self::Protected => f.write_str("is write-protected"),
            Self::Changed => f.write_str("was changed by something else since it was read: it is left alone, run again"),
            Self::Io(error) => match error.kind() {
                io::ErrorKind::PermissionDenied => f.write_str("may not be written: the folder gives no permission"),
                io::ErrorKind::AlreadyExists => f.write_str("is there already"),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => f.write_str("the disk is full"),
                _ => write!(f, "{error}"),
            },
        }
    }
}

impl std::error::Error for WriteError {}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes a file in one step: what `content` writes goes into a new file beside it, which takes its place when it is whole.
///
/// A file that is there keeps its permissions; a link to one stays a link. What is no regular file (a pipe, `/dev/null`) cannot
/// be replaced and is written to.
///
/// # Errors
/// [`WriteError`], what `content` says included; the file is then as it was before.
pub fn write(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), WriteError> {
    let before = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(WriteError::IsFolder),
        Ok(metadata) if !metadata.is_file() => {
            let mut out = BufWriter::new(OpenOptions::new().write(true).open(path)?);
            content(&mut out)?;
            return Ok(out.flush()?);
        }
        Ok(metadata) if metadata.permissions().readonly() => return Err(WriteError::Protected),
        Ok(metadata) => Some(metadata.permissions()),
        Err(_) => None,
    };
    let target = if before.is_some() { fs::canonicalize(path)? } else { path.to_owned() };
    let (temporary, file) = beside(&target)?;
    let written = fill(file, content).and_then(|()| {
        before.map_or(Ok(()), |permissions| fs::set_permissions(&temporary, permissions))?;
        fs::rename(&temporary, &target)
    });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    Ok(written?)
}

/// Writes other bytes into a file that still has those that were read from it, as [`write()`] does.
///
/// # Errors
/// [`WriteError`]: also where it has other bytes by now. The file is then as it was.
pub fn replace(path: &Path, read: &[u8], bytes: &[u8]) -> Result<(), WriteError> {
    match super::read::read_bytes(path) {
        Ok(now) if now == read => write(path, |out| out.write_all(bytes)),
        Ok(_) | Err(_) => Err(WriteError::Changed),
    }
}

/// Adds to the end of a file, which need not be there yet.
///
/// # Errors
/// [`WriteError`]; the file is then as long as it was before.
pub fn append(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    folder_of(path)?;
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let before = file.metadata()?.len();
    let written = file.write_all(content);
    if written.is_err() {
        let _ = file.set_len(before);
    }
    Ok(written?)
}

/// Writes a new file, with the folders that it is in. One that is there already is left as it is.
///
/// # Errors
/// [`WriteError`]: it is there, or the system refuses.
pub fn create(path: &Path, text: &str) -> Result<(), WriteError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(File::create_new(path)?.write_all(text.as_bytes())?)
}

/// A new file in the folder of `target`, so that it can take its place without being copied.
fn beside(target: &Path) -> Result<(PathBuf, File), WriteError> {
    let folder = folder_of(target)?;
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..NAMES {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}-{number}.tmp", std::process::id()));
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error.into()),
        }
    }
    Err(taken.into())
}

/// The folder that is to hold a file.
fn folder_of(path: &Path) -> Result<&Path, WriteError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() { Ok(folder) } else { Err(WriteError::NoFolder(folder.to_owned())) }
}

fn fill(file: File, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    content(&mut out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{self, Write};
    use std::path::Path;

    use super::{append, replace, write};

    fn text(text: &str) -> impl FnOnce(&mut dyn Write) -> io::Result<()> {
        move |out| out.write_all(text.as_bytes())
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_write_that_fails_half_way_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        write(&path, text("old")).unwrap();
        let full = write(&path, |out| {
            out.write_all(&[b'x'; 100_000])?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().to_string(), "the disk is full");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["out.json"]);
    }

    #[test]
    fn folders_are_not_invented_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("no/out.json");
        let error = write(&inside, text("x")).unwrap_err().to_string();
        assert!(error.starts_with("there is no folder `") && error.ends_with("no`: create it first"), "{error}");
        assert!(append(&inside, b"x").unwrap_err().to_string().starts_with("there is no folder"));
        assert_eq!(write(folder.path(), text("x")).unwrap_err().to_string(), "is a folder: name a file in it");
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn what_is_appended_comes_after_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        append(&path, b"one\n").unwrap();
        append(&path, b"two\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn a_file_that_somebody_changed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write(&path, text("theirs")).unwrap();
        assert!(replace(&path, b"read", b"ours").unwrap_err().to_string().starts_with("was changed by something else"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        replace(&path, b"theirs", b"ours").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        fs::remove_file(&path).unwrap();
        assert!(replace(&path, b"ours", b"new").is_err());
        assert_eq!(names(folder.path()), [""; 0], "what is gone is not made anew");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay_and_devices_are_written_to() {
        use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("out.json"), folder.path().join("link.json"));
        write(&path, text("old")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("out.json", &link).unwrap();
        write(&link, text("new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        assert_eq!(write(&path, text("x")).unwrap_err().to_string(), "is write-protected");
        write(Path::new("/dev/null"), text("x")).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}
