//! What a named file takes along: a parameter file its template, a linked template those that lead to it.
//!
//! Hooks and editors name single files. A parameter file says nothing without its template, and what a linked template
//! deploys hangs on what it is handed. Where folders are walked, all of them are met anyway.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::documents::{Documents, folder, join, name};
use super::environments;
use super::pair::{Claim, Stems};
use super::parents::{lead_to, names_in};
use super::regime::Regime;
use crate::lower::{self, Blueprint, Values};
use crate::syntax::Node;
use crate::template::{DocumentKind, Template, recognise};

/// How many folders are looked into for templates that lead to a file: its own and those above.
const MAX_FOLDERS: usize = 4;
/// How many files of one folder are looked at.
const MAX_FILES: usize = 200;

/// The files that come along.
#[derive(Default)]
pub(super) struct Company {
    /// The templates of parameter files: checked as if they had been named.
    pub(super) templates: Vec<String>,
    /// Templates that lead to what is checked: they are judged for what they hand over, and what is wrong with them
    /// themselves is not told.
    pub(super) parents: Vec<String>,
}

/// The company of the files that `named` holds.
pub(super) fn of(named: &[String], documents: &Documents, regime: &Regime) -> Company {
    let mut known: BTreeSet<PathBuf> = named.iter().filter_map(|path| documents.resolve(path)).collect();
    let mut linked = Vec::new();
    let mut templates = Vec::new();
    for path in named {
        let Ok(document) = documents.open(path) else { continue };
        match document.root().map(|root| (root, recognise(root))) {
            Some((root, DocumentKind::ParameterFile)) => templates.extend(templates_of(path, root, documents, regime)),
            Some((_, DocumentKind::Template(_))) => linked.push(path.clone()),
            _ => {}
        }
    }
    let mut is_new = |path: &String| !documents.was_found(path) && documents.resolve(path).is_some_and(|real| known.insert(real));
    templates.retain(&mut is_new);
    linked.extend(templates.iter().cloned());
    let mut parents = parents_of(&linked, documents, regime);
    parents.retain(is_new);
    Company { templates, parents }
}

/// The templates that a parameter file belongs to: those that its configuration gives it to, else the one that it names, else
/// those beside it by the usual names.
fn templates_of(path: &str, root: Node<'_>, documents: &Documents, regime: &Regime) -> Vec<String> {
    let local = regime.of(path);
    let paired: Vec<String> = local.config.iter().flat_map(|config| config.templates_of(path)).map(str::to_owned).collect();
    if !paired.is_empty() {
        return paired;
    }
    if let Some(target) = environments::target(root).and_then(|target| join(folder(path), &target)) {
        return Some(target).filter(|target| blueprint(target, documents).is_some()).into_iter().collect();
    }
    let values = root.get("parameters").map(Values::read).unwrap_or_default();
    let above = folder(path).strip_suffix("parameters/").filter(|above| above.is_empty() || above.ends_with('/'));
    let mut found = Vec::new();
    for (place, in_folder) in [(Some(folder(path)), false), (above, true)] {
        let Some(place) = place else { continue };
        let siblings = documents.names(place);
        let stems = Stems::of(&siblings);
        for sibling in siblings.iter().take(MAX_FILES).filter(|sibling| **sibling != name(path)) {
            let Some(claim) = stems.claim(name(path), sibling, in_folder) else { continue };
            let candidate = format!("{place}{sibling}");
            if blueprint(&candidate, documents).is_some_and(|blueprint| claim == Claim::Named || values.fit(&blueprint)) {
                found.push(candidate);
            }
        }
    }
    found
}

/// The template at a path; `None` for a file that is none.
fn blueprint(path: &str, documents: &Documents) -> Option<Arc<Blueprint>> {
    let document = documents.open(path).ok()?;
    let root = document.root().filter(|root| matches!(recognise(*root), DocumentKind::Template(_)))?;
    Some(lower::read(&Template::new(root), "", false, &mut Vec::new()))
}

/// The templates around these that lead to one of them, directly or over others.
fn parents_of(linked: &[String], documents: &Documents, regime: &Regime) -> Vec<String> {
    let folders: BTreeSet<&str> = linked.iter().flat_map(|path| folders_above(path, documents, regime)).collect();
    let mut candidates = Vec::new();
    for place in folders {
        for file in documents.names(place).into_iter().take(MAX_FILES) {
            let path = format!("{place}{file}");
            if documents.was_found(&path) || !path.to_ascii_lowercase().ends_with(".json") {
                continue;
            }
            let text = documents.peek(&path).filter(|text| text.contains("templateLink"));
            candidates.extend(text.map(|text| (path, names_in(&text))));
        }
    }
    lead_to(linked, candidates)
}

/// The folder of a file and those above it, as far as its path names them: up to the root of its repository or the folder of
/// its configuration, beyond which nothing belongs to it.
fn folders_above<'p>(path: &'p str, documents: &Documents, regime: &Regime) -> Vec<&'p str> {
    let local = regime.of(path);
    let configured = local.config.as_ref().map(|config| folder(config.path()));
    let mut folders = vec![folder(path)];
    while let Some(&last) = folders.last() {
        let is_end = matches!(name(last.trim_end_matches('/')), "" | "." | "..");
        let is_root = || configured == Some(last) || documents.is_repository(last) || !documents.is_folder(last);
        if is_end || folders.len() == MAX_FOLDERS || is_root() {
            break;
        }
        folders.push(folder(last.trim_end_matches('/')));
    }
    folders
}
