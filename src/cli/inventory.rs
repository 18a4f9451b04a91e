//! `armlint inventory`

use std::io::Write;

use serde::Serialize;

use super::args::{InventoryArgs, TableFormat};
use super::ci::Ci;
use super::exit::{Exit, Failure};
use super::files::files;
use super::place::{Range, plain, range};
use super::progress::Progress;
use super::run::explain_mistakes;
use super::terminal::{Terminal, warn};
use crate::check::{self, Platform, Regime, Service};
use crate::report::unreadable;
use crate::source::Sources;

/// Lists the services.
pub(super) fn run(args: &InventoryArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let files = files(&args.files)?;
    let regime = Regime::listing(files.search);
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
    let checked = check::check(&request);
    drop(progress);
    let checked = checked?;
    match args.format {
        TableFormat::Human => table(&checked.services, &checked.run.sources, terminal)?,
        TableFormat::Json => json(&checked.services, &checked.run.sources, &mut terminal.out)?,
    }
    for (file, error) in unreadable(&checked.run.unreadable) {
        warn(&format!("error: {file}: {error}"));
    }
    for path in &checked.broken {
        warn(&format!("error: {path}: is not JSON, so nothing in it can be deployed: `armlint check` shows where"));
    }
    for gap in checked.run.diagnostics.iter().chain(&checked.run.undecided) {
        let (file, place) = range(gap.primary.span, &checked.run.sources);
        warn(&format!("warning: {}:{}: {}; services in it are not listed", plain(&file), place.start.line, gap.message));
    }
    let mistaken = explain_mistakes(checked.mistakes, terminal);
    let complete = checked.run.unreadable.is_empty() && checked.broken.is_empty() && !mistaken;
    Ok(if complete { Exit::Clean } else { Exit::Failed })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'s> {
    schema_version: u32,
    services: Vec<Record<'s>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    stv1: usize,
    mtv1: usize,
    stv2: usize,
    v2: usize,
    unknown: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'s> {
    file: String,
    range: Range,
    resource: Resource<'s>,
    environment: &'s str,
    existing: bool,
    condition: Option<&'s str>,
    api_version: Option<&'s str>,
    sku: Option<&'s str>,
    capacity: Option<i64>,
    virtual_network_type: Option<&'s str>,
    zones: Option<&'s [String]>,
    public_ip_address_id: Option<&'s str>,
    platform: &'static str,
    evidence: Vec<Evidence<'s>>,
    migration: Migration<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'s> {
    #[serde(rename = "type")]
    resource_type: &'s str,
    name: &'s str,
    symbolic_name: Option<&'s str>,
    pointer: &'s str,
}

#[derive(Serialize)]
struct Evidence<'s> {
    text: &'s str,
    file: String,
    range: Range,
}

#[derive(Serialize)]
struct Migration<'s> {
    needed: bool,
    steps: &'s [String],
}

fn json(services: &[Service], sources: &Sources, out: &mut dyn Write) -> Result<(), Failure> {
    let document = Document {
        schema_version: 1,
        services: services.iter().map(|s| record(s, sources)).collect(),
        summary: summary(services),
    };
    serde_json::to_writer_pretty(&mut *out, &document).map_err(std::io::Error::from)?;
    Ok(writeln!(out)?)
}

fn record<'s>(service: &'s Service, sources: &Sources) -> Record<'s> {
    let (file, place) = range(service.span, sources);
    let evidence = |label: &'s crate::diagnostic::Label| {
        let (file, range) = range(label.span, sources);
        Evidence { text: &label.text, file, range }
    };
    Record {
        file,
        range: place,
        resource: Resource {
            resource_type: &service.resource.resource_type,
            name: &service.resource.name,
            symbolic_name: service.resource.symbolic_name.as_deref(),
            pointer: &service.resource.pointer,
        },
        environment: &service.environment,
        existing: service.existing,
        condition: service.condition.as_deref(),
        api_version: service.api_version.as_deref(),
        sku: service.sku.as_deref(),
        capacity: service.capacity,
        virtual_network_type: service.network.as_deref(),
        zones: service.zones.as_deref(),
        public_ip_address_id: service.public_ip.as_deref(),
        platform: service.platform.as_str(),
        evidence: service.evidence.iter().map(evidence).collect(),
        migration: Migration { needed: !service.steps.is_empty(), steps: &service.steps },
    }
}

/// How many services are on each platform, each counted in each of its environments.
fn summary(services: &[Service]) -> Summary {
    let on = |platform: Platform| services.iter().filter(|service| service.platform == platform).count();
    Summary {
        stv1: on(Platform::Stv1),
        mtv1: on(Platform::Mtv1),
        stv2: on(Platform::Stv2),
        v2: on(Platform::V2),
        unknown: on(Platform::Unknown),
    }
}

fn table(services: &[Service], sources: &Sources, terminal: &mut Terminal) -> Result<(), Failure> {
    let head = ["platform", "service", "sku", "network", "API version", "where"].map(str::to_owned);
    let rows: Vec<[String; 6]> = services.iter().map(|service| row(service, sources)).collect();
    let mut widths = [0; 6];
    for row in rows.iter().chain([&head]) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if !rows.is_empty() {
        for row in [&head].into_iter().chain(&rows) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
            }
            let styled = if terminal.color && row == &head {
                format!("\u{1b}[1m{}\u{1b}[0m", line.trim_end())
            } else {
                line.trim_end().to_owned()
            };
            writeln!(terminal.out, "{styled}")?;
        }
        writeln!(terminal.out)?;
    }
    let total = summary(services);
    Ok(writeln!(
        terminal.out,
        "{} on stv1, {} on mtv1, {} on stv2, {} on a v2 tier, {} unknown",
        total.stv1, total.mtv1, total.stv2, total.v2, total.unknown
    )?)
}

fn row(service: &Service, sources: &Sources) -> [String; 6] {
    let (file, range) = range(service.span, sources);
    let environment = if service.environment == "defaults" { String::new() } else { format!("  ({})", service.environment) };
    let note = match (service.existing, service.evidence.first()) {
        (true, _) => "  (existing)".to_owned(),
        (false, Some(evidence)) if service.platform == Platform::Unknown => format!("  {}", evidence.text),
        _ => String::new(),
    };
    let shown = |value: &Option<String>| plain(value.as_deref().unwrap_or("?"));
    [
        service.platform.as_str().to_owned(),
        plain(&service.resource.name),
        shown(&service.sku),
        shown(&service.network).replace("None", "none"),
        shown(&service.api_version),
        format!("{}:{}{environment}{note}", plain(&file), range.start.line),
    ]
}
