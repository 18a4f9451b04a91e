//! Where a path leads in a resource: to values, to nothing, or to an unknown behind which nobody can see.

use std::fmt::Write as _;

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
    way: Vec<Crumb<'m>>,
}

/// A step that was taken.
#[derive(Debug, Clone, Copy)]
enum Crumb<'m> {
    Name(&'m Key),
    Index(usize),
    /// Into the policy document that a text is, to this element; `None` for its fault.
    Policy(&'m PolicyDocument, Option<NodeIx>),
}

/// What a path selects.
#[derive(Debug, Default)]
pub(super) struct Selected<'m> {
    /// The values, in the order in which they are written.
    pub(super) hits: Vec<Hit<'m>>,
    /// The unknowns at which the walk ended before the path did: behind each there may be any number of hits.
    pub(super) stops: Vec<Hit<'m>>,
}

/// Values taken for unknowns while cases are told apart.
pub(super) type Assumptions<'m> = [(&'m Symbol, &'m Value)];

impl<'m> Hit<'m> {
    /// The whole of a resource.
    pub(super) fn root(owner: &'m Resource) -> Self {
        Self { value: &owner.body, owner, placed: &owner.body, assumed: false, named: false, policy: None, way: Vec::new() }
    }

    /// Where it is written, seen from the resource: the value itself, or the expression in the resource that it comes from.
    pub(super) fn site(&self) -> Span {
        self.placed.origin.written
    }

    /// The same place, where its name is meant (`named`) or its value.
    pub(super) fn meant(self, named: bool) -> Self {
        Self { named, ..self }
    }

    /// A part of the policy document that this text is: an element, or a fault.
    pub(super) fn within(&self, document: &'m PolicyDocument, node: Option<NodeIx>, value: &'m Value) -> Self {
        let mut way = self.way.clone();
        way.push(Crumb::Policy(document, node));
        let policy = Some((document, node.unwrap_or_default()));
        Self { value, owner: self.owner, placed: value, assumed: false, named: false, policy, way }
    }

    /// The way to it, dotted: `properties.additionalLocations[0].zones`.
    pub(super) fn path(&self) -> String {
        let mut out = String::new();
        for crumb in &self.way {
            let _ = match crumb {
                Crumb::Index(index) => write!(out, "[{index}]"),
                Crumb::Name(name) if name.as_str().contains(['.', '[']) => write!(out, "['{name}']"),
                Crumb::Name(name) if out.is_empty() => write!(out, "{name}"),
                Crumb::Name(name) => write!(out, ".{name}"),
                Crumb::Policy(document, Some(node)) => write!(out, "{}", document.path(*node)),
                Crumb::Policy(_, None) => Ok(()),
            };
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

    /// The same place, with the value that is assumed for an unknown.
    fn assuming(mut self, assumptions: &Assumptions<'m>) -> Self {
        // An assumed value may be unknown itself; a chain is not longer than the assumptions are.
        for _ in assumptions {
            let ValueKind::Unknown(unknown) = &self.value.kind else { break };
            let Some((_, value)) = assumptions.iter().find(|(symbol, _)| **symbol == unknown.symbol) else { break };
            self.value = value;
            self.assumed = true;
        }
        self
    }

    /// The place one step further.
    fn child(mut self, value: &'m Value, crumb: Crumb<'m>) -> Self {
        self.way.push(crumb);
        // A part of a policy document stands where its characters do, whatever variable holds the text.
        let in_place = self.policy.is_some() || self.owner.declared.contains(&value.origin.written);
        let placed = if in_place { value } else { self.placed };
        Self { value, placed, named: false, ..self }
    }
}

/// Walks `path` from `start`.
pub(super) fn select<'m>(start: &Hit<'m>, path: &Path, assumptions: &Assumptions<'m>, found: &mut Selected<'m>) {
    walk(start.clone().assuming(assumptions), &path.steps, assumptions, found);
}

/// Takes the first of `steps` from `at`. A path is as deep as a rule file wrote it.
fn walk<'m>(at: Hit<'m>, steps: &[Step], assumptions: &Assumptions<'m>, found: &mut Selected<'m>) {
    let Some((step, rest)) = steps.split_first() else {
        found.hits.push(at);
        return;
    };
    if let (Step::Name(name), ValueKind::Object(object)) = (step, &at.value.kind) {
        // There is one way on, so that the way so far need not be copied.
        if let Some((key, value)) = object.iter().rev().find(|(key, _)| key.is(name)) {
            walk(at.child(value, Crumb::Name(key)).assuming(assumptions), rest, assumptions, found);
        }
        return;
    }
    let mut go = |value: &'m Value, crumb: Crumb<'m>| {
        walk(at.clone().child(value, crumb).assuming(assumptions), rest, assumptions, found);
    };
    match (step, &at.value.kind) {
        (Step::Wildcard, ValueKind::Object(object)) => object.iter().for_each(|(key, value)| go(value, Crumb::Name(key))),
        (Step::Wildcard, ValueKind::Array(items)) => {
            items.iter().enumerate().for_each(|(index, value)| go(value, Crumb::Index(index)));
        }
        (Step::Index(index), ValueKind::Array(items)) => {
            let from_end = usize::try_from(index.unsigned_abs()).ok().and_then(|back| items.len().checked_sub(back));
            let index = if *index < 0 { from_end } else { usize::try_from(*index).ok() };
            if let Some((index, value)) = index.and_then(|index| Some((index, items.get(index)?))) {
                go(value, Crumb::Index(index));
            }
        }
        (_, ValueKind::Unknown(unknown)) => {
            if may_lead_on(step, unknown) {
                let known = partly_known(step, unknown);
                let complete = known.len() == 1 && matches!(step, Step::Name(_));
                known.into_iter().for_each(|(value, crumb)| go(value, crumb));
                if !complete {
                    found.stops.push(at);
                }
            }
        }
        (Step::Name(_) | Step::Index(_) | Step::Wildcard, _) => {}
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
            let member = members.iter().rev().find(|(key, _)| key.is(name));
            member.map(|(key, value)| (value, Crumb::Name(key))).into_iter().collect()
        }
        (Step::Wildcard, Shape::Members(members)) => members.iter().map(|(key, value)| (value, Crumb::Name(key))).collect(),
        (Step::Wildcard, Shape::Items(items)) => items.iter().enumerate().map(|(n, item)| (item, Crumb::Index(n))).collect(),
        (Step::Name(_) | Step::Index(_) | Step::Wildcard, _) => Vec::new(),
    }
}
