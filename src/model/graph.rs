//! All resources of one deployment in one environment, by type and by id.

use std::collections::BTreeMap;

use super::{Resource, ResourceId};
use crate::value::Key;

/// A resource's place in its [`Model`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceIx(pub usize);

/// Everything one root template deploys in one environment, nested and linked deployments included.
#[derive(Debug, Default)]
pub struct Model {
    resources: Vec<Resource>,
    by_type: BTreeMap<Key, Vec<ResourceIx>>,
    by_id: BTreeMap<ResourceId, Vec<ResourceIx>>,
    children: BTreeMap<ResourceIx, Vec<ResourceIx>>,
}

impl Model {
    /// A deployment of these resources; a `parent` must be an index into them.
    #[must_use]
    pub fn new(resources: Vec<Resource>) -> Self {
        let mut model = Self { resources, ..Self::default() };
        for (n, resource) in model.resources.iter().enumerate() {
            let ix = ResourceIx(n);
            model.by_type.entry(resource.resource_type.clone()).or_default().push(ix);
            model.by_id.entry(resource.id.clone()).or_default().push(ix);
            if let Some(parent) = resource.parent {
                model.children.entry(parent).or_default().push(ix);
            }
        }
        model
    }

    /// The resource at `ix`.
    #[must_use]
    pub fn get(&self, ix: ResourceIx) -> &Resource {
        &self.resources[ix.0]
    }

    /// All resources in the order in which they are written.
    pub fn iter(&self) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        self.resources.iter().enumerate().map(|(n, resource)| (ResourceIx(n), resource))
    }

    /// Each type, with its resources.
    pub fn types(&self) -> impl Iterator<Item = (&Key, &[ResourceIx])> {
        self.by_type.iter().map(|(name, found)| (name, found.as_slice()))
    }

    /// The resources of a type, without case.
    pub fn of_type(&self, resource_type: &str) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        let found = self.by_type.get(&Key::from(resource_type)).map_or(&[][..], Vec::as_slice);
        found.iter().map(|&ix| (ix, self.get(ix)))
    }

    /// The resources of an id.
    pub fn with_id(&self, id: &ResourceId) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        let found = self.by_id.get(id).map_or(&[][..], Vec::as_slice);
        found.iter().map(|&ix| (ix, self.get(ix)))
    }

    /// The children of a resource that are in the same deployment.
    pub fn children(&self, parent: ResourceIx) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        let found = self.children.get(&parent).map_or(&[][..], Vec::as_slice);
        found.iter().map(|&ix| (ix, self.get(ix)))
    }
}
