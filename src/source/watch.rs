//! Waiting for files to change.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How long nothing may change before what changed is looked at: editors and version control write in several steps.
const QUIET: Duration = Duration::from_millis(20);
/// How long what changed is left alone at most.
const PATIENCE: Duration = Duration::from_millis(60);

/// Tells when something changes in folders.
pub struct Watch {
    changes: Receiver<()>,
    /// It watches as long as it lives.
    _watcher: RecommendedWatcher,
}

/// Why a path cannot be watched.
#[derive(Debug)]
pub struct WatchError {
    path: PathBuf,
    error: notify::Error,
}

impl fmt::Display for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot watch `{}`: {}\n  name what is there, or fewer folders where the system sets a limit",
            self.path.display(),
            self.error
        )
    }
}

impl std::error::Error for WatchError {}

impl Watch {
    /// Watches folders with everything in them, and the folders of files.
    ///
    /// # Errors
    /// [`WatchError`]: a path is not there, or the system watches no more.
    pub fn start(paths: &[PathBuf]) -> Result<Self, WatchError> {
        let (tell, changes) = mpsc::channel();
        let heard = move |event: notify::Result<Event>| {
            // An error may mean that something was missed.
            if event.as_ref().map_or(true, counts) {
                let _ = tell.send(());
            }
        };
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| WatchError { path, error }
        };
        let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
        let mut watcher = notify::recommended_watcher(heard).map_err(failed(first))?;
        for path in paths {
            // NOTE: a file is watched by its folder: who saves it may put another one in its place.
            let (folder, mode) = if path.is_dir() {
                (path.as_path(), RecursiveMode::Recursive)
            } else {
                (path.parent().unwrap_or(path), RecursiveMode::NonRecursive)
            };
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            watcher.watch(folder, mode).map_err(failed(path))?;
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Waits until something has changed and it is quiet again; `false` if nothing ever will.
    #[must_use]
    pub fn wait(&self) -> bool {
        if self.changes.recv().is_err() {
            return false;
        }
        let until = Instant::now() + PATIENCE;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            match self.changes.recv_timeout(left.min(QUIET)) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }
}

/// Whether something changed that may matter: reading changes nothing, and what git notes for itself is nobody's file.
fn counts(event: &Event) -> bool {
    let is_gits = |path: &PathBuf| path.components().any(|part| part == Component::Normal(".git".as_ref()));
    !event.kind.is_access() && (event.paths.is_empty() || !event.paths.iter().all(is_gits))
}
