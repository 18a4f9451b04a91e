//! From what each file came to, to what the run tells: merged, as the configurations have it, without what is accepted.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::examine::Examined;
use super::inventory::Service;
use super::ledger::Ledger;
use super::merge::{DEFAULTS, Findings, Name};
use super::order::Order;
use super::{Plan, Request};
use crate::diagnostic::{Diagnostic, Suppressed};
use crate::source::FileId;
use crate::template::DocumentKind;
use crate::threads;

/// For how many files it is worth to merge on all cores what was found in them.
const MANY_FILES: usize = 100;

/// What a run tells, each list in the order of the report.
pub(super) struct Telling {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) undecided: Vec<Diagnostic>,
    pub(super) suppressed: Vec<Suppressed>,
    pub(super) services: Vec<Service>,
}

/// One list of each kind.
pub(super) fn tell(examined: Vec<Examined>, plan: &Plan, request: &Request<'_>, ledger: &Ledger<'_>) -> Telling {
    let judged = judged(&examined, plan, request, ledger);
    let mut files: BTreeMap<FileId, Findings> = BTreeMap::new();
    let mut services = Vec::new();
    let mut plain = Vec::new();
    for found in examined {
        plain.extend(found.problems);
        for judged in found.judged {
            judged.found.into_iter().for_each(|(file, found)| files.entry(file).or_default().extend(found));
            services.extend(judged.services);
        }
    }
    let configure = |diagnostic: &mut Diagnostic| ledger.local(diagnostic.resource_file()).configure(diagnostic);
    let order = Order::of(ledger.sources());
    let Merged { mut diagnostics, mut undecided, mut suppressed, suppressed_undecided } = merged(files, ledger, &order);
    plain.retain_mut(configure);
    suppressed.extend(ledger.settle(&mut plain));
    suppressed.extend(suppressed_undecided);
    diagnostics.extend(plain);
    let mut own = ledger.problems(&judged, request);
    own.retain_mut(configure);
    diagnostics.extend(own);
    order.sort(&mut diagnostics);
    order.sort(&mut undecided);
    order.sort_suppressed(&mut suppressed);
    services.sort_by(|one, other| {
        let place = |service: &Service| (order.rank(service.file()), service.span.start, service.environment != DEFAULTS);
        place(one).cmp(&place(other)).then_with(|| one.environment.cmp(&other.environment))
    });
    Telling { diagnostics, undecided, suppressed, services }
}

/// What was found in files, each list in the order of the report within a file.
#[derive(Default)]
struct Merged {
    diagnostics: Vec<Diagnostic>,
    undecided: Vec<Diagnostic>,
    suppressed: Vec<Suppressed>,
    suppressed_undecided: Vec<Suppressed>,
}

/// Merges what was found, as the configurations have it and without what is accepted. Nothing that is told as one is of two
/// files, so that each is a piece of work for itself.
fn merged(files: BTreeMap<FileId, Findings>, ledger: &Ledger<'_>, order: &Order) -> Merged {
    let files: Vec<(FileId, Findings)> = files.into_iter().collect();
    let worth = files.len() >= MANY_FILES;
    let lists = threads::hand_out(files, worth, |(file, found)| {
        let local = ledger.local(file);
        let (mut diagnostics, mut undecided) = found.merge();
        for list in [&mut diagnostics, &mut undecided] {
            list.retain_mut(|diagnostic| local.configure(diagnostic));
            order.sort(list);
        }
        let suppressed = ledger.settle(&mut diagnostics);
        let suppressed_undecided = ledger.settle(&mut undecided);
        let mut diagnostics = crate::rules::group(diagnostics);
        order.sort(&mut diagnostics);
        Merged { diagnostics, undecided, suppressed, suppressed_undecided }
    });
    lists.into_iter().fold(Merged::default(), |mut all, list| {
        all.diagnostics.extend(list.diagnostics);
        all.undecided.extend(list.undecided);
        all.suppressed.extend(list.suppressed);
        all.suppressed_undecided.extend(list.suppressed_undecided);
        all
    })
}

/// The files in which something was judged: the templates, and the parameter files that gave them values. Of others, nobody
/// can tell what a suppression in them is for.
pub(super) fn judged(examined: &[Examined], plan: &Plan, request: &Request<'_>, ledger: &Ledger<'_>) -> Vec<FileId> {
    let told = || examined.iter().zip(&plan.paths).take(plan.told);
    let findings = || told().flat_map(|(found, _)| &found.judged).flat_map(|judged| judged.found.values());
    let given: LazyCell<BTreeSet<&str>, _> =
        LazyCell::new(|| findings().flat_map(Findings::environments).map(Name::as_str).collect());
    let counts = |found: &Examined, path: &str| match found.kind {
        DocumentKind::ParameterFile => given.contains(path),
        _ => found.judged.iter().any(|judged| judged.looked_at || request.all_templates),
    };
    told().filter(|(found, path)| counts(found, path)).filter_map(|(_, path)| ledger.file(path)).collect()
}
