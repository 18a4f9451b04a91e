//! Every suppression of some files: what becomes of it, and since when it is there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::edited::Edited;
use super::ledger::Fate;
use super::{Judged, Request, RulesError, telling};
use crate::diagnostic::{Diagnostic, Unreadable};
use crate::source::{self, FileId, Prefilter, SourceFile, Sources, Span, Written, blame};
use crate::suppress::MARK;
use crate::threads;

/// What becomes of a suppression. Of several files that it is for, the last of these that one of them says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Its rules take part, and it accepts nothing.
    Unused,
    /// Nobody can tell whether it accepts anything: its rule takes no part, or nothing is judged where it stands.
    Unjudged,
    /// It accepts something.
    InForce,
    /// Its last day has passed.
    Expired,
    /// The configuration does not let it count.
    NotAllowed,
    /// There is no such rule.
    UnknownRule,
}

impl State {
    /// All of them, in the order in which people ask for them.
    pub const ALL: &[Self] = &[Self::InForce, Self::Expired, Self::Unused, Self::NotAllowed, Self::UnknownRule, Self::Unjudged];

    /// The words for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Expired => "expired",
            Self::Unused => "unused",
            Self::NotAllowed => "not allowed",
            Self::UnknownRule => "unknown rule",
            Self::Unjudged => "not judged",
        }
    }
}

/// A suppression, as far as its rules fare alike.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Where it stands there.
    pub at: Span,
    /// How it is spelt: `comment`, `metadata` or `config`.
    pub kind: &'static str,
    /// The rules, as written.
    pub rules: Vec<String>,
    /// Why, in its author's words.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// What becomes of it.
    pub state: State,
    /// How old it is.
    pub age: Age,
}

/// How old a suppression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// It came on that day, so many days before the date of the run.
    Since(Date, i64),
    /// It is not committed yet.
    Uncommitted,
    /// Nobody can tell.
    Unknown,
}

/// The suppressions of some files.
pub struct Listing {
    /// The date of the run.
    pub as_of: String,
    /// All of them, in the order of their files and places.
    pub listed: Vec<Listed>,
    /// Those that cannot be understood.
    pub invalid: Vec<Diagnostic>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What is wrong with configurations.
    pub mistakes: Vec<RulesError>,
    /// The files that the places are in.
    pub sources: Arc<Sources>,
}

/// Lists the suppressions of files and folders, those in configurations included. What becomes of them is what a check makes
/// of them; files without any are not judged.
#[must_use]
pub fn suppressions(request: &Request<'_>) -> Listing {
    let regime = request.regime;
    let mut discovery = source::discover(&request.paths, &Prefilter::new(&[MARK]), &request.discovery);
    discovery.kept.extend(request.given.iter().cloned());
    regime.sift(&request.paths, &mut discovery, &|path, local| local.accepts_in(&regime.real(path)));
    // What a file accepts may hang on the templates around it, as for one that is named.
    discovery.kept.iter_mut().for_each(|kept| kept.explicit = true);
    let asked: Vec<String> = discovery.kept.iter().map(|kept| kept.path.clone()).collect();
    let mut unreadable = super::unreadable(&discovery);
    let Judged { documents, ledger, plan, examined } = Judged::new(request, &Edited::default(), discovery);
    unreadable.extend(examined.iter().flat_map(|examined| examined.unreadable.iter().cloned()));
    unreadable.sort();
    unreadable.dedup();
    let judged = telling::judged(&examined, &plan, request, &ledger);
    // Telling what is found notes what accepts it.
    drop(telling::tell(examined, &plan, request, &ledger));
    let asked: Vec<FileId> = asked.iter().filter_map(|path| ledger.file(path)).collect();
    let listed = listed(ledger.fates(&asked, &judged, request), request, &documents.sources);
    let invalid = ledger.invalid(&asked);
    let mistakes = regime.mistakes();
    Listing { as_of: regime.as_of(), listed, invalid, unreadable, mistakes, sources: Arc::clone(&documents.sources) }
}

/// The suppressions with their ages, in order.
fn listed(fates: Vec<Fate>, request: &Request<'_>, sources: &Sources) -> Vec<Listed> {
    let mut by_file: BTreeMap<String, (Arc<SourceFile>, Vec<Fate>)> = BTreeMap::new();
    for fate in fates {
        let Some(file) = sources.get(fate.written.at.file) else { continue };
        by_file.entry(file.path().to_owned()).or_insert_with(|| (file, Vec::new())).1.push(fate);
    }
    let paths: Vec<String> = by_file.keys().cloned().collect();
    let in_files = threads::share(&paths, paths.len() >= 4, |path| {
        let (file, fates) = by_file.get(path)?;
        let ages = ages(file, fates, request);
        Some(fates.iter().zip(ages).flat_map(|(fate, age)| apart(fate, file, age)).collect::<Vec<_>>())
    });
    let mut listed: Vec<Listed> = in_files.into_iter().flatten().flatten().collect();
    listed.sort_by(|one, other| (one.file.path(), one.at.start).cmp(&(other.file.path(), other.at.start)));
    listed
}

/// A suppression in parts, of which each has one state.
fn apart(fate: &Fate, file: &Arc<SourceFile>, age: Age) -> Vec<Listed> {
    let Fate { written, states, .. } = fate;
    let part = |&state: &State| {
        let rules = written.rules.iter().zip(states).filter(|(_, known)| **known == state).map(|(named, _)| named.word.clone());
        let rules: Vec<String> = rules.collect();
        (!rules.is_empty()).then(|| Listed {
            file: Arc::clone(file),
            at: written.at,
            kind: written.kind.as_str(),
            rules,
            reason: written.reason.clone(),
            until: written.until.map(|(until, _)| until),
            state,
            age,
        })
    };
    State::ALL.iter().filter_map(part).collect()
}

/// How old the suppressions of a file are.
fn ages(file: &SourceFile, fates: &[Fate], request: &Request<'_>) -> Vec<Age> {
    if request.given.iter().any(|given| given.path == file.path()) {
        return vec![Age::Unknown; fates.len()];
    }
    let bytes = file.bytes();
    let line = |fate: &Fate| {
        let before = usize::try_from(file.position(fate.written.at.start).offset).ok().and_then(|offset| bytes.get(..offset));
        1 + before.map_or(0, |before| before.iter().filter(|byte| **byte == b'\n').count())
    };
    let lines: Vec<usize> = fates.iter().map(line).collect();
    let today = request.regime.day();
    let age = |written| match written {
        Written::At(seconds) => Timestamp::from_second(seconds).map_or(Age::Unknown, |at| {
            let day = Offset::UTC.to_datetime(at).date();
            Age::Since(day, today.since(day).map_or(0, |days| i64::from(days.get_days()).max(0)))
        }),
        Written::Uncommitted => Age::Uncommitted,
        Written::Unknown => Age::Unknown,
    };
    blame(Path::new(file.path()), &lines).into_iter().map(age).collect()
}
