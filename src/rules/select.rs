//! Where a path leads in a resource: to values, to nothing, or to an unknown behind which nobody can see.

use std::fmt::Write as _;

use smallvec::SmallVec;

use super::path::{Path, Step};
use super::policy::PolicyDocument;
use crate::model::Resource;
use crate::policy_xml::NodeIx;
use crate::source::Span;
use crate::value::{Key, Shape, Symbol, Unknown, Value, ValueKind};

/// A value in a resource, and the way to it.
#[derive(Debug, Clone)]
pub(super) struct Hit<'m> {
    /// The value.
    pub(super) value: &'m Value,
    /// The resource it was reached from.
    pub(super) owner: &'m Resource,
    /// The last value on the way that is written in the resource's own text: a variable that holds a whole object is
    /// written elsewhere, the expression that names the variable is written there.
    pub(super) placed: &'m Value,
    /// Whether the value is one that was assumed for an unknown.
    pub(super) assumed: bool,
    /// Whether its name is meant, not its value.
    pub(super) named: bool,
    /// The policy document that it is a part of, and the element that was selected in it.
    pub(super) policy: Option<(&'m PolicyDocument, NodeIx)>,
    way: Way<'m>,
}

/// The steps to a value: few paths of rules are longer.
type Way<'m> = SmallVec<[Crumb<'m>; 4]>;

/// A step that was taken.
#[derive(Debug, Clone, Copy)]
enum Crumb<'m> {
    Name(&'m Key),
    Index(usize),
    /// Into the policy document that a text is, to this element; `None` for its fault.
    Policy(&'m PolicyDocument, Option<NodeIx>),
}

/// Most paths lead to one value.
pub(super) type Hits<'m> = SmallVec<[Hit<'m>; 1]>;

/// What a path selects.
#[derive(Debug, Default)]
pub(super) struct Selected<'m> {
    /// The values, in the order in which they are written.
    pub(super) hits: Hits<'m>,
    /// The unknowns at which the walk ended before the path did: behind each there may be any number of hits.
    pub(super) stops: Vec<Hit<'m>>,
}

/// Values taken for unknowns while cases are told apart.
pub(super) type Assumptions<'m> = [(&'m Symbol, &'m Value)];

impl<'m> Hit<'m> {
    /// The whole of a resource.
    pub(super) fn root(owner: &'m Resource) -> Self {
        Self { value: &owner.body, owner, placed: &owner.body, assumed: false, named: false, policy: None, way: Way::new() }
    }

    /// Whether a path may lead anywhere from here. The outline of a resource tells it of most paths that do not.
    pub(super) fn may_lead(&self, path: &Path) -> bool {
        !std::ptr::eq(self.value, &*self.owner.body) || self.owner.body.may_lead(path.way())
    }

    /// Where it is written, seen from the resource: the value itself, or the expression in the resource that it comes from.
    pub(super) fn site(&self) -> Span {
        self.placed.origin.written
    }

    /// A part of the policy document that this text is: an element, or a fault.
    pub(super) fn within(&self, document: &'m PolicyDocument, node: Option<NodeIx>, value: &'m Value) -> Self {
        let mut way = Way::from_slice(&self.way);
        way.push(Crumb::Policy(document, node));
        let policy = Some((document, node.unwrap_or_default()));
        Self { value, owner: self.owner, placed: value, assumed: false, named: false, policy, way }
    }

    /// The way to it, dotted: `properties.additionalLocations[0].zones`.
    pub(super) fn path(&self) -> String {
        let mut out = String::new();
        for crumb in &self.way {
            match crumb {
                Crumb::Index(index) => _ = write!(out, "[{index}]"),
                Crumb::Name(name) if name.as_str().contains(['.', '[']) => _ = write!(out, "['{name}']"),
                Crumb::Name(name) => {
                    out.push_str(if out.is_empty() { "" } else { "." });
                    out.push_str(name.as_str());
                }
                Crumb::Policy(document, Some(node)) => out.push_str(&document.path(*node)),
                Crumb::Policy(_, None) => {}
            }
        }
        out
    }

    /// The name of the member that it is; `None` for an element and for the whole of a resource.
    pub(super) fn key(&self) -> Option<&'m str> {
        match self.way.last()? {
            Crumb::Name(name) => Some(name.as_str()),
            Crumb::Index(_) | Crumb::Policy(..) => None,
        }
    }

    /// The last name on the way to it.
    pub(super) fn last_name(&self) -> Option<&'m str> {
        self.way.iter().rev().find_map(|crumb| match crumb {
            Crumb::Name(name) => Some(name.as_str()),
            Crumb::Index(_) | Crumb::Policy(..) => None,
        })
    }
}

/// Walks `path` from `start`.
pub(super) fn select<'m>(start: &Hit<'m>, path: &Path, assumptions: &Assumptions<'m>, found: &mut Selected<'m>) {
    if !start.may_lead(path) {
        return;
    }
    let at = At { value: start.value, placed: start.placed, assumed: start.assumed };
    Walk { start, way: Way::from_slice(&start.way), assumptions, found }.go(at.assuming(assumptions), &path.steps);
}

/// A value on the way of a walk.
#[derive(Clone, Copy)]
struct At<'m> {
    value: &'m Value,
    placed: &'m Value,
    assumed: bool,
}

impl<'m> At<'m> {
    /// The same place, with the value that is assumed for an unknown.
    fn assuming(mut self, assumptions: &Assumptions<'m>) -> Self {
        // An assumed value may be unknown itself; a chain is not longer than the assumptions are.
        for _ in assumptions {
            let ValueKind::Unknown(unknown) = &self.value.kind else { break };
            let Some((_, value)) = assumptions.iter().find(|(symbol, _)| *symbol == unknown.symbol()) else { break };
            self.value = value;
            self.assumed = true;
        }
        self
    }
}

/// A walk along a path: most paths lead nowhere, so that only what is found is put together.
struct Walk<'w, 'm> {
    start: &'w Hit<'m>,
    way: Way<'m>,
    assumptions: &'w Assumptions<'m>,
    found: &'w mut Selected<'m>,
}

impl<'m> Walk<'_, 'm> {
    /// Takes the first of `steps` from `at`. A path is as deep as a rule file wrote it.
    fn go(&mut self, at: At<'m>, steps: &[Step]) {
        let Some((step, rest)) = steps.split_first() else {
            let hit = self.hit(at);
            return self.found.hits.push(hit);
        };
        match (step, &at.value.kind) {
            (Step::Name(name), ValueKind::Object(object)) => {
                if let Some((key, value)) = object.last_named(name) {
                    self.on(at, value, Crumb::Name(key), rest);
                }
            }
            (Step::Wildcard, ValueKind::Object(object)) => {
                object.iter().for_each(|(key, value)| self.on(at, value, Crumb::Name(key), rest));
            }
            (Step::Wildcard, ValueKind::Array(items)) => {
                items.iter().enumerate().for_each(|(index, value)| self.on(at, value, Crumb::Index(index), rest));
            }
            (Step::Index(index), ValueKind::Array(items)) => {
                let from_end = usize::try_from(index.unsigned_abs()).ok().and_then(|back| items.len().checked_sub(back));
                let index = if *index < 0 { from_end } else { usize::try_from(*index).ok() };
                if let Some((index, value)) = index.and_then(|index| Some((index, items.get(index)?))) {
                    self.on(at, value, Crumb::Index(index), rest);
                }
            }
            (_, ValueKind::Unknown(unknown)) => {
                if may_lead_on(step, unknown) {
                    let known = partly_known(step, unknown);
                    let complete = known.len() == 1 && matches!(step, Step::Name(_));
                    known.into_iter().for_each(|(value, crumb)| self.on(at, value, crumb, rest));
                    if !complete {
                        let stop = self.hit(at);
                        self.found.stops.push(stop);
                    }
                }
            }
            (Step::Name(_) | Step::Index(_) | Step::Wildcard, _) => {}
        }
    }

    /// Goes on one step further.
    fn on(&mut self, from: At<'m>, value: &'m Value, crumb: Crumb<'m>, rest: &[Step]) {
        // A part of a policy document stands where its characters do, whatever variable holds the text.
        let in_place = self.start.policy.is_some() || self.start.owner.declared.contains(&value.origin.written);
        let placed = if in_place { value } else { from.placed };
        self.way.push(crumb);
        self.go(At { value, placed, assumed: from.assumed }.assuming(self.assumptions), rest);
        self.way.pop();
    }

    fn hit(&self, at: At<'m>) -> Hit<'m> {
        let Hit { owner, policy, .. } = *self.start;
        // A path without steps leads to where it starts.
        let named = self.start.named && self.way.len() == self.start.way.len();
        Hit { value: at.value, owner, placed: at.placed, assumed: at.assumed, named, policy, way: Way::from_slice(&self.way) }
    }
}

/// Whether an unknown of this shape can have what the step asks for.
fn may_lead_on(step: &Step, unknown: &Unknown) -> bool {
    use crate::value::Type::{Array, Object};
    match (unknown.shape.type_of(), step) {
        (None, _) | (Some(Object), Step::Name(_) | Step::Wildcard) | (Some(Array), Step::Index(_) | Step::Wildcard) => true,
        (Some(_), Step::Name(_) | Step::Index(_) | Step::Wildcard) => false,
    }
}

/// What is certainly behind an unknown: named members that it has, elements of which only the order is open.
fn partly_known<'m>(step: &Step, unknown: &'m Unknown) -> Vec<(&'m Value, Crumb<'m>)> {
    match (step, &unknown.shape) {
        (Step::Name(name), Shape::Members(members)) => {
            members.last_named(name).map(|(key, value)| (value, Crumb::Name(key))).into_iter().collect()
        }
        (Step::Wildcard, Shape::Members(members)) => members.iter().map(|(key, value)| (value, Crumb::Name(key))).collect(),
        (Step::Wildcard, Shape::Items(items)) => items.iter().enumerate().map(|(n, item)| (item, Crumb::Index(n))).collect(),
        (Step::Name(_) | Step::Index(_) | Step::Wildcard, _) => Vec::new(),
    }
}
