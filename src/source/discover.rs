//! Which files a run is about: the arguments, folders walked in parallel, each file read and sifted where it was found.
//!
//! Files named by an argument are always read, whatever they are called. In folders `.json` and `.jsonc` files count, in any
//! letter case, except hidden ones and those that `.gitignore` (inside a git repository, as git itself does) or `.ignore` leave
//! out. What is ignored on one machine only (`.git/info/exclude`, the user's own list) is not: a report must not depend on the machine.
//!
//! A link named by an argument is followed. In folders a link to a file counts as that file, a link to a folder is not followed:
//! its files are somebody else's, or are met anyway. However many ways lead to a file, it is there once.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::prefilter::{Prefilter, Word};
use super::read::{Loaded, ReadError, decode, read_bytes, read_regular};

/// How folders are walked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Look at files that `.gitignore` and `.ignore` leave out, too.
    pub no_ignore: bool,
    /// Look at files and folders whose name starts with a dot, too.
    pub hidden: bool,
}

/// What was found, each list in the order of the paths.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Files that may matter, with their text.
    pub kept: Vec<Kept>,
    /// Files without a word that a rule looks for.
    pub skipped: Vec<Skipped>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// How many Bicep files were met; they are not read.
    pub bicep: usize,
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

/// A file that no rule looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// As reached from the argument, with forward slashes.
    pub path: String,
    /// What it looks like.
    pub kind: SkippedKind,
    /// Whether it may link to other templates, so that it can be the parent of one that matters.
    pub links: bool,
}

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
    let sieve = Sieve::new(prefilter);
    let (folders, files): (Vec<&Path>, Vec<&Path>) = roots.iter().map(PathBuf::as_path).partition(|root| root.is_dir());
    let found = Mutex::new(Vec::new());
    read_named(&files, &sieve, &found);
    walk(&folders, &sieve, options, &found);
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by(|a, b| (&a.shown, !a.explicit).cmp(&(&b.shown, !b.explicit)));
    once_each(&mut found, &folders);
    account(found)
}

/// Sifts some of the skipped files again, for other words: those that hold one are then among the kept.
pub fn resift(discovery: &mut Discovery, paths: &BTreeSet<String>, prefilter: &Prefilter) {
    let sieve = Sieve::new(prefilter);
    let mut room = Vec::new();
    let Discovery { kept, skipped, unreadable, .. } = discovery;
    skipped.retain(|file| {
        let path = &file.path;
        let found = if paths.contains(path) { sieve.met(Path::new(path), &mut room) } else { return true };
        match found {
            What::Kept(loaded) => kept.push(Kept { path: path.clone(), loaded, explicit: false }),
            What::Unreadable(error) => unreadable.push(Unreadable { path: path.clone(), error }),
            What::Skipped { .. } | What::Bicep => return true,
        }
        false
    });
    kept.sort_by(|a, b| a.path.cmp(&b.path));
}

/// A file or folder that was met.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    shown: String,
    explicit: bool,
    link: bool,
    what: What,
}

#[derive(Debug)]
enum What {
    Kept(Loaded),
    Skipped { kind: SkippedKind, links: bool },
    Unreadable(ReadError),
    Bicep,
}

impl Found {
    fn new(path: &Path, explicit: bool, link: bool, what: What) -> Self {
        Self { path: path.to_owned(), shown: shown(path), explicit, link, what }
    }
}

/// A path as it is shown, with forward slashes.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// Tells what a file is from its bytes.
struct Sieve<'p> {
    prefilter: &'p Prefilter,
    template: Word,
    parameters: Word,
    link: Word,
}

impl<'p> Sieve<'p> {
    fn new(prefilter: &'p Prefilter) -> Self {
        let (template, parameters) = (Word::new("deploymentTemplate"), Word::new("deploymentParameters"));
        Self { prefilter, template, parameters, link: Word::new("templateLink") }
    }

    /// Reads a file that an argument names; `room` is used again.
    fn named(&self, path: &Path, room: &mut Vec<u8>) -> What {
        if has_extension(path, &["bicep"]) && path.is_file() {
            return What::Bicep;
        }
        read_bytes(path, room).and_then(decode).map_or_else(What::Unreadable, What::Kept)
    }

    /// Reads a regular file that the walk met; `room` is used again.
    fn met(&self, path: &Path, room: &mut Vec<u8>) -> What {
        if has_extension(path, &["bicep"]) {
            return What::Bicep;
        }
        let bytes = match read_regular(path, room) {
            Ok(bytes) => bytes,
            Err(error) => return What::Unreadable(error),
        };
        if self.prefilter.keeps(bytes) {
            return decode(bytes).map_or_else(What::Unreadable, What::Kept);
        }
        let head = &bytes[..bytes.len().min(HEAD)];
        let kind = if self.template.is_in(head) {
            SkippedKind::Template
        } else if self.parameters.is_in(head) {
            SkippedKind::ParameterFile
        } else {
            SkippedKind::Other
        };
        What::Skipped { kind, links: self.link.is_in(bytes) }
    }
}

fn has_extension(path: &Path, wanted: &[&str]) -> bool {
    path.extension().is_some_and(|extension| wanted.iter().any(|wanted| extension.eq_ignore_ascii_case(wanted)))
}

/// A disk that is not in memory yet answers several requests at a time, so there are more threads than cores.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get() + 2).min(16)
}

/// Reads the files that arguments name.
fn read_named(files: &[&Path], sieve: &Sieve<'_>, found: &Mutex<Vec<Found>>) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut room = Vec::new();
        while let Some(&path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let what = sieve.named(path, &mut room);
            add(found, Found::new(path, true, path.is_symlink(), what));
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

fn add(found: &Mutex<Vec<Found>>, one: Found) {
    found.lock().unwrap_or_else(PoisonError::into_inner).push(one);
}

fn walk(folders: &[&Path], sieve: &Sieve<'_>, options: &Options, found: &Mutex<Vec<Found>>) {
    let Some((first, others)) = folders.split_first() else { return };
    let mut builder = WalkBuilder::new(first);
    for folder in others {
        builder.add(folder);
    }
    builder.hidden(!options.hidden).threads(threads()).git_global(false).git_exclude(false);
    builder.ignore(!options.no_ignore).git_ignore(!options.no_ignore).parents(!options.no_ignore);
    builder.build_parallel().run(|| {
        let mut room = Vec::new();
        Box::new(move |entry| {
            match entry {
                Ok(entry) => {
                    if let Some(what) = met(&entry, sieve, &mut room) {
                        add(found, Found::new(entry.path(), false, entry.path_is_symlink(), what));
                    }
                }
                Err(error) => {
                    if let Some((path, error)) = walk_error(&error) {
                        add(found, Found::new(path, false, false, What::Unreadable(error)));
                    }
                }
            }
            WalkState::Continue
        })
    });
}

/// What an entry of a folder is, if it counts. Sockets, pipes and devices do not, nor do links to folders or to those.
fn met(entry: &DirEntry, sieve: &Sieve<'_>, room: &mut Vec<u8>) -> Option<What> {
    let path = entry.path();
    if !has_extension(path, &["json", "jsonc", "bicep"]) {
        return None;
    }
    let kind = entry.file_type()?;
    if kind.is_symlink() {
        // NOTE: a link that leads nowhere is told, as is a file that cannot be read: somebody meant it to be there.
        match fs::metadata(path) {
            Ok(target) if !target.is_file() => return None,
            Ok(_) => {}
            Err(error) => return Some(What::Unreadable(error.into())),
        }
    } else if !kind.is_file() {
        return None;
    }
    Some(sieve.met(path, room))
}

/// The folder that could not be listed and why; `None` for a broken line of an ignore file.
fn walk_error(error: &ignore::Error) -> Option<(&Path, ReadError)> {
    match error {
        ignore::Error::WithPath { path, err } => Some((path, ReadError::Io(err.io_error()?.kind()))),
        ignore::Error::WithDepth { err, .. } => walk_error(err),
        _ => None,
    }
}

/// Leaves each file once: as an argument names it, else under its own name rather than a link's, else by the path that sorts first.
///
/// To ask the system for a file's true path is slow, so it is asked only where two ways can lead to one file.
fn once_each(found: &mut Vec<Found>, folders: &[&Path]) {
    if found.len() < 2 {
        return;
    }
    let mut true_folders: Vec<PathBuf> = folders.iter().filter_map(|folder| fs::canonicalize(folder).ok()).collect();
    true_folders.sort_unstable();
    let overlap = true_folders.windows(2).any(|pair| pair[1].starts_with(&pair[0]));
    let true_path = |one: &Found| fs::canonicalize(&one.path).unwrap_or_else(|_| one.path.clone());

    let several_ways = found.iter().filter(|one| one.explicit || one.link);
    let names: BTreeSet<OsString> = several_ways.filter_map(|one| true_path(one).file_name().map(ToOwned::to_owned)).collect();
    let mut best: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut again: BTreeSet<usize> = BTreeSet::new();
    for (index, one) in found.iter().enumerate() {
        if overlap || one.explicit || one.link || one.path.file_name().is_some_and(|name| names.contains(name)) {
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
}

fn account(found: Vec<Found>) -> Discovery {
    let mut discovery = Discovery::default();
    for Found { shown: path, explicit, what, .. } in found {
        match what {
            What::Kept(loaded) => discovery.kept.push(Kept { path, loaded, explicit }),
            What::Skipped { kind, links } => discovery.skipped.push(Skipped { path, kind, links }),
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

    use super::{Discovery, Options, SkippedKind, discover};
    use crate::source::Prefilter;

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
        let prefix = format!("{}/", super::shown(root.path()));
        let kept = found.kept.iter_mut().map(|one| &mut one.path);
        let skipped = found.skipped.iter_mut().map(|one| &mut one.path);
        for path in kept.chain(skipped).chain(found.unreadable.iter_mut().map(|one| &mut one.path)) {
            *path = path.replace(&prefix, "");
        }
        found
    }

    /// `path`, with `!` where an argument names it; then what was skipped in round and what is unreadable in square brackets.
    fn summary(found: &Discovery) -> String {
        let kept = found.kept.iter().map(|one| format!("{}{}", one.path, if one.explicit { "!" } else { "" }));
        let skipped = found.skipped.iter().map(|one| format!("({})", one.path));
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
        let kinds: Vec<(SkippedKind, bool)> = found.skipped.iter().map(|one| (one.kind, one.links)).collect();
        use SkippedKind::{Other, ParameterFile, Template};
        assert_eq!(kinds, [(Template, false), (Template, true), (ParameterFile, false), (Other, false)]);
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
}
