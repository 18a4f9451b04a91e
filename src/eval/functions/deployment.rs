//! The names of a template, its loops, and what a deployment knows of itself.

use std::sync::Arc;

use super::super::cases::{cases, one_of};
use super::super::evaluate::{Arguments, LocalKind};
use super::super::memory::Named;
use super::super::symbol::{self, quoted};
use super::super::{Binding, FaultKind, Given, Place, Scope};
use super::{Ask, Fault, Function, Run};
use crate::diagnostic::nearest;
use crate::expr::{Expr, ExprKind};
use crate::value::{Key, Object, Shape, Step, Symbol, Text, Type, Unknown, Value, ValueKind, Why};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "parameters", arity: (1, 1), run: Run::Lazy(parameters) },
    Function { name: "variables", arity: (1, 1), run: Run::Lazy(variables) },
    Function { name: "copyIndex", arity: (0, 2), run: Run::Lazy(copy_index) },
    Function { name: "deployment", arity: (0, 0), run: Run::Lazy(deployment) },
    Function { name: "environment", arity: (0, 0), run: Run::Lazy(environment) },
    Function { name: "fail", arity: (1, 1), run: Run::Lazy(fail) },
    Function { name: "newGuid", arity: (0, 0), run: Run::Lazy(new_guid) },
    Function { name: "utcNow", arity: (0, 1), run: Run::Lazy(utc_now) },
    Function { name: "externalInputs", arity: (1, 1), run: Run::Lazy(external_inputs) },
];

/// The name that is asked for: nearly always a string as it stands there.
fn name<'v>(ask: &Ask<'v>, evaluated: &'v mut Option<Value>) -> Result<Option<&'v str>, Fault> {
    if let Expr { kind: ExprKind::Str(name), .. } = ask.expr(0)? {
        return Ok(Some(name));
    }
    ask.string(evaluated.insert(ask.arg(0)?), 0)
}

/// What is certain of a name that nobody declares.
fn undeclared<'k>(ask: &Ask<'_>, kind: FaultKind, word: &str, name: &str, declared: impl Iterator<Item = &'k str>) -> Fault {
    let hint = nearest(name, declared).map_or(String::new(), |near| format!("; there is `{near}`"));
    let span = ask.call.args.first().map_or(ask.at, |arg| arg.span);
    Fault { kind, span, message: format!("{word} `{name}` is not declared{hint}") }
}

fn parameters(ask: &Ask<'_>) -> Result<Value, Fault> {
    let mut evaluated = None;
    let Some(name) = name(ask, &mut evaluated)? else {
        let symbol = ask.scope.of_text("parameters", &[ask.expr(0)?], ask.env);
        return Ok(ask.unknown_as(why(evaluated.as_ref()), symbol, Shape::Any));
    };
    if let Some(Arguments { function, values }) = ask.env.arguments {
        let place = function.parameters.iter().position(|parameter| parameter.is(name));
        return match place.and_then(|place| values.get(place)) {
            Some(value) => Ok(value.clone()),
            None => {
                let known = function.parameters.iter().map(Key::as_str);
                Err(undeclared(ask, FaultKind::UnknownParameter, "function parameter", name, known))
            }
        };
    }
    let scope = ask.scope;
    let Some((place, binding)) = scope.find_parameter(name).and_then(|place| Some((place, scope.parameters.get(place)?))) else {
        let known = scope.parameters.iter().map(|binding| binding.name.as_str());
        return Err(undeclared(ask, FaultKind::UnknownParameter, "parameter", name, known));
    };
    let (name, secure) = (binding.name.shared(), binding.secure);
    Ok(match &binding.given {
        Given::Value { value, step } => value.clone().moved(step.clone(), ask.at),
        Given::ValueOrDefault { value, step, default } => {
            let ask = Ask { env: &ask.env.perhaps(), ..*ask };
            let case = |case: &Value| match case.is_null() {
                true => scope
                    .named(Named::Parameter(place), default, Place::ParameterDefault, &ask)
                    .moved(Step::ParameterDefault { name: Arc::clone(&name), secure }, ask.at),
                false => case.clone().moved(step.clone(), ask.at),
            };
            let symbol = || scope.local(&format!("parameters({})", quoted(binding.name.as_str())));
            one_of(cases(value).unwrap_or_default().iter().map(case), &why(Some(value)), symbol, ask.at)
        }
        Given::Default(default) => scope
            .named(Named::Parameter(place), default, Place::ParameterDefault, ask)
            .moved(Step::ParameterDefault { name, secure }, ask.at),
        Given::Missing => scope
            .remembered(Named::Parameter(place), ask.at, ask.env, |_| missing(scope, binding))
            .moved(Step::ParameterDeclaration { name, secure }, ask.at),
    })
}

/// The reason of an unknown name.
fn why(name: Option<&Value>) -> Why {
    let unknown = name.and_then(Value::as_unknown);
    unknown.map_or_else(|| Why::Runtime("its name".into()), |unknown| unknown.why.clone())
}

/// What is known of a parameter that nothing gives a value.
fn missing(scope: &Scope, binding: &Binding) -> Value {
    if binding.nullable {
        return Value::null(binding.declared);
    }
    let symbol = scope.local(&format!("parameters({})", quoted(binding.name.as_str())));
    let shape = match (&binding.allowed, binding.kind) {
        // Of an array, every element is one of the allowed values, and not the array itself.
        (Some(allowed), Some(kind)) if kind != Type::Array && !allowed.is_empty() => Shape::OneOf(Arc::clone(allowed)),
        (_, Some(Type::String)) => {
            let mut text = Text::new();
            text.push_hole(symbol.clone(), binding.min_length.unwrap_or(0), binding.max_length);
            Shape::Text(text)
        }
        (_, Some(kind)) => Shape::Of(kind),
        (_, None) => Shape::Any,
    };
    let why = if binding.secure { Why::SecureParameter } else { Why::Parameter };
    let unknown = Unknown::named(why(binding.name.shared()), symbol).shaped(shape);
    Value::unknown(unknown, binding.declared)
}

fn variables(ask: &Ask<'_>) -> Result<Value, Fault> {
    if ask.env.place == Place::Function {
        ask.allowed_in(&[Place::Template, Place::Variable, Place::ParameterDefault])?;
    }
    let mut evaluated = None;
    let Some(name) = name(ask, &mut evaluated)? else {
        let symbol = ask.scope.of_text("variables", &[ask.expr(0)?], ask.env);
        return Ok(ask.unknown_as(why(evaluated.as_ref()), symbol, Shape::Any));
    };
    let scope = ask.scope;
    let Some((place, (name, expr))) = scope.find_variable(name).and_then(|place| Some((place, scope.variables.get(place)?)))
    else {
        let known = scope.variables.iter().map(|(name, _)| name.as_str());
        return Err(undeclared(ask, FaultKind::UnknownVariable, "variable", name, known));
    };
    let value = scope.named(Named::Variable(place), expr, Place::Variable, ask);
    Ok(value.moved(Step::Variable(name.shared()), ask.at))
}

impl Scope {
    /// The value of a default or a variable: it sees the names of the scope and no loop around who asks.
    fn named(&self, named: Named, expr: &Expr, place: Place, ask: &Ask<'_>) -> Value {
        self.remembered(named, ask.at, ask.env, |faults| {
            let frame = super::super::Frame::default();
            let env = super::super::evaluate::Env { frame: &frame, place, locals: None, arguments: None, faults: Some(faults) };
            let value = self.eval(expr, &env);
            self.bounded(value)
        })
    }
}

/// `copyIndex()`, `copyIndex(offset)`, `copyIndex('loop')`, `copyIndex('loop', offset)`
fn copy_index(ask: &Ask<'_>) -> Result<Value, Fault> {
    let args = ask.args();
    let named = match args.first() {
        Some(first) if ask.len() == 2 || first.as_str().is_some() => match ask.string(first, 0)? {
            Some(name) => Some(name),
            None => return Ok(ask.unknown(&args, Shape::Of(Type::Int))),
        },
        _ => None,
    };
    let offset = args.get(usize::from(named.is_some()));
    let loops = || ask.env.locals(LocalKind::Loop).map(|local| (local.name, local.value));
    let copies = || ask.env.frame.copies.iter().rev().map(|(name, index)| (name.as_str(), index));
    let found = match named {
        Some(wanted) => loops().chain(copies()).find(|(name, _)| name.eq_ignore_ascii_case(wanted)),
        // Without a name it is the loop of the resource, which is around those of its properties.
        None => copies().chain(loops()).next(),
    };
    let Some((name, index)) = found else {
        let message = match named {
            Some(wanted) => format!("`copyIndex` stands in no loop named `{wanted}`"),
            None => "`copyIndex` stands in no loop".to_owned(),
        };
        return Err(ask.fault_at_name(FaultKind::Scope, message));
    };
    let step = Step::CopyIndex(name.into());
    let Some(offset) = offset else { return Ok(index.clone().moved(step, ask.at)) };
    let value = match (&index.kind, &offset.kind) {
        (ValueKind::Int(index), ValueKind::Int(offset)) => match index.checked_add(*offset) {
            Some(sum) => ValueKind::Int(sum),
            None => return Err(ask.fault(FaultKind::Overflow, ask.len() - 1, "makes an index beyond 64 bits")),
        },
        (_, ValueKind::Int(_) | ValueKind::Unknown(_)) => {
            let parts = [index.clone(), offset.clone()];
            return Ok(ask.unknown(&parts, Shape::Of(Type::Int)).moved(step, ask.at));
        }
        _ => return Err(ask.wrong_type(offset, ask.len() - 1, "an integer")),
    };
    Ok(Value { kind: value, origin: index.origin.clone() }.moved(step, ask.at))
}

fn deployment(ask: &Ask<'_>) -> Result<Value, Fault> {
    let mut known = ask.scope.context.deployment.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    if known.get("name").is_none() {
        let mut name = Text::new();
        // The name of a deployment has 1 to 64 characters ("Naming rules and restrictions for Azure resources").
        name.push_hole(ask.scope.local("deployment().name"), 1, Some(64));
        known.insert(Key::from("name"), name.into_value(&Why::Runtime("deployment().name".into()), ask.at));
    }
    let why = Why::Runtime("deployment()".into());
    Ok(ask.unknown_as(why, ask.scope.local("deployment()"), Shape::Members(Arc::new(known))))
}

/// The public cloud as "Deployment functions for ARM templates" (environment) prints it.
const PUBLIC_CLOUD: &[(&str, &str)] = &[
    ("name", "AzureCloud"),
    ("gallery", "https://gallery.azure.com/"),
    ("graph", "https://graph.windows.net/"),
    ("portal", "https://portal.azure.com"),
    ("graphAudience", "https://graph.windows.net/"),
    ("activeDirectoryDataLake", "https://datalake.azure.net/"),
    ("batch", "https://batch.core.windows.net/"),
    ("media", "https://rest.media.azure.net"),
    ("sqlManagement", "https://management.core.windows.net:8443/"),
    (
        "vmImageAliasDoc",
        "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
    ),
    ("resourceManager", "https://management.azure.com/"),
];
/// See [`PUBLIC_CLOUD`]: `authentication`, but for its `audiences`.
const AUTHENTICATION: &[(&str, &str)] =
    &[("loginEndpoint", "https://login.microsoftonline.com/"), ("tenant", "common"), ("identityProvider", "AAD")];
/// See [`PUBLIC_CLOUD`]: `authentication.audiences`.
const AUDIENCES: [&str; 2] = ["https://management.core.windows.net/", "https://management.azure.com/"];
/// See [`PUBLIC_CLOUD`]: `suffixes`.
const SUFFIXES: &[(&str, &str)] = &[
    ("acrLoginServer", ".azurecr.io"),
    ("azureDatalakeAnalyticsCatalogAndJob", "azuredatalakeanalytics.net"),
    ("azureDatalakeStoreFileSystem", "azuredatalakestore.net"),
    ("azureFrontDoorEndpointSuffix", "azurefd.net"),
    ("keyvaultDns", ".vault.azure.net"),
    ("sqlServerHostname", ".database.windows.net"),
    ("storage", "core.windows.net"),
];
/// How the names of the regions of other clouds start.
const OTHER_CLOUDS: [&str; 3] = ["china", "usgov", "usdod"];

/// The public cloud, unless the location says that it is another one.
fn environment(ask: &Ask<'_>) -> Result<Value, Fault> {
    let location = ask.scope.context.location.as_ref().and_then(Value::as_str).unwrap_or_default();
    let location: String = location.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    if OTHER_CLOUDS.iter().any(|head| location.starts_with(head)) {
        return Ok(ask.runtime(&[], Shape::Of(Type::Object)));
    }
    let text = |text: &str| Value::string(text, ask.at);
    let object =
        |members: &[(&str, &str)]| members.iter().map(|&(name, value)| (Key::from(name), text(value))).collect::<Object>();
    let mut cloud = object(PUBLIC_CLOUD);
    let mut authentication = object(AUTHENTICATION);
    authentication.insert(Key::from("audiences"), Value::array(AUDIENCES.map(text).to_vec(), ask.at));
    cloud.insert(Key::from("authentication"), Value::object(authentication, ask.at));
    cloud.insert(Key::from("suffixes"), Value::object(object(SUFFIXES), ask.at));
    Ok(Value::object(cloud, ask.at))
}

fn fail(ask: &Ask<'_>) -> Result<Value, Fault> {
    let message = ask.arg(0)?;
    let said = ask.string(&message, 0)?.map_or(String::new(), |text| format!(": {}", text.lines().next().unwrap_or("")));
    Err(ask.fault_at_name(FaultKind::Fail, format!("`fail` is called{said}")))
}

fn new_guid(ask: &Ask<'_>) -> Result<Value, Fault> {
    ask.allowed_in(&[Place::ParameterDefault])?;
    let mut text = Text::new();
    text.push_hole(ask.scope.unique("newguid()"), 36, Some(36));
    Ok(text.into_value(&Why::Runtime("newGuid()".into()), ask.at))
}

fn utc_now(ask: &Ask<'_>) -> Result<Value, Fault> {
    ask.allowed_in(&[Place::ParameterDefault])?;
    if ask.len() == 1 {
        ask.string(&ask.arg(0)?, 0)?;
    }
    let symbol: Symbol = ask.scope.unique("utcnow()");
    Ok(ask.unknown_as(Why::Runtime("utcNow()".into()), symbol, Shape::Of(Type::String)))
}

/// `externalInputs('key')`: what the tool that deploys puts in for an entry of a parameter file.
fn external_inputs(ask: &Ask<'_>) -> Result<Value, Fault> {
    let symbol = symbol::of_call("externalInputs", &ask.args());
    Ok(ask.unknown_as(Why::Runtime("externalInputs()".into()), ask.scope.local(symbol.as_str()), Shape::Any))
}
