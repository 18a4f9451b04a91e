//! The street on one page: files → documents → templates → models → verdicts → one report.
//!
//! Shared by the command line, the tests and whatever else wants to lint. Every file is accounted for, whatever is in it.

mod accept;
mod answer;
mod baseline;
mod changes;
mod company;
mod documents;
mod edited;
mod environments;
mod evaluate;
mod examine;
mod example;
mod expect;
mod fix;
mod fixture;
mod folder;
mod inventory;
mod judge;
mod ledger;
mod link;
mod merge;
mod order;
mod pair;
mod parents;
mod platform;
mod regime;
mod rules;
mod since;
mod sketch;
mod suppressions;
mod telling;
mod text;
mod trial;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub use accept::{Grounds, accept};
pub use answer::{Step, Told};
pub use baseline::Baseline;
pub use changes::Changed;
pub use evaluate::{Answer, Line, Question, evaluate, evaluate_line};
pub use example::{Cut, Example};
pub use fix::{Fixed, fix};
pub use inventory::Service;
pub use platform::Platform;
pub use regime::{Local, Regime};
pub use rules::{Rules, RulesError, Wanted};
pub use since::Since;
pub use sketch::sketch;
pub use suppressions::{Age, Listed, Listing, State, suppressions};
pub use trial::{Level, Remark, Tally, Trial, Tried, trial};

pub use crate::rules::schema as rule_schema;

use crate::diagnostic::{FileCounts, Run, Unreadable};
use crate::source::{self, Disk, Files, Kept, Prefilter, Skipped, SkippedKind};
use crate::template::DocumentKind;
use crate::threads;
use company::Company;
use documents::Documents;
use edited::Edited;
use environments::Around;
use examine::{Examined, Examiner};
use ledger::Ledger;
use telling::Telling;

/// What to check, and by what.
pub struct Request<'r> {
    /// Files and folders, as typed.
    pub paths: Vec<PathBuf>,
    /// Text that came another way, such as standard input.
    pub given: Vec<Kept>,
    /// How folders are walked.
    pub discovery: source::Options,
    /// Parameter files that take the place of those found beside the templates.
    pub parameters: Vec<String>,
    /// By what each file is judged.
    pub regime: &'r Regime,
    /// What is accepted as it is.
    pub baseline: Option<&'r Baseline>,
    /// Tells only what touches what changed since then.
    pub since: Option<&'r Since>,
    /// Whether the rules of the template language apply to templates without any resource that a rule looks at.
    pub all_templates: bool,
    /// Told how many of how many files are examined, from any thread and in any order.
    pub progress: Option<&'r (dyn Fn(usize, usize) + Sync)>,
}

impl<'r> Request<'r> {
    /// Nothing, judged by these rules: for callers that say what else they want.
    #[must_use]
    pub fn of(regime: &'r Regime) -> Self {
        Self {
            paths: Vec::new(),
            given: Vec::new(),
            discovery: source::Options::default(),
            parameters: Vec::new(),
            regime,
            baseline: None,
            since: None,
            all_templates: false,
            progress: None,
        }
    }
}

/// What a check came to.
pub struct Checked {
    /// What was found.
    pub run: Run,
    /// The services, in the order of files, offsets and environments. Those of broken templates are not among them.
    pub services: Vec<Service>,
    /// The templates that are not JSON: what can be read of them is judged, but nothing of it can be deployed.
    pub broken: Vec<String>,
    /// What is wrong with configurations. The files that they hold for were not checked, and are among the unreadable.
    pub mistakes: Vec<RulesError>,
}

/// A word that every template holds.
const SECTION_OF_EVERY_TEMPLATE: &str = "resources";

/// Checks files and folders.
///
/// # Errors
/// What is asked of the repository of the files cannot be told.
pub fn check(request: &Request<'_>) -> Result<Checked, RulesError> {
    check_edited(request, &Edited::default())
}

/// Checks files and folders, some of the files as they will be.
fn check_edited(request: &Request<'_>, edited: &Edited) -> Result<Checked, RulesError> {
    let discovery = discover(request, edited);
    let mut files = counts(&discovery);
    let mut unreadable = unreadable(&discovery);
    let Judged { documents, ledger, plan, examined } = Judged::new(request, edited, discovery);
    for (n, found) in examined.iter().enumerate() {
        unreadable.extend(found.unreadable.iter().cloned());
        // A file that went beyond a limit counts once: as one that could not be checked.
        let is_checked =
            plan.paths.get(n).is_some_and(|path| !found.unreadable.iter().any(|unreadable| unreadable.file == *path));
        if n < plan.counted && is_checked {
            count(&mut files, found.kind);
        }
    }
    let mut broken: Vec<String> =
        examined.iter().zip(&plan.paths).filter(|(found, _)| found.broken).map(|(_, path)| path.clone()).collect();
    broken.sort();
    let Telling { diagnostics, undecided, suppressed, mut services } = telling::tell(examined, &plan, request, &ledger);
    unreadable.sort();
    unreadable.dedup();
    files.unreadable = unreadable.chunk_by(|one, other| one.file == other.file).count();
    files.seen = files.templates + files.parameter_files + files.other + files.unreadable;
    let mut places: Vec<_> = services.iter().map(|service| (service.file(), &service.resource.pointer)).collect();
    places.sort();
    places.dedup();
    let mut run = Run {
        as_of: request.regime.as_of(),
        diagnostics,
        undecided,
        suppressed,
        outdated: 0,
        untouched: None,
        unreadable,
        files,
        services: places.len(),
        rules: request.regime.catalogue(),
        sources: Arc::clone(&documents.sources),
    };
    if let Some(baseline) = request.baseline {
        baseline.apply(&mut run, &request.paths);
    }
    if let Some(since) = request.since {
        since.apply(&mut run, &request.given, request.regime)?;
    }
    let is_broken = |service: &Service| {
        documents.sources.get(service.file()).is_some_and(|file| broken.iter().any(|path| path == file.path()))
    };
    services.retain(|service| !is_broken(service));
    Ok(Checked { run, services, broken, mistakes: request.regime.mistakes() })
}

/// Finds and sifts the files, as far as their configurations let them count.
fn discover(request: &Request<'_>, edited: &Edited) -> source::Discovery {
    let mut words = request.regime.words(&request.paths, &request.given);
    if request.all_templates {
        words.insert(SECTION_OF_EVERY_TEMPLATE.to_owned());
    }
    let prefilter = Prefilter::new(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let mut discovery = source::discover(&request.paths, &prefilter, &request.discovery);
    discovery.kept.extend(request.given.iter().cloned());
    request.regime.sift(&request.paths, &mut discovery, &|_, local| local.has_words_besides(&words));
    discovery.kept.iter_mut().for_each(|kept| edited.apply(kept));
    discovery
}

/// Files that were judged, and what is known of them.
struct Judged<'r> {
    documents: Arc<Documents>,
    ledger: Ledger<'r>,
    plan: Plan,
    /// What each file of the plan came to.
    examined: Vec<Examined>,
}

impl<'r> Judged<'r> {
    fn new(request: &Request<'r>, edited: &Edited, discovery: source::Discovery) -> Self {
        let roots = request.paths.iter().filter_map(|path| tree(path, &Disk)).collect();
        let kept: Vec<(String, bool)> = discovery.kept.iter().map(|kept| (kept.path.clone(), kept.explicit)).collect();
        let mut documents = Documents::new(request.regime.sources(), Arc::new(edited.clone()), roots, discovery.kept);
        let plan = plan(kept, &discovery.skipped, request, &mut documents);
        let documents = Arc::new(documents);
        let ledger = Ledger::new(Arc::clone(&documents), request.regime);
        let examined = examine_all(&plan, request, &documents, &ledger);
        Self { documents, ledger, plan, examined }
    }
}

/// The files and folders that could not be read.
fn unreadable(discovery: &source::Discovery) -> Vec<Unreadable> {
    discovery.unreadable.iter().map(|found| Unreadable::new(found.path.as_str(), found.error.to_string())).collect()
}

/// The files to examine.
struct Plan {
    paths: Vec<String>,
    /// How many of them, from the first, are in the summary.
    counted: usize,
    /// How many of them, from the first, are reported on. The others are read for what they hand over.
    told: usize,
    /// Whether one file alone was asked for.
    alone: bool,
}

/// What is to be examined besides the files that were found, of which some were named by an argument.
fn plan(found: Vec<(String, bool)>, skipped: &[Skipped], request: &Request<'_>, documents: &mut Documents) -> Plan {
    let alone = found.len() == 1;
    let named: Vec<String> = found.iter().filter(|(_, named)| *named).map(|(path, _)| path.clone()).collect();
    // NOTE: who gives the values means these alone.
    let company = if request.parameters.is_empty() { company::of(&named, documents, request.regime) } else { Company::default() };
    company.templates.iter().chain(&company.parents).for_each(|path| documents.widen(path));
    let mut paths: Vec<String> = found.into_iter().map(|(path, _)| path).chain(company.templates).collect();
    let counted = paths.len();
    paths.extend(parents::find(&paths, skipped, documents));
    let told = paths.len();
    paths.extend(company.parents);
    Plan { paths, counted, told, alone }
}

/// What each file comes to.
fn examine_all(plan: &Plan, request: &Request<'_>, documents: &Arc<Documents>, ledger: &Ledger<'_>) -> Vec<Examined> {
    let around = Around { documents, request, alone: plan.alone, folders: Mutex::default() };
    let examiner = Examiner { documents, ledger, request, around };
    let done = AtomicUsize::new(0);
    // For a few files no thread is started.
    let mut examined = threads::share(&plan.paths, plan.paths.len() >= 4, |path| {
        let found = examiner.examine(path);
        if let Some(progress) = request.progress {
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, plan.paths.len());
        }
        found
    });
    let (told, only_read) = plan.paths.split_at(plan.told);
    let is_told = |file| documents.sources.get(file).is_some_and(|file| told.iter().any(|path| path == file.path()));
    for found in examined.iter_mut().rev().take(only_read.len()) {
        found.keep_what_concerns(is_told);
    }
    examined
}

/// The folder that an argument stands for when links are followed: itself, or the one that holds the file.
fn tree(path: &Path, files: &dyn Files) -> Option<PathBuf> {
    let real = files.resolve(path)?;
    if files.is_folder(&real) { Some(real) } else { real.parent().map(Path::to_owned) }
}

/// The files that the walk did not keep, by what they look like.
fn counts(discovery: &source::Discovery) -> FileCounts {
    let mut files = FileCounts { bicep: discovery.bicep, ..FileCounts::default() };
    for skipped in discovery.skipped.iter().flat_map(|skipped| &skipped.files) {
        match skipped.kind {
            SkippedKind::Template => files.templates += 1,
            SkippedKind::ParameterFile => files.parameter_files += 1,
            SkippedKind::Other => files.other += 1,
        }
    }
    files
}

fn count(files: &mut FileCounts, kind: DocumentKind) {
    match kind {
        DocumentKind::Template(_) => files.templates += 1,
        DocumentKind::ParameterFile => files.parameter_files += 1,
        DocumentKind::PolicyDefinition
        | DocumentKind::PolicyInitiative
        | DocumentKind::CreateUiDefinition
        | DocumentKind::Metadata
        | DocumentKind::Wrapper
        | DocumentKind::Other => files.other += 1,
    }
}
