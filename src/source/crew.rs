//! A walk of everything that is there, by as many threads as it is worth.
//!
//! It asks nothing of the system but what is in each folder and in its files. Where files are hidden in other ways than by a dot
//! before their name, there is only the walk by ignore files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Scope;

use super::gather::{Hand, Harvest};
use super::listing::{Folder, Kind};
use super::prefilter::Prefilter;
use super::sieve::counts;
use super::walk::threads;

/// How many files of a folder one thread reads before another one may take the next.
const PIECE: usize = 32;
/// How much work lies ready for each thread before another one starts: a few folders are read in less time than that takes.
const WORTH: usize = 4;

enum Work {
    Folder(PathBuf),
    Files(Arc<Folder>, Vec<(OsString, Kind)>),
}

/// The threads, and the work that none of them has taken yet.
struct Crew<'w> {
    prefilter: &'w Prefilter,
    harvest: &'w Mutex<Harvest>,
    hidden: bool,
    /// How many threads there may be, once somebody asked.
    limit: OnceLock<usize>,
    /// Whether what was not met is not there: every folder told all that is in it, or nothing.
    is_whole: AtomicBool,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    work: Vec<Work>,
    /// How many threads there are.
    threads: usize,
    /// How many of them have nothing to do. When all have, there will be no more work.
    idle: usize,
}

/// Walks folders, hidden files and folders only if they are wanted. Whether all files were met that are in a folder in which any was.
pub(super) fn walk(folders: &[&Path], hidden: bool, prefilter: &Prefilter, harvest: &Mutex<Harvest>) -> bool {
    let work = folders.iter().rev().map(|folder| Work::Folder((*folder).to_owned())).collect();
    let state = Mutex::new(State { work, threads: 1, idle: 0 });
    let (limit, is_whole) = (OnceLock::new(), AtomicBool::new(true));
    let crew = Crew { prefilter, harvest, hidden, limit, is_whole, state, changed: Condvar::new() };
    std::thread::scope(|scope| crew.work(scope));
    crew.is_whole.into_inner()
}

impl Crew<'_> {
    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>) {
        let mut hand = Hand::new(self.prefilter, self.harvest);
        while let Some(work) = self.take() {
            match work {
                Work::Folder(path) => self.look_into(path, &mut hand, scope),
                Work::Files(folder, files) => read(folder, files, &mut hand),
            }
        }
    }

    /// Reads the first files of a folder, and leaves the others and the folders in it to whoever comes first.
    fn look_into<'s>(&'s self, path: PathBuf, hand: &mut Hand<'_>, scope: &'s Scope<'s, '_>) {
        let mut folder = match Folder::open(&path) {
            Ok(folder) => folder,
            Err(error) => return hand.miss(path, error.into()),
        };
        let (mut files, mut work) = (Vec::new(), Vec::new());
        let listed = folder.list(|name, kind| {
            if !self.hidden && name.as_encoded_bytes().starts_with(b".") {
                return;
            }
            match kind {
                Kind::Folder => work.push(Work::Folder(path.join(name))),
                Kind::File | Kind::Link if counts(name) => files.push((name.to_owned(), kind)),
                _ => {}
            }
        });
        if let Err(error) = listed {
            self.is_whole.store(false, Ordering::Relaxed);
            hand.miss(path, error.into());
        }
        let folder = Arc::new(folder);
        while files.len() > PIECE {
            work.push(Work::Files(Arc::clone(&folder), files.split_off(files.len() - PIECE)));
        }
        self.add(work, scope);
        read(folder, files, hand);
    }

    fn add<'s>(&'s self, mut work: Vec<Work>, scope: &'s Scope<'s, '_>) {
        if work.is_empty() {
            return;
        }
        let mut state = self.lock();
        state.work.append(&mut work);
        while state.work.len() >= WORTH * state.threads && state.threads < *self.limit.get_or_init(threads) {
            state.threads += 1;
            scope.spawn(|| self.work(scope));
        }
        if state.idle > 0 {
            self.changed.notify_all();
        }
    }

    /// The next piece of work, waited for as long as there may be one.
    fn take(&self) -> Option<Work> {
        let mut state = self.lock();
        if state.work.is_empty() {
            state.idle += 1;
            while state.work.is_empty() && state.idle < state.threads {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.work.is_empty() {
                self.changed.notify_all();
                return None;
            }
            state.idle -= 1;
        }
        state.work.pop()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(folder: Arc<Folder>, files: Vec<(OsString, Kind)>, hand: &mut Hand<'_>) {
    if files.is_empty() {
        return;
    }
    hand.enter(folder);
    files.into_iter().for_each(|(name, kind)| hand.meet(name, kind));
}
