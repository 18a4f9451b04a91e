//! A walk of everything that is there, by as many threads as it is worth.
//!
//! It asks nothing of the system but what is in each folder and in its files. Where files are hidden in other ways than by a dot
//! before their name, there is only the walk by ignore files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::gather::{Hand, Harvest};
use super::listing::{Folder, Kind};
use super::prefilter::Prefilter;
use super::sieve::counts;
use super::walk::threads;
use crate::threads::together;

/// How many files of a folder one thread reads before another one may take the next.
const PIECE: usize = 32;
/// How much work lies ready before other threads are asked to help: a few folders are read in less time than that takes.
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
    let state = Mutex::new(State { work, threads: 0, idle: 0 });
    let crew = Crew { prefilter, harvest, hidden, is_whole: AtomicBool::new(true), state, changed: Condvar::new() };
    crew.work(WORTH);
    if !crew.lock().work.is_empty() {
        together(threads() - 1, &|| crew.work(usize::MAX));
    }
    crew.is_whole.into_inner()
}

impl Crew<'_> {
    /// Works until nothing is left, or more than `most` pieces are.
    fn work(&self, most: usize) {
        let mut hand = Hand::new(self.prefilter, self.harvest);
        self.lock().threads += 1;
        while let Some(work) = self.take(most) {
            match work {
                Work::Folder(path) => self.look_into(path, &mut hand),
                Work::Files(folder, files) => read(folder, files, &mut hand),
            }
        }
    }

    /// Reads the first files of a folder, and leaves the others and the folders in it to whoever comes first.
    fn look_into(&self, path: PathBuf, hand: &mut Hand<'_>) {
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
        self.add(work);
        read(folder, files, hand);
    }

    fn add(&self, mut work: Vec<Work>) {
        if work.is_empty() {
            return;
        }
        let mut state = self.lock();
        state.work.append(&mut work);
        if state.idle > 0 {
            self.changed.notify_all();
        }
    }

    /// The next piece of work, waited for as long as there may be one, unless more than `most` are left.
    fn take(&self, most: usize) -> Option<Work> {
        let mut state = self.lock();
        if state.work.len() > most {
            state.threads -= 1;
            return None;
        }
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
