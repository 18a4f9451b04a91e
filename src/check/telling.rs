//! From what each file came to, to what the run tells: merged, as the configurations have it, without what is accepted.

use std::collections::BTreeSet;

use super::examine::Examined;
use super::inventory::Service;
use super::ledger::Ledger;
use super::merge::{DEFAULTS, Merger};
use super::{Plan, Request};
use crate::diagnostic::{Diagnostic, Suppressed};
use crate::source::{FileId, Sources, Span};
use crate::template::DocumentKind;

/// What a run tells, each list in the order of the report.
pub(super) struct Telling {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) undecided: Vec<Diagnostic>,
    pub(super) suppressed: Vec<Suppressed>,
    pub(super) services: Vec<Service>,
}

/// One list of each kind.
pub(super) fn tell(examined: Vec<Examined>, plan: &Plan, request: &Request<'_>, ledger: &Ledger<'_>) -> Telling {
    let sources = ledger.sources();
    let judged = judged(&examined, plan, request, ledger);
    let mut merger = Merger::default();
    let mut services = Vec::new();
    let mut plain = Vec::new();
    for found in examined {
        plain.extend(found.problems);
        for judged in found.judged {
            for (file, pointer, environment) in &judged.judged {
                merger.judged(*file, pointer, environment);
            }
            for (environment, diagnostic) in judged.found {
                merger.add(&environment, diagnostic);
            }
            services.extend(judged.services);
        }
    }
    let (mut diagnostics, mut undecided) = merger.finish();
    diagnostics.extend(plain);
    let mut suppressed = Vec::new();
    for list in [&mut diagnostics, &mut undecided] {
        list.retain_mut(|diagnostic| ledger.configure(diagnostic));
        suppressed.extend(ledger.settle(list));
    }
    let mut own = ledger.problems(&judged, request);
    own.retain_mut(|diagnostic| ledger.configure(diagnostic));
    diagnostics.extend(own);
    let order = |diagnostic: &Diagnostic| place(diagnostic, sources);
    diagnostics.sort_by_cached_key(order);
    let mut diagnostics = crate::rules::group(diagnostics);
    diagnostics.sort_by_cached_key(order);
    undecided.sort_by_cached_key(order);
    suppressed.sort_by_cached_key(|suppressed| place(&suppressed.diagnostic, sources));
    services.sort_by_cached_key(|service| {
        let path = path(service.file(), sources);
        (path, service.span.start, service.environment != DEFAULTS, service.environment.clone())
    });
    Telling { diagnostics, undecided, suppressed, services }
}

/// Where a diagnostic stands in a report.
pub(super) fn place(diagnostic: &Diagnostic, sources: &Sources) -> (Option<String>, u32, String, String) {
    let Span { file, start, .. } = diagnostic.primary.span;
    (path(file, sources), start, diagnostic.rule.to_string(), diagnostic.path.clone())
}

fn path(file: FileId, sources: &Sources) -> Option<String> {
    sources.get(file).map(|file| file.path().to_owned())
}

/// The files in which something was judged: the templates, and the parameter files that gave them values. Of others, nobody
/// can tell what a suppression in them is for.
pub(super) fn judged(examined: &[Examined], plan: &Plan, request: &Request<'_>, ledger: &Ledger<'_>) -> Vec<FileId> {
    let told = || examined.iter().zip(&plan.paths).take(plan.told);
    let given: BTreeSet<&str> =
        told().flat_map(|(found, _)| &found.judged).flat_map(|judged| &judged.judged).map(|(.., name)| name.as_str()).collect();
    let counts = |found: &Examined, path: &str| match found.kind {
        DocumentKind::ParameterFile => given.contains(path),
        _ => found.judged.iter().any(|judged| judged.looked_at || request.all_templates),
    };
    told().filter(|(found, path)| counts(found, path)).filter_map(|(_, path)| ledger.file(path)).collect()
}
