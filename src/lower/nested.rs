//! Deployments of a deployment: which template, with which values, to which place.

use std::rc::Rc;
use std::sync::Arc;

use super::Closed;
use super::blueprint::{Blueprint, Content, Entry, HandedParameter, Nested, ResourcePlan};
use super::instance::{Instance, Opened};
use super::parameters::{From, Handing, bind, hide_missing, secret};
use super::place::Place;
use crate::eval::{Context, Frame, Level};
use crate::expr::{Expr, ExprKind};
use crate::source::Span;
use crate::value::{Key, Object, Symbol, Text, Value, Why};

/// How deep deployments may deploy deployments. Azure stops at 5 levels of nesting; templates that are wrong may go on for ever.
const MAX_DEPTH: usize = 16;
/// Through how many variables an address is followed.
const MAX_VARIABLES: u32 = 8;
/// How the id of a management group starts, from the provider on.
const MANAGEMENT_GROUPS: &str = "microsoft.management/managementgroups/";

impl Instance {
    /// What a deployment resource deploys, in one copy of it. The same instance at every call.
    pub(super) fn open(self: &Rc<Self>, plan: &ResourcePlan, frame: &Frame) -> Option<Opened> {
        let nested = plan.nested.as_ref()?;
        let key = copy_key(plan, frame);
        if let Some(known) = self.nested.borrow().get(&key) {
            return Some(known.clone());
        }
        // NOTE: a deployment that is being opened is asked for again where its parameters need its own outputs.
        let _busy = self.busy(&format!("open {key}"))?;
        if self.lineage.len() >= MAX_DEPTH {
            self.budget.exceed();
            return None;
        }
        if !self.budget.deployment() {
            return None;
        }
        let opened = self.with_errors(true, || self.deploy(plan, nested, frame, &key));
        self.nested.borrow_mut().insert(key, opened.clone());
        Some(opened)
    }

    fn deploy(self: &Rc<Self>, plan: &ResourcePlan, nested: &Nested, frame: &Frame, key: &str) -> Opened {
        let blueprint = match self.content(nested, frame) {
            Ok(blueprint) => blueprint,
            Err(closed) => return Opened::Closed(closed),
        };
        let place = self.inner_place(plan, frame, &blueprint);
        if !nested.inner {
            let (scope, origin) = (Rc::clone(&self.scope), self.origin_of_nested(String::new()));
            return Opened::Instance(Rc::new(Self::with_scope(&blueprint, scope, frame.clone(), place, origin)));
        }
        let given = self.hand_over(nested, frame);
        let context = self.inner_context(plan, frame, &place);
        let qualifier = format!("{}{key}:", self.scope.qualifier.trim_end_matches(':'));
        let mut parameters = bind(&blueprint, &given);
        if nested.parameters_elsewhere {
            hide_missing(&mut parameters, &qualifier);
        }
        Opened::Instance(Self::build(&blueprint, parameters, context, place, self.origin_of_nested(qualifier)))
    }

    fn content(&self, nested: &Nested, frame: &Frame) -> Result<Arc<Blueprint>, Closed> {
        match &nested.content {
            Content::Template(blueprint) => Ok(Arc::clone(blueprint)),
            Content::Made => Err(Closed::Hidden("an expression makes it")),
            Content::Missing => Err(Closed::Hidden("it is not given")),
            Content::Link { relative, uri, at } => {
                let target = relative.as_ref().or(uri.as_ref()).map(|expr| self.evaluate(expr, frame));
                let target = target.ok_or(Closed::Hidden("its link has no address"))?;
                let opened = self.links.open(*at, &target, relative.is_some());
                // Of `uri(base, 'x.json')` nothing is known where the base is not, but for the file that it ends in.
                let ending = || uri.as_ref().and_then(|uri| self.ending(uri, 0)).map(|ending| self.evaluate(ending, frame));
                let blueprint = opened.or_else(|closed| {
                    let again = ending().and_then(|ending| self.links.open(*at, &ending, false).ok());
                    again.ok_or(closed)
                })?;
                let around = self.lineage.iter().chain([&self.blueprint.span]);
                if around.into_iter().any(|template| *template == blueprint.span) {
                    return Err(Closed::Circular);
                }
                Ok(blueprint)
            }
        }
    }

    /// The second argument of the call of `uri` that an address is, directly or as a variable.
    fn ending<'e>(&'e self, address: &'e Expr, depth: u32) -> Option<&'e Expr> {
        let ExprKind::Call(call) = &address.kind else { return None };
        match (call.name.to_ascii_lowercase().as_str(), &call.args[..]) {
            ("uri", [_, ending]) => Some(ending),
            ("variables", [Expr { kind: ExprKind::Str(name), .. }]) if depth < MAX_VARIABLES => {
                let (_, variable) = self.scope.variables.iter().rfind(|(known, _)| known.is(name))?;
                self.ending(variable, depth + 1)
            }
            _ => None,
        }
    }

    fn hand_over(&self, nested: &Nested, frame: &Frame) -> Vec<Handing> {
        let hand = |parameter: &HandedParameter| {
            let hidden = || secret(&parameter.name, parameter.name_span, &self.scope.qualifier);
            let value = match &parameter.entry {
                Entry::Value(expr) => Some(self.evaluate(expr, frame)),
                Entry::Secret => Some(hidden()),
                Entry::Made(expr) => Some(self.scope.hand_over(expr, frame, &hidden)).filter(|value| !value.is_null()),
            };
            Some(Handing { name: parameter.name.clone(), value: value?, from: From::Deployment })
        };
        nested.parameters.iter().filter_map(hand).collect()
    }

    /// The place that a deployment resource deploys to ("Set scope for extension resources", "Deploy to multiple scopes").
    fn inner_place(&self, plan: &ResourcePlan, frame: &Frame, blueprint: &Blueprint) -> Place {
        let mut place = self.place_of(plan, frame);
        let scope = plan.member("scope").map(|expr| self.evaluate(expr, frame));
        let group = scope.as_ref().and_then(|scope| management_group(scope, plan.declared));
        if let Some(group) = group {
            place.level = Level::ManagementGroup;
            place.management_group = group;
        } else if scope.as_ref().and_then(Value::as_str) == Some("/") {
            place.level = Level::Tenant;
        } else if plan.member("resourceGroup").is_some() {
            place.level = Level::ResourceGroup;
        } else if plan.member("subscriptionId").is_some() {
            place.level = Level::Subscription;
        }
        // A template that names its scope knows best: `subscriptionDeploymentTemplate.json` inside a resource group is an error of its own.
        if blueprint.level != Level::ResourceGroup {
            place.level = blueprint.level;
        }
        place
    }

    fn inner_context(&self, plan: &ResourcePlan, frame: &Frame, place: &Place) -> Context {
        let around = &self.scope.context;
        let name = plan.member("name").map(|expr| self.evaluate(expr, frame));
        let moved = plan.member("resourceGroup").is_some() || plan.member("subscriptionId").is_some();
        let mut deployment = Object::new();
        if let Some(name) = name {
            deployment.insert(Key::from("name"), name);
        }
        Context {
            level: place.level,
            subscription: Some(place.subscription.clone()),
            tenant: around.tenant.clone(),
            resource_group: Some(place.resource_group.clone()),
            location: if moved { Some(foreign_location(place, plan.declared)) } else { around.location.clone() },
            management_group: Some(place.management_group.clone()),
            deployment: Some(Value::object(deployment, plan.declared)),
            deployer: around.deployer.clone(),
        }
    }
}

/// What tells the copies of a resource in one deployment apart.
pub(super) fn copy_key(plan: &ResourcePlan, frame: &Frame) -> String {
    frame.copies.iter().fold(plan.pointer.to_string(), |key, (name, index)| format!("{key}#{name}={}", index.canonical()))
}

/// The name of the management group that a `scope` means, be it known in part.
fn management_group(scope: &Value, at: Span) -> Option<Value> {
    let mut text = Text::new();
    text.push_value(scope);
    let head = text.prefix().to_ascii_lowercase();
    let start = head.find(MANAGEMENT_GROUPS)? + MANAGEMENT_GROUPS.len();
    let parts = text.split('/');
    let [name] = parts.get(head[..start].matches('/').count()..)? else { return None };
    let why = scope.as_unknown().map_or_else(|| Why::Runtime("managementGroup().name".into()), |unknown| unknown.why.clone());
    Some(name.clone().into_value(&why, at))
}

/// The location of another resource group than that of the deployment: unknown, equal to itself, and never empty.
fn foreign_location(place: &Place, at: Span) -> Value {
    let symbol = format!("location({},{})", place.subscription.canonical(), place.resource_group.canonical());
    let mut text = Text::new();
    text.push_hole(Symbol::new(symbol), 1, None);
    text.into_value(&Why::Runtime("resourceGroup().location".into()), at)
}
