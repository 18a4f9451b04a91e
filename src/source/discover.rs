//! Which files a run is about: the arguments, folders walked in parallel, each file read and sifted where it was found.
//!
//! Files named by an argument are always read, whatever they are called. In folders `.json` and `.jsonc` files count, in any
//! letter case, except hidden ones and those that `.gitignore` (inside a git repository, as git itself does) or `.ignore` leave
//! out. What is ignored on one machine only (`.git/info/exclude`, the user's own list) is not: a report must not depend on the machine.
//!
//! A link named by an argument is followed. In folders a link to a file counts as that file, a link to a folder is not followed:
//! its files are somebody else's, or are met anyway. However many ways lead to a file, it is there once.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::gather::{Found, Harvest, Skipped, SkippedFile};
use super::path::{folder, name};
use super::prefilter::Prefilter;
use super::read::{Loaded, ReadError};
use super::sieve::{self, What};
use super::walk::{threads, walk};

/// How folders are walked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Look at files that `.gitignore` and `.ignore` leave out, too.
    pub no_ignore: bool,
    /// Look at files and folders whose name starts with a dot, too.
    pub hidden: bool,
}

/// What was found, in the order of the paths but for what was skipped.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Files that may matter, with their text.
    pub kept: Vec<Kept>,
    /// Files without a word that a rule looks for, in the order of their folders.
    pub skipped: Vec<Skipped>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// How many Bicep files were met; they are not read.
    pub bicep: usize,
    /// Whether all files were met that are in a folder in which any was.
    is_whole: bool,
}

impl Discovery {
    /// The folders that hold a JSON file of one of these names; `None` where there may be others among those that were walked.
    #[must_use]
    pub fn folders_with(&self, names: &[&str]) -> Option<BTreeSet<&str>> {
        let is_one = |file: &str| names.iter().any(|name| name.eq_ignore_ascii_case(file));
        let skipped = self.skipped.iter().filter(|skipped| skipped.files.iter().any(|file| is_one(skipped.name(file))));
        let paths = self.kept.iter().map(|kept| &kept.path).chain(self.unreadable.iter().map(|unreadable| &unreadable.path));
        let others = paths.filter(|path| is_one(name(path))).map(|path| folder(path));
        self.is_whole.then(|| skipped.map(|skipped| skipped.folder.as_str()).chain(others).collect())
    }
}

/// A file that may matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// As reached from the argument, with forward slashes.
    pub path: String,
    /// Its text and encoding.
    pub loaded: Loaded,
    /// Whether an argument names it.
    pub explicit: bool,
}

/// A file or folder that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// As reached from the argument, with forward slashes.
    pub path: String,
    /// Why.
    pub error: ReadError,
}

/// Finds and reads the files that `roots` name: files, folders, links to either. Nothing here depends on the number of threads.
#[must_use]
pub fn discover(roots: &[PathBuf], prefilter: &Prefilter, options: &Options) -> Discovery {
    let (folders, files): (Vec<&Path>, Vec<&Path>) = roots.iter().map(PathBuf::as_path).partition(|root| root.is_dir());
    let harvest = Mutex::default();
    read_named(&files, &harvest);
    let is_walk_whole = !folders.is_empty() && walk(&folders, options, prefilter, &harvest);
    let mut harvest = harvest.into_inner().unwrap_or_else(PoisonError::into_inner);
    let is_each_once = once_each(&mut harvest, &folders);
    Discovery { is_whole: is_walk_whole && is_each_once, ..account(harvest) }
}

/// Sifts some of the skipped files again, for other words: those that hold one are then among the kept.
pub fn resift(discovery: &mut Discovery, paths: &BTreeSet<String>, prefilter: &Prefilter) {
    let mut room = Vec::new();
    let Discovery { kept, skipped, unreadable, .. } = discovery;
    for folder in skipped {
        let place = folder.folder.clone();
        folder.retain(|name, _| {
            let path = format!("{place}{name}");
            if !paths.contains(&path) {
                return true;
            }
            match sieve::met(prefilter, name.as_ref(), || File::open(&path), &mut room) {
                What::Kept(loaded) => kept.push(Kept { path, loaded, explicit: false }),
                What::Unreadable(error) => unreadable.push(Unreadable { path, error }),
                What::Skipped { .. } | What::Bicep => return true,
            }
            false
        });
    }
    kept.sort_by(|a, b| a.path.cmp(&b.path));
}

/// Reads the files that arguments name.
fn read_named(files: &[&Path], harvest: &Mutex<Harvest>) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(&path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let found = Found::new(path.to_owned(), true, path.is_symlink(), sieve::named(path));
            harvest.lock().unwrap_or_else(PoisonError::into_inner).found.push(found);
        }
    };
    // NOTE: a few files are read before a thread has started.
    let helpers = if files.len() < 16 { 0 } else { threads() - 1 };
    std::thread::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(work);
        }
        work();
    });
}

/// Leaves each file once, in the order of the paths: as an argument names it, else under its own name rather than a link's, else
/// by the path that sorts first.
///
/// To ask the system for a file's true path is slow, so it is asked only where two ways can lead to one file. Whether there were
/// none such.
fn once_each(harvest: &mut Harvest, folders: &[&Path]) -> bool {
    let mut true_folders: Vec<PathBuf> = folders.iter().filter_map(|folder| fs::canonicalize(folder).ok()).collect();
    true_folders.sort_unstable();
    let overlap = true_folders.windows(2).any(|pair| pair[1].starts_with(&pair[0]));
    let true_path = |one: &Found| fs::canonicalize(&one.path).unwrap_or_else(|_| one.path.clone());

    let Harvest { found, skipped } = harvest;
    let several_ways = found.iter().filter(|one| one.explicit || one.link);
    let names: BTreeSet<OsString> = several_ways.filter_map(|one| true_path(one).file_name().map(ToOwned::to_owned)).collect();
    let is_doubtful = |name: &OsStr| overlap || names.contains(name);
    for folder in skipped {
        let place = folder.folder.clone();
        folder.retain(|name, &SkippedFile { kind, links, .. }| {
            let doubtful = is_doubtful(name.as_ref());
            if doubtful {
                let path = PathBuf::from(format!("{place}{name}"));
                found.push(Found::new(path, false, false, What::Skipped { kind, links }));
            }
            !doubtful
        });
    }
    found.sort_by(|a, b| (&a.shown, !a.explicit).cmp(&(&b.shown, !b.explicit)));

    let mut best: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut again: BTreeSet<usize> = BTreeSet::new();
    for (index, one) in found.iter().enumerate() {
        if one.explicit || one.link || one.path.file_name().is_some_and(is_doubtful) {
            let holder = best.entry(true_path(one)).or_insert(index);
            if *holder != index {
                let rank = |one: &Found| (!one.explicit, one.link);
                let worse = if rank(one) < rank(&found[*holder]) { std::mem::replace(holder, index) } else { index };
                again.insert(worse);
            }
        }
    }
    let mut index = 0;
    found.retain(|_| {
        index += 1;
        !again.contains(&(index - 1))
    });
    !overlap && names.is_empty()
}

fn account(mut harvest: Harvest) -> Discovery {
    harvest.skipped.sort_by(|a, b| a.folder.cmp(&b.folder));
    let mut discovery = Discovery { skipped: harvest.skipped, ..Discovery::default() };
    for Found { shown: path, explicit, what, .. } in harvest.found {
        match what {
            What::Kept(loaded) => discovery.kept.push(Kept { path, loaded, explicit }),
            What::Skipped { kind, links } => {
                discovery.skipped.push(Skipped::alone(folder(&path), name(&path), kind, links));
            }
            What::Unreadable(error) => discovery.unreadable.push(Unreadable { path, error }),
            What::Bicep => discovery.bicep += 1,
        }
    }
    discovery
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::{Discovery, Options, discover};
    use crate::source::{Prefilter, SkippedKind};

    /// A folder with these files; a path that ends with a slash is a folder.
    fn folder(files: &[(&str, &str)]) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn find(root: &TempDir, arguments: &[&str], options: Options) -> Discovery {
        let roots: Vec<PathBuf> = arguments.iter().map(|argument| root.path().join(argument)).collect();
        let mut found = discover(&roots, &Prefilter::new(&["apimanagement"]), &options);
        let prefix = format!("{}/", root.path().to_str().unwrap().replace('\\', "/"));
        let kept = found.kept.iter_mut().map(|one| &mut one.path);
        let skipped = found.skipped.iter_mut().map(|one| &mut one.folder);
        for path in kept.chain(skipped).chain(found.unreadable.iter_mut().map(|one| &mut one.path)) {
            *path = path.replace(&prefix, "");
        }
        found
    }

    /// `path`, with `!` where an argument names it; then what was skipped in round and what is unreadable in square brackets.
    fn summary(found: &Discovery) -> String {
        let kept = found.kept.iter().map(|one| format!("{}{}", one.path, if one.explicit { "!" } else { "" }));
        let skipped = found.skipped.iter().flat_map(|one| one.files.iter().map(|file| format!("({})", one.path(file))));
        let unreadable = found.unreadable.iter().map(|one| format!("[{} {}]", one.path, one.error));
        kept.chain(skipped).chain(unreadable).collect::<Vec<_>>().join(" ")
    }

    const APIM: &str = r#"{"type": "Microsoft.ApiManagement/service"}"#;

    #[test]
    fn folders_are_walked_by_extension_and_sorted() {
        let root = folder(&[
            ("b.json", APIM),
            ("a/c.JSONC", APIM),
            ("a/x.json/d.json", APIM),
            ("a/notes.txt", APIM),
            ("a/main.bicep", APIM),
            ("z.json", "{}"),
        ]);
        let found = find(&root, &["."], Options::default());
        assert_eq!(summary(&found), "./a/c.JSONC ./a/x.json/d.json ./b.json (./z.json)", "a folder may be called x.json");
        assert_eq!(found.bicep, 1);
    }

    #[test]
    fn hidden_and_ignored_files_are_left_out_unless_asked_for() {
        let root = folder(&[
            (".git/HEAD", ""),
            (".gitignore", "out/\n"),
            (".ignore", "old.json\n"),
            (".hidden/a.json", APIM),
            ("out/b.json", APIM),
            ("old.json", APIM),
            ("c.json", APIM),
        ]);
        let both = Options { no_ignore: true, hidden: true };
        assert_eq!(summary(&find(&root, &["."], Options::default())), "./c.json");
        assert_eq!(summary(&find(&root, &["."], Options { hidden: true, ..Options::default() })), "./.hidden/a.json ./c.json");
        assert_eq!(summary(&find(&root, &["."], both)), "./.hidden/a.json ./c.json ./old.json ./out/b.json");
        assert_eq!(summary(&find(&root, &["out/b.json", ".hidden"], Options::default())), ".hidden/a.json out/b.json!", "named");
    }

    #[test]
    fn a_named_file_is_read_whatever_it_is_called_and_once() {
        let root = folder(&[("a.txt", "no word of it"), ("d/b.json", APIM)]);
        let found = find(&root, &["a.txt", "d", "./d/b.json", "d/b.json", "a.txt", "."], Options::default());
        assert_eq!(summary(&found), "./d/b.json! a.txt!");
    }

    #[test]
    fn skipped_files_are_told_apart_by_their_schema() {
        let schema =
            |name: &str| format!(r#"{{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/{name}.json#"}}"#);
        let root = folder(&[
            ("a.json", &schema("subscriptionDeploymentTemplate")),
            ("b.json", &(schema("deploymentTemplate") + r#"{"TemplateLink": {}}"#)),
            ("c.json", &schema("deploymentParameters")),
            ("d.json", "{}"),
        ]);
        let found = find(&root, &[""], Options::default());
        // Several threads may have met files of the one folder.
        let skipped = found.skipped.iter().flat_map(|folder| folder.files.iter().map(move |file| (folder.name(file), file)));
        let mut kinds: Vec<_> = skipped.map(|(name, file)| (name, file.kind, file.links)).collect();
        kinds.sort_unstable_by_key(|(name, ..)| *name);
        use SkippedKind::{Other, ParameterFile, Template};
        let wanted =
            [("a.json", Template, false), ("b.json", Template, true), ("c.json", ParameterFile, false), ("d.json", Other, false)];
        assert_eq!(kinds, wanted);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_hides_nothing() {
        let root = folder(&[("a.json", APIM)]);
        fs::write(root.path().join("b.json"), b"{\"apiManagement\": \"\xE9\"}").unwrap();
        fs::write(root.path().join("c.json"), b"\xFF\xFE{").unwrap();
        fs::File::create(root.path().join("d.json")).unwrap().set_len(3 << 30).unwrap();
        assert_eq!(
            summary(&find(&root, &[".", "none"], Options::default())),
            "./a.json \
             [./b.json is not UTF-8: byte 0xE9 at line 1, column 20 (offset 19): save it as UTF-8] \
             [./c.json is not UTF-16: its last character is cut off: save it as UTF-8] \
             [./d.json is larger than 64 MiB: split it, or leave it out] \
             [none there is no such file or folder]"
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_to_files_once_and_never_in_circles() {
        use std::os::unix::fs::symlink;
        let root = folder(&[("d/a.json", APIM), ("out/b.json", APIM)]);
        let at = |path: &str| root.path().join(path);
        symlink("..", at("d/up")).unwrap();
        symlink("a.json", at("d/0.json")).unwrap();
        symlink("../out/b.json", at("d/b.json")).unwrap();
        symlink("nowhere", at("d/c.json")).unwrap();
        symlink("d", at("link")).unwrap();
        assert_eq!(
            summary(&find(&root, &["d"], Options::default())),
            "d/a.json d/b.json [d/c.json there is no such file or folder]"
        );
        assert_eq!(
            summary(&find(&root, &["link", "d/0.json"], Options::default())),
            "d/0.json! link/b.json [link/c.json there is no such file or folder]"
        );
    }

    #[cfg(unix)]
    #[test]
    fn sockets_and_pipes_are_not_opened() {
        let root = folder(&[("a.json", APIM)]);
        let socket = std::os::unix::net::UnixListener::bind(root.path().join("s.json")).unwrap();
        std::process::Command::new("mkfifo").arg(root.path().join("p.json")).status().unwrap();
        assert_eq!(summary(&find(&root, &["."], Options::default())), "./a.json", "in a folder they are no files");
        assert_eq!(
            summary(&find(&root, &["s.json", "p.json"], Options::default())),
            "[p.json is not a regular file (a named pipe)] [s.json is not a regular file (a socket)]"
        );
        let device = discover(&[PathBuf::from("/dev/zero")], &Prefilter::new(&[]), &Options::default());
        assert_eq!(summary(&device), "[/dev/zero is not a regular file (a device)]");
        drop(socket);
    }

    #[test]
    fn many_named_files_are_found_in_order() {
        let names: Vec<String> = (0..100).map(|at| format!("{at:03}.json")).collect();
        let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), APIM)).collect();
        let root = folder(&files);
        let reversed: Vec<&str> = names.iter().rev().map(String::as_str).collect();
        let found = find(&root, &reversed, Options::default());
        let paths: Vec<&str> = found.kept.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, names);
    }

    #[cfg(unix)]
    #[test]
    fn which_folders_hold_a_name_is_told_only_if_all_was_met() {
        let root = folder(&[
            ("a/1.json", "{}"),
            ("a/x.json", "{}"),
            ("b/1.json", "{}"),
            ("b/X.JSON", APIM),
            ("c/1.json", "{}"),
            ("c/x.json/1.txt", ""),
        ]);
        let no_ignore = Options { no_ignore: true, hidden: false };
        let found = find(&root, &[".", "c/x.json/1.txt"], no_ignore);
        assert_eq!(found.folders_with(&["x.json"]), None, "what is named has two ways to it");
        let found = find(&root, &["."], Options::default());
        assert_eq!(found.folders_with(&["x.json"]), None, "ignore files may leave it out");
        let found = find(&root, &["."], no_ignore);
        assert_eq!(found.folders_with(&["x.json"]), Some(["./a/", "./b/"].into()), "of skipped files and of others");
    }
}
