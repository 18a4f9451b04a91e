//! The table of policies: a data file beside the rules that says which resources hold policy documents, and which policies
//! there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::structure::{FRAGMENT, SECTIONED};
use crate::rules::file::{POLICIES, POLICY_DOCUMENT};
use crate::rules::load::literal;
use crate::rules::packed::packed;
use crate::rules::path::Path;
use crate::syntax::{Document, Node};
use crate::table::{Fields, Problems};
use crate::value::{Key, Value};

/// What is known of policy documents.
#[derive(Debug, Clone, Default)]
pub(in crate::rules) struct PolicyTable {
    /// The resources that hold one.
    pub(super) documents: Vec<Place>,
    /// Where the text is.
    pub(super) text: Vec<Path>,
    /// Where its format is.
    pub(super) format: Vec<Path>,
    /// The names of the sections.
    pub(super) sections: Vec<Arc<str>>,
    /// The elements whose children are policies of the section around them: a policy, or one of its children.
    pub(super) through: Vec<Box<[Arc<str>]>>,
    /// What is known of each policy.
    pub(super) policies: BTreeMap<Arc<str>, Value>,
}

/// A resource that holds a policy document.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its type.
    pub(super) resource: Key,
    /// For whom the policies are: `global`, `api`, …
    pub(super) scope: Arc<str>,
    /// What its root element may be.
    pub(super) roots: Vec<Arc<str>>,
}

packed! {
    struct PolicyTable { documents, text, format, sections, through, policies }
    struct Place { resource, scope, roots }
}

impl Place {
    /// Whether its documents have sections.
    pub(super) fn has_sections(&self) -> bool {
        self.roots.iter().any(|root| **root == *SECTIONED)
    }
}

impl PolicyTable {
    /// Reads and checks the table.
    pub(in crate::rules) fn load(document: &Document, problems: &mut Problems) -> Option<Self> {
        problems.take(document.problems());
        let fields = Fields::open(document.root()?, &POLICIES, problems)?;
        let mut table = Self::default();
        for node in fields.get("documents").into_iter().flat_map(Node::items) {
            let place = Fields::open(node, &POLICY_DOCUMENT, problems)?;
            table.documents.push(Place {
                resource: Key::new(place.text("resource", problems)?),
                scope: place.text("scope", problems)?,
                roots: texts(&place, "roots", problems),
            });
        }
        table.text = paths(&fields, "text", problems);
        table.format = paths(&fields, "format", problems);
        table.sections = texts(&fields, "sections", problems);
        table.through = texts(&fields, "through", problems).iter().map(|path| path.split('/').map(Arc::from).collect()).collect();
        for (name, node) in fields.get("policies").into_iter().flat_map(Node::members) {
            table.policies.insert(name.string()?.into(), literal(node));
        }
        Some(table)
    }

    /// This table, and what only an earlier one tells.
    pub(in crate::rules) fn over(mut self, earlier: &Self) -> Self {
        let new = |place: &&Place| self.place(&place.resource).is_none();
        let more: Vec<Place> = earlier.documents.iter().filter(new).cloned().collect();
        self.documents.extend(more);
        for (name, policy) in &earlier.policies {
            self.policies.entry(Arc::clone(name)).or_insert_with(|| policy.clone());
        }
        self
    }

    /// The types of the resources that hold policy documents.
    pub(in crate::rules) fn types(&self) -> impl Iterator<Item = Key> + '_ {
        self.documents.iter().map(|place| place.resource.clone())
    }

    /// What is known of the documents of a type.
    pub(super) fn place(&self, resource_type: &Key) -> Option<&Place> {
        self.documents.iter().find(|place| place.resource == *resource_type)
    }

    /// How many levels above the resource of a document the fragments are that it can include: the nearest around it that have
    /// any. A policy of a workspace includes what its workspace has.
    pub(super) fn levels_to_fragments(&self, place: &Place) -> Option<usize> {
        let around = self.documents.iter().filter(|other| &*other.scope == FRAGMENT).filter_map(|other| {
            let (owner, _) = other.resource.as_str().rsplit_once('/')?;
            let start = place.resource.as_str().get(..owner.len())?;
            let rest = &place.resource.as_str()[owner.len()..];
            (start.eq_ignore_ascii_case(owner) && rest.starts_with('/')).then(|| rest.matches('/').count())
        });
        around.min()
    }

    /// The section of that name.
    pub(super) fn section(&self, name: &str) -> Option<usize> {
        self.sections.iter().position(|section| **section == *name)
    }

    /// The policy whose name differs least from a name, by two letters at most.
    pub(super) fn nearest(&self, name: &str) -> Option<&Arc<str>> {
        let near = self.policies.keys().map(|known| (strsim::levenshtein(known, name), known));
        near.filter(|(distance, _)| *distance <= 2).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
    }
}

fn texts(fields: &Fields<'_>, key: &str, problems: &mut Problems) -> Vec<Arc<str>> {
    fields.texts(key, problems).into_iter().map(|(text, _)| text).collect()
}

fn paths(fields: &Fields<'_>, key: &str, problems: &mut Problems) -> Vec<Path> {
    let mut paths = Vec::new();
    for (text, span) in fields.texts(key, problems) {
        match Path::parse(&text) {
            Ok(path) => paths.push(path),
            Err(no) => problems.report(span, no.message, no.help),
        }
    }
    paths
}
