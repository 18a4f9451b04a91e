//! Suppressions for everything that a check tells, tried in memory before anything is written: in rounds until nothing is told
//! but what cannot be suppressed.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;

use super::changes::{Aliases, Changes};
use super::fix::{Fixed, place};
use super::ledger::{OWN, latest};
use super::rules::date;
use super::{Checked, Request, RulesError, check, check_edited};
use crate::config::{Origin, Undecided};
use crate::diagnostic::{Diagnostic, Edit, Fingerprint, ResourceRef, Run};
use crate::fix::unmended;
use crate::source::{FileId, Sources, Span};
use crate::suppress::{self, Draft, Suppression};
use crate::syntax::Document;

/// How many rounds there are: what is accepted may have silenced something else.
const MAX_ROUNDS: usize = 10;
/// How often it is tried again without what did not hold.
const MAX_TRIES: usize = 10;

/// Why everything is accepted, and until when.
#[derive(Debug, Clone)]
pub struct Grounds {
    reason: String,
    until: Option<Date>,
}

impl Grounds {
    /// A reason, and the last day.
    ///
    /// # Errors
    /// The reason says nothing, or the day is none.
    pub fn new(reason: &str, until: Option<&str>) -> Result<Self, RulesError> {
        let words = reason.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let reason = words.collect::<Vec<_>>().join(" ");
        if reason.is_empty() {
            let what = "a suppression needs a reason\n  say why it is accepted: `--reason \"moves with the new network\"`";
            return Err(RulesError::Wanted(what.to_owned()));
        }
        Ok(Self { reason, until: until.map(date).transpose()? })
    }
}

/// Checks, and accepts in memory everything that is told.
///
/// # Errors
/// As for [`check`], or a suppression on these grounds would not count.
pub fn accept(request: &Request<'_>, grounds: &Grounds) -> Result<Fixed, RulesError> {
    let today = request.regime.day();
    if let Some(until) = grounds.until.filter(|until| *until < today) {
        return Err(RulesError::Wanted(format!("`--until {until}` has passed\n  name {today} or a later day")));
    }
    let mut accepting = Accepting { request, grounds, refused: BTreeSet::new(), why: Vec::new() };
    let found = check(request)?;
    for _ in 0..MAX_TRIES {
        if let Some((after, changes)) = accepting.attempt(&found)? {
            let after = after.map_or_else(|| check(request), Ok)?;
            return Ok(Fixed::new(found, after, changes, accepting.why));
        }
    }
    Ok(Fixed::new(found, check(request)?, Changes::default(), accepting.why))
}

/// What tells a diagnostic from all others of the run: the file, and what it is about.
type Identity = (String, Fingerprint);

fn identity(told: &Diagnostic, sources: &Sources) -> Identity {
    let file = sources.get(told.resource_file()).map(|file| file.path().to_owned());
    (file.unwrap_or_default(), told.fingerprint(sources))
}

struct Accepting<'r> {
    request: &'r Request<'r>,
    grounds: &'r Grounds,
    /// What cannot be accepted.
    refused: BTreeSet<Identity>,
    why: Vec<String>,
}

/// Where a suppression is to be written: above the line that holds a byte, or in the metadata of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Above(Span),
    Inside(Span),
}

impl Spot {
    /// What a suppression there covers.
    fn covers(self) -> Span {
        match self {
            Self::Above(span) | Self::Inside(span) => span,
        }
    }
}

/// A suppression that is to be written for a rule.
struct Wish {
    rule: Arc<str>,
    spot: Spot,
    /// Where the diagnostic points and where its resource begins: a suppression that covers either accepts it.
    places: Vec<Span>,
}

/// The suppressions of one round.
struct Round<'d> {
    told: Vec<&'d Diagnostic>,
    /// The rules by the spot.
    spots: BTreeMap<Spot, BTreeSet<Arc<str>>>,
}

/// The fewest of the wishes that do: what is inside of what is accepted as a whole needs nothing of its own.
fn fewest(mut wishes: Vec<Wish>) -> BTreeMap<Spot, BTreeSet<Arc<str>>> {
    wishes.sort_by_key(|wish| std::cmp::Reverse(wish.spot.covers().len()));
    let mut spots: BTreeMap<Spot, BTreeSet<Arc<str>>> = BTreeMap::new();
    let mut covered: BTreeMap<(FileId, Arc<str>), Vec<Span>> = BTreeMap::new();
    for Wish { rule, spot, places } in wishes {
        let reaches = |covers: &Span| places.iter().any(|place| covers.contains(place));
        let of_file = |place: &Span| covered.get(&(place.file, Arc::clone(&rule))).is_some_and(|known| known.iter().any(reaches));
        if !places.iter().any(of_file) {
            covered.entry((spot.covers().file, Arc::clone(&rule))).or_default().push(spot.covers());
            spots.entry(spot).or_default().insert(rule);
        }
    }
    spots
}

impl Accepting<'_> {
    /// Accepts until nothing is told any more; `None` where something did not hold and was refused.
    fn attempt(&mut self, found: &Checked) -> Result<Option<(Option<Checked>, Changes)>, RulesError> {
        let (mut changes, mut latest) = (Changes::default(), None::<Checked>);
        for round in 0..=MAX_ROUNDS {
            let run = &latest.as_ref().unwrap_or(found).run;
            let texts = Texts::of(run);
            let planned = self.plan(run, &texts)?;
            if planned.told.is_empty() {
                return Ok(Some((latest, changes)));
            }
            if round == MAX_ROUNDS {
                planned.told.iter().for_each(|told| self.refuse(told, &run.sources, "there would be no end of it"));
                return Ok(None);
            }
            let broken = changes.make(&self.edits(&planned, &texts), &run.sources);
            let next = check_edited(self.request, changes.edited())?;
            let is_broken = |told: &&&Diagnostic| {
                run.sources.get(told.resource_file()).is_some_and(|file| broken.iter().any(|path| path == file.path()))
            };
            let left = unmended(&planned.told, |told| told, run, &next.run);
            for told in planned.told.iter().filter(is_broken).chain(&left) {
                self.refuse(told, &run.sources, "it would still be told");
            }
            if !left.is_empty() || !broken.is_empty() {
                return Ok(None);
            }
            latest = Some(next);
        }
        Ok(None)
    }

    fn refuse(&mut self, told: &Diagnostic, sources: &Sources, what: &str) {
        if self.refused.insert(identity(told, sources)) {
            self.why.push(format!("{}: not suppressed: {what} ({})", place(told, sources), told.rule));
        }
    }

    /// Where to accept what is told. What cannot be accepted is refused.
    fn plan<'d>(&mut self, run: &'d Run, texts: &Texts) -> Result<Round<'d>, RulesError> {
        let (mut told_now, mut wishes) = (Vec::new(), Vec::new());
        let fails = |told: &&Diagnostic| self.request.regime.of(&path(told.resource_file(), run)).undecided == Undecided::Fail;
        let undecided: Vec<&Diagnostic> = run.undecided.iter().filter(fails).collect();
        for told in run.diagnostics.iter().chain(undecided) {
            if self.refused.contains(&identity(told, &run.sources)) {
                continue;
            }
            match self.wishes(told, run, texts)? {
                Ok(own) => {
                    wishes.extend(own);
                    told_now.push(told);
                }
                Err(why) => self.refuse(told, &run.sources, &why),
            }
        }
        Ok(Round { told: told_now, spots: fewest(wishes) })
    }

    /// Where a diagnostic is accepted, all members of its group included; the inner error says why it cannot be.
    fn wishes(&self, told: &Diagnostic, run: &Run, texts: &Texts) -> Result<Result<Vec<Wish>, String>, RulesError> {
        if told.rule.starts_with(OWN) {
            return Ok(Err("it is about suppressions".to_owned()));
        }
        let own = (told.primary.span, told.resource.as_ref());
        let others = told.others.iter().map(|(at, resource)| (*at, resource.as_ref()));
        let mut wishes = Vec::new();
        for (at, resource) in [own].into_iter().chain(others) {
            let Some(spot) = texts.spot(at, resource, &self.draft(&BTreeSet::new())) else {
                let sound = texts.get(at.file).is_some_and(|text| text.document.is_well_formed());
                let why = if sound { "there is no place for it" } else { "the syntax is broken: mend that first" };
                return Ok(Err(why.to_owned()));
            };
            if let Some(why) = self.limits(&told.rule, &path(spot.covers().file, run))? {
                return Ok(Err(why));
            }
            wishes.push(Wish { rule: Arc::clone(&told.rule), spot, places: texts.places(at, resource) });
        }
        Ok(Ok(wishes))
    }

    /// Why a rule may not be suppressed in a file.
    fn limits(&self, rule: &str, path: &str) -> Result<Option<String>, RulesError> {
        let regime = self.request.regime;
        let local = regime.of(path);
        let origin = |origin: Origin| match origin {
            Origin::File(at) => regime.place(at),
            Origin::Flag(flag) => flag.to_owned(),
        };
        if let Some(said) = local.forbids(rule) {
            return Ok(Some(format!("{} forbids it", origin(said))));
        }
        let Some(days) = local.config.as_ref().and_then(|config| config.limits.max_days.as_ref()) else { return Ok(None) };
        let latest = latest(regime.day(), days.value);
        if self.grounds.until.is_some_and(|until| until <= latest) {
            return Ok(None);
        }
        let (place, days) = (origin(days.origin), days.value);
        let what = format!(
            "suppressions in {path} may last {days} days at most ({place})\n  let them end: `--until {latest}`, or before"
        );
        Err(RulesError::Wanted(what))
    }

    fn draft<'d>(&'d self, rules: &'d BTreeSet<Arc<str>>) -> Draft<'d> {
        Draft { rules, reason: &self.grounds.reason, until: self.grounds.until }
    }

    fn edits(&self, round: &Round<'_>, texts: &Texts) -> BTreeMap<FileId, Vec<Edit>> {
        let mut edits: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        for (spot, rules) in &round.spots {
            let file = spot.covers().file;
            let made = texts.get(file).and_then(|text| text.edits(*spot, &self.draft(rules)));
            edits.entry(file).or_default().extend(made.unwrap_or_default());
        }
        edits
    }
}

fn path(file: FileId, run: &Run) -> String {
    run.sources.get(file).map(|file| file.path().to_owned()).unwrap_or_default()
}

/// A file that suppressions are written into.
struct Text {
    document: Document,
    /// The suppressions that it has.
    written: Vec<Suppression>,
}

impl Text {
    /// Whether comments are at home in it.
    fn takes_comments(&self) -> bool {
        !self.document.comments().is_empty() || self.document.file().path().to_ascii_lowercase().ends_with(".jsonc")
    }

    fn edits(&self, spot: Spot, draft: &Draft<'_>) -> Option<Vec<Edit>> {
        match spot {
            Spot::Above(line) => suppress::above(&self.document, &self.written, line.start, draft),
            Spot::Inside(object) => suppress::inside(&self.document, &self.written, object, draft),
        }
    }
}

/// The files that diagnostics of a run are about.
struct Texts {
    aliases: Aliases,
    texts: BTreeMap<FileId, Rc<Text>>,
}

impl Texts {
    fn of(run: &Run) -> Self {
        let files = |told: &Diagnostic| {
            let others = told.others.iter().flat_map(|(at, resource)| [at.file, resource.as_ref().map_or(at.file, |it| it.file)]);
            [told.primary.span.file, told.resource_file()].into_iter().chain(others).collect::<Vec<_>>()
        };
        let files: BTreeSet<FileId> = run.diagnostics.iter().chain(&run.undecided).flat_map(files).collect();
        let aliases = Aliases::of(files.iter().copied(), &run.sources);
        let mut texts = BTreeMap::new();
        for file in files.into_iter().map(|file| aliases.first(file)) {
            let Some(source) = run.sources.get(file).filter(|_| !texts.contains_key(&file)) else { continue };
            let document = Document::parse(source);
            let written = suppress::read(&document).0;
            texts.insert(file, Rc::new(Text { document, written }));
        }
        Self { aliases, texts }
    }

    fn get(&self, file: FileId) -> Option<&Text> {
        self.texts.get(&self.aliases.first(file)).map(|text| &**text)
    }

    /// Where what is told points, and where its resource begins.
    fn places(&self, at: Span, resource: Option<&ResourceRef>) -> Vec<Span> {
        let start = |span: Span| Span::new(self.aliases.first(span.file), span.start, span.start);
        let node = resource.and_then(|resource| self.get(resource.file)?.document.find(&resource.pointer));
        [start(at)].into_iter().chain(node.map(|node| start(node.span()))).collect()
    }

    /// Where to accept what is told at a place, and of a resource: above its line where comments are at home, else in the resource,
    /// else in the whole file.
    fn spot(&self, at: Span, resource: Option<&ResourceRef>, draft: &Draft<'_>) -> Option<Spot> {
        let mut spots = Vec::new();
        let text = self.get(at.file);
        let above = |text: &Text, at: u32| {
            let line = suppress::line_of(&text.document, at).filter(|_| text.takes_comments());
            line.map(Spot::Above)
        };
        spots.extend(text.and_then(|text| above(text, at.start)));
        let around = resource.map_or(text, |resource| self.get(resource.file));
        if let (Some(resource), Some(text)) = (resource, around) {
            let node = text.document.find(&resource.pointer).map(|node| node.span());
            spots.extend(node.and_then(|node| above(text, node.start)));
            spots.extend(node.map(Spot::Inside));
        }
        spots.extend(around.and_then(|text| Some(Spot::Inside(text.document.root()?.span()))));
        let fits = |spot: &Spot| {
            let text = self.get(spot.covers().file);
            text.is_some_and(|text| text.document.is_well_formed() && text.edits(*spot, draft).is_some())
        };
        spots.into_iter().find(fits)
    }
}
