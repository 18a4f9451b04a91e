//! What the threads of a walk meet, gathered folder by folder.
//!
//! Of the files of a large tree nearly all are only counted: they stay together with their folder, without a path of their own,
//! and in no order.

use std::ffi::OsString;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::listing::{Folder, Kind};
use super::prefilter::Prefilter;
use super::read::ReadError;
use super::sieve::{SkippedKind, What, met};

/// Files of one folder that no rule looks at, in no order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// The folder as reached from the argument, with forward slashes, of which the last one ends it.
    pub folder: String,
    /// Those of its files that were met together.
    pub files: Vec<SkippedFile>,
    /// The names of all, one behind the other.
    names: String,
}

/// A file that no rule looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedFile {
    /// Where its name stands among those of the folder.
    name: Range<usize>,
    /// What it looks like.
    pub kind: SkippedKind,
    /// Whether it may link to other templates, so that it can be the parent of one that matters.
    pub links: bool,
}

impl Skipped {
    /// The name of one of its files.
    #[must_use]
    pub fn name(&self, file: &SkippedFile) -> &str {
        &self.names[file.name.clone()]
    }

    /// The path of one of its files.
    #[must_use]
    pub fn path(&self, file: &SkippedFile) -> String {
        format!("{}{}", self.folder, self.name(file))
    }

    /// Adds a file of this name.
    fn add(&mut self, name: &str, kind: SkippedKind, links: bool) {
        let start = self.names.len();
        self.names.push_str(name);
        self.files.push(SkippedFile { name: start..self.names.len(), kind, links });
    }

    fn clear(&mut self) {
        self.files.clear();
        self.names.clear();
    }

    /// A file of this name alone.
    pub(super) fn alone(folder: &str, name: &str, kind: SkippedKind, links: bool) -> Self {
        let mut alone = Self { folder: folder.to_owned(), ..Self::default() };
        alone.add(name, kind, links);
        alone
    }

    /// Leaves the files with these names and, of each, what is told.
    pub fn retain(&mut self, mut stays: impl FnMut(&str, &SkippedFile) -> bool) {
        self.files.retain(|file| stays(&self.names[file.name.clone()], file));
    }
}

/// A file or folder that was met and is more than counted, or may be met again another way.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) shown: String,
    pub(super) explicit: bool,
    pub(super) link: bool,
    pub(super) what: What,
}

impl Found {
    pub(super) fn new(path: PathBuf, explicit: bool, link: bool, what: What) -> Self {
        Self { shown: shown(&path), path, explicit, link, what }
    }
}

/// A path as it is shown, with forward slashes.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// What all threads met.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    pub(super) found: Vec<Found>,
    pub(super) skipped: Vec<Skipped>,
}

/// One thread of a walk: it reads what it meets, and hands over what it met in a folder when it leaves it.
pub(super) struct Hand<'h> {
    prefilter: &'h Prefilter,
    harvest: &'h Mutex<Harvest>,
    /// Where files are read into.
    room: Vec<u8>,
    folder: Option<Arc<Folder>>,
    met: Harvest,
    skipped: Skipped,
}

impl<'h> Hand<'h> {
    pub(super) fn new(prefilter: &'h Prefilter, harvest: &'h Mutex<Harvest>) -> Self {
        Self { prefilter, harvest, room: Vec::new(), folder: None, met: Harvest::default(), skipped: Skipped::default() }
    }

    /// The folder it is in.
    pub(super) fn folder(&self) -> Option<&Folder> {
        self.folder.as_deref()
    }

    /// Goes on in this folder.
    pub(super) fn enter(&mut self, folder: Arc<Folder>) {
        self.leave();
        self.folder = Some(folder);
    }

    /// Reads an entry of the folder it is in, whose name counts, unless it is no file: links to folders, sockets and pipes are none.
    pub(super) fn meet(&mut self, name: OsString, kind: Kind) {
        let Some(folder) = &self.folder else { return };
        let is_link = kind == Kind::Link;
        let what = match kind {
            Kind::Folder | Kind::Other => return,
            Kind::File => met(self.prefilter, &name, || folder.file(&name), &mut self.room),
            Kind::Link => match fs::metadata(folder.path().join(&name)) {
                Ok(target) if !target.is_file() => return,
                Ok(_) => met(self.prefilter, &name, || folder.file(&name), &mut self.room),
                // NOTE: a link that leads nowhere is told, as is a file that cannot be read: somebody meant it to be there.
                Err(error) => What::Unreadable(error.into()),
            },
        };
        match (what, name.to_str()) {
            (What::Skipped { kind, links }, Some(name)) if !is_link => self.skipped.add(name, kind, links),
            (what, _) => self.met.found.push(Found::new(folder.path().join(&name), false, is_link, what)),
        }
    }

    /// Tells of what cannot be read.
    pub(super) fn miss(&mut self, path: PathBuf, error: ReadError) {
        self.met.found.push(Found::new(path, false, false, What::Unreadable(error)));
    }

    fn leave(&mut self) {
        if let Some(folder) = self.folder.take().filter(|_| !self.skipped.files.is_empty()) {
            if folder.path().to_str().is_some() {
                // What is kept takes no more room than it needs, and the lists grow once in a walk.
                self.met.skipped.push(Skipped { folder: shown(folder.path()), ..self.skipped.clone() });
            } else {
                let alone = |file: &SkippedFile| {
                    let what = What::Skipped { kind: file.kind, links: file.links };
                    Found::new(folder.path().join(self.skipped.name(file)), false, false, what)
                };
                self.met.found.extend(self.skipped.files.iter().map(alone));
            }
            self.skipped.clear();
        }
        let Harvest { found, skipped } = &mut self.met;
        let mut harvest = self.harvest.lock().unwrap_or_else(PoisonError::into_inner);
        harvest.found.append(found);
        harvest.skipped.append(skipped);
    }
}

impl Drop for Hand<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}
