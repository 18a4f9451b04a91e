//! What a file is, from its bytes: one that may matter, or one that is only counted.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;

use super::prefilter::{PARAMETERS, Prefilter, TEMPLATE};
use super::read::{Loaded, ReadError, decode, read_bytes, read_regular};

/// What a skipped file looks like, by the name of a schema in its first [`HEAD`] bytes.
///
/// That is a guess, and good enough for what hangs on it: under which of three numbers of the summary the file counts, and
/// whether it is looked at again as the parameter file of a template that matters. Of 177 public files that name one
/// of these schemas, 173 do in their first 4 KiB; most of the others are collections that embed templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkippedKind {
    /// It names the schema of a deployment template of any scope.
    Template,
    /// It names the schema of a parameter file.
    ParameterFile,
    /// Neither.
    Other,
}

/// How many bytes of a skipped file are searched for the name of its schema.
pub const HEAD: usize = 4096;

/// What a file that was met is.
#[derive(Debug)]
pub(super) enum What {
    Kept(Loaded),
    Skipped { kind: SkippedKind, links: bool },
    Unreadable(ReadError),
    Bicep,
}

/// Reads a file that an argument names.
pub(super) fn named(path: &Path) -> What {
    if path.file_name().is_some_and(is_bicep) && path.is_file() {
        return What::Bicep;
    }
    read_bytes(path).and_then(decode).map_or_else(What::Unreadable, What::Kept)
}

/// Reads a regular file of this name that was met in a folder and is opened by `open`; `room` is used again.
pub(super) fn met(prefilter: &Prefilter, name: &OsStr, open: impl FnOnce() -> io::Result<File>, room: &mut Vec<u8>) -> What {
    if is_bicep(name) {
        return What::Bicep;
    }
    let bytes = match open().map_err(ReadError::from).and_then(|file| read_regular(file, room)) {
        Ok(bytes) => bytes,
        Err(error) => return What::Unreadable(error),
    };
    let Some([template, parameters, link]) = prefilter.marks(bytes) else {
        return decode(bytes).map_or_else(What::Unreadable, What::Kept);
    };
    let in_head = |mark: &str, at: Option<usize>| at.is_some_and(|at| at + mark.len() <= HEAD);
    let kind = if in_head(TEMPLATE, template) {
        SkippedKind::Template
    } else if in_head(PARAMETERS, parameters) {
        SkippedKind::ParameterFile
    } else {
        SkippedKind::Other
    };
    What::Skipped { kind, links: kind != SkippedKind::ParameterFile && link.is_some() }
}

/// Whether a file of this name counts where a folder is walked.
pub(super) fn counts(name: &OsStr) -> bool {
    has_extension(name, &["json", "jsonc", "bicep"])
}

fn is_bicep(name: &OsStr) -> bool {
    has_extension(name, &["bicep"])
}

fn has_extension(name: &OsStr, wanted: &[&str]) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| wanted.iter().any(|wanted| extension.eq_ignore_ascii_case(wanted)))
}
