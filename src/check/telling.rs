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
    let (mut diagnostics, mut undecided) = merged(files, ledger, &order);
    plain.retain_mut(configure);
    diagnostics.extend(plain);
    let mut suppressed = ledger.settle(&mut diagnostics);
    suppressed.extend(ledger.settle(&mut undecided));
    let mut own = ledger.problems(&judged, request);
    own.retain_mut(configure);
    diagnostics.extend(own);
    diagnostics.sort_by(|one, other| order.of_two(one, other));
    let mut diagnostics = crate::rules::group(diagnostics);
    diagnostics.sort_by(|one, other| order.of_two(one, other));
    undecided.sort_by(|one, other| order.of_two(one, other));
    suppressed.sort_by(|one, other| order.of_two(&one.diagnostic, &other.diagnostic));
    services.sort_by(|one, other| {
        let place = |service: &Service| (order.rank(service.file()), service.span.start, service.environment != DEFAULTS);
        place(one).cmp(&place(other)).then_with(|| one.environment.cmp(&other.environment))
    });
    Telling { diagnostics, undecided, suppressed, services }
}

/// What fails and what is undecided, file by file, as their configurations have it. No defect is one of two files. Each file is
/// in order already, so that little is left to do for all together.
fn merged(files: BTreeMap<FileId, Findings>, ledger: &Ledger<'_>, order: &Order) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let files: Vec<(FileId, Findings)> = files.into_iter().collect();
    let worth = files.len() >= MANY_FILES;
    let lists = threads::hand_out(files, worth, |(file, found)| {
        let local = ledger.local(file);
        let (mut fails, mut undecided) = found.merge();
        for list in [&mut fails, &mut undecided] {
            list.retain_mut(|diagnostic| local.configure(diagnostic));
            list.sort_by(|one, other| order.of_two(one, other));
        }
        (fails, undecided)
    });
    let (fails, undecided): (Vec<_>, Vec<_>) = lists.into_iter().unzip();
    (fails.into_iter().flatten().collect(), undecided.into_iter().flatten().collect())
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
