//! Ids of resources, and what only Azure knows of them.
//!
//! An id is a text of known pieces and holes, so that the id of a resource whose name is unknown is still the same text
//! wherever it is written the same way. The forms are those of "Resource functions for ARM templates".

use super::super::{FaultKind, Level, Place, symbol};
use super::scope::{management_group_name, path, resource_group_name, subscription_id};
use super::{Ask, Fault, Function, MANY, Run};
use crate::value::{Origin, Shape, Text, Type, Value, Why};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "resourceId", arity: (2, MANY), run: Run::Lazy(resource_id) },
    Function { name: "subscriptionResourceId", arity: (2, MANY), run: Run::Lazy(subscription_resource_id) },
    Function { name: "managementGroupResourceId", arity: (2, MANY), run: Run::Lazy(management_group_resource_id) },
    Function { name: "tenantResourceId", arity: (2, MANY), run: Run::Lazy(tenant_resource_id) },
    Function { name: "extensionResourceId", arity: (3, MANY), run: Run::Lazy(extension_resource_id) },
    Function { name: "reference", arity: (1, 3), run: Run::Lazy(reference) },
    Function { name: "references", arity: (1, 2), run: Run::Lazy(references) },
    Function { name: "resourceInfo", arity: (1, 1), run: Run::Lazy(resource_info) },
    Function { name: "extensions", arity: (1, 1), run: Run::Lazy(extensions) },
    Function { name: "providers", arity: (1, 2), run: Run::Lazy(|ask| asked(ask, Shape::Of(Type::Object))) },
    Function { name: "pickZones", arity: (3, 5), run: Run::Lazy(|ask| asked(ask, Shape::Of(Type::Array))) },
    Function { name: "roleDefinitions", arity: (1, 1), run: Run::Lazy(|ask| asked(ask, Shape::Of(Type::Object))) },
    Function { name: "toLogicalZone", arity: (3, 3), run: Run::Lazy(|ask| asked(ask, Shape::Of(Type::String))) },
    Function { name: "toLogicalZones", arity: (3, 3), run: Run::Lazy(|ask| asked(ask, Shape::Of(Type::Array))) },
    Function { name: "toPhysicalZone", arity: (3, 3), run: Run::Lazy(|ask| asked(ask, Shape::Of(Type::String))) },
    Function { name: "toPhysicalZones", arity: (3, 3), run: Run::Lazy(|ask| asked(ask, Shape::Of(Type::Array))) },
];

/// Every function whose name starts with `list` and that is no other: an operation of a resource that returns secrets.
pub(super) const LIST: Function = Function { name: "list*", arity: (2, 3), run: Run::Lazy(list) };

/// The places where what a deployed resource knows may be asked for.
const DEPLOYED: &[Place] = &[Place::Template];

/// The arguments of a call that makes an id: what stands before the type, the type and its names.
struct Parts<'v> {
    before: &'v [Value],
    resource_type: &'v str,
    names: &'v [Value],
}

/// Finds the type among the arguments: the first known one with a `/`, after at most `before` others.
///
/// `None` where an unknown argument may be the type.
fn parts<'v>(ask: &Ask<'_>, args: &'v [Value], before: usize) -> Result<Option<Parts<'v>>, Fault> {
    for (index, value) in args.iter().enumerate() {
        if value.type_of().is_some_and(|kind| kind != Type::String) {
            return Err(ask.wrong_type(value, index, "a string"));
        }
    }
    let is_type = |value: &Value| value.as_str().is_some_and(|text| text.contains('/'));
    let found = args.iter().take(before + 1).position(is_type);
    let Some((place, resource_type)) = found.and_then(|place| Some((place, args.get(place)?.as_str()?))) else {
        if args.iter().take(before + 1).any(Value::is_unknown) {
            return Ok(None);
        }
        return Err(ask.fault(
            FaultKind::InvalidArguments,
            before.min(args.len() - 1),
            "is no resource type such as `Microsoft.ApiManagement/service`",
        ));
    };
    let names = &args[place + 1..];
    let wanted = resource_type.trim_matches('/').split('/').count() - 1;
    if names.len() != wanted {
        if args[..place].iter().any(Value::is_unknown) {
            return Ok(None);
        }
        let problem = format!("has {wanted} {}, and {} given", if wanted == 1 { "name" } else { "names" }, given(names.len()));
        return Err(ask.fault(FaultKind::InvalidArguments, place, &problem));
    }
    Ok(Some(Parts { before: &args[..place], resource_type, names }))
}

fn given(count: usize) -> String {
    if count == 1 { "1 is".to_owned() } else { format!("{count} are") }
}

/// `scope/providers/namespace/type/name/type/name`
fn id(ask: &Ask<'_>, scope: &Text, parts: &Parts<'_>, args: &[Value]) -> Value {
    let mut text = scope.clone();
    text.push_known("/providers/");
    let mut segments = parts.resource_type.trim_matches('/').split('/');
    text.push_known(segments.next().unwrap_or_default());
    for (kind, name) in segments.zip(parts.names) {
        text.push_known("/");
        text.push_known(kind);
        text.push_known("/");
        text.push_value(name);
    }
    text.into_value(&why(ask, args), ask.at)
}

/// The reason of the first unknown argument, else the function, which depends on the place of the deployment.
fn why(ask: &Ask<'_>, args: &[Value]) -> Why {
    let first = args.iter().find_map(Value::first_unknown);
    first.map_or_else(|| Why::Runtime(format!("{}()", ask.call.name).into()), |unknown| unknown.why.clone())
}

/// An id whose type is not known: it depends on the arguments and on the place of the deployment.
fn unknown_id(ask: &Ask<'_>, args: &[Value]) -> Value {
    let place = own_scope(ask).canonical();
    let symbol = symbol::of_call(&format!("{}@{place}", ask.call.name), args);
    ask.unknown_as(why(ask, args), symbol, Shape::Of(Type::String))
}

/// The scope that resources of this deployment are in.
fn own_scope(ask: &Ask<'_>) -> Text {
    let (scope, at) = (ask.scope, ask.at);
    match scope.context.level {
        Level::ResourceGroup => {
            path(&[("/subscriptions/", &subscription_id(scope, at)), ("/resourceGroups/", &resource_group_name(scope, at))])
        }
        Level::Subscription => path(&[("/subscriptions/", &subscription_id(scope, at))]),
        // At these two the function gives an id of the tenant.
        Level::ManagementGroup | Level::Tenant => Text::new(),
    }
}

fn resource_id(ask: &Ask<'_>) -> Result<Value, Fault> {
    let args = ask.args();
    let Some(parts) = parts(ask, &args, 2)? else { return Ok(unknown_id(ask, &args)) };
    let (scope, at) = (ask.scope, ask.at);
    let scope = match parts.before {
        [] => own_scope(ask),
        [first] if is_subscription(ask, first) => path(&[("/subscriptions/", first)]),
        // NOTE: an unknown string that turns out to be a GUID would be a subscription; nobody calls a resource group that.
        [group] => path(&[("/subscriptions/", &subscription_id(scope, at)), ("/resourceGroups/", group)]),
        [subscription, group, ..] => path(&[("/subscriptions/", subscription), ("/resourceGroups/", group)]),
    };
    Ok(id(ask, &scope, &parts, &args))
}

/// Whether a lone argument before the type is a subscription and no resource group.
fn is_subscription(ask: &Ask<'_>, value: &Value) -> bool {
    match value.as_str() {
        Some(text) => is_guid(text),
        None => {
            ask.scope.context.level != Level::ResourceGroup || value.canonical() == subscription_id(ask.scope, ask.at).canonical()
        }
    }
}

fn is_guid(text: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if dashes.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

fn subscription_resource_id(ask: &Ask<'_>) -> Result<Value, Fault> {
    let args = ask.args();
    let Some(parts) = parts(ask, &args, 1)? else { return Ok(unknown_id(ask, &args)) };
    let own = subscription_id(ask.scope, ask.at);
    let scope = path(&[("/subscriptions/", parts.before.first().unwrap_or(&own))]);
    Ok(id(ask, &scope, &parts, &args))
}

fn management_group_resource_id(ask: &Ask<'_>) -> Result<Value, Fault> {
    let args = ask.args();
    let Some(parts) = parts(ask, &args, 1)? else { return Ok(unknown_id(ask, &args)) };
    let own = management_group_name(ask.scope, ask.at);
    let scope = path(&[("/providers/Microsoft.Management/managementGroups/", parts.before.first().unwrap_or(&own))]);
    Ok(id(ask, &scope, &parts, &args))
}

fn tenant_resource_id(ask: &Ask<'_>) -> Result<Value, Fault> {
    let args = ask.args();
    let Some(parts) = parts(ask, &args, 0)? else { return Ok(unknown_id(ask, &args)) };
    Ok(id(ask, &Text::new(), &parts, &args))
}

fn extension_resource_id(ask: &Ask<'_>) -> Result<Value, Fault> {
    let args = ask.args();
    let Some((base, rest)) = args.split_first() else { return Ok(unknown_id(ask, &args)) };
    if base.type_of().is_some_and(|kind| kind != Type::String) {
        return Err(ask.wrong_type(base, 0, "a string"));
    }
    let Some(parts) = parts(ask, rest, 0)? else { return Ok(unknown_id(ask, &args)) };
    let scope = match base.as_str() {
        Some(known) => path(&[(known.trim_end_matches('/'), &Value::string("", ask.at))]),
        None => path(&[("", base)]),
    };
    Ok(id(ask, &scope, &parts, &args))
}

/// `reference(target, apiVersion?, 'Full'?)`: asked of the resources of the deployment, then of Azure.
fn reference(ask: &Ask<'_>) -> Result<Value, Fault> {
    ask.allowed_in(DEPLOYED)?;
    let args = ask.args();
    answer(ask, &args, 2, |deployed, target, full| deployed.reference(target, full))
}

/// `references(symbolicName, 'Full'?)`
fn references(ask: &Ask<'_>) -> Result<Value, Fault> {
    ask.allowed_in(DEPLOYED)?;
    let args = ask.args();
    answer(ask, &args, 1, |deployed, target, full| deployed.references(target, full))
}

fn answer(
    ask: &Ask<'_>,
    args: &[Value],
    full_at: usize,
    from: impl FnOnce(&dyn super::super::Deployed, &Value, bool) -> Option<Value>,
) -> Result<Value, Fault> {
    let Some(target) = args.first() else { return Err(ask.fault(FaultKind::Arity, 0, "is missing")) };
    ask.string(target, 0)?;
    let full = match args.get(full_at) {
        None => Some(false),
        Some(value) => ask.string(value, full_at)?.map(|word| word.eq_ignore_ascii_case("Full")),
    };
    let found = full.and_then(|full| from(ask.scope.deployed.as_deref()?, target, full));
    if let Some(mut value) = found {
        value.origin.written = ask.at;
        return Ok(value);
    }
    let shape = if full_at == 1 { Type::Array } else { Type::Object };
    Ok(of_resource(ask, args, Shape::Of(shape)))
}

/// `resourceInfo(symbolicName)`: id, name, type and API version, which Bicep asks for instead of writing them down again
/// (feature `resourceInfoCodegen`). Nothing of it waits for the deployment.
fn resource_info(ask: &Ask<'_>) -> Result<Value, Fault> {
    let args = ask.args();
    let Some(target) = args.first() else { return Err(ask.fault(FaultKind::Arity, 0, "is missing")) };
    ask.string(target, 0)?;
    match ask.scope.deployed.as_deref().and_then(|deployed| deployed.info(target)) {
        Some(info) => Ok(Value { origin: Origin { written: ask.at, via: info.origin.via }, ..info }),
        None => Ok(of_resource(ask, &args, Shape::Of(Type::Object))),
    }
}

/// `extensions(name)`: how an extension is set up, which the deployment is told from outside (Azure/bicep, extensibility).
fn extensions(ask: &Ask<'_>) -> Result<Value, Fault> {
    Ok(of_resource(ask, &ask.args(), Shape::Of(Type::Object)))
}

/// `listKeys(target, apiVersion, values?)` and the like.
fn list(ask: &Ask<'_>) -> Result<Value, Fault> {
    ask.allowed_in(DEPLOYED)?;
    let args = ask.args();
    for index in 0..2 {
        if let Some(value) = args.get(index) {
            ask.string(value, index)?;
        }
    }
    Ok(of_resource(ask, &args, Shape::Any))
}

/// What only a deployed resource knows. An id names it everywhere, a name only in its own deployment.
fn of_resource(ask: &Ask<'_>, args: &[Value], shape: Shape) -> Value {
    let unknown = ask.runtime(args, shape);
    let absolute = args.first().is_some_and(|target| path(&[("", target)]).prefix().starts_with('/'));
    match unknown.as_unknown() {
        Some(known) if !absolute => {
            let local = ask.scope.local(known.symbol().as_str());
            ask.unknown_as(known.why.clone(), local, known.shape.clone())
        }
        _ => unknown,
    }
}

/// A function that only Azure can answer, the same everywhere for the same arguments.
fn asked(ask: &Ask<'_>, shape: Shape) -> Result<Value, Fault> {
    Ok(ask.runtime(&ask.args(), shape))
}
