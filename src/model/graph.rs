//! All resources of one deployment in one environment, by type and by id.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{LastNames, Resource, ResourceId};
use crate::value::{Key, Truth};

/// A resource's place in its [`Model`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceIx(pub usize);

/// Everything one root template deploys in one environment, nested and linked deployments included.
#[derive(Debug, Default)]
pub struct Model {
    resources: Vec<Resource>,
    /// Their places come after those of the deployed ones.
    queried: Vec<Resource>,
    by_type: BTreeMap<Key, OfType>,
    /// In the order of their ids, those of one id in the order in which they are written.
    by_id: Vec<ResourceIx>,
}

/// The resources of one type.
#[derive(Debug, Default)]
struct OfType {
    /// In the order in which they are written.
    all: Vec<ResourceIx>,
    /// Made when somebody asks.
    by_last_name: OnceLock<LastNames<ResourceIx>>,
}

impl Model {
    /// A deployment of these resources.
    #[must_use]
    pub fn new(resources: Vec<Resource>) -> Self {
        let mut by_type: BTreeMap<Key, OfType> = BTreeMap::new();
        let mut next = 0;
        // Resources of one type mostly stand together.
        for run in resources.chunk_by(|one, other| one.resource_type.is_same(&other.resource_type)) {
            let all = (next..next + run.len()).map(ResourceIx);
            match by_type.get_mut(&run[0].resource_type) {
                Some(known) => known.all.extend(all),
                None => _ = by_type.insert(run[0].resource_type.clone(), OfType { all: all.collect(), ..OfType::default() }),
            }
            next += run.len();
        }
        let mut by_id: Vec<ResourceIx> = (0..resources.len()).map(ResourceIx).collect();
        by_id.sort_by(|one, other| resources[one.0].id.cmp(&resources[other.0].id));
        Self { resources, queried: Vec::new(), by_type, by_id }
    }

    /// The same with the resources that calls ask about in an API version of their own. Nothing but [`Self::queried`] gives
    /// them: they are deployed by nobody, joined to nothing, and known by type, name and version alone.
    #[must_use]
    pub fn with_queried(self, queried: Vec<Resource>) -> Self {
        Self { queried, ..self }
    }

    /// The resource at `ix`.
    #[must_use]
    pub fn get(&self, ix: ResourceIx) -> &Resource {
        ix.0.checked_sub(self.resources.len()).map_or_else(|| &self.resources[ix.0], |n| &self.queried[n])
    }

    /// The resources that `reference(id, version)` and `list…(id, version)` ask about, one for each call.
    pub fn queried(&self) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        self.queried.iter().enumerate().map(|(n, resource)| (ResourceIx(self.resources.len() + n), resource))
    }

    /// All resources in the order in which they are written.
    pub fn iter(&self) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        self.resources.iter().enumerate().map(|(n, resource)| (ResourceIx(n), resource))
    }

    /// Each type, with its resources.
    pub fn types(&self) -> impl Iterator<Item = (&Key, &[ResourceIx])> {
        self.by_type.iter().map(|(name, found)| (name, found.all.as_slice()))
    }

    /// The resources of a type, without case.
    pub fn of_type(&self, resource_type: &str) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        let found = self.by_type.get(&Key::from(resource_type)).map_or(&[][..], |found| &found.all);
        found.iter().map(|&ix| (ix, self.get(ix)))
    }

    /// The resources of an id.
    pub fn with_id(&self, id: &ResourceId) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        self.of_id(id.as_str()).iter().map(|&ix| (ix, self.get(ix)))
    }

    /// The places of the resources of the id of that canonical text.
    fn of_id(&self, id: &str) -> &[ResourceIx] {
        let from = &self.by_id[self.by_id.partition_point(|ix| self.resources[ix.0].id.as_str() < id)..];
        &from[..from.partition_point(|ix| self.resources[ix.0].id.as_str() == id)]
    }

    /// The resources of some types, or of any where none is named, whose id is not `id` for certain, but may be.
    pub fn maybe_with_id(&self, id: &ResourceId, types: &[Key]) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        let of_types: Vec<_> = if types.is_empty() {
            self.by_type.values().collect()
        } else {
            types.iter().filter_map(|name| self.by_type.get(name)).collect()
        };
        let near = of_types.into_iter().flat_map(|of_type| self.by_last_name(of_type).near(id));
        near.map(|ix| (ix, self.get(ix))).filter(|(_, resource)| resource.id.is(id) == Truth::Unknown)
    }

    fn by_last_name<'m>(&'m self, of_type: &'m OfType) -> &'m LastNames<ResourceIx> {
        of_type.by_last_name.get_or_init(|| {
            let mut names = LastNames::default();
            of_type.all.iter().for_each(|&ix| names.add(self.get(ix).id.last_name(), ix));
            names
        })
    }

    /// The resources inside that of an id, at any depth, whether it is in the deployment or not.
    pub fn inside<'m>(&'m self, id: &ResourceId) -> impl Iterator<Item = (ResourceIx, &'m Resource)> + use<'m> {
        let around = id.clone();
        let after = self.by_id.partition_point(|ix| self.resources[ix.0].id <= around);
        let found = self.by_id[after..].iter().map(|&ix| (ix, self.get(ix)));
        // Others may begin alike and stand between: `…/service/s-2` before `…/service/s/apis`.
        let alike = found.map_while(move |(ix, other)| {
            other.id.as_str().starts_with(around.as_str()).then(|| other.id.is_inside(&around).then_some((ix, other)))
        });
        alike.flatten()
    }

    /// The resources around that of an id, the nearest first.
    pub fn around(&self, id: &ResourceId) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        let ids = (1..).map_while(|levels| id.up(levels));
        ids.flat_map(|id| self.of_id(id)).map(|&ix| (ix, self.get(ix)))
    }
}
