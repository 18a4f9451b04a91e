//! `armlint rules`: the catalogue as a table, as JSON, as Markdown, and the schema of rule files.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::args::{RulesAction, RulesArgs, RulesFormat};
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use super::{explain, sketch};
use crate::check::{self, Rules, Wanted};
use crate::diagnostic::RuleMeta;
use crate::report::wrap;

#[derive(Serialize)]
struct Catalogue<'r> {
    rules: Vec<Entry<'r>>,
}

#[derive(Serialize)]
struct Entry<'r> {
    name: &'r str,
    title: &'r str,
    severity: &'static str,
    tags: &'r [String],
    presets: &'r [String],
    covers: &'r [String],
    since: &'r str,
}

impl<'r> Entry<'r> {
    fn of(meta: &'r RuleMeta) -> Self {
        Self {
            name: &meta.name,
            title: &meta.title,
            severity: meta.severity.as_str(),
            tags: &meta.tags,
            presets: &meta.presets,
            covers: &meta.covers,
            since: &meta.since,
        }
    }
}

/// Lists the rules, or does what else is asked with them.
pub(super) fn run(args: &RulesArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    if let Some(RulesAction::New(args)) = &args.action {
        return sketch::run(args, terminal);
    }
    if args.format == RulesFormat::Schema {
        write!(terminal.out, "{}", check::rule_schema())?;
        return Ok(Exit::Clean);
    }
    let rules = Rules::new(&Wanted { folders: args.rules.clone(), ..Wanted::default() })?;
    let metas = rules.metas();
    match args.format {
        RulesFormat::Json => {
            let catalogue = Catalogue { rules: metas.iter().map(Entry::of).collect() };
            serde_json::to_writer_pretty(&mut terminal.out, &catalogue).map_err(io::Error::from)?;
            writeln!(terminal.out)?;
        }
        RulesFormat::Markdown => markdown(&rules, &metas, &mut terminal.out)?,
        RulesFormat::Human | RulesFormat::Schema => table(&metas, terminal)?,
    }
    Ok(Exit::Clean)
}

/// The rules of each service.
fn by_service(metas: &[RuleMeta]) -> BTreeMap<&str, Vec<(&str, &RuleMeta)>> {
    let mut services: BTreeMap<&str, Vec<(&str, &RuleMeta)>> = BTreeMap::new();
    for meta in metas {
        let (service, bare) = meta.name.split_once('/').unwrap_or(("", &meta.name));
        services.entry(service).or_default().push((bare, meta));
    }
    services
}

/// Name, severity and title in columns; a long title goes on below itself.
fn table(metas: &[RuleMeta], terminal: &mut Terminal) -> Result<(), Failure> {
    let services = by_service(metas);
    let width = services.values().flatten().map(|(bare, _)| bare.len()).max().unwrap_or(0);
    let room = terminal.width.saturating_sub(width + 13).max(24);
    for (service, rules) in &services {
        let heading = if terminal.color { format!("\u{1b}[1m{service}\u{1b}[0m") } else { (*service).to_owned() };
        writeln!(terminal.out, "{heading}")?;
        for (bare, meta) in rules {
            for (n, line) in wrap(&meta.title, room).into_iter().enumerate() {
                let (bare, severity) = if n == 0 { (*bare, meta.severity.as_str()) } else { ("", "") };
                writeln!(terminal.out, "  {bare:width$}  {severity:7}  {line}")?;
            }
        }
        writeln!(terminal.out)?;
    }
    Ok(writeln!(terminal.out, "{} rules; `armlint explain RULE` tells more of one", metas.len())?)
}

/// Everything about every rule.
fn markdown(rules: &Rules, metas: &[RuleMeta], out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "<!-- Printed by `armlint rules --format markdown`: change the files under `rules/` instead. -->\n")?;
    writeln!(out, "# Rules\n\n{} rules. `armlint explain RULE` shows one of them in the terminal.", metas.len())?;
    for (service, rules) in by_service(metas) {
        writeln!(out, "\n| `{service}/…` | severity | presets | |\n|---|---|---|---|")?;
        for (bare, meta) in rules {
            let anchor = meta.name.replace('/', "-");
            writeln!(out, "| [`{bare}`](#{anchor}) | {} | {} | {} |", meta.severity, meta.presets.join(", "), meta.title)?;
        }
    }
    for meta in metas {
        write!(out, "\n{}", explain::markdown(meta, rules.example(&meta.name)?.as_ref()))?;
    }
    Ok(())
}
