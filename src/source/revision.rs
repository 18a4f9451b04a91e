//! What files were at a revision of their git repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Loaded, decode};

/// A revision, and which files are not as they were then.
#[derive(Debug)]
pub struct Revision {
    /// The true path of the work tree.
    root: PathBuf,
    /// The commit.
    commit: String,
    /// The files that differ, from the root, with what they were called then; `None` for those that were not there.
    changed: BTreeMap<PathBuf, Option<String>>,
    /// The files and whole folders that git knows nothing of, from the root.
    untracked: BTreeSet<PathBuf>,
}

/// What a file was at a revision.
#[derive(Debug)]
pub enum Past {
    /// The same.
    Same,
    /// This text.
    Was(Loaded),
    /// Not there, or no text.
    New,
}

/// Why a revision cannot be compared with.
#[derive(Debug)]
pub enum RevisionError {
    /// The program cannot be started.
    NoGit(io::Error),
    /// The folder is in no work tree: what git says.
    NoRepository(PathBuf, String),
    /// There is no such commit.
    NoCommit(String),
    /// Anything else: what git says.
    Failed(String),
}

impl fmt::Display for RevisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoGit(error) => write!(f, "cannot run git: {error}\n  install git, or put it on the path"),
            Self::NoRepository(folder, said) => {
                write!(f, "no git work tree at `{}`: {said}\n  run it inside a checkout", folder.display())
            }
            Self::NoCommit(name) => {
                write!(
                    f,
                    "no revision `{name}` in this repository\n  fetch it (`git fetch --depth`, `--unshallow`), or name another one"
                )
            }
            Self::Failed(said) => write!(f, "git failed: {said}\n  mend the repository, or leave `--changed-since` out"),
        }
    }
}

impl std::error::Error for RevisionError {}

impl Revision {
    /// The revision of that name in the repository that holds a folder.
    ///
    /// # Errors
    /// [`RevisionError`]
    pub fn open(folder: &Path, name: &str) -> Result<Self, RevisionError> {
        let top = git(folder, ["rev-parse", "--show-toplevel"])?
            .map_err(|said| RevisionError::NoRepository(folder.to_owned(), said))?;
        let root = path(top.strip_suffix(b"\n").unwrap_or(&top));
        let root = fs::canonicalize(&root).unwrap_or(root);
        let wanted = format!("{name}^{{commit}}");
        let commit = git(&root, ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?
            .map_err(|_| RevisionError::NoCommit(name.to_owned()))?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let differing = ["diff", "--name-status", "-z", "--find-renames", "--no-relative", "--no-ext-diff", &commit, "--"];
        let differing = git(&root, differing)?.map_err(RevisionError::Failed)?;
        let untracked = git(&root, ["ls-files", "--others", "--directory", "-z"])?.map_err(RevisionError::Failed)?;
        Ok(Self { changed: changed(&differing), untracked: fields(&untracked).map(path).collect(), root, commit })
    }

    /// The true paths of the files of these names that were there and are not any more.
    #[must_use]
    pub fn gone(&self, names: &[&str]) -> Vec<PathBuf> {
        let before = self.changed.values().flatten().map(|before| self.root.join(before));
        let is_named = |path: &PathBuf| path.file_name().is_some_and(|name| names.iter().any(|known| name == *known));
        before.filter(is_named).filter(|path| !path.exists()).collect()
    }

    /// What the file at a true path was. One outside of the work tree is new.
    ///
    /// # Errors
    /// [`RevisionError`]: the repository does not give the text.
    pub fn past(&self, file: &Path) -> Result<Past, RevisionError> {
        let Ok(inside) = file.strip_prefix(&self.root) else { return Ok(Past::New) };
        if let Some(before) = self.changed.get(inside) {
            let Some(before) = before else { return Ok(Past::New) };
            // As git would check it out: with the line ends and the encoding of the work tree.
            let bytes = git(&self.root, ["cat-file", "--filters", &format!("{}:{before}", self.commit)])?;
            let bytes = bytes.map_err(RevisionError::Failed)?;
            return Ok(decode(&bytes).map_or(Past::New, Past::Was));
        }
        // NOTE: a submodule that changed is one entry, and so is a folder of which nothing is tracked.
        let is_new = |above: &Path| self.untracked.contains(above) || self.changed.contains_key(above);
        Ok(if inside.ancestors().any(is_new) { Past::New } else { Past::Same })
    }
}

/// What git prints, or what it says where it fails.
fn git<'a>(folder: &Path, args: impl IntoIterator<Item = &'a str>) -> Result<Result<Vec<u8>, String>, RevisionError> {
    super::git::git(folder, args).map_err(RevisionError::NoGit)
}

/// Reads `git diff --name-status -z`: a letter and a path, or, of what was renamed or copied, a letter and two.
fn changed(listed: &[u8]) -> BTreeMap<PathBuf, Option<String>> {
    let mut changed = BTreeMap::new();
    let mut fields = fields(listed);
    while let (Some(status), Some(first)) = (fields.next(), fields.next()) {
        let before = String::from_utf8_lossy(first).into_owned();
        match status.first() {
            Some(b'R' | b'C') => changed.extend(fields.next().map(|now| (path(now), Some(before)))),
            Some(b'A') => drop(changed.insert(path(first), None)),
            _ => drop(changed.insert(path(first), Some(before))),
        }
    }
    changed
}

/// What stands between NUL bytes.
fn fields(listed: &[u8]) -> impl Iterator<Item = &[u8]> {
    listed.split(|&byte| byte == 0).filter(|field| !field.is_empty())
}

/// A path as git prints it; that of a folder ends with a slash, which paths do not compare.
fn path(bytes: &[u8]) -> PathBuf {
    super::read::path_of(bytes)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::changed;

    #[test]
    fn a_renamed_file_is_compared_with_what_it_was() {
        let listed = b"M\0a.json\0R087\0old name.json\0new.json\0A\0b.json\0D\0c.json\0";
        let told: Vec<(PathBuf, Option<String>)> = changed(listed).into_iter().collect();
        let told: Vec<(&str, Option<&str>)> =
            told.iter().map(|(now, before)| (now.to_str().unwrap(), before.as_deref())).collect();
        let was = Some;
        assert_eq!(
            told,
            [("a.json", was("a.json")), ("b.json", None), ("c.json", was("c.json")), ("new.json", was("old name.json"))]
        );
    }
}
