//! Fixes, tried in memory before anything is written: made in rounds until there is nothing left to make, and kept only where
//! the files still parse, what was to be mended is gone, and no error has come.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::changes::{Aliases, Changed, Changes};
use super::edited::Edited;
use super::{Checked, Request, RulesError, check, check_edited};
use crate::diagnostic::{Diagnostic, Fingerprint, Fix, Run, Safety};
use crate::fix::{Chosen, Count, new_errors, resolve, unmended};
use crate::source::Sources;

/// How many rounds there are for fixes that are in each other's way, or that bring what can be fixed in turn.
const MAX_ROUNDS: usize = 10;
/// How often it is tried again without the fixes that did not hold.
const MAX_TRIES: usize = 10;

/// What fixes come to; nothing of it is written.
pub struct Fixed {
    /// What is found as things are.
    pub before: Checked,
    /// What is left once the files are as they will be.
    pub after: Checked,
    /// How many of the diagnostics of `before` are gone.
    pub mended: usize,
    /// The files that change, by path.
    pub changes: Vec<Changed>,
    /// The fixes that were not made: where, and what is wrong with what they come to.
    pub refused: Vec<String>,
}

impl Fixed {
    /// What these changes come to.
    pub(super) fn new(before: Checked, after: Checked, changes: Changes, refused: Vec<String>) -> Self {
        let mended = mended(&before, &after);
        Self { before, after, mended, changes: changes.into_files(), refused }
    }

    /// Looks at the files again: not everything could be written.
    ///
    /// # Errors
    /// As for [`check`].
    pub fn look_again(&mut self, request: &Request<'_>) -> Result<(), RulesError> {
        self.after = check(request)?;
        self.mended = mended(&self.before, &self.after);
        Ok(())
    }
}

/// How many of the diagnostics of the first are not among those of the second.
fn mended(before: &Checked, after: &Checked) -> usize {
    Count::failing(&before.run).gone(&Count::failing(&after.run))
}

/// Checks, and makes the fixes that are safe enough in memory.
///
/// # Errors
/// As for [`check`].
pub fn fix(request: &Request<'_>, up_to: Safety) -> Result<Fixed, RulesError> {
    let mut fixing = Fixing { request, up_to, everything: None, refusals: Refusals::default() };
    let found = check(request)?;
    for _ in 0..MAX_TRIES {
        match fixing.attempt(&found) {
            Ok((after, changes)) => return fixing.done(found, after, changes),
            Err(refusals) => fixing.refusals.join(refusals),
        }
    }
    fixing.done(found, None, Changes::default())
}

/// What is not to be made, and why.
#[derive(Default)]
struct Refusals {
    /// The file, the diagnostic, and the title of the fix.
    fixes: BTreeSet<(PathBuf, Fingerprint, String)>,
    /// All fixes of a file.
    files: BTreeSet<PathBuf>,
    why: Vec<String>,
}

impl Refusals {
    fn join(&mut self, other: Self) {
        self.fixes.extend(other.fixes);
        self.files.extend(other.files);
        self.why.extend(other.why);
    }

    fn add(&mut self, refused: &Chosen<'_>, sources: &Sources, what: &str) {
        let Chosen { diagnostic, fix } = refused;
        if self.fixes.insert(named(diagnostic, fix, sources)) {
            self.why.push(format!("{}: not fixed: {what}: {} ({})", place(diagnostic, sources), fix.title, diagnostic.rule));
        }
    }
}

/// That the files cannot be checked as they will be: no fix is made.
impl From<RulesError> for Refusals {
    fn from(error: RulesError) -> Self {
        Self { why: vec![format!("not fixed: {error}")], ..Self::default() }
    }
}

/// What tells a fix from all others of the run.
fn named(diagnostic: &Diagnostic, fix: &Fix, sources: &Sources) -> (PathBuf, Fingerprint, String) {
    let file = sources.get(diagnostic.resource_file()).map(|file| PathBuf::from(file.path())).unwrap_or_default();
    (file, diagnostic.fingerprint(sources), fix.title.clone())
}

struct Fixing<'r> {
    request: &'r Request<'r>,
    up_to: Safety,
    /// What every rule there is says of the files as they are.
    everything: Option<Run>,
    refusals: Refusals,
}

impl Fixing<'_> {
    /// Makes fixes until there are none left; the error says what did not hold.
    fn attempt(&mut self, found: &Checked) -> Result<(Option<Checked>, Changes), Refusals> {
        let (mut changes, mut latest) = (Changes::default(), None);
        for _ in 0..MAX_ROUNDS {
            let run = &latest.as_ref().unwrap_or(found).run;
            let edits = run.diagnostics.iter().flat_map(|told| &told.fixes).flat_map(|fix| &fix.edits);
            let files = Aliases::of(edits.map(|edit| edit.span.file), &run.sources);
            let resolved = resolve(&run.diagnostics, self.up_to, &|file| files.first(file), &|d, f| self.refuses(d, f, run));
            if resolved.chosen.is_empty() {
                self.no_new_errors(&changes)?;
                return Ok((latest, changes));
            }
            let mut refusals = Refusals::default();
            for path in changes.make(&resolved.edits, &run.sources) {
                refusals.files.insert(Edited::key(&path));
                refusals.why.push(format!("{path}: not fixed: its syntax is broken: mend that first"));
            }
            if !refusals.files.is_empty() {
                return Err(refusals);
            }
            let next = check_edited(self.request, changes.edited())?;
            for chosen in unmended(&resolved.chosen, run, &next.run) {
                refusals.add(&chosen, &run.sources, "it would still be told");
            }
            if !refusals.fixes.is_empty() {
                return Err(refusals);
            }
            latest = Some(next);
        }
        let run = &latest.as_ref().unwrap_or(found).run;
        let mut refusals = Refusals::default();
        for chosen in &resolve(&run.diagnostics, self.up_to, &|file| file, &|d, f| self.refuses(d, f, run)).chosen {
            refusals.add(chosen, &run.sources, "there would be no end of it");
        }
        Err(refusals)
    }

    fn refuses(&self, diagnostic: &Diagnostic, fix: &Fix, run: &Run) -> bool {
        let in_refused = |edit: &crate::diagnostic::Edit| {
            let file = run.sources.get(edit.span.file);
            file.is_some_and(|file| self.refusals.files.contains(&Edited::key(file.path())))
        };
        (!self.refusals.fixes.is_empty() && self.refusals.fixes.contains(&named(diagnostic, fix, &run.sources)))
            || (!self.refusals.files.is_empty() && fix.edits.iter().any(in_refused))
    }

    /// Whether every rule there is, chosen or not, has no more errors to tell than before.
    fn no_new_errors(&mut self, changes: &Changes) -> Result<(), Refusals> {
        if changes.names().len() == 0 {
            return Ok(());
        }
        let regime = self.request.regime.everything();
        let request = Request {
            paths: self.request.paths.clone(),
            given: self.request.given.clone(),
            discovery: self.request.discovery,
            parameters: self.request.parameters.clone(),
            regime: &regime,
            // What fixes bring is new, wherever it is told.
            since: None,
            ..*self.request
        };
        let before = match self.everything.take() {
            Some(before) => before,
            None => check(&request)?.run,
        };
        let before = self.everything.insert(before);
        let after = check_edited(&request, changes.edited())?.run;
        let mut refusals = Refusals::default();
        for error in new_errors(before, &after) {
            let path = after.sources.get(error.primary.span.file).map(|file| file.path().to_owned()).unwrap_or_default();
            let key = Edited::key(&path);
            // What is wrong in a file that is not edited comes from all that are.
            let to_blame: Vec<&PathBuf> = changes.names().filter(|known| **known == key).collect();
            let to_blame = if to_blame.is_empty() { changes.names().collect() } else { to_blame };
            refusals.files.extend(to_blame.into_iter().cloned());
            let what = format!("its fixes would bring an error: {} ({})", error.message, error.rule);
            refusals.why.push(format!("{path}: not fixed: {what}"));
        }
        if refusals.files.is_empty() { Ok(()) } else { Err(refusals) }
    }

    fn done(self, before: Checked, after: Option<Checked>, changes: Changes) -> Result<Fixed, RulesError> {
        let after = after.map_or_else(|| check(self.request), Ok)?;
        Ok(Fixed::new(before, after, changes, self.refusals.why))
    }
}

/// `file:line:column`
pub(super) fn place(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let at = diagnostic.primary.span;
    sources.get(at.file).map(|file: Arc<_>| super::fixture::place(&file, at)).unwrap_or_default()
}
