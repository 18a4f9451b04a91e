//! Policy documents of API Management as rules see them: selected by section and element, each element as a value.
//!
//! An element is an object: `@name` for each attribute, a list of elements under each name of a child element, `#text`, and what
//! the table of policies tells of it (`#policy`, `#section`, `#scope`). So that predicates, labels and fixes are those of any
//! other value. What is not asked for is not built.

mod document;
mod effective;
mod element;
mod inclusion;
mod mend;
mod selector;
mod structure;
mod table;
mod wait;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub(super) use document::PolicyDocument;
use document::{Format, State};
use effective::Above;
use inclusion::Includes;
pub(super) use mend::{insert, replace};
pub(super) use selector::Selector;
pub(super) use table::PolicyTable;

use super::mend::Trees;
use super::predicate::{Case, Cause, Reason};
use super::select::{Hit, Selected, select};
use super::set::RuleSet;
use crate::model::{Model, Resource, ResourceId, ResourceIx};
use crate::value::Value;

/// The policy documents of a deployment; each is read when a rule first asks for it.
pub(super) struct Policies<'r> {
    rules: &'r RuleSet,
    model: &'r Model,
    trees: &'r dyn Trees,
    known: OnceLock<Known>,
}

/// The table of policies, and the resources that hold documents.
struct Known {
    table: Arc<PolicyTable>,
    documents: BTreeMap<ResourceIx, OnceLock<Arc<PolicyDocument>>>,
    /// The documents by the resource that each belongs to, as its id.
    by_owner: BTreeMap<String, ResourceIx>,
    /// Whether a product has a policy, which may stand between an API and the service.
    of_products: bool,
    /// What includes fragments: looked for when a rule asks where one runs.
    includes: OnceLock<Includes>,
}

impl<'r> Policies<'r> {
    /// Those of a model, none of them read.
    pub(super) fn new(rules: &'r RuleSet, model: &'r Model, trees: &'r dyn Trees) -> Self {
        Self { rules, model, trees, known: OnceLock::new() }
    }

    /// The document of a resource, and the text that it is; `None` where it has no text. An empty one is a placeholder: samples
    /// have it in their parameter files for whoever deploys them to fill in.
    fn document(&self, ix: ResourceIx) -> Option<(&Arc<PolicyDocument>, Hit<'_>)> {
        let known = self.known();
        let resource = self.model.get(ix);
        let (path, text) = first(&Hit::root(resource), &known.table.text)?;
        if text.value.is_null() || text.value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return None;
        }
        let (cell, place) = (known.documents.get(&ix)?, known.table.place(&resource.resource_type)?);
        let read = || {
            let format = first(&Hit::root(resource), &known.table.format).filter(|(_, format)| !format.value.is_null());
            let format = Format::of(format.map(|(_, format)| format).as_ref(), path);
            let read = PolicyDocument::read(&text, &format, place, &known.table, self.trees);
            Arc::new(read.under(self.above(known, resource)))
        };
        Some((cell.get_or_init(read), text))
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            let table = self.rules.policies();
            let (mut documents, mut by_owner, mut of_products) = (BTreeMap::new(), BTreeMap::new(), false);
            for place in &table.documents {
                for (ix, resource) in self.model.of_type(place.resource.as_str()) {
                    documents.insert(ix, OnceLock::new());
                    by_owner.insert(owner(resource.id.as_str()).to_owned(), ix);
                    of_products |= &*place.scope == "product";
                }
            }
            Known { table, documents, by_owner, of_products, includes: OnceLock::new() }
        })
    }
}

impl Policies<'_> {
    /// What `<base />` stands for in the document of a resource: the document of the nearest resource around its own that has
    /// one.
    fn above(&self, known: &Known, resource: &Resource) -> Above {
        let mut around = owner(resource.id.as_str());
        let mut open = false;
        while around.rsplit('/').nth(2).is_some_and(|kind| !kind.contains('.')) {
            around = owner(around);
            let document = known.by_owner.get(around).and_then(|ix| self.document(*ix));
            open |= known.of_products && around.rsplit('/').nth(2).is_some_and(|kind| kind.contains('.'));
            if let Some((document, _)) = document {
                return Above { document: Some(Arc::clone(document)), open };
            }
            open |= !self.is_deployed(around, resource);
        }
        Above { document: None, open }
    }

    /// Whether the deployment makes the resource of this id, so that all of it is known.
    fn is_deployed(&self, id: &str, seen_from: &Resource) -> bool {
        let id = ResourceId::of(&Value::string(id, seen_from.declared));
        id.is_some_and(|id| self.model.with_id(&id).any(|(_, resource)| !resource.existing))
    }
}

/// The id of the resource that a resource belongs to.
fn owner(id: &str) -> &str {
    let end = id.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at);
    &id[..end]
}

/// The first value of several paths, and which of them it is.
fn first<'m>(root: &Hit<'m>, paths: &[super::path::Path]) -> Option<(usize, Hit<'m>)> {
    paths.iter().enumerate().find_map(|(n, path)| {
        let mut found = Selected::default();
        select(root, path, &[], &mut found);
        Some((n, found.hits.into_iter().chain(found.stops).next()?))
    })
}

/// Calls `judge` with each part of the resource's policy document that is selected, or with the reason why none can be.
pub(super) fn parts<'m, 'r>(case: &Case<'m, 'r>, selectors: &[Selector], judge: &mut dyn FnMut(&Case<'m, 'r>)) {
    let Some((document, text)) = case.policies.document(case.ix) else { return };
    let hidden = |words: &str| Cause::new(Some(text.clone()), Reason::Words(words.into()));
    match document.state() {
        State::Unknown => Cause::unknown(text.clone()).into_iter().for_each(|cause| judge(&case.part(Err(cause)))),
        State::Hidden(words) => judge(&case.part(Err(hidden(words)))),
        State::Faulty(faults) if selectors.contains(&Selector::Fault) => {
            faults.iter().for_each(|fault| judge(&case.part(Ok(text.within(document, None, fault)))));
        }
        State::Faulty(_) => judge(&case.part(Err(hidden("the policy document is malformed")))),
        State::Read => {
            let mut stopped = Vec::new();
            for selector in selectors {
                for (node, value) in document.select(selector) {
                    judge(&case.part(Ok(text.within(document, Some(node), value))));
                }
                stopped.extend(document.holes(selector).into_iter().filter(|node| !stopped.contains(node)).collect::<Vec<_>>());
            }
            let named = selectors.iter().any(Selector::names_section);
            for inclusion in named.then(|| case.policies.inclusions(case.ix, document)).into_iter().flatten() {
                for (node, certain) in document.select_in(selectors, inclusion) {
                    match certain {
                        true => judge(&case.part(Ok(text.within(document, Some(node), inclusion.value(document, node))))),
                        false => {
                            let place = text.within(document, Some(node), &inclusion.section);
                            Cause::unknown(place).into_iter().for_each(|cause| judge(&case.part(Err(cause))));
                        }
                    }
                }
                stopped.extend(document.open_elements().into_iter().filter(|node| !stopped.contains(node)).collect::<Vec<_>>());
            }
            for node in stopped {
                let place = text.within(document, Some(node), document.value(node));
                Cause::unknown(place).into_iter().for_each(|cause| judge(&case.part(Err(cause))));
            }
        }
    }
}
