//! Linked templates: from the address in a template to a file beside it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::documents::{Documents, folder, join, name};
use crate::lower::{self, Blueprint, Closed, Links};
use crate::source::{SourceFile, Span};
use crate::template::{DocumentKind, Template, recognise};
use crate::value::{Piece, Shape, Value};

/// Opens the templates that the templates of one root lead to.
pub(super) struct Linked {
    documents: Arc<Documents>,
    read: Mutex<BTreeMap<String, Arc<Blueprint>>>,
}

impl Linked {
    pub(super) fn new(documents: &Arc<Documents>) -> Self {
        Self { documents: Arc::clone(documents), read: Mutex::default() }
    }

    fn read(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Blueprint>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn blueprint(&self, path: &str) -> Option<Arc<Blueprint>> {
        let known = self.read().get(path).map(Arc::clone);
        if known.is_some() {
            return known;
        }
        if !self.documents.reaches(path) {
            return None;
        }
        let document = self.documents.open(path).ok()?;
        let root = document.root().filter(|root| matches!(recognise(*root), DocumentKind::Template(_)))?;
        // What is wrong with the text of the linked template is told where it is a root of its own.
        let blueprint = lower::read(&Template::new(root), "", false, &mut Vec::new());
        // NOTE: two threads may come here with one file; the first to add it wins.
        Some(Arc::clone(self.read().entry(path.to_owned()).or_insert(blueprint)))
    }
}

impl Links for Linked {
    fn open(&self, at: Span, target: &Value, relative: bool) -> Result<Arc<Blueprint>, Closed> {
        let outside = || Closed::Outside(format!("`{}`", display(target)));
        let from = self.documents.sources.get(at.file).ok_or_else(outside)?;
        let names = if relative {
            target.as_str().map(str::to_owned).into_iter().collect()
        } else {
            endings(target, &[".json", ".jsonc"])
        };
        let mut paths: Vec<String> = names.iter().filter_map(|name| join(folder(from.path()), name)).collect();
        if !relative {
            // Every sample's template is called `azuredeploy.json`: what an address of another folder means is not this one.
            let own = join(folder(from.path()), name(from.path()));
            paths.retain(|path| own.as_ref() != Some(path));
        }
        if let Some(found) = paths.iter().find_map(|path| self.blueprint(path)) {
            return Ok(found);
        }
        match names.first().filter(|_| relative && paths.iter().all(|path| self.documents.is_missing(path))) {
            Some(name) => Err(Closed::Missing(name.clone())),
            None => Err(outside()),
        }
    }
}

/// The policy document that an address means, where it is among the files being linted.
pub(super) fn policy(documents: &Documents, at: Span, address: &Value) -> Option<Arc<SourceFile>> {
    let from = documents.sources.get(at.file)?;
    let paths = endings(address, &[".xml"]).into_iter().filter_map(|name| join(folder(from.path()), &name));
    paths.filter(|path| documents.reaches(path)).find_map(|path| documents.text(&path))
}

/// The relative paths that an address may mean, the longest first: everything that is known before the extension, then
/// without its first segment, and so on down to the file's name.
fn endings(target: &Value, extensions: &[&str]) -> Vec<String> {
    let known: Vec<&str> = match &target.kind {
        crate::value::ValueKind::Str(text) => vec![text],
        crate::value::ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Text(text) => text
                .pieces()
                .filter_map(|piece| match piece {
                    Piece::Known(known) => Some(known),
                    Piece::Hole { .. } => None,
                })
                .collect(),
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let Some(end) = known.iter().rev().find_map(|piece| path_of(piece, extensions)) else { return Vec::new() };
    let segments: Vec<&str> = end.split('/').filter(|part| !part.is_empty()).collect();
    (0..segments.len()).map(|n| segments[n..].join("/")).collect()
}

/// The part of a piece up to the end of a file name: what follows (a query with an access token) is no path.
fn path_of<'p>(piece: &'p str, extensions: &[&str]) -> Option<&'p str> {
    let path = piece.split(['?', '#']).next()?;
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let lower = path.to_ascii_lowercase();
    extensions.iter().any(|extension| lower.ends_with(extension)).then_some(path)
}

fn display(target: &Value) -> String {
    match (target.as_str(), target.as_unknown()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(unknown)) => unknown.display(),
        (None, None) => "templateLink".to_owned(),
    }
}
