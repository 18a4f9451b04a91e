//! Where the deployment goes: subscription, resource group, management group, tenant, and who deploys.

use std::sync::Arc;

use super::super::{FaultKind, Level, Scope};
use super::{Ask, Fault, Function, Run};
use crate::source::Span;
use crate::value::{Key, Object, Shape, Symbol, Text, Type, Unknown, Value, Why};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "subscription", arity: (0, 0), run: Run::Lazy(subscription) },
    Function { name: "resourceGroup", arity: (0, 0), run: Run::Lazy(resource_group) },
    Function { name: "managementGroup", arity: (0, 0), run: Run::Lazy(management_group) },
    Function { name: "tenant", arity: (0, 0), run: Run::Lazy(tenant) },
    Function { name: "deployer", arity: (0, 0), run: Run::Lazy(deployer) },
];

/// The number of characters of a GUID, which the ids of subscriptions and tenants are.
const GUID: (usize, Option<usize>) = (36, Some(36));
/// A resource group's name ("Naming rules and restrictions for Azure resources", Microsoft.Resources).
const RESOURCE_GROUP: (usize, Option<usize>) = (1, Some(90));
/// A management group's name (the same page, Microsoft.Management).
const MANAGEMENT_GROUP: (usize, Option<usize>) = (1, Some(90));

/// A string that only the deployment knows, named `symbol`.
fn string(symbol: Symbol, (least, most): (usize, Option<usize>), why: &str, at: Span) -> Value {
    let mut text = Text::new();
    text.push_hole(symbol, least, most);
    text.into_value(&Why::Runtime(why.into()), at)
}

/// A part of the context, or the unknown that stands for it in every scope that does not say otherwise.
fn known_or(given: Option<&Value>, symbol: &str, lengths: (usize, Option<usize>), at: Span) -> Value {
    match given {
        Some(value) => value.clone(),
        None => string(Symbol::new(symbol), lengths, symbol, at),
    }
}

/// The id of the subscription.
pub(super) fn subscription_id(scope: &Scope, at: Span) -> Value {
    known_or(scope.context.subscription.as_ref(), "subscription().subscriptionId", GUID, at)
}

/// The name of the resource group.
pub(super) fn resource_group_name(scope: &Scope, at: Span) -> Value {
    known_or(scope.context.resource_group.as_ref(), "resourceGroup().name", RESOURCE_GROUP, at)
}

/// The name of the management group.
pub(super) fn management_group_name(scope: &Scope, at: Span) -> Value {
    known_or(scope.context.management_group.as_ref(), "managementGroup().name", MANAGEMENT_GROUP, at)
}

fn tenant_id(scope: &Scope, at: Span) -> Value {
    known_or(scope.context.tenant.as_ref(), "tenant().tenantId", GUID, at)
}

/// A text of names and values in turn: `/subscriptions/` and an id, …
pub(super) fn path(parts: &[(&str, &Value)]) -> Text {
    let mut text = Text::new();
    for (label, value) in parts {
        text.push_known(label);
        text.push_value(value);
    }
    text
}

/// An object of which these members are known. Which one it is among all of its kind is said by `given`, the parts of the
/// context that name it; what is not given names itself.
struct Place {
    function: &'static str,
    head: String,
    at: Span,
    members: Object,
}

impl Place {
    fn new(function: &'static str, given: &[Option<&Value>], own: &[&str], at: Span) -> Self {
        // A value that is the scope's own name for itself says nothing.
        let says = |(value, own): (&Option<&Value>, &&str)| {
            value.filter(|value| value.as_unknown().is_none_or(|unknown| unknown.symbol().as_str() != *own)).map(Value::canonical)
        };
        let said: Vec<_> = given.iter().zip(own).map(says).collect();
        let head = if said.iter().all(Option::is_none) {
            format!("{function}()")
        } else {
            format!("{function}({})", said.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join(","))
        };
        Self { function, head, at, members: Object::new() }
    }

    fn know(&mut self, name: &str, value: Value) {
        self.members.insert(Key::from(name), value);
    }

    fn id(&mut self, id: Text) {
        let id = id.into_value(&Why::Runtime(format!("{}().id", self.function).into()), self.at);
        self.know("id", id);
    }

    /// A member that is a string and no more is known.
    fn some_string(&mut self, name: &str) {
        let symbol = Symbol::new(format!("{}.{}", self.head, name.to_ascii_lowercase()));
        let why = Why::Runtime(format!("{}().{name}", self.function).into());
        self.know(name, Value::unknown(Unknown::named(why, symbol).shaped(Shape::Of(Type::String)), self.at));
    }

    fn finish(self) -> Value {
        let why = Why::Runtime(format!("{}()", self.function).into());
        let shape = Shape::Members(Arc::new(self.members));
        Value::unknown(Unknown::new(why, self.head).shaped(shape), self.at)
    }
}

/// Refuses a function at a level that it does not exist at.
fn at_level(ask: &Ask<'_>, levels: &[Level], wanted: &str) -> Result<(), Fault> {
    if levels.contains(&ask.scope.context.level) {
        return Ok(());
    }
    Err(ask.fault_at_name(FaultKind::Scope, format!("`{}` can only be used in a deployment to {wanted}", ask.call.name)))
}

fn subscription(ask: &Ask<'_>) -> Result<Value, Fault> {
    at_level(ask, &[Level::ResourceGroup, Level::Subscription], "a resource group or a subscription")?;
    Ok(ask.scope.of_place("subscription", ask.at, || subscription_at(ask.scope, ask.at)))
}

fn subscription_at(scope: &Scope, at: Span) -> Value {
    let id = subscription_id(scope, at);
    let given = scope.context.subscription.as_ref();
    let mut place = Place::new("subscription", &[given], &["subscription().subscriptionId"], at);
    place.id(path(&[("/subscriptions/", &id)]));
    place.know("subscriptionId", id);
    place.know("tenantId", tenant_id(scope, at));
    place.some_string("displayName");
    place.finish()
}

fn resource_group(ask: &Ask<'_>) -> Result<Value, Fault> {
    at_level(ask, &[Level::ResourceGroup], "a resource group")?;
    Ok(ask.scope.of_place("resourceGroup", ask.at, || resource_group_at(ask.scope, ask.at)))
}

fn resource_group_at(scope: &Scope, at: Span) -> Value {
    let (subscription, name) = (subscription_id(scope, at), resource_group_name(scope, at));
    let given = [scope.context.subscription.as_ref(), scope.context.resource_group.as_ref()];
    let own = ["subscription().subscriptionId", "resourceGroup().name"];
    let mut place = Place::new("resourceGroup", &given, &own, at);
    place.id(path(&[("/subscriptions/", &subscription), ("/resourceGroups/", &name)]));
    place.know("name", name);
    place.know("type", Value::string("Microsoft.Resources/resourceGroups", at));
    match &scope.context.location {
        Some(location) => place.know("location", location.clone()),
        None => {
            let symbol = Symbol::new(format!("{}.location", place.head));
            place.know("location", string(symbol, (1, None), "resourceGroup().location", at));
        }
    }
    place.finish()
}

fn management_group(ask: &Ask<'_>) -> Result<Value, Fault> {
    at_level(ask, &[Level::ManagementGroup], "a management group")?;
    let (scope, at) = (ask.scope, ask.at);
    let name = management_group_name(scope, at);
    let given = scope.context.management_group.as_ref();
    let mut place = Place::new("managementGroup", &[given], &["managementGroup().name"], at);
    place.id(path(&[("/providers/Microsoft.Management/managementGroups/", &name)]));
    place.know("name", name);
    place.know("type", Value::string("/providers/Microsoft.Management/managementGroups", at));
    Ok(place.finish())
}

fn tenant(ask: &Ask<'_>) -> Result<Value, Fault> {
    let (scope, at) = (ask.scope, ask.at);
    let id = tenant_id(scope, at);
    let mut place = Place::new("tenant", &[scope.context.tenant.as_ref()], &["tenant().tenantId"], at);
    place.id(path(&[("/tenants/", &id)]));
    place.know("tenantId", id);
    place.some_string("countryCode");
    place.some_string("displayName");
    Ok(place.finish())
}

fn deployer(ask: &Ask<'_>) -> Result<Value, Fault> {
    let known = ask.scope.context.deployer.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let mut place = Place { function: "deployer", head: "deployer()".to_owned(), at: ask.at, members: known };
    for (name, symbol) in [("objectId", "deployer().objectid"), ("tenantId", "deployer().tenantid")] {
        if place.members.get(name).is_none() {
            place.know(name, string(Symbol::new(symbol), GUID, &format!("deployer().{name}"), ask.at));
        }
    }
    Ok(place.finish())
}
