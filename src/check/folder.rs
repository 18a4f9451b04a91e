//! Folders of rules as people write them: `rules/<service>/<rule>.json` and `.md`, and `fixtures/<service>/<rule>/` beside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::rules::RulesError;
use crate::rules::{RuleSet, RuleText};
use crate::source::{self, Disk, Files as _, RuleFile, SourceFile, Sources};
use crate::syntax::{Document, Node};

/// A folder of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    /// Where the rules are.
    pub(super) rules: PathBuf,
    /// Where their fixtures are.
    pub(super) fixtures: PathBuf,
}

/// A rule file that somebody named, be it a built-in one.
#[derive(Debug)]
pub(super) struct Named {
    /// The name that it gives its rule.
    pub(super) name: String,
    /// The file.
    pub(super) file: Arc<SourceFile>,
    /// The Markdown beside it; empty where there is none.
    pub(super) prose: String,
    /// Whether it has the name of a built-in rule and differs from it.
    pub(super) changed: bool,
}

/// The built-in rules and those of folders.
pub(super) struct Loaded {
    pub(super) set: RuleSet,
    /// The rule files of the folders.
    pub(super) named: Vec<Named>,
    pub(super) sources: Sources,
}

impl Folder {
    /// What `path` means: a folder that holds `rules` and `fixtures`, or the one with the rules, `fixtures` beside it.
    pub(super) fn at(path: &Path) -> Self {
        let inside = |name: &str| if path == Path::new(".") { PathBuf::from(name) } else { path.join(name) };
        if Disk.is_folder(&inside("rules")) {
            return Self { rules: inside("rules"), fixtures: inside("fixtures") };
        }
        let beside = if path.file_name().is_some() { path.with_file_name("fixtures") } else { path.join("../fixtures") };
        Self { rules: path.to_owned(), fixtures: beside }
    }
}

/// What to do with a rule of a folder that has the name of a built-in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SameName {
    /// It is a mistake, unless the two are the same: armlint's own folder.
    Refuse,
    /// It takes the place of the built-in one: a change to a rule is tried without building armlint anew.
    Replace,
}

/// Reads the built-in rules and those of these folders.
pub(super) fn load<'f>(folders: impl IntoIterator<Item = &'f Folder>, same: SameName) -> Result<Loaded, RulesError> {
    let sources = Sources::new();
    let (mut set, mut texts, mut named) = (RuleSet::builtin(), Vec::new(), Vec::new());
    for folder in folders {
        for RuleFile { path, loaded, prose } in read(&folder.rules)? {
            let file = sources.add(path, loaded);
            let name = name(&file);
            let builtin = name.as_deref().and_then(RuleSet::builtin_text);
            let identical = builtin.is_some_and(|text| text.lines().eq(file.text().lines().map(str::trim)));
            match &name {
                Some(name) if builtin.is_some() && same == SameName::Replace => set = set.without(name),
                Some(_) | None => {}
            }
            if !identical || same == SameName::Replace {
                texts.push(RuleText { file: Arc::clone(&file), prose: prose.clone() });
            }
            let changed = builtin.is_some() && !identical;
            named.extend(name.map(|name| Named { name, file, prose, changed }));
        }
    }
    match set.with(&texts) {
        Ok(set) => Ok(Loaded { set, named, sources }),
        Err(mistakes) => Err(RulesError::Mistakes(mistakes, sources)),
    }
}

/// The JSON files below a folder.
pub(super) fn read(folder: &Path) -> Result<Vec<RuleFile>, RulesError> {
    source::read_rules(folder).map_err(|(path, error)| RulesError::Wanted(format!("{path}: {error}")))
}

/// The name of the rule that a file describes; `None` for a definitions file.
fn name(file: &Arc<SourceFile>) -> Option<String> {
    let document = Document::parse(Arc::clone(file));
    document.root()?.get("name").and_then(Node::string).map(std::borrow::Cow::into_owned)
}

/// The JSON files of a folder by the folder they are in, seen from it, with their paths.
pub(super) fn by_folder(root: &Path) -> Result<BTreeMap<String, Vec<RuleFile>>, RulesError> {
    let mut found: BTreeMap<String, Vec<RuleFile>> = BTreeMap::new();
    if !Disk.is_folder(root) {
        return Ok(found);
    }
    let prefix = format!("{}/", root.to_string_lossy().replace('\\', "/").trim_end_matches('/'));
    for file in read(root)? {
        let inside = file.path.strip_prefix(&prefix).unwrap_or(&file.path);
        let folder = inside.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        found.entry(folder).or_default().push(file);
    }
    Ok(found)
}
