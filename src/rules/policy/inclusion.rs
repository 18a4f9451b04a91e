//! Where a policy fragment runs: the sections that include it, and what each of its elements is there.
//!
//! A fragment has no section and no scope of its own; it takes those of the `include-fragment` that names it. A fragment
//! includes no other one ("Reuse policy configurations": not supported), so that one step leads from it to its sections.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::document::{PolicyDocument, State};
use super::structure::{FRAGMENT, INCLUDE};
use super::{Known, Policies};
use crate::model::{Resource, ResourceId, ResourceIx};
use crate::policy_xml::NodeIx;
use crate::value::{Key, Object, Shape, Text, Truth, Unknown, Value, ValueKind, Why};

/// What includes fragments in a deployment.
#[derive(Debug, Default)]
pub(super) struct Includes {
    all: Vec<Include>,
    /// The services and workspaces whose documents may hold more of them.
    open: BTreeSet<ResourceId>,
}

/// An `include-fragment`.
#[derive(Debug)]
struct Include {
    /// The service or the workspace whose fragments it can mean.
    around: ResourceId,
    /// The name of the fragment.
    fragment: Value,
    section: Value,
    scope: Value,
    /// The element without what is in it.
    outline: Value,
}

/// A section in which a fragment runs, or one that nobody knows.
#[derive(Debug)]
pub(super) struct Inclusion {
    /// The section; one of all there are where nobody knows.
    pub(super) section: Value,
    scope: Value,
    outline: Option<Value>,
    values: Vec<OnceLock<Value>>,
}

impl Inclusion {
    fn new(document: &PolicyDocument, section: Value, scope: Value, outline: Option<Value>) -> Self {
        let values = document.tree().all().map(|_| OnceLock::new()).collect();
        Self { section, scope, outline, values }
    }

    /// An element of the fragment as it stands in the section.
    pub(super) fn value(&self, document: &PolicyDocument, node: NodeIx) -> &Value {
        self.values[node.0 as usize].get_or_init(|| {
            let alone = document.value(node);
            let here = |value: &Value| Value { kind: value.kind.clone(), origin: alone.origin.clone() };
            let there = |members: &Object| {
                let mut members = members.clone();
                members.insert(Key::from("#section"), here(&self.section));
                members.insert(Key::from("#scope"), here(&self.scope));
                self.outline.iter().for_each(|outline| members.insert(Key::from("#include"), outline.clone()));
                Arc::new(members)
            };
            let kind = match &alone.kind {
                ValueKind::Object(members) => ValueKind::Object(there(members)),
                ValueKind::Unknown(unknown) => match &unknown.shape {
                    Shape::Members(members) => {
                        let shape = Shape::Members(there(members));
                        ValueKind::Unknown(Arc::new(Unknown::clone(unknown).shaped(shape)))
                    }
                    _ => alone.kind.clone(),
                },
                other => other.clone(),
            };
            Value { kind, origin: alone.origin.clone() }
        })
    }
}

impl Policies<'_> {
    /// The sections in which the fragment that a resource holds runs, each once.
    pub(super) fn inclusions<'p>(&'p self, ix: ResourceIx, document: &'p PolicyDocument) -> &'p [Inclusion] {
        document.inclusions().get_or_init(|| {
            if document.scope() != FRAGMENT {
                return Vec::new();
            }
            let known = self.known();
            let includes = known.includes.get_or_init(|| self.includes(known));
            let resource = self.model.get(ix);
            let Some(around) = resource.id.ancestor(1) else { return Vec::new() };
            let name = last_name(resource);
            let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
            let mut open = includes.open.contains(&around);
            for include in includes.all.iter().filter(|include| include.around == around) {
                match same_name(&name, &include.fragment) {
                    Truth::True if seen.insert((include.section.canonical(), include.scope.canonical())) => {
                        let (section, scope, outline) = (&include.section, &include.scope, &include.outline);
                        found.push(Inclusion::new(document, section.clone(), scope.clone(), Some(outline.clone())));
                    }
                    Truth::True | Truth::False => {}
                    Truth::Unknown => open = true,
                }
            }
            // Of a service that is deployed elsewhere, other policies may be there that nobody sees: that is not asked.
            if open && self.is_deployed(around.as_str(), resource) {
                let holders = known.table.documents.iter().filter(|place| place.has_sections());
                let section = one_of("section", resource, known.table.sections.iter());
                let scope = one_of("scope", resource, holders.map(|place| &place.scope));
                found.push(Inclusion::new(document, section, scope, None));
            }
            found
        })
    }

    /// What includes fragments, in the documents that have sections: a resolver's has none.
    fn includes(&self, known: &Known) -> Includes {
        let mut includes = Includes::default();
        for place in known.table.documents.iter().filter(|place| place.has_sections()) {
            let Some(levels) = known.table.levels_to_fragments(place) else { continue };
            for (ix, resource) in self.model.of_type(place.resource.as_str()) {
                let deployed = !resource.existing && resource.condition.holds != Truth::False;
                let around = resource.id.ancestor(levels).filter(|_| deployed);
                let (Some(around), Some((document, _))) = (around, self.document(ix)) else { continue };
                let all_seen = match document.state() {
                    State::Read => document.note_includes(&around, &mut includes),
                    State::Unknown | State::Hidden(_) | State::Faulty(_) => false,
                };
                if !all_seen {
                    includes.open.insert(around);
                }
            }
        }
        includes
    }
}

impl PolicyDocument {
    /// Adds what includes fragments here; whether that is all.
    fn note_includes(&self, around: &ResourceId, includes: &mut Includes) -> bool {
        for node in self.tree().all().filter(|node| self.is_policy(*node) && self.name(*node) == INCLUDE) {
            let outline = self.outline(node);
            let fragment = outline.as_object().and_then(|members| members.get("@fragment-id")).cloned();
            let (Some(fragment), Some(section)) = (fragment, self.section(node)) else { continue };
            let word = |word: &str| Value::string(word, outline.origin.written);
            let (section, scope) = (word(section), word(self.scope()));
            includes.all.push(Include { around: around.clone(), fragment, section, scope, outline });
        }
        !self.open_elements().into_iter().any(|node| self.holds_policies(node))
    }
}

/// One of these words, which of them only the deployment knows: the fragment of a resource may be included anywhere.
fn one_of<'w>(what: &str, fragment: &Resource, words: impl Iterator<Item = &'w Arc<str>>) -> Value {
    let words: BTreeSet<&Arc<str>> = words.collect();
    let values: Arc<[Value]> = words.into_iter().map(|word| Value::string(&**word, fragment.declared)).collect();
    let unknown =
        Unknown::new(Why::Runtime("where the fragment is included".into()), format!("{what} of {}", fragment.id.as_str()));
    Value::unknown(unknown.shaped(Shape::OneOf(values)), fragment.declared)
}

/// The last part of the name of a resource.
fn last_name(resource: &Resource) -> Text {
    let mut name = Text::new();
    name.push_value(&resource.name);
    name.split('/').pop().unwrap_or_default()
}

/// Whether a fragment has the name that an `include-fragment` gives.
fn same_name(name: &Text, given: &Value) -> Truth {
    let mut other = Text::new();
    other.push_value(given);
    if name.canonical().eq_ignore_ascii_case(&other.canonical()) {
        Truth::True
    } else if name.known().is_some() && other.known().is_some() {
        Truth::False
    } else {
        Truth::Unknown
    }
}
