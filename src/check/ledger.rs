//! Which diagnostics their authors accept, and what is to be told of how they say so.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::Request;
use super::documents::Documents;
use super::regime::{Local, Regime};
use super::suppressions::State;
use crate::config::Origin;
use crate::diagnostic::{Diagnostic, Environments, Label, Severity, Suppressed};
use crate::source::{FileId, Sources, Span};
use crate::suppress::{self, Kind, Named, Suppression};
use crate::syntax::Document;

const UNUSED: &str = "suppression/unused";
const EXPIRED: &str = "suppression/expired";
const UNKNOWN_RULE: &str = "suppression/unknown-rule";
const NOT_ALLOWED: &str = "suppression/not-allowed";
/// What the rules about suppressions are called. They cannot be suppressed.
pub(super) const OWN: &str = "suppression/";

/// The suppressions of a run: those of each file are read when something in it is asked for.
pub(super) struct Ledger<'r> {
    documents: Arc<Documents>,
    regime: &'r Regime,
    pages: Mutex<BTreeMap<FileId, Arc<Page>>>,
}

/// The suppressions of one file.
#[derive(Default)]
struct Page {
    /// There is none where a file has no suppressions of its own.
    document: Option<Arc<Document>>,
    entries: Vec<Entry>,
    problems: Vec<Diagnostic>,
}

/// A suppression and what becomes of it.
struct Entry {
    written: Suppression,
    /// The rules, in the order in which they are written, or why one is not suppressed by it.
    rules: Vec<Result<Standing, State>>,
}

/// A rule that is suppressed.
struct Standing {
    name: Arc<str>,
    used: AtomicBool,
}

/// What became of a suppression.
pub(super) struct Fate {
    pub(super) written: Suppression,
    /// Of each of its rules.
    pub(super) states: Vec<State>,
    /// The file, where it is a part of one.
    document: Option<Arc<Document>>,
}

impl Fate {
    /// The rules that it suppresses nothing of, though it could.
    fn unused(&self) -> Vec<usize> {
        (0..self.states.len()).filter(|ix| self.states[*ix] == State::Unused).collect()
    }
}

/// What became of each rule of a suppression; `complete` where everything was judged that it may be for.
fn states(rules: &[Result<Standing, State>], local: &Local, complete: bool) -> Vec<State> {
    let state = |rule: &Result<Standing, State>| match rule {
        _ if local.broken().is_some() => State::Unjudged,
        Err(state) => *state,
        Ok(standing) if standing.used.load(Ordering::Relaxed) => State::InForce,
        Ok(standing) if complete && local.rules.selects(&standing.name) => State::Unused,
        Ok(_) => State::Unjudged,
    };
    rules.iter().map(state).collect()
}

impl<'r> Ledger<'r> {
    pub(super) fn new(documents: Arc<Documents>, regime: &'r Regime) -> Self {
        Self { documents, regime, pages: Mutex::default() }
    }

    /// Whether the author of a file accepts a diagnostic.
    pub(super) fn accepts(&self, diagnostic: &Diagnostic) -> bool {
        self.look_up(diagnostic, &mut |_, _| ())
    }

    /// Takes the diagnostics out of a list that are accepted.
    pub(super) fn settle(&self, told: &mut Vec<Diagnostic>) -> Vec<Suppressed> {
        let mut suppressed = Vec::new();
        told.retain(|diagnostic| {
            !self.look_up(diagnostic, &mut |entry, standing| {
                standing.used.store(true, Ordering::Relaxed);
                let (kind, reason) = (entry.written.kind.as_str(), entry.written.reason.clone());
                suppressed.push(Suppressed { diagnostic: diagnostic.clone(), kind, reason });
            })
        });
        suppressed
    }

    /// The file at a path that was read.
    pub(super) fn file(&self, path: &str) -> Option<FileId> {
        Some(self.documents.text(path)?.id())
    }

    /// The texts.
    pub(super) fn sources(&self) -> &Sources {
        &self.documents.sources
    }

    /// What is wrong with the suppressions in these files, in which something was judged, and which of them suppress nothing.
    pub(super) fn problems(&self, files: &[FileId], request: &Request<'_>) -> Vec<Diagnostic> {
        let mut told: Vec<Diagnostic> = files.iter().flat_map(|file| self.page(*file).problems.clone()).collect();
        for fate in self.fates(files, files, request) {
            let unused = fate.unused();
            if fate.written.kind == Kind::Configuration {
                told.extend(unused.iter().filter_map(|ix| unused_of(&fate, &[*ix])));
            } else {
                told.extend(unused_of(&fate, &unused));
            }
        }
        told.sort_by(|a, b| (a.primary.span, &a.message).cmp(&(b.primary.span, &b.message)));
        told.dedup_by(|a, b| a.primary.span == b.primary.span && a.message == b.message);
        told
    }

    /// What is wrong with how suppressions in these files are written.
    pub(super) fn invalid(&self, files: &[FileId]) -> Vec<Diagnostic> {
        let problems = files.iter().flat_map(|file| self.page(*file).problems.clone());
        problems.filter(|told| *told.rule == *suppress::INVALID).collect()
    }

    /// What became of the suppressions in these files, once what is told was settled. Something was `judged` in some of them.
    pub(super) fn fates(&self, files: &[FileId], judged: &[FileId], request: &Request<'_>) -> Vec<Fate> {
        // Values that are given by hand are not all that there are.
        let all_values = request.parameters.is_empty();
        let mut fates = Vec::new();
        let mut shared = self.walked(request, all_values);
        for &file in files {
            let (page, local) = (self.page(file), self.local(file));
            let is_judged = judged.contains(&file);
            for entry in &page.entries {
                let written = entry.written.clone();
                let states = states(&entry.rules, &local, is_judged && all_values);
                if written.kind != Kind::Configuration {
                    fates.push(Fate { written, states, document: page.document.clone() });
                    continue;
                }
                // What a configuration accepts is for many files. That one of them does not need it tells little.
                let open = |state: &State| if *state == State::Unused { State::Unjudged } else { *state };
                let first = || Fate { states: states.iter().map(open).collect(), written, document: None };
                let known = shared.entry(entry.written.at).or_insert_with(first);
                for (known, state) in known.states.iter_mut().zip(&states).filter(|_| is_judged) {
                    *known = (*known).max(*state);
                }
            }
        }
        fates.extend(shared.into_values());
        fates
    }

    /// What those configurations accept all of whose files are looked at: nothing needs it unless one of them does.
    fn walked(&self, request: &Request<'_>, all_values: bool) -> BTreeMap<Span, Fate> {
        let mut shared: BTreeMap<Span, Fate> = BTreeMap::new();
        for (local, written) in self.regime.accepted() {
            if !local.config.as_ref().is_some_and(|config| self.regime.is_walked(config, &request.paths)) {
                continue;
            }
            let states = states(&standing(&written, &local, &mut Vec::new()), &local, all_values);
            match shared.get_mut(&written.at) {
                Some(known) => known.states.iter_mut().zip(states).for_each(|(known, state)| *known = (*known).min(state)),
                None => drop(shared.insert(written.at, Fate { written, states, document: None })),
            }
        }
        shared
    }

    /// Calls `found` with the first suppression that means a diagnostic.
    fn look_up(&self, diagnostic: &Diagnostic, found: &mut dyn FnMut(&Entry, &Standing)) -> bool {
        let (place, resource) = (diagnostic.primary.span.file, diagnostic.resource_file());
        let files = [place].into_iter().chain((resource != place).then_some(resource));
        for page in files.map(|file| self.page(file)) {
            for entry in &page.entries {
                let of_rule = entry
                    .rules
                    .iter()
                    .zip(&entry.written.rules)
                    .filter_map(|(standing, named)| Some((standing.as_ref().ok()?, named)));
                for (standing, named) in of_rule {
                    if *standing.name == *diagnostic.rule && covers(named, &page, diagnostic) {
                        found(entry, standing);
                        return true;
                    }
                }
            }
        }
        false
    }

    /// What holds for a file.
    pub(super) fn local(&self, file: FileId) -> Arc<Local> {
        self.regime.of(self.documents.sources.get(file).as_ref().map_or("", |file| file.path()))
    }

    fn page(&self, file: FileId) -> Arc<Page> {
        let known = self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(&file).map(Arc::clone);
        known.unwrap_or_else(|| {
            let page = Arc::new(self.read(file));
            // NOTE: two threads may come here with one file; the first wins, so that what is used is noted once.
            Arc::clone(self.pages.lock().unwrap_or_else(PoisonError::into_inner).entry(file).or_insert(page))
        })
    }

    fn read(&self, file: FileId) -> Page {
        let Some(source) = self.documents.sources.get(file) else { return Page::default() };
        let local = self.regime.of(source.path());
        let mut page = Page::default();
        let mut written = Vec::new();
        if memchr::memmem::find(source.text().as_bytes(), suppress::MARK.as_bytes()).is_some() {
            page.document = self.documents.open(source.path()).ok();
            let read = page.document.as_deref().map(suppress::read);
            (written, page.problems) = read.unwrap_or_default();
            for problem in &mut page.problems {
                problem.environments = Environments::default();
            }
        }
        let end = u32::try_from(source.text().len()).unwrap_or(u32::MAX);
        written.extend(local.accepted(Span::new(file, 0, end), || self.regime.real(source.path())));
        for suppression in written {
            let rules = standing(&suppression, &local, &mut page.problems);
            page.entries.push(Entry { written: suppression, rules });
        }
        page
    }
}

/// Whether a diagnostic points into what is covered, or is about a resource that begins there.
fn covers(named: &Named, page: &Page, diagnostic: &Diagnostic) -> bool {
    let holds = |file: FileId, at: u32| named.covers.contains(&Span::new(file, at, at));
    let place = diagnostic.primary.span;
    holds(place.file, place.start)
        || diagnostic.resource.as_ref().is_some_and(|resource| {
            let head = page.document.as_ref().filter(|document| document.file().id() == resource.file);
            let head = head.map_or(Some(0), |document| Some(document.find(&resource.pointer)?.span().start));
            head.is_some_and(|head| holds(resource.file, head))
        })
}

/// The rules that a suppression suppresses; why it does not suppress the others is told.
fn standing(suppression: &Suppression, local: &Local, problems: &mut Vec<Diagnostic>) -> Vec<Result<Standing, State>> {
    let mut counts = Ok(());
    if let Some(problem) = out_of_limits(suppression, local) {
        problems.push(problem);
        counts = Err(State::NotAllowed);
    } else if let Some((date, at)) = suppression.until.filter(|(date, _)| *date < local.rules.as_of()) {
        let told = tell(EXPIRED, at, format!("the suppression ended on {date}"), "mend what it was for, or give it another end");
        problems.push(told);
        counts = Err(State::Expired);
    }
    let mut standing = Vec::new();
    for named in &suppression.rules {
        let name = match local.rules.exactly(&named.word) {
            Ok(name) if name.starts_with(OWN) => {
                let message = format!("`{name}` cannot be suppressed");
                problems.push(tell(
                    NOT_ALLOWED,
                    named.at,
                    message,
                    "remove it, or leave the rule out by `ignore` in a configuration",
                ));
                Err(State::NotAllowed)
            }
            Ok(name) if local.forbids(&name).is_some() => {
                let mut told =
                    tell(NOT_ALLOWED, named.at, format!("`{name}` may not be suppressed here"), "mend what it is about");
                if let Some(Origin::File(at)) = local.forbids(&name) {
                    told = told.with_label(Label::new(at, "forbidden here"));
                }
                problems.push(told);
                Err(State::NotAllowed)
            }
            Ok(name) => Ok(name),
            Err(error) => {
                problems.push(tell(UNKNOWN_RULE, named.at, error.message, error.help));
                Err(State::UnknownRule)
            }
        };
        standing.push(name.and_then(|name| counts.map(|()| Standing { name, used: AtomicBool::new(false) })));
    }
    standing
}

/// What a suppression lacks that the configuration asks of each.
fn out_of_limits(suppression: &Suppression, local: &Local) -> Option<Diagnostic> {
    let limits = &local.config.as_ref()?.limits;
    let (at, origin, message, help) = match (&limits.require_reason, &limits.max_days) {
        (Some(required), _) if required.value && suppression.reason.is_none() => {
            let help = match suppression.kind {
                Kind::Comment => "write one behind the rules: `-- <reason>`",
                Kind::Metadata | Kind::Configuration => "add `reason`",
            };
            (suppression.at, required.origin, "a suppression needs a reason here".to_owned(), help.to_owned())
        }
        (_, Some(days)) => {
            let latest = latest(local.rules.as_of(), days.value);
            let help = format!("let it end on {latest} or before");
            match suppression.until {
                None => (suppression.at, days.origin, "a suppression needs an end here".to_owned(), help),
                Some((date, at)) if date > latest => {
                    (at, days.origin, format!("the suppression is longer than {} days", days.value), help)
                }
                Some(_) => return None,
            }
        }
        _ => return None,
    };
    let told = tell(NOT_ALLOWED, at, message, help);
    Some(if let Origin::File(asked) = origin { told.with_label(Label::new(asked, "asked for here")) } else { told })
}

/// The last day on which a suppression may end.
pub(super) fn latest(as_of: Date, days: i64) -> Date {
    as_of.saturating_add(days.clamp(0, 100_000).days())
}

/// That of these rules of a suppression nothing is suppressed; `None` for no rules.
fn unused_of(fate: &Fate, unused: &[usize]) -> Option<Diagnostic> {
    let named: Vec<&Named> = unused.iter().filter_map(|ix| fate.written.rules.get(*ix)).collect();
    let names: Vec<String> = named.iter().map(|named| format!("`{}`", named.word)).collect();
    let message = format!("nothing of {} is suppressed", names.join(" and "));
    let mut told = tell(UNUSED, named.first()?.at, message, "remove what is not needed");
    told.fixes.extend(fate.document.as_ref().and_then(|document| suppress::removal(document, &fate.written, unused)));
    Some(told)
}

/// What holds in every environment.
fn tell(rule: &str, at: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    let severity = if rule == NOT_ALLOWED { Severity::Error } else { Severity::Warning };
    let told = Diagnostic::new(rule, severity, message, Label::new(at, "")).with_help(help);
    Diagnostic { environments: Environments::default(), ..told }
}
