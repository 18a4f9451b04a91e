//! Folders are walked on several threads: by what ignore files leave out, or as they are.

use std::path::Path;
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::Options;
use super::gather::{Hand, Harvest};
use super::listing::{Folder, Kind};
use super::prefilter::Prefilter;
use super::read::{ReadError, path_of};
use super::sieve::counts;

/// A disk that is not in memory yet answers several requests at a time, so there are more threads than cores.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get() + 1).min(16)
}

/// Walks folders: what is met in them is harvested. Whether all files were met that are in a folder in which any was.
pub(super) fn walk(folders: &[&Path], options: &Options, prefilter: &Prefilter, harvest: &Mutex<Harvest>) -> bool {
    #[cfg(unix)]
    if options.no_ignore {
        return super::crew::walk(folders, options.hidden, prefilter, harvest);
    }
    filtered(folders, options, prefilter, harvest);
    false
}

/// Walks folders as ignore files have it, unless they are not to count.
fn filtered(folders: &[&Path], options: &Options, prefilter: &Prefilter, harvest: &Mutex<Harvest>) {
    let Some((first, others)) = folders.split_first() else { return };
    let mut builder = WalkBuilder::new(first);
    for folder in others {
        builder.add(folder);
    }
    builder.hidden(!options.hidden).threads(threads()).git_global(false).git_exclude(false);
    builder.ignore(!options.no_ignore).git_ignore(!options.no_ignore).parents(!options.no_ignore);
    builder.build_parallel().run(|| {
        let mut hand = Hand::new(prefilter, harvest);
        Box::new(move |entry| {
            match entry {
                Ok(entry) if counts(entry.file_name()) => meet(&entry, &mut hand),
                Ok(_) => {}
                Err(error) => {
                    if let Some((path, error)) = lost(&error) {
                        hand.miss(path.to_owned(), error);
                    }
                }
            }
            WalkState::Continue
        })
    });
}

fn meet(entry: &DirEntry, hand: &mut Hand<'_>) {
    let Some(kind) = entry.file_type() else { return };
    let kind = match kind {
        kind if kind.is_symlink() => Kind::Link,
        kind if kind.is_file() => Kind::File,
        _ => return,
    };
    let path = entry.path().as_os_str().as_encoded_bytes();
    let place = &path[..path.len() - entry.file_name().len()];
    if hand.folder().is_none_or(|here| here.path().as_os_str().as_encoded_bytes() != place) {
        match Folder::open(&path_of(place)) {
            Ok(folder) => hand.enter(Arc::new(folder)),
            Err(error) => return hand.miss(entry.path().to_owned(), error.into()),
        }
    }
    hand.meet(entry.file_name().to_owned(), kind);
}

/// The folder that could not be listed and why; `None` for a broken line of an ignore file.
fn lost(error: &ignore::Error) -> Option<(&Path, ReadError)> {
    match error {
        ignore::Error::WithPath { path, err } => Some((path, ReadError::Io(err.io_error()?.kind()))),
        ignore::Error::WithDepth { err, .. } => lost(err),
        _ => None,
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;
    use std::sync::Mutex;

    use super::{Harvest, Options, filtered, walk};
    use crate::source::Prefilter;

    /// Everything that a walk met.
    fn met(harvest: Mutex<Harvest>) -> BTreeSet<String> {
        let Harvest { found, skipped } = harvest.into_inner().unwrap();
        let skipped = skipped
            .iter()
            .flat_map(|one| one.files.iter().map(|file| format!("{} {:?} {}", one.path(file), file.kind, file.links)));
        found.iter().map(|one| format!("{one:?}")).chain(skipped).collect()
    }

    #[test]
    fn without_ignore_files_both_walks_meet_the_same() {
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for folder in ["a/b/c", "a/x.json", "a/.hidden", "many", "empty", "z"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for file in [
            "a/b/c/1.json",
            "a/x.json/2.JSONC",
            "a/.hidden/3.json",
            "a/.4.json",
            "a/.json",
            "a/5.bicep",
            "a/6.txt",
            "z/apim.json",
        ] {
            fs::write(at(file), "{\"apiManagement\": 1}").unwrap();
        }
        (0..300).for_each(|n| fs::write(at("many").join(format!("{n}.json")), "{}").unwrap());
        let odd = at("z").join(std::ffi::OsStr::from_bytes(b"\xFF"));
        fs::create_dir(&odd).unwrap();
        fs::write(odd.join("7.json"), "{}").unwrap();
        symlink("apim.json", at("z/8.json")).unwrap();
        symlink("nowhere", at("z/9.json")).unwrap();
        symlink("../a", at("z/up.json")).unwrap();
        let prefilter = Prefilter::new(&["apimanagement"]);
        for hidden in [false, true] {
            for folders in [vec![""], vec!["a/./", "many//", "z"], vec!["empty"], vec!["none"]] {
                let folders: Vec<_> = folders.into_iter().map(at).collect();
                let folders: Vec<&Path> = folders.iter().map(|folder| folder.as_path()).collect();
                let (as_they_are, by_ignore_files) = (Mutex::default(), Mutex::default());
                walk(&folders, &Options { no_ignore: true, hidden }, &prefilter, &as_they_are);
                filtered(&folders, &Options { no_ignore: true, hidden }, &prefilter, &by_ignore_files);
                let (as_they_are, by_ignore_files) = (met(as_they_are), met(by_ignore_files));
                let apart: Vec<_> = as_they_are.symmetric_difference(&by_ignore_files).collect();
                assert!(apart.is_empty(), "{apart:#?}");
                assert_eq!(as_they_are.is_empty(), folders[0].ends_with("empty"));
            }
        }
    }
}
