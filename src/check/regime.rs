//! By what each file is judged: the rules and whatever else its configuration says, under the flags of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;

use super::folder::{self, Folder, SameName};
use super::rules::{Misgiven, Rules, RulesError, Wanted, date};
use crate::config::{self, Accepted, Config, Configs, FailOn, INVALID_CONFIGURATION, Layer, Origin, Search, Setting, Undecided};
use crate::diagnostic::{Catalogue, Diagnostic, Label, RuleMeta, Severity};
use crate::rules::{RuleSet, Selection};
use crate::source::{Discovery, Disk, Kept, Prefilter, Sources, Span, resift};
use crate::suppress::{Kind, Named, Suppression};

/// By what each file is judged.
pub struct Regime {
    configs: Option<Configs>,
    /// Whether there are rules at all.
    judges: bool,
    flags: Layer,
    folders: Vec<PathBuf>,
    as_of: Option<String>,
    /// What holds where there is no configuration.
    plain: Arc<Local>,
    known: Mutex<Known>,
}

/// What holds for a file.
pub struct Local {
    pub(super) rules: Rules,
    /// The words of which it must hold one to matter.
    words: BTreeSet<String>,
    /// Its configuration.
    pub config: Option<Arc<Config>>,
    /// Whether that cannot be understood: then nothing is known of what holds.
    is_broken: bool,
    /// Which layers of it hold.
    pub(super) layers: Vec<usize>,
    /// The rules that cannot be suppressed, and where that is said.
    forbidden: Vec<(Selection, Origin)>,
    /// What the configuration accepts, with the files that it means.
    accepted: Vec<(Accepted, Suppression)>,
    /// The least severity that makes the exit code 1.
    pub fail_on: FailOn,
    /// What to do with what cannot be told.
    pub undecided: Undecided,
}

#[derive(Default)]
struct Known {
    /// By the path of a configuration and those of its layers that hold.
    locals: BTreeMap<(String, Vec<usize>), Arc<Local>>,
    /// The rules by the folders that they come from; none where there are mistakes in them.
    sets: BTreeMap<Vec<PathBuf>, Option<Arc<RuleSet>>>,
    /// What is wrong besides the configurations themselves.
    errors: Vec<RulesError>,
}

impl Regime {
    /// The same rules for every file.
    #[must_use]
    pub fn fixed(rules: Rules) -> Self {
        Self {
            configs: None,
            judges: true,
            flags: Layer::default(),
            folders: Vec::new(),
            as_of: None,
            plain: Arc::new(Local::new(rules, None, Vec::new(), &[])),
            known: Mutex::default(),
        }
    }

    /// What the configuration of each file says, under what is wanted of the run.
    ///
    /// # Errors
    /// Something wanted that does not exist, or a mistake in a rule file.
    pub fn new(wanted: &Wanted, search: Search) -> Result<Self, RulesError> {
        let flags = wanted.layer();
        let set = load(&wanted.folders)?;
        let rules = Rules::layered(Arc::clone(&set), &[&flags], wanted.as_of.as_deref())?;
        let known = Known { sets: BTreeMap::from([(wanted.folders.clone(), Some(set))]), ..Known::default() };
        let plain = Arc::new(Local::new(rules, None, Vec::new(), &[&flags]));
        let configs = Some(Configs::new(search, Arc::new(Disk)));
        Ok(Self {
            configs,
            judges: true,
            flags,
            folders: wanted.folders.clone(),
            as_of: wanted.as_of.clone(),
            plain,
            known: Mutex::new(known),
        })
    }

    /// No rules, but which files count and what belongs to them: to list services.
    #[must_use]
    pub fn listing(search: Search) -> Self {
        Self { configs: Some(Configs::new(search, Arc::new(Disk))), judges: false, ..Self::fixed(Rules::listing()) }
    }

    /// Every rule there is, for every file. Configurations only choose what is told, and play no part.
    pub(super) fn everything(&self) -> Self {
        Self::fixed(self.plain.rules.everything())
    }

    /// What holds for the file at a path.
    #[must_use]
    pub fn of(&self, path: &str) -> Arc<Local> {
        let found = self.configs.as_ref().and_then(|configs| Some((configs, configs.of(path)?)));
        let Some((configs, config)) = found else { return Arc::clone(&self.plain) };
        let layers = if config.is_broken { Vec::new() } else { config.layers_of(&configs.real(path)) };
        let key = (config.path().to_owned(), layers);
        let mut known = self.lock();
        if let Some(local) = known.locals.get(&key) {
            return Arc::clone(local);
        }
        let local = if config.is_broken { None } else { self.local(&config, &key.1, &mut known) };
        let local = local.unwrap_or_else(|| {
            let plain = Local::new(Rules::none(), Some(config), key.1.clone(), &[]);
            Arc::new(Local { words: self.plain.words.clone(), is_broken: true, ..plain })
        });
        known.locals.insert(key, Arc::clone(&local));
        local
    }

    /// What holds, setting by setting.
    #[must_use]
    pub fn settings(&self, local: &Local) -> Vec<Setting> {
        config::settings(&self.layers(local.config.as_deref(), &local.layers), local.config.as_deref())
    }

    /// `file:line:column` of a place in a configuration.
    #[must_use]
    pub fn place(&self, at: Span) -> String {
        self.sources().get(at.file).map(|file| super::fixture::place(&file, at)).unwrap_or_default()
    }

    /// Where the texts of the configurations are.
    pub(super) fn sources(&self) -> Arc<Sources> {
        self.configs.as_ref().map(|configs| Arc::clone(&configs.sources)).unwrap_or_default()
    }

    /// Whether the nearest configuration of a file was one of those, by their true paths, that are gone.
    pub(super) fn had(&self, gone: &[PathBuf], path: &str) -> bool {
        if gone.is_empty() || !self.configs.as_ref().is_some_and(Configs::are_nearest) {
            return false;
        }
        let (real, now) = (self.real(path), self.of(path).config.as_ref().map(|config| self.real(config.path())));
        let above = gone.iter().filter_map(|gone| gone.parent()).filter(|folder| real.starts_with(folder));
        let is_nearer = |folder: &Path| now.as_ref().is_none_or(|now| !now.starts_with(folder));
        above.into_iter().any(is_nearer)
    }

    /// The true path of a file, which patterns are held against.
    pub(super) fn real(&self, path: &str) -> PathBuf {
        self.configs.as_ref().map_or_else(|| PathBuf::from(path), |configs| configs.real(path))
    }

    /// Hands over what is wrong with the configurations that were asked for so far, those of their own first.
    #[must_use]
    pub fn mistakes(&self) -> Vec<RulesError> {
        let mut told = self.configs.as_ref().map(Configs::take_problems).unwrap_or_default();
        let mut others = Vec::new();
        for error in std::mem::take(&mut self.lock().errors) {
            match error {
                RulesError::Configuration(mistakes, _) => told.extend(mistakes),
                other => others.push(other),
            }
        }
        let sources = self.sources();
        // What several extend is read for each of them, and what holds for some of the files of one as well.
        told.sort_by_cached_key(|told| mistake(told, &sources));
        told.dedup_by_key(|told| mistake(told, &sources));
        let own = (!told.is_empty()).then_some(RulesError::Configuration(told, sources));
        own.into_iter().chain(others).collect()
    }

    /// The date of the run.
    pub(super) fn day(&self) -> Date {
        self.plain.rules.as_of()
    }

    /// The same as text.
    pub(super) fn as_of(&self) -> String {
        self.day().to_string()
    }

    /// What the configurations that were asked for so far accept, with what else holds there.
    pub(super) fn accepted(&self) -> Vec<(Arc<Local>, Suppression)> {
        let known = self.lock();
        let of = |local: &Arc<Local>| local.accepted.iter().map(|(_, it)| (Arc::clone(local), it.clone())).collect::<Vec<_>>();
        known.locals.values().flat_map(of).collect()
    }

    /// What there is to say of each rule, those of configurations included.
    pub(super) fn catalogue(&self) -> Catalogue {
        let locals: Vec<Arc<Local>> = self.lock().locals.values().map(Arc::clone).collect();
        let plain = Arc::clone(&self.plain);
        Catalogue::new(Box::new(move || {
            let mut metas: Vec<RuleMeta> = std::iter::once(&plain).chain(&locals).flat_map(|local| local.rules.metas()).collect();
            RuleMeta::sort(&mut metas);
            metas.dedup_by(|a, b| a.name == b.name);
            metas
        }))
    }

    /// The words of which a file must hold one to matter, as far as the configurations of the arguments tell.
    pub(super) fn words(&self, arguments: &[PathBuf], given: &[Kept]) -> BTreeSet<String> {
        let folders = arguments.iter().filter_map(|path| Some(inside(path.to_str()?)));
        let paths = folders.chain(given.iter().map(|kept| kept.path.clone()));
        paths.flat_map(|path| self.of(&path).words.clone()).chain(self.plain.words.iter().cloned()).collect()
    }

    /// Whether all that a configuration can hold for was walked: its folder is one of the arguments or below one.
    pub(super) fn is_walked(&self, config: &Config, arguments: &[PathBuf]) -> bool {
        let config = self.real(config.path());
        let folder = |path: &PathBuf| Some(self.real(&inside(path.to_str()?)).parent()?.to_owned());
        arguments.iter().filter_map(folder).any(|folder| config.starts_with(folder))
    }

    /// Leaves out what the configurations exclude, and reads again what the rest was not sifted for: by `matters`, given the path
    /// of a file and what holds for it.
    pub(super) fn sift(&self, arguments: &[PathBuf], discovery: &mut Discovery, matters: &dyn Fn(&str, &Local) -> bool) {
        let Some(configs) = &self.configs else { return };
        let holding = discovery.folders_with(&config::NAMES);
        if let Some(holding) = &holding {
            let folders = discovery.skipped.iter().map(|skipped| skipped.folder.as_str());
            configs.know_bare(folders.filter(|folder| !holding.contains(folder)));
            // NOTE: where no argument has a configuration and none was met below, no file has one.
            let is_bare = |argument: &PathBuf| argument.to_str().is_some_and(|path| configs.of(&inside(path)).is_none());
            if holding.is_empty() && arguments.iter().all(is_bare) {
                return;
            }
        }
        let includes = |path: &str| configs.of(path).is_none_or(|config| config.includes(&configs.real(path)));
        discovery.kept.retain(|kept| kept.explicit || includes(&kept.path));
        let named = |path: &str| arguments.iter().any(|argument| argument.to_str() == Some(path));
        discovery.unreadable.retain(|unreadable| named(&unreadable.path) || includes(&unreadable.path));
        let mut wanted: BTreeMap<BTreeSet<String>, BTreeSet<String>> = BTreeMap::new();
        for skipped in &mut discovery.skipped {
            // NOTE: most folders have no configuration, so that nothing is asked about the files in them.
            if configs.of(&skipped.folder).is_none() {
                continue;
            }
            let folder = skipped.folder.clone();
            skipped.retain(|name, _| {
                let path = format!("{folder}{name}");
                if !includes(&path) {
                    return false;
                }
                let local = self.of(&path);
                if !Arc::ptr_eq(&local, &self.plain) && matters(&path, &local) {
                    wanted.entry(local.words.clone()).or_default().insert(path);
                }
                true
            });
        }
        for (words, paths) in wanted {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            resift(discovery, &paths, &Prefilter::new(&words));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These layers of a configuration and, last, the flags.
    fn layers<'l>(&'l self, config: Option<&'l Config>, layers: &[usize]) -> Vec<&'l Layer> {
        let written = layers.iter().filter_map(|ix| config?.layer(*ix));
        written.chain([&self.flags]).collect()
    }

    /// What these layers of a configuration come to; `None`, and noted, where they cannot be understood.
    fn local(&self, config: &Arc<Config>, layers: &[usize], known: &mut Known) -> Option<Arc<Local>> {
        self.read(config, layers, known).unwrap_or_else(|error| {
            known.errors.push(error);
            None
        })
    }

    fn read(&self, config: &Arc<Config>, layers: &[usize], known: &mut Known) -> Result<Option<Arc<Local>>, RulesError> {
        let all = self.layers(Some(config), layers);
        if !self.judges {
            return Ok(Some(Arc::new(Local::new(Rules::listing(), Some(Arc::clone(config)), layers.to_vec(), &all))));
        }
        let mut folders = self.folders.clone();
        folders.extend(config.rules.iter().map(|folder| PathBuf::from(&folder.value)));
        let set = match known.sets.get(&folders) {
            Some(set) => set.clone(),
            None => {
                // Mistakes in them are told once, however many configurations name them.
                known.sets.insert(folders.clone(), None);
                let set = load(&folders)?;
                known.sets.insert(folders, Some(Arc::clone(&set)));
                Some(set)
            }
        };
        let Some(set) = set else { return Ok(None) };
        let rules = Rules::layered(set, &all, self.as_of.as_deref()).map_err(|wrong| self.told(wrong))?;
        let mut forbidden = Vec::new();
        for word in &config.limits.forbid {
            forbidden.push((rules.meaning(word).map_err(|wrong| self.told(wrong))?, word.origin));
        }
        let mut accepted = Vec::new();
        for entry in &config.suppress {
            let suppression = suppression(entry, &rules).map_err(|wrong| self.told(wrong))?;
            accepted.push((entry.clone(), suppression));
        }
        let local = Local::new(rules, Some(Arc::clone(config)), layers.to_vec(), &all);
        Ok(Some(Arc::new(Local { forbidden, accepted, ..local })))
    }

    /// A word in a configuration that means nothing, told at its place.
    fn told(&self, wrong: Misgiven) -> RulesError {
        match wrong.origin {
            Origin::Flag(_) => wrong.into(),
            Origin::File(at) => {
                let label = Label::new(at, "");
                let told = Diagnostic::new(INVALID_CONFIGURATION, Severity::Error, wrong.error.message, label);
                RulesError::Configuration(vec![told.with_help(wrong.error.help)], self.sources())
            }
        }
    }
}

/// The path of something in a folder, which has the configuration of the folder.
fn inside(folder: &str) -> String {
    format!("{}/x", folder.trim_end_matches('/'))
}

/// What tells a mistake from all others.
fn mistake(told: &Diagnostic, sources: &Sources) -> (Option<String>, u32, String) {
    let Span { file, start, .. } = told.primary.span;
    (sources.get(file).map(|file| file.path().to_owned()), start, told.message.clone())
}

fn load(folders: &[PathBuf]) -> Result<Arc<RuleSet>, RulesError> {
    let folders: Vec<Folder> = folders.iter().map(|path| Folder::at(path)).collect();
    Ok(Arc::new(folder::load(&folders, SameName::Refuse)?.set))
}

impl Local {
    fn new(rules: Rules, config: Option<Arc<Config>>, layers: Vec<usize>, given: &[&Layer]) -> Self {
        let fail_on = given.iter().rev().find_map(|layer| layer.fail_on.as_ref());
        let undecided = given.iter().rev().find_map(|layer| layer.undecided.as_ref());
        Self {
            words: rules.provider_words(),
            rules,
            config,
            is_broken: false,
            layers,
            forbidden: Vec::new(),
            accepted: Vec::new(),
            fail_on: fail_on.map_or(FailOn::Warning, |given| given.value),
            undecided: undecided.map_or(Undecided::Hide, |given| given.value),
        }
    }

    /// The configuration, where it cannot be understood.
    #[must_use]
    pub fn broken(&self) -> Option<&str> {
        self.config.as_deref().filter(|_| self.is_broken).map(Config::path)
    }

    /// The names of the rules that take part.
    #[must_use]
    pub fn rules(&self) -> Vec<Arc<str>> {
        let metas = self.rules.metas().into_iter();
        metas.map(|meta| meta.name).filter(|name| self.rules.selects(name)).collect()
    }

    /// Where it is said that a rule cannot be suppressed.
    pub(super) fn forbids(&self, rule: &str) -> Option<Origin> {
        self.forbidden.iter().find(|(meant, _)| self.rules.means(meant, rule)).map(|(_, origin)| *origin)
    }

    /// Gives a diagnostic the severity that was set for its rule; false where the rule does not take part.
    pub(super) fn configure(&self, told: &mut Diagnostic) -> bool {
        told.severity = self.rules.severity(&told.rule).unwrap_or(told.severity);
        self.rules.selects(&told.rule)
    }

    /// Whether it looks for words besides these.
    pub(super) fn has_words_besides(&self, words: &BTreeSet<String>) -> bool {
        !self.words.is_subset(words)
    }

    /// Whether the configuration accepts anything in a file, given its true path.
    pub(super) fn accepts_in(&self, real: &Path) -> bool {
        self.accepted.iter().any(|(entry, _)| entry.holds(real))
    }

    /// What the configuration accepts in a file, given the whole of its text and its true path, which is asked for where there is
    /// anything to hold against it.
    pub(super) fn accepted(&self, whole: Span, real: impl FnOnce() -> PathBuf) -> impl Iterator<Item = Suppression> {
        let real = (!self.accepted.is_empty()).then(real);
        let holds = move |entry: &Accepted| real.as_deref().is_some_and(|real| entry.holds(real));
        self.accepted.iter().filter(move |(entry, _)| holds(entry)).map(move |(_, suppression)| {
            let rules = suppression.rules.iter().map(|named| Named { covers: whole, ..named.clone() }).collect();
            Suppression { rules, ..suppression.clone() }
        })
    }
}

/// What a configuration accepts, as a suppression that covers nothing yet.
fn suppression(entry: &Accepted, rules: &Rules) -> Result<Suppression, Misgiven> {
    let named = entry.rules.iter().map(|(word, at)| {
        let wrong = |error| Misgiven { origin: Origin::File(*at), error };
        rules.exactly(word).map(|_| Named { word: word.clone(), at: *at, covers: *at }).map_err(wrong)
    });
    let until = match &entry.until {
        Some((text, at)) => {
            let wrong = |error| Misgiven { origin: Origin::File(*at), error };
            Some((date(text).map_err(wrong)?, *at))
        }
        None => None,
    };
    Ok(Suppression {
        kind: Kind::Configuration,
        rules: named.collect::<Result<_, _>>()?,
        reason: entry.reason.clone(),
        until,
        at: entry.at,
        end: None,
    })
}
