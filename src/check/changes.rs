//! Files as edits make them: tried in memory, and written by whoever finds that they hold.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::edited::Edited;
use crate::diagnostic::Edit;
use crate::fix::apply;
use crate::source::{FileId, Loaded, Sources, decode};
use crate::syntax::Document;

/// A file that changes.
pub struct Changed {
    /// Its path as reached from the argument.
    pub path: String,
    /// Its bytes as they were read.
    pub before: Vec<u8>,
    /// Its bytes as they will be.
    pub after: Vec<u8>,
}

/// Files that change, by the one name of each.
#[derive(Default)]
pub(super) struct Changes {
    files: BTreeMap<PathBuf, Changed>,
    edited: Edited,
}

impl Changes {
    /// Makes edits on top of those that were made. The paths of the files that are broken, or would be by them: they stay as they were.
    pub(super) fn make(&mut self, edits: &BTreeMap<FileId, Vec<Edit>>, sources: &Sources) -> Vec<String> {
        let mut broken = Vec::new();
        for (file, edits) in edits {
            let Some(file) = sources.get(*file) else { continue };
            let bytes = apply(&file, edits);
            let key = Edited::key(file.path());
            // A linked policy is no JSON: what came of it is seen by the rules on policies.
            let is_sound = |text: &str| file.path().ends_with(".xml") || is_well_formed(text);
            let loaded = decode(&bytes).ok().filter(|loaded| is_sound(&loaded.text));
            match loaded.filter(|_| is_sound(file.text())) {
                Some(loaded) => {
                    self.edited.insert(key.clone(), loaded);
                    let path = file.path().to_owned();
                    let change =
                        self.files.entry(key).or_insert_with(|| Changed { path, before: file.bytes(), after: Vec::new() });
                    change.after = bytes;
                }
                None => broken.push(file.path().to_owned()),
            }
        }
        broken
    }

    /// The files as they will be.
    pub(super) fn edited(&self) -> &Edited {
        &self.edited
    }

    /// The one name of each file.
    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = &PathBuf> {
        self.files.keys()
    }

    /// Those that are not as they were, by path.
    pub(super) fn into_files(self) -> Vec<Changed> {
        let mut files: Vec<Changed> = self.files.into_values().filter(|change| change.before != change.after).collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files
    }
}

fn is_well_formed(text: &str) -> bool {
    Document::parse(Sources::new().add("", Loaded::utf8(text))).is_well_formed()
}

/// Which ids mean one file, reached on several ways.
pub(super) struct Aliases(BTreeMap<FileId, FileId>);

impl Aliases {
    /// Those among some files.
    pub(super) fn of(files: impl Iterator<Item = FileId>, sources: &Sources) -> Self {
        let mut known: BTreeMap<PathBuf, FileId> = BTreeMap::new();
        let mut aliases = BTreeMap::new();
        for file in files {
            if let Some(path) = sources.get(file).filter(|_| !aliases.contains_key(&file)) {
                aliases.insert(file, *known.entry(Edited::key(path.path())).or_insert(file));
            }
        }
        Self(aliases)
    }

    /// The id that stands for all those of its file.
    pub(super) fn first(&self, file: FileId) -> FileId {
        self.0.get(&file).copied().unwrap_or(file)
    }
}
