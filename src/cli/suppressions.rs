//! `armlint suppressions`

use std::io::Write;

use serde::Serialize;

use super::args::{SuppressionsArgs, TableFormat};
use super::ci::Ci;
use super::exit::{Exit, Failure};
use super::files::files;
use super::place::{Range, plain, range};
use super::progress::Progress;
use super::run::explain_mistakes;
use super::terminal::{Terminal, warn};
use crate::check::{self, Age, Listed, Listing, Regime, State};
use crate::report::{counted, unreadable, wrap};

/// Lists the suppressions.
pub(super) fn run(args: &SuppressionsArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let files = files(&args.files)?;
    let regime = Regime::new(&args.rules.wanted(), files.search)?;
    let progress = Progress::new(Ci::detect(|name| std::env::var_os(name)).present);
    let tell = progress.as_ref().map(|progress| |done, total| progress.tell(done, total));
    let request = check::Request {
        paths: files.paths,
        given: files.given,
        discovery: files.discovery,
        parameters: files.parameters,
        progress: tell.as_ref().map(|tell| tell as _),
        ..check::Request::of(&regime)
    };
    let listing = check::suppressions(&request);
    drop(progress);
    match args.format {
        TableFormat::Human => table(&listing, terminal)?,
        TableFormat::Json => json(&listing, &mut terminal.out)?,
    }
    for told in &listing.invalid {
        let (file, range) = range(told.primary.span, &listing.sources);
        warn(&format!("warning: {file}:{}: {} ({})", range.start, told.message, told.rule));
    }
    for (file, error) in unreadable(&listing.unreadable) {
        warn(&format!("error: {file}: {error}"));
    }
    let complete = listing.unreadable.is_empty();
    let mistaken = explain_mistakes(listing.mistakes, terminal);
    Ok(if complete && !mistaken { Exit::Clean } else { Exit::Failed })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'l> {
    schema_version: u32,
    as_of: &'l str,
    suppressions: Vec<Record<'l>>,
    summary: Summary,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'l> {
    file: String,
    range: Range,
    kind: &'static str,
    rules: &'l [String],
    reason: Option<&'l str>,
    until: Option<String>,
    state: State,
    since: Option<String>,
    age_days: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    in_force: usize,
    expired: usize,
    unused: usize,
    not_allowed: usize,
    unknown_rule: usize,
    unjudged: usize,
    oldest_days: Option<i64>,
}

fn json(listing: &Listing, out: &mut dyn Write) -> Result<(), Failure> {
    let document = Document {
        schema_version: 1,
        as_of: &listing.as_of,
        suppressions: listing.listed.iter().map(|one| record(one, listing)).collect(),
        summary: Summary {
            in_force: count(listing, State::InForce),
            expired: count(listing, State::Expired),
            unused: count(listing, State::Unused),
            not_allowed: count(listing, State::NotAllowed),
            unknown_rule: count(listing, State::UnknownRule),
            unjudged: count(listing, State::Unjudged),
            oldest_days: oldest(listing).map(|(days, _)| days),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &document).map_err(std::io::Error::from)?;
    Ok(writeln!(out)?)
}

fn record<'l>(one: &'l Listed, listing: &Listing) -> Record<'l> {
    let (file, range) = range(one.at, &listing.sources);
    let (since, age_days) = match one.age {
        Age::Since(day, days) => (Some(day.to_string()), Some(days)),
        Age::Uncommitted | Age::Unknown => (None, None),
    };
    let Listed { kind, rules, state, .. } = one;
    let (reason, until) = (one.reason.as_deref(), one.until.map(|until| until.to_string()));
    Record { file, range, kind, rules, reason, until, state: *state, since, age_days }
}

fn count(listing: &Listing, state: State) -> usize {
    listing.listed.iter().filter(|one| one.state == state).count()
}

/// How many days the oldest one is there, as far as anybody can tell, and which it is.
fn oldest(listing: &Listing) -> Option<(i64, &Listed)> {
    let days = |one: &Listed| match one.age {
        Age::Since(_, days) => Some(days),
        Age::Uncommitted | Age::Unknown => None,
    };
    // Of several of that age, the first.
    listing.listed.iter().rev().filter_map(|one| Some((days(one)?, one))).max_by_key(|(days, _)| *days)
}

fn line(one: &Listed) -> u32 {
    one.file.position(one.at.start).line
}

/// A list by files, in which what there is to say of each goes on below itself.
fn table(listing: &Listing, terminal: &mut Terminal) -> Result<(), Failure> {
    let styled = |text: &str, code: u8| if terminal.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let width = |text: &dyn Fn(&Listed) -> String| listing.listed.iter().map(|one| text(one).len()).max().unwrap_or(0);
    let lines = width(&|one| line(one).to_string());
    let states = width(&|one| one.state.as_str().to_owned());
    let indent = lines + states + 6;
    let mut before = None;
    for one in &listing.listed {
        let path = one.file.path();
        if before.replace(path) != Some(path) {
            writeln!(terminal.out, "{}", styled(&plain(path), 1))?;
        }
        let state = format!("{:states$}", one.state.as_str());
        let state = if one.state == State::InForce { state } else { styled(&state, 33) };
        write!(terminal.out, "  {:>lines$}  {state}  ", line(one))?;
        let told = about(one, terminal.width.saturating_sub(indent).max(24));
        writeln!(terminal.out, "{}", told.join(&format!("\n{:indent$}", "")))?;
    }
    if !listing.listed.is_empty() {
        writeln!(terminal.out)?;
    }
    Ok(writeln!(terminal.out, "{}", closing(listing))?)
}

/// What there is to say of one, in lines: rules, kind, age and end, and the reason, below them where it is long.
fn about(one: &Listed, width: usize) -> Vec<String> {
    let age = match one.age {
        Age::Since(_, days) => counted(usize::try_from(days).unwrap_or(0), "day"),
        Age::Uncommitted => "not committed".to_owned(),
        Age::Unknown => "age unknown".to_owned(),
    };
    let until = one.until.map(|until| format!("until {until}"));
    let facts: Vec<String> = [one.rules.join(", "), one.kind.to_owned(), age].into_iter().chain(until).collect();
    let (facts, reason) = (plain(&facts.join(" · ")), plain(one.reason.as_deref().unwrap_or("no reason")));
    let together = format!("{facts} · {reason}");
    if wrap(&together, width).len() == 1 {
        return vec![together];
    }
    [facts, reason].iter().flat_map(|text| wrap(text, width)).map(|text| text.trim_end().to_owned()).collect()
}

/// `3 suppressions: 2 in force, 1 unused`, and below it `the oldest is 412 days old: infra/main.json:12`
fn closing(listing: &Listing) -> String {
    if listing.listed.is_empty() {
        return "no suppressions".to_owned();
    }
    let counts = State::ALL.iter().map(|state| (count(listing, *state), state.as_str())).filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, state)| format!("{count} {state}")).collect();
    let all = format!("{}: {}", counted(listing.listed.len(), "suppression"), counts.join(", "));
    let Some((days, one)) = oldest(listing) else { return all };
    let days = counted(usize::try_from(days).unwrap_or(0), "day");
    format!("{all}\nthe oldest is {days} old: {}:{}", plain(one.file.path()), line(one))
}
