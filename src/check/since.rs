//! Only what changed: everything is judged, and told is what touches what a git revision did not have.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::merge::DEFAULTS;
use super::regime::Regime;
use super::rules::RulesError;
use crate::config::NAMES;
use crate::diagnostic::{Diagnostic, Run, Untouched, Verdict};
use crate::source::{Disk, FileId, Files as _, Kept, Past, Revision, RevisionError, SourceFile, Sources, Span};
use crate::suppress::MARK;
use crate::syntax::{Document, changes};

/// A revision to compare with.
#[derive(Debug)]
pub struct Since {
    /// As typed.
    name: String,
    revision: Revision,
}

impl Since {
    /// The revision of that name in the repository of the first path.
    ///
    /// # Errors
    /// There is no git, no repository, or no such revision.
    pub fn open(name: &str, paths: &[PathBuf]) -> Result<Self, RulesError> {
        let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
        let folder = if Disk.is_folder(first) { first } else { first.parent().unwrap_or(first) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let revision = Revision::open(folder, name).map_err(wanted)?;
        Ok(Self { name: name.to_owned(), revision })
    }

    /// Puts aside what nothing that changed touches. What came another way than from disk is new.
    pub(super) fn apply(&self, run: &mut Run, given: &[Kept], regime: &Regime) -> Result<(), RulesError> {
        let sources = Arc::clone(&run.sources);
        let gone = self.revision.gone(&NAMES);
        let (known, files) = (RefCell::default(), RefCell::default());
        let changed = Changed { since: self, sources: &sources, given, regime, gone, known, files };
        let mut untouched = Vec::new();
        for list in [&mut run.diagnostics, &mut run.undecided] {
            for told in std::mem::take(list) {
                if changed.touches(&told).map_err(wanted)? { list.push(told) } else { untouched.push(told) }
            }
        }
        run.untouched = Some(Untouched { since: self.name.clone(), diagnostics: untouched });
        Ok(())
    }
}

fn wanted(error: RevisionError) -> RulesError {
    RulesError::Wanted(error.to_string())
}

/// What changed in the files of a run, each compared when it is asked for.
struct Changed<'r> {
    since: &'r Since,
    sources: &'r Sources,
    given: &'r [Kept],
    regime: &'r Regime,
    /// The true paths of configurations that are gone.
    gone: Vec<PathBuf>,
    known: RefCell<BTreeMap<FileId, Rc<Change>>>,
    /// Whether there is any change in a file, by its path.
    files: RefCell<BTreeMap<String, bool>>,
}

/// What is new in a file.
#[derive(Default)]
struct Change {
    places: Vec<Span>,
    /// The file, where there is anything new in it.
    document: Option<Document>,
}

impl Changed<'_> {
    /// Whether a label or the resource holds something that changed, or an environment without which it would not be told, or
    /// whether it is judged by another configuration.
    fn touches(&self, told: &Diagnostic) -> Result<bool, RevisionError> {
        for label in [&told.primary].into_iter().chain(&told.labels) {
            if self.of(label.span.file)?.reaches(label.span) {
                return Ok(true);
            }
        }
        if let Some(resource) = &told.resource {
            let change = self.of(resource.file)?;
            let node = change.document.as_ref().and_then(|document| document.find(&resource.pointer));
            if node.is_some_and(|node| change.reaches(node.span())) {
                return Ok(true);
            }
        }
        if self.is_governed_anew(told.resource_file())? {
            return Ok(true);
        }
        let environments = match &told.verdict {
            Verdict::Fails => &told.environments.fails,
            Verdict::Undecided(_) => &told.environments.undecided,
        };
        // What holds by default is no doing of a parameter file or a parent, though it holds with them as well.
        if environments.iter().any(|name| name == DEFAULTS) {
            return Ok(false);
        }
        for path in environments {
            if self.is_changed(path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the configuration of a file is new, or one that it extends.
    fn is_governed_anew(&self, file: FileId) -> Result<bool, RevisionError> {
        let Some(file) = self.sources.get(file) else { return Ok(false) };
        let local = self.regime.of(file.path());
        for path in local.config.iter().flat_map(|config| &config.paths) {
            if self.is_changed(path)? {
                return Ok(true);
            }
        }
        Ok(self.regime.had(&self.gone, file.path()))
    }

    /// What is new in a file of the run.
    fn of(&self, id: FileId) -> Result<Rc<Change>, RevisionError> {
        if let Some(known) = self.known.borrow().get(&id) {
            return Ok(Rc::clone(known));
        }
        let change = Rc::new(self.sources.get(id).map_or(Ok(Change::default()), |file| self.compare(file))?);
        self.known.borrow_mut().insert(id, Rc::clone(&change));
        Ok(change)
    }

    /// Whether anything is new in the file of an environment.
    fn is_changed(&self, path: &str) -> Result<bool, RevisionError> {
        if let Some(known) = self.files.borrow().get(path) {
            return Ok(*known);
        }
        let file = Disk.read(Path::new(path)).ok().map(|loaded| Sources::new().add(path, loaded));
        let is_changed = file.map_or(Ok(Change::default()), |file| self.compare(file))?.document.is_some();
        self.files.borrow_mut().insert(path.to_owned(), is_changed);
        Ok(is_changed)
    }

    fn compare(&self, file: Arc<SourceFile>) -> Result<Change, RevisionError> {
        let given = self.given.iter().any(|kept| kept.path == file.path());
        let real = Disk.resolve(Path::new(file.path())).filter(|_| !given);
        let past = real.map_or(Ok(Past::New), |real| self.since.revision.past(&real))?;
        let Past::Was(before) = past else {
            let is_new = matches!(past, Past::New);
            return Ok(if is_new { Change::of(Document::parse(file), |new| vec![new.whole()]) } else { Change::default() });
        };
        let before = Document::parse(Sources::new().add(file.path(), before));
        Ok(Change::of(Document::parse(file), |new| [changes(&before, new), directives(&before, new)].concat()))
    }
}

impl Change {
    fn of(document: Document, places: impl FnOnce(&Document) -> Vec<Span>) -> Self {
        let places = places(&document);
        if places.is_empty() { Self::default() } else { Self { places, document: Some(document) } }
    }

    /// Whether something new lies in a place, or the place in something new.
    fn reaches(&self, at: Span) -> bool {
        // A place without any length, between two characters, is in what ends or begins there.
        let overlap = |new: &Span| new.start < at.end.max(at.start + 1) && at.start < new.end;
        self.places.iter().any(overlap)
    }
}

/// The comments to armlint that are new. Where one is gone, what it accepted may stand anywhere.
fn directives(old: &Document, new: &Document) -> Vec<Span> {
    let of = |document: &Document| -> Vec<(String, Span)> {
        let comments = document.comments().iter().map(|&at| (document.file().slice(at).trim().to_owned(), at));
        comments.filter(|(text, _)| text.contains(MARK)).collect()
    };
    let (mut before, mut fresh) = (of(old), Vec::new());
    for (text, at) in of(new) {
        match before.iter().position(|(known, _)| *known == text) {
            Some(same) => drop(before.swap_remove(same)),
            None => fresh.push(at),
        }
    }
    if before.is_empty() { fresh } else { vec![new.whole()] }
}
