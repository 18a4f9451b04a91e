//! Which configuration a file has: the nearest one, from its own folder upwards. Each folder is looked into once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::INVALID_CONFIGURATION;
use super::read::{self, Place};
use super::settings::{Config, Origin};
use crate::diagnostic::Diagnostic;
use crate::source::{Files, Loaded, Sources, Span, above, folder, name};
use crate::syntax::Document;
use crate::table::Problems;

/// The names of a configuration file.
pub const NAMES: [&str; 2] = ["armlint.json", "armlint.jsonc"];
/// How many files may extend one another in a row.
const MAX_CHAIN: usize = 16;

/// Where configurations are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Search {
    /// From the folder of each file upwards.
    #[default]
    Upwards,
    /// This one holds for every file.
    Only(String),
    /// There is none.
    Nowhere,
}

/// The configurations of a run.
pub struct Configs {
    search: Search,
    files: Arc<dyn Files + Send>,
    /// Where the texts of the configurations are, for whoever points into them.
    pub sources: Arc<Sources>,
    /// The one that holds for every file, once it was read.
    only: OnceLock<Option<Arc<Config>>>,
    found: Mutex<Found>,
}

struct Found {
    /// The configuration of each folder that was asked for, and of those above it.
    folders: BTreeMap<String, Option<Arc<Config>>>,
    /// The folder that was asked for last: most files are asked for beside others of theirs.
    last: Option<(String, Option<Arc<Config>>)>,
    /// Folders that are known to hold none.
    bare: BTreeSet<String>,
    /// The true paths of folders.
    real: BTreeMap<String, PathBuf>,
    problems: Problems,
}

impl Configs {
    /// Configurations that are looked for in `files` when somebody asks.
    #[must_use]
    pub fn new(search: Search, files: Arc<dyn Files + Send>) -> Self {
        let problems = Problems::new(INVALID_CONFIGURATION);
        let found = Found { folders: BTreeMap::new(), last: None, bare: BTreeSet::new(), real: BTreeMap::new(), problems };
        Self { search, files, sources: Arc::default(), only: OnceLock::new(), found: Mutex::new(found) }
    }

    /// The configuration of the file at a path; `None` where there is none.
    #[must_use]
    pub fn of(&self, path: &str) -> Option<Arc<Config>> {
        let mut found = self.lock();
        let start = match &self.search {
            Search::Nowhere => return None,
            Search::Upwards => folder(path),
            Search::Only(only) => {
                let read = || Some(Arc::new(self.whole(only, &mut found.problems)));
                return self.only.get_or_init(read).clone();
            }
        };
        if let Some((_, config)) = found.last.as_ref().filter(|(place, _)| place == start) {
            return config.clone();
        }
        let mut climbed = Vec::new();
        let mut next = Some(start.to_owned());
        let mut config = None;
        while let Some(place) = next {
            if let Some(known) = found.folders.get(&place) {
                config = known.clone();
                break;
            }
            if !found.bare.contains(&place) {
                config = self.inside(&place, &mut found.problems).map(Arc::new);
            }
            let is_found = config.is_some();
            next = if is_found { None } else { self.climb(&place) };
            climbed.push(place);
        }
        found.folders.extend(climbed.into_iter().map(|place| (place, config.clone())));
        found.last = Some((start.to_owned(), config.clone()));
        config
    }

    /// Whether a file has the nearest configuration, and not one that somebody named for all.
    #[must_use]
    pub fn are_nearest(&self) -> bool {
        self.search == Search::Upwards
    }

    /// Takes note of folders that hold none, so that nobody looks for one in them.
    pub fn know_bare<'f>(&self, folders: impl Iterator<Item = &'f str>) {
        self.lock().bare.extend(folders.map(str::to_owned));
    }

    /// Hands over what is wrong with the configurations that were read so far.
    #[must_use]
    pub fn take_problems(&self) -> Vec<Diagnostic> {
        let mut found = self.lock();
        let problems = std::mem::replace(&mut found.problems, Problems::new(INVALID_CONFIGURATION));
        problems.into_found()
    }

    /// The true path of a file that is or is not there.
    #[must_use]
    pub fn real(&self, path: &str) -> PathBuf {
        let place = folder(path);
        if let Some(real) = self.lock().real.get(place) {
            return real.join(name(path));
        }
        let real = self.real_folder(Path::new(place));
        self.lock().real.insert(place.to_owned(), real.clone());
        real.join(name(path))
    }

    /// The true path of a folder: that of the first above it which is there, and the rest as written.
    fn real_folder(&self, place: &Path) -> PathBuf {
        let above =
            place.ancestors().map(|above| if above.as_os_str().is_empty() { (Path::new("."), above) } else { (above, above) });
        let there = above.into_iter().find_map(|(read, above)| Some((above, self.files.resolve(read)?)));
        let Some((above, real)) = there else { return place.to_owned() };
        place.strip_prefix(above).map_or_else(|_| place.to_owned(), |rest| real.join(rest))
    }

    fn lock(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder above, as far as there is one.
    fn climb(&self, place: &str) -> Option<String> {
        let next = above(place)?;
        // The text of a path that goes up without end does not tell where the top is.
        let climbs = next.len() > place.len();
        let real = |place: &str| self.files.resolve(Path::new(if place.is_empty() { "." } else { place }));
        (!climbs || real(place).is_some_and(|real| real.parent().is_some())).then_some(next)
    }

    /// The configuration that is in a folder itself.
    fn inside(&self, place: &str, problems: &mut Problems) -> Option<Config> {
        let paths = NAMES.map(|name| format!("{place}{name}"));
        let there: Vec<&String> = paths.iter().filter(|path| self.files.is_file(Path::new(path))).collect();
        let [path, others @ ..] = there.as_slice() else { return None };
        if let [other, ..] = others {
            let at = self.start(other);
            let message = format!("there is `{}` beside it", name(path));
            problems.report(at, message, "put both into one of the two, and remove the other");
        }
        let config = self.whole(path, problems);
        Some(Config { is_broken: config.is_broken || !others.is_empty(), ..config })
    }

    /// The configuration at a path, in which there may be mistakes.
    fn whole(&self, path: &str, problems: &mut Problems) -> Config {
        let before = problems.len();
        let read = self.file(path, &mut Vec::new(), problems);
        let is_broken = read.is_none() || problems.len() > before;
        let config = read.unwrap_or_else(|| Config { paths: vec![path.to_owned()], ..Config::default() });
        Config { is_broken, ..config }
    }

    /// The first byte of a file whose text does not matter.
    fn start(&self, path: &str) -> Span {
        Span::new(self.sources.add(path, Loaded::utf8("")).id(), 0, 0)
    }

    /// The configuration at a path, with those that it extends; `chain` holds the true paths of those that extend it.
    fn file(&self, path: &str, chain: &mut Vec<PathBuf>, problems: &mut Problems) -> Option<Config> {
        let loaded = match self.files.read(Path::new(path)) {
            Ok(loaded) => loaded,
            Err(error) => {
                problems.report(self.start(path), error.to_string(), NOT_READ);
                return None;
            }
        };
        let document = Document::parse(self.sources.add(path, loaded));
        let real = self.real_folder(Path::new(folder(path))).join(name(path));
        let place = Place { path, real: real.parent().map(Path::to_owned).unwrap_or_default() };
        let mut config = Config::default();
        chain.push(real);
        for (base, at) in read::extended(&document, &place, problems) {
            if let Some(base) = self.base(&base, at, chain, problems) {
                config.absorb(base);
            }
        }
        chain.pop();
        config.paths.push(path.to_owned());
        read::own(&document, &place, &mut config, problems)?;
        self.look_for_paths(&config, problems);
        Some(config)
    }

    /// Tells which of the files and folders that a configuration names are not there.
    fn look_for_paths(&self, config: &Config, problems: &mut Problems) {
        let files =
            config.parameters.iter().flat_map(|(_, files)| files).filter(|file| !self.files.is_file(Path::new(&file.value)));
        let folders = config.rules.iter().filter(|folder| !self.files.is_folder(Path::new(&folder.value)));
        for (what, missing) in files.map(|file| ("file", file)).chain(folders.map(|folder| ("folder", folder))) {
            if let Origin::File(at) = missing.origin {
                let help = "correct the path: it is seen from the folder of this file";
                problems.report(at, format!("there is no {what} `{}`", missing.value), help);
            }
        }
    }

    /// A configuration that another one extends at `at`.
    fn base(&self, path: &str, at: Span, chain: &mut Vec<PathBuf>, problems: &mut Problems) -> Option<Config> {
        if chain.contains(&self.real_folder(Path::new(folder(path))).join(name(path))) {
            problems.report(at, format!("`{path}` extends itself"), "extend another configuration, or none");
            return None;
        }
        if chain.len() >= MAX_CHAIN {
            let message = format!("more than {MAX_CHAIN} configurations extend one another");
            problems.report(at, message, "extend the last one directly");
            return None;
        }
        if let Err(error) = self.files.read(Path::new(path)) {
            problems.report(at, format!("`{path}`: {error}"), NOT_READ);
            return None;
        }
        self.file(path, chain, problems)
    }
}

const NOT_READ: &str = "name a configuration that can be read; its path is seen from the folder of this file";

impl Config {
    /// Takes over what a configuration says that this one extends.
    fn absorb(&mut self, base: Self) {
        self.paths.extend(base.paths);
        self.layers.extend(base.layers);
        self.include = base.include.or(self.include.take());
        self.exclude.extend(base.exclude);
        self.rules.extend(base.rules);
        self.parameters.extend(base.parameters);
        self.suppress.extend(base.suppress);
        self.limits.forbid.extend(base.limits.forbid);
        self.limits.require_reason = base.limits.require_reason.or(self.limits.require_reason.take());
        self.limits.max_days = base.limits.max_days.or(self.limits.max_days.take());
    }
}
