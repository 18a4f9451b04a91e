//! From a resource to those it belongs with: by id, by name, up, down, or by who refers to it.
//!
//! A deployment knows its own resources and nothing else: what is not in it is unknown, not absent. Nor is what two
//! resources claim to be, or what one with a partly unknown id may be.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::path::Path;
use super::predicate::{Case, Cause, Reason};
use super::rule::{By, Join, Place, Rule, Subject};
use super::select::{Hit, Selected, select};
use crate::model::{LastNames, Resource, ResourceId};
use crate::value::{Key, Shape, Text, Truth, Value, ValueKind, Why};

/// What a join leads to.
#[derive(Debug)]
pub(super) enum Joined<'m> {
    /// One resource.
    One(Hit<'m>),
    /// The resources that certainly belong, and why there may be more.
    Many {
        /// Those that certainly belong.
        sure: Vec<Hit<'m>>,
        /// Those that may.
        maybe: Vec<Cause<'m>>,
    },
    /// Nothing is named.
    None,
    /// It cannot be told.
    Unknown(Cause<'m>),
}

/// Follows the join of that place in the rule.
pub(super) fn resolve<'m>(case: &Case<'m, '_>, at: usize) -> Joined<'m> {
    let join = &case.rule.joins[at];
    let owner = match join.from {
        Subject::SELF => case.model.get(case.ix),
        Subject::EACH => match &case.each {
            Ok(each) => each.owner,
            Err(cause) => return Joined::Unknown(cause.clone()),
        },
        other => match case.joined(other) {
            Some(Joined::One(target)) => target.owner,
            Some(Joined::Unknown(cause)) => return Joined::Unknown(cause.clone()),
            Some(Joined::None | Joined::Many { .. }) | None => return Joined::None,
        },
    };
    match &join.by {
        By::Id(paths) => named(case, join, &Place::values(join.from, paths.clone()), &by_id),
        By::Name(paths) => named(case, join, &Place::values(join.from, paths.clone()), &by_name),
        By::Child(place) => named(case, join, place, &|case, join, name| by_name(case, join, &child_name(owner, name))),
        By::Parent => parent(case, join, owner),
        By::Children { all } => {
            let level = levels(owner.resource_type.as_str()) + 1;
            let direct = |child: &Resource| *all || levels(child.resource_type.as_str()) == level;
            Joined::Many { sure: inside(case, join, &owner.id, direct), maybe: Vec::new() }
        }
        By::Within(around) => {
            let up = levels(owner.resource_type.as_str()).checked_sub(levels(around.as_str()));
            let around = up.and_then(|up| if up == 0 { Some(owner.id.clone()) } else { owner.id.ancestor(up) });
            let sure = around.map(|id| inside(case, join, &id, |_| true)).unwrap_or_default();
            Joined::Many { sure, maybe: Vec::new() }
        }
        By::Referrers(paths) if case.assumptions().is_empty() => {
            case.seen.referrers[at].get_or_init(|| Referrers::of(case, join, paths)).to(owner)
        }
        By::Referrers(paths) => Referrers::of(case, join, paths).to(owner),
    }
}

/// What was found out about all resources of a deployment while a rule judged one of them.
pub(super) struct Seen<'m> {
    /// For each join of the rule.
    referrers: Vec<OnceCell<Referrers<'m>>>,
}

impl Seen<'_> {
    /// Nothing yet.
    pub(super) fn new(rule: &Rule) -> Self {
        Self { referrers: rule.joins.iter().map(|_| OnceCell::new()).collect() }
    }
}

/// The resources of some types, by the ids that they refer to.
struct Referrers<'m> {
    all: Vec<Referrer<'m>>,
    by_id: BTreeMap<ResourceId, Vec<usize>>,
    /// By the last names of those ids.
    by_last_name: LastNames<usize>,
}

/// A resource, and the ids that it refers to.
struct Referrer<'m> {
    target: Hit<'m>,
    ids: Vec<ResourceId>,
    /// Whether it may refer to more.
    stopped: bool,
    /// Why it cannot be told to whom it refers.
    cause: Option<Cause<'m>>,
}

impl<'m> Referrers<'m> {
    fn of(case: &Case<'m, '_>, join: &Join, paths: &[Path]) -> Self {
        let (mut all, mut by_id) = (Vec::new(), BTreeMap::<ResourceId, Vec<usize>>::new());
        let mut by_last_name = LastNames::default();
        for target in candidates(case, &join.resource) {
            let mut selected = Selected::default();
            paths.iter().for_each(|path| select(&target, path, case.assumptions(), &mut selected));
            let ids: Vec<ResourceId> = selected.hits.iter().filter_map(|hit| ResourceId::of(hit.value)).collect();
            for id in &ids {
                by_id.entry(id.clone()).or_default().push(all.len());
                by_last_name.add(id.last_name(), all.len());
            }
            if !selected.stops.is_empty() {
                by_last_name.add(None, all.len());
            }
            let cause = selected.hits.iter().chain(&selected.stops).find_map(|hit| Cause::unknown(hit.clone()));
            all.push(Referrer { target, ids, stopped: !selected.stops.is_empty(), cause });
        }
        Self { all, by_id, by_last_name }
    }

    /// Those that certainly refer to a resource, and why there may be more.
    fn to(&self, owner: &Resource) -> Joined<'m> {
        let certain: BTreeSet<usize> = self.by_id.get(&owner.id).into_iter().flatten().copied().collect();
        let may = |referrer: &Referrer<'m>| referrer.stopped || referrer.ids.iter().any(|id| id.is(&owner.id) == Truth::Unknown);
        let near: BTreeSet<usize> = self.by_last_name.near(&owner.id).collect();
        let others = near.difference(&certain).map(|&n| &self.all[n]);
        let maybe = others.filter(|referrer| may(referrer)).filter_map(|referrer| referrer.cause.clone()).collect();
        Joined::Many { sure: certain.iter().map(|&n| self.all[n].target.clone()).collect(), maybe }
    }
}

/// How well resources fit a name or id: those that certainly have it, and whether others may.
type Fit<'m> = (Vec<Hit<'m>>, bool);

/// The one resource that the value at a place names.
fn named<'m>(
    case: &Case<'m, '_>,
    join: &Join,
    place: &Place,
    fit: &dyn Fn(&Case<'m, '_>, &Join, &Value) -> Fit<'m>,
) -> Joined<'m> {
    let found = case.find_first(place, &[]);
    let Some(hit) = found.hits.into_iter().next() else {
        return found.stops.into_iter().next().map_or(Joined::None, Joined::Unknown);
    };
    let set = super::operator::is_set(hit.value);
    if set == Truth::False || matches!(hit.value.kind, ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_)) {
        return Joined::None;
    }
    let (mut sure, maybe) = fit(case, join, hit.value);
    let words = |words: String, hit: Hit<'m>| Joined::Unknown(Cause::new(Some(hit), Reason::Words(words.into())));
    match (sure.len(), sure.pop()) {
        (1, Some(target)) if target.owner.existing => Joined::Unknown(Cause::new(Some(hit), Reason::existing(target.owner))),
        (1, Some(target)) => Joined::One(target),
        (0, _) if set == Truth::Unknown || !is_text(hit.value) => match Cause::unknown(hit) {
            Some(cause) => Joined::Unknown(cause),
            None => Joined::None,
        },
        (0, _) if join.or_none && !maybe => Joined::None,
        (0, _) if maybe => {
            words(format!("whether `{}` is one of the resources deployed here depends on unknown names", shown(hit.value)), hit)
        }
        (0, _) => words(format!("`{}` is not in the files being linted", shown(hit.value)), hit),
        (_, _) => words(format!("several resources are `{}`", shown(hit.value)), hit),
    }
}

/// The full name of a child of that last name.
fn child_name(parent: &Resource, last: &Value) -> Value {
    let mut name = Text::new();
    name.push_value(&parent.name);
    name.push_known("/");
    name.push_value(last);
    name.into_value(&Why::Outside(shown(last).into()), last.origin.written)
}

/// Whether a value is a string, be it known in part.
fn is_text(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Str(_) => true,
        ValueKind::Unknown(unknown) => matches!(unknown.shape, Shape::Text(_)),
        _ => false,
    }
}

fn by_id<'m>(case: &Case<'m, '_>, join: &Join, value: &Value) -> Fit<'m> {
    let Some(id) = ResourceId::of(value) else { return (Vec::new(), false) };
    let fits = |resource: &Resource| is_type(resource, &join.resource) && resource.condition.holds != Truth::False;
    let sure: Vec<_> =
        case.model.with_id(&id).filter(|(_, resource)| fits(resource)).map(|(_, found)| Hit::root(found)).collect();
    // Where one certainly is, nobody asks for those that may be.
    let maybe = sure.is_empty() && case.model.maybe_with_id(&id, &join.resource).any(|(_, resource)| fits(resource));
    (sure, maybe)
}

fn by_name<'m>(case: &Case<'m, '_>, join: &Join, value: &Value) -> Fit<'m> {
    let same = |target: &Hit<'m>| super::operator::same(&target.owner.name, value, false);
    let (sure, others): (Vec<_>, Vec<_>) = candidates(case, &join.resource).partition(|target| same(target) == Truth::True);
    (sure, others.iter().any(|target| same(target) == Truth::Unknown))
}

/// The deployed resources of these types; `existing` ones too.
fn candidates<'m>(case: &Case<'m, '_>, types: &[Key]) -> impl Iterator<Item = Hit<'m>> {
    let found = types.iter().flat_map(|name| case.model.of_type(name.as_str())).map(|(_, resource)| resource);
    let found: Vec<Hit<'m>> = found.filter(|resource| resource.condition.holds != Truth::False).map(Hit::root).collect();
    found.into_iter()
}

fn is_type(resource: &Resource, types: &[Key]) -> bool {
    types.is_empty() || types.contains(&resource.resource_type)
}

/// The nearest resource around, which need not be the next one: a workspace between a service and an API may be in no template.
/// Of several types it is of that which is nearest by its name, so that no service stands in for a workspace.
fn parent<'m>(case: &Case<'m, '_>, join: &Join, owner: &'m Resource) -> Joined<'m> {
    let around = |name: &&Key| {
        let rest = owner.resource_type.as_str().get(name.as_str().len()..).is_some_and(|rest| rest.starts_with('/'));
        rest && owner.resource_type.as_str()[..name.as_str().len()].eq_ignore_ascii_case(name.as_str())
    };
    let nearest = join.resource.iter().filter(around).max_by_key(|name| name.as_str().len());
    let fits = |resource: &Resource| {
        let is_nearest = nearest.map_or(join.resource.is_empty(), |name| resource.resource_type == *name);
        is_nearest && resource.condition.holds != Truth::False
    };
    let around = case.model.around(&owner.id).map(|(_, resource)| resource).filter(|resource| fits(resource));
    // Of two declarations of one resource, the one that is deployed says more than the one that is read.
    if let Some(nearest) = around.max_by_key(|resource| (resource.id.as_str().len(), !resource.existing)) {
        return Joined::One(Hit::root(nearest));
    }
    let words = format!("the parent of `{}` is not in the files being linted", owner.display_name());
    if join.or_none { Joined::None } else { Joined::Unknown(Cause::new(None, Reason::Words(words.into()))) }
}

/// The deployed resources inside that of an id, in the order in which they are written.
fn inside<'m>(case: &Case<'m, '_>, join: &Join, id: &ResourceId, wanted: impl Fn(&Resource) -> bool) -> Vec<Hit<'m>> {
    let fits = |resource: &Resource| {
        is_type(resource, &join.resource) && !resource.existing && resource.condition.holds != Truth::False && wanted(resource)
    };
    let found = case.model.inside(id).map(|(_, resource)| resource).filter(|resource| fits(resource));
    let mut found: Vec<Hit<'m>> = found.map(Hit::root).collect();
    found.sort_by_key(|hit| (hit.owner.declared.file, hit.owner.declared.start));
    found
}

/// How many names the name of a resource of this type has: two of `Microsoft.ApiManagement/service/apis`.
fn levels(resource_type: &str) -> usize {
    resource_type.matches('/').count()
}

/// An id as a person would name it: provider, type and name.
fn shown(value: &Value) -> String {
    let text = match &value.kind {
        ValueKind::Str(text) => text.to_string(),
        ValueKind::Unknown(unknown) => unknown.display(),
        _ => String::new(),
    };
    match text.rfind("/providers/") {
        Some(at) => text[at + "/providers/".len()..].to_owned(),
        None => text,
    }
}
