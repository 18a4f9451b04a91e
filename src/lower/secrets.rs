//! Secrets that a template gives away: in the default value of a secure parameter, or in an output.
//!
//! Whoever may read a resource group may read its deployments, and with them every output that is not secure itself
//! ("Outputs in ARM templates", secure values; "Best practices for ARM templates", security recommendations for parameters).

use std::collections::BTreeSet;

use super::blueprint::{Blueprint, Content, Entry, HandedParameter, Nested, Output, Parameter, ResourcePlan};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::expr::{Call, Expr, ExprKind};
use crate::source::Span;
use crate::value::Key;

/// The rule of an output that shows a secret.
pub const SECRET_IN_OUTPUT: &str = "template/secret-in-output";
/// The rule of a secure parameter whose default value stands in the template.
pub const SECRET_DEFAULT: &str = "template/secret-default";

/// Functions that tell about a value without giving it away: a truth, a number, a place.
const HARMLESS: &[&str] = &[
    "and",
    "bool",
    "contains",
    "empty",
    "endsWith",
    "equals",
    "greater",
    "greaterOrEquals",
    "indexOf",
    "lastIndexOf",
    "length",
    "less",
    "lessOrEquals",
    "not",
    "or",
    "startsWith",
];

/// What the expressions of one evaluation scope can see.
struct Scope<'b> {
    blueprint: &'b Blueprint,
    /// Parameters that the parent hands a secret of a key vault to.
    from_vault: BTreeSet<&'b Key>,
}

/// Where a secret comes from.
struct Leak {
    /// The part of the expression that holds it.
    at: Span,
    /// What it is: "secure parameter `password`".
    what: String,
    /// Where that stands, when it is somewhere else: the way through variables, and the declaration.
    way: Vec<Label>,
}

/// Checks a template and every template nested in it.
pub(super) fn check(blueprint: &Blueprint, problems: &mut Vec<Diagnostic>) {
    Scope { blueprint, from_vault: BTreeSet::new() }.check(problems);
}

impl<'b> Scope<'b> {
    fn check(&self, problems: &mut Vec<Diagnostic>) {
        problems.extend(self.blueprint.parameters.iter().filter_map(default));
        self.template(self.blueprint, problems);
    }

    /// The outputs of a template whose expressions this scope evaluates.
    fn template(&self, blueprint: &'b Blueprint, problems: &mut Vec<Diagnostic>) {
        problems.extend(blueprint.outputs.iter().filter_map(|output| self.output(output)));
        blueprint.resources.iter().for_each(|plan| self.resource(plan, problems));
    }

    fn resource(&self, plan: &'b ResourcePlan, problems: &mut Vec<Diagnostic>) {
        plan.children.iter().for_each(|child| self.resource(child, problems));
        if let Some(Nested { inner, content: Content::Template(nested), parameters, .. }) = &plan.nested {
            if *inner {
                let secret = |handed: &&HandedParameter| matches!(handed.entry, Entry::Secret);
                let from_vault = parameters.iter().filter(secret).map(|handed| &handed.name).collect();
                Scope { blueprint: nested, from_vault }.check(problems);
            } else {
                self.template(nested, problems);
            }
        }
    }

    fn output(&self, output: &Output) -> Option<Diagnostic> {
        let leak = self.leak(&output.value, &mut Vec::new()).filter(|_| !output.secure)?;
        let message = format!("output `{}` shows a secret: {}", output.name, leak.what);
        let mut diagnostic = Diagnostic::new(SECRET_IN_OUTPUT, Severity::Warning, message, Label::new(leak.at, leak.what))
            .with_help("remove the output, or make it a `secureString`; put the secret into a key vault and output its address");
        diagnostic.labels = leak.way;
        Some(diagnostic)
    }

    /// The first secret in what an expression comes to; `within` are the variables that are being followed.
    fn leak(&self, expr: &Expr, within: &mut Vec<Key>) -> Option<Leak> {
        match &expr.kind {
            ExprKind::Array(items) => items.iter().find_map(|item| self.leak(item, within)),
            ExprKind::Object(object) => {
                let loops = object.loops.iter().map(|made| &made.input);
                let mut values = object.members.iter().map(|(_, value)| value).chain(loops);
                values.find_map(|value| self.leak(value, within))
            }
            ExprKind::Call(call) => self.call(call, expr.span, within),
            ExprKind::Member(member) => self.leak(&member.of, within),
            ExprKind::Index { of, .. } => self.leak(of, within),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Broken(_) => None,
        }
    }

    fn call(&self, call: &Call, at: Span, within: &mut Vec<Key>) -> Option<Leak> {
        let is = |name: &str| call.namespace.is_none() && call.name.eq_ignore_ascii_case(name);
        let named = || match &call.args.first()?.kind {
            ExprKind::Str(name) => Some(Key::from(&**name)),
            _ => None,
        };
        if is("parameters") {
            let name = named()?;
            let parameter = self.blueprint.parameters.iter().find(|parameter| parameter.name == name)?;
            let what = match (parameter.secure, self.from_vault.contains(&name)) {
                (true, _) => format!("secure parameter `{name}`"),
                (false, true) => format!("parameter `{name}` comes from a key vault"),
                (false, false) => return None,
            };
            return Some(Leak { at, what, way: vec![Label::new(parameter.declared, "declared here")] });
        }
        if is("variables") {
            return self.variable(&named()?, at, within);
        }
        if call.namespace.is_none() && call.name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list")) {
            return Some(Leak { at, what: format!("`{}` returns keys or tokens", call.name), way: Vec::new() });
        }
        if HARMLESS.iter().any(|name| is(name)) {
            return None;
        }
        // Which of two values it is tells little; the values tell all.
        let told = if is("if") { call.args.get(1..).unwrap_or_default() } else { &call.args };
        told.iter().find_map(|arg| self.leak(arg, within))
    }

    fn variable(&self, name: &Key, at: Span, within: &mut Vec<Key>) -> Option<Leak> {
        let (_, value) = self.blueprint.variables.iter().find(|(known, _)| known == name)?;
        if within.contains(name) {
            return None;
        }
        within.push(name.clone());
        let leak = self.leak(value, within);
        within.pop();
        let Leak { at: inside, what, mut way } = leak?;
        way.insert(0, Label::new(inside, format!("variable `{name}`")));
        Some(Leak { at, what, way })
    }
}

/// What is wrong with the default value of a parameter.
fn default(parameter: &Parameter) -> Option<Diagnostic> {
    let default = parameter.default.as_deref().filter(|default| parameter.secure && is_stated(default))?;
    let message = format!("the default value of secure parameter `{}` is no secret: it stands in the template", parameter.name);
    let label = Label::new(default.span, "everybody who reads the template can read it");
    Some(
        Diagnostic::new(SECRET_DEFAULT, Severity::Warning, message, label)
            .with_label(Label::new(parameter.declared, "declared here"))
            .with_help("remove `defaultValue` and hand the value over at deployment, best from a key vault"),
    )
}

/// Whether a value stands in the template and is not empty: literals, and calls with nothing but literals.
fn is_stated(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Null | ExprKind::Broken(_) => false,
        ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_) => true,
        ExprKind::Str(text) => !text.is_empty(),
        ExprKind::Array(items) => items.iter().any(is_stated),
        ExprKind::Object(object) => {
            object.members.iter().any(|(_, value)| is_stated(value)) || object.loops.iter().any(|made| is_stated(&made.input))
        }
        ExprKind::Call(call) => {
            let is_named = ["parameters", "variables", "reference"].iter().any(|name| call.name.eq_ignore_ascii_case(name));
            !call.args.is_empty() && !is_named && call.args.iter().all(is_constant) && call.args.iter().any(is_stated)
        }
        ExprKind::Member(member) => is_stated(&member.of),
        ExprKind::Index { of, .. } => is_stated(of),
    }
}

/// Whether nothing but the template decides the value.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(_) => is_stated(expr),
        ExprKind::Array(items) => items.iter().all(is_constant),
        ExprKind::Member(member) => is_constant(&member.of),
        ExprKind::Index { of, .. } => is_constant(of),
        ExprKind::Object(object) => object.loops.is_empty() && object.members.iter().all(|(_, value)| is_constant(value)),
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) => true,
        ExprKind::Broken(_) => false,
    }
}
