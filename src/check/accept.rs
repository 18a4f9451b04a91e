//! Suppressions for everything that a check tells, tried in memory before anything is written: in rounds until nothing is told
//! but what cannot be suppressed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;

use super::changes::Changes;
use super::edited::Edited;
use super::fix::{Fixed, place};
use super::ledger::{OWN, latest};
use super::rules::date;
use super::{Checked, Request, RulesError, check, check_edited};
use crate::config::{Origin, Undecided};
use crate::diagnostic::{Diagnostic, Edit, Fingerprint, ResourceRef, Run};
use crate::source::{FileId, Sources, Span, decode};
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

/// What tells a diagnostic from all others of the run: the file, what it is about, and the resource as it stands there. What is
/// written moves none of them.
type Identity = (String, Fingerprint, String);

fn identity(told: &Diagnostic, sources: &Sources) -> Identity {
    let file = sources.get(told.resource_file()).map(|file| file.path().to_owned());
    let pointer = told.resource.as_ref().map(|resource| resource.pointer.clone());
    (file.unwrap_or_default(), told.fingerprint(sources), pointer.unwrap_or_default())
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

/// The fewest of the wishes that do: what is inside of what is accepted as a whole needs nothing of its own.
fn fewest(wishes: &[Wish]) -> BTreeMap<Spot, BTreeSet<Arc<str>>> {
    let mut wishes: Vec<&Wish> = wishes.iter().collect();
    wishes.sort_by_key(|wish| std::cmp::Reverse(wish.spot.covers().len()));
    let mut spots: BTreeMap<Spot, BTreeSet<Arc<str>>> = BTreeMap::new();
    let mut covered: BTreeMap<(FileId, &str), Vec<Span>> = BTreeMap::new();
    for Wish { rule, spot, places } in wishes {
        let reaches = |covers: &Span| places.iter().any(|place| covers.contains(place));
        let of_file = |place: &Span| covered.get(&(place.file, &**rule)).is_some_and(|known| known.iter().any(reaches));
        if !places.iter().any(of_file) {
            covered.entry((spot.covers().file, rule)).or_default().push(spot.covers());
            spots.entry(*spot).or_default().insert(Arc::clone(rule));
        }
    }
    spots
}

impl Accepting<'_> {
    /// Accepts until nothing is told any more; `None` where something did not hold and was refused.
    ///
    /// Each round writes everything anew, so that a place has one suppression whatever the round that it is from.
    fn attempt(&mut self, found: &Checked) -> Result<Option<(Option<Checked>, Changes)>, RulesError> {
        let (mut changes, mut latest) = (Changes::default(), None::<Checked>);
        let (mut texts, mut wishes) = (Texts::default(), Vec::new());
        for round in 0..=MAX_ROUNDS {
            let run = &latest.as_ref().unwrap_or(found).run;
            let told = self.plan(run, &mut texts, &mut wishes)?;
            if told.is_empty() {
                return Ok(Some((latest, changes)));
            }
            if round == MAX_ROUNDS {
                told.iter().for_each(|told| self.refuse(told, &run.sources, "there would be no end of it"));
                return Ok(None);
            }
            let edits = self.edits(&fewest(&wishes), &texts);
            changes = Changes::default();
            let broken = changes.make(&edits, &texts.sources);
            let next = check_edited(self.request, changes.edited())?;
            let left = next.run.diagnostics.iter().chain(&next.run.undecided);
            let left: BTreeSet<Identity> = left.map(|told| identity(told, &next.run.sources)).collect();
            let before = self.refused.len();
            for told in &told {
                let of = identity(told, &run.sources);
                if left.contains(&of) || broken.contains(&of.0) {
                    self.refuse(told, &run.sources, "it would still be told");
                }
            }
            if self.refused.len() > before {
                return Ok(None);
            }
            texts.made = edits;
            latest = Some(next);
        }
        Ok(None)
    }

    fn refuse(&mut self, told: &Diagnostic, sources: &Sources, what: &str) {
        if self.refused.insert(identity(told, sources)) {
            self.why.push(format!("{}: not suppressed: {what} ({})", place(told, sources), told.rule));
        }
    }

    /// What is told and can be accepted, with the wishes for it. What cannot be is refused.
    fn plan<'d>(&mut self, run: &'d Run, texts: &mut Texts, wishes: &mut Vec<Wish>) -> Result<Vec<&'d Diagnostic>, RulesError> {
        let fails =
            |told: &&Diagnostic| self.request.regime.of(&path(told.resource_file(), &run.sources)).undecided == Undecided::Fail;
        let undecided: Vec<&Diagnostic> = run.undecided.iter().filter(fails).collect();
        let mut planned = Vec::new();
        for told in run.diagnostics.iter().chain(undecided) {
            if self.refused.contains(&identity(told, &run.sources)) {
                continue;
            }
            match self.wishes(told, run, texts)? {
                Ok(own) => {
                    wishes.extend(own);
                    planned.push(told);
                }
                Err(why) => self.refuse(told, &run.sources, &why),
            }
        }
        Ok(planned)
    }

    /// Where a diagnostic is accepted, all members of its group included; the inner error says why it cannot be.
    fn wishes(&self, told: &Diagnostic, run: &Run, texts: &mut Texts) -> Result<Result<Vec<Wish>, String>, RulesError> {
        if told.rule.starts_with(OWN) {
            return Ok(Err("it is about suppressions".to_owned()));
        }
        let own = (told.primary.span, told.resource.as_ref());
        let others = told.others.iter().map(|(at, resource)| (*at, resource.as_ref()));
        let mut wishes = Vec::new();
        for (at, resource) in [own].into_iter().chain(others) {
            let place = texts.place(at, resource, &run.sources);
            let Some(spot) = texts.spot(&place, &self.draft(&BTreeSet::new())) else {
                let sound = place.text.as_ref().is_some_and(|(text, _)| text.document.is_well_formed());
                let why = if sound { "there is no place for it" } else { "the syntax is broken: mend that first" };
                return Ok(Err(why.to_owned()));
            };
            if let Some(why) = self.limits(&told.rule, &path(spot.covers().file, &texts.sources))? {
                return Ok(Err(why));
            }
            wishes.push(Wish { rule: Arc::clone(&told.rule), spot, places: place.points() });
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

    fn edits(&self, spots: &BTreeMap<Spot, BTreeSet<Arc<str>>>, texts: &Texts) -> BTreeMap<FileId, Vec<Edit>> {
        let mut edits: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        for (spot, rules) in spots {
            let file = spot.covers().file;
            let made = texts.of(*spot).and_then(|text| text.edits(*spot, &self.draft(rules)));
            edits.entry(file).or_default().extend(made.unwrap_or_default());
        }
        edits.values_mut().for_each(|edits| edits.sort_by_key(|edit| edit.span));
        edits
    }
}

fn path(file: FileId, sources: &Sources) -> String {
    sources.get(file).map(|file| file.path().to_owned()).unwrap_or_default()
}

/// A file as it is, before anything is written into it.
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

/// The files that something is told of, each once, however it is reached and whatever was written into it since.
#[derive(Default)]
struct Texts {
    sources: Sources,
    texts: BTreeMap<PathBuf, Rc<Text>>,
    /// What was written, in order.
    made: BTreeMap<FileId, Vec<Edit>>,
}

/// Where something is told, in files as they were.
struct Place {
    text: Option<(Rc<Text>, u32)>,
    /// The file of the resource, and the resource.
    resource: Option<(Rc<Text>, Option<Span>)>,
}

impl Place {
    /// Where it points, and where its resource begins.
    fn points(&self) -> Vec<Span> {
        let point = |file: FileId, at: u32| Span::new(file, at, at);
        let own = self.text.iter().map(|(text, at)| point(text.document.file().id(), *at));
        let resource = self.resource.iter().filter_map(|(_, node)| *node).map(|node| point(node.file, node.start));
        own.chain(resource).collect()
    }
}

impl Texts {
    /// The text of a file of a run, as it was.
    fn text(&mut self, file: FileId, sources: &Sources) -> Option<Rc<Text>> {
        let source = sources.get(file)?;
        let key = Edited::key(source.path());
        if let Some(known) = self.texts.get(&key) {
            return Some(Rc::clone(known));
        }
        let document = Document::parse(self.sources.add(source.path(), decode(source.bytes()).ok()?));
        let written = suppress::read(&document).0;
        let text = Rc::new(Text { document, written });
        self.texts.insert(key, Rc::clone(&text));
        Some(text)
    }

    /// The text that a spot is in.
    fn of(&self, spot: Spot) -> Option<&Text> {
        self.texts.values().map(|text| &**text).find(|text| text.document.file().id() == spot.covers().file)
    }

    fn place(&mut self, at: Span, resource: Option<&ResourceRef>, sources: &Sources) -> Place {
        let text = self.text(at.file, sources).map(|text| {
            let before = self.made.get(&text.document.file().id()).map_or(at.start, |made| before(made, at.start));
            (text, before)
        });
        let resource = resource.and_then(|resource| {
            let text = self.text(resource.file, sources)?;
            let node = text.document.find(&resource.pointer).map(|node| node.span());
            Some((text, node))
        });
        Place { text, resource }
    }

    /// Where to accept what is told at a place: above its line where comments are at home, else in the resource, else in the whole
    /// file.
    fn spot(&self, place: &Place, draft: &Draft<'_>) -> Option<Spot> {
        let above =
            |text: &Text, at: u32| suppress::line_of(&text.document, at).filter(|_| text.takes_comments()).map(Spot::Above);
        let own = place.text.as_ref();
        let mut spots: Vec<(&Text, Spot)> = Vec::new();
        spots.extend(own.and_then(|(text, at)| Some((&**text, above(text, *at)?))));
        if let Some((text, Some(node))) = &place.resource {
            spots.extend(above(text, node.start).map(|spot| (&**text, spot)));
            spots.push((text, Spot::Inside(*node)));
        }
        let around = place.resource.as_ref().map(|(text, _)| text).or(own.map(|(text, _)| text));
        spots.extend(around.and_then(|text| Some((&**text, Spot::Inside(text.document.root()?.span())))));
        let fits = |(text, spot): &(&Text, Spot)| text.document.is_well_formed() && text.edits(*spot, draft).is_some();
        spots.into_iter().find(fits).map(|(_, spot)| spot)
    }
}

/// Where a byte of a text was before these edits were made; what they put in was where they put it.
fn before(made: &[Edit], at: u32) -> u32 {
    let mut shift = 0;
    for edit in made {
        let (start, len) = (i64::from(edit.span.start) + shift, edit.text.len() as i64);
        if i64::from(at) < start {
            break;
        }
        if i64::from(at) < start + len {
            return edit.span.start;
        }
        shift += len - i64::from(edit.span.len());
    }
    u32::try_from(i64::from(at) - shift).unwrap_or(0)
}
