//! All resources of one deployment in one environment, by type and by id.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::OnceLock;

use super::{Resource, ResourceId};
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
    by_type: BTreeMap<Key, Vec<ResourceIx>>,
    by_id: BTreeMap<ResourceId, Vec<ResourceIx>>,
    /// Made when somebody asks.
    by_last_name: OnceLock<LastNames>,
}

/// Resources by type and by the known last name of their id, those without one under `None`.
type LastNames = BTreeMap<Key, BTreeMap<Option<Box<str>>, Vec<ResourceIx>>>;

impl Model {
    /// A deployment of these resources.
    #[must_use]
    pub fn new(resources: Vec<Resource>) -> Self {
        let mut model = Self { resources, ..Self::default() };
        for (n, resource) in model.resources.iter().enumerate() {
            let ix = ResourceIx(n);
            match model.by_type.get_mut(&resource.resource_type) {
                Some(known) => known.push(ix),
                None => _ = model.by_type.insert(resource.resource_type.clone(), vec![ix]),
            }
            model.by_id.entry(resource.id.clone()).or_default().push(ix);
        }
        model
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

    /// The resources of some types, or of any where none is named, whose id is not `id` for certain, but may be.
    pub fn maybe_with_id(&self, id: &ResourceId, types: &[Key]) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        let named = self.by_last_name.get_or_init(|| {
            let mut named: LastNames = BTreeMap::new();
            for (ix, resource) in self.iter() {
                let of_type = named.entry(resource.resource_type.clone()).or_default();
                of_type.entry(resource.id.last_name().map(Into::into)).or_default().push(ix);
            }
            named
        });
        let of_types: Vec<_> =
            if types.is_empty() { named.values().collect() } else { types.iter().filter_map(|name| named.get(name)).collect() };
        let lists: Vec<&Vec<ResourceIx>> = match id.last_name() {
            Some(name) => {
                let names = [Some(name.into()), None];
                of_types.iter().flat_map(|named| names.iter().filter_map(|name| named.get(name))).collect()
            }
            None => of_types.iter().flat_map(|named| named.values()).collect(),
        };
        let found = lists.into_iter().flatten().map(|&ix| (ix, self.get(ix)));
        found.filter(|(_, resource)| resource.id.is(id) == Truth::Unknown)
    }

    /// The resources inside that of an id, at any depth, whether it is in the deployment or not.
    pub fn inside<'m>(&'m self, id: &ResourceId) -> impl Iterator<Item = (ResourceIx, &'m Resource)> + use<'m> {
        let (start, around) = (id.as_str().to_owned(), id.clone());
        let after = self.by_id.range::<ResourceId, _>((Bound::Excluded(id), Bound::Unbounded));
        let found = after.take_while(move |(other, _)| other.as_str().starts_with(&start));
        let found = found.filter(move |(other, _)| other.is_inside(&around));
        found.flat_map(|(_, list)| list).map(|&ix| (ix, self.get(ix)))
    }

    /// The resources around that of an id, the nearest first.
    pub fn around(&self, id: &ResourceId) -> impl Iterator<Item = (ResourceIx, &Resource)> {
        let ids = (1..).map_while(|levels| id.up(levels));
        ids.flat_map(|id| self.by_id.get(id).map_or(&[][..], Vec::as_slice)).map(|&ix| (ix, self.get(ix)))
    }
}
