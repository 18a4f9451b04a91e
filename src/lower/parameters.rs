//! Parameters: values handed in are bound to names, and held against what the template declares.

use std::sync::Arc;

use super::blueprint::{Blueprint, Parameter};
use super::compile::{Compiler, Copies, Escaped, literal};
use crate::diagnostic::{Diagnostic, Label, Severity, nearest};
use crate::eval::{Binding, Frame, Given, Scope};
use crate::source::Span;
use crate::syntax::Node;
use crate::template;
use crate::value::{Key, Shape, Step, Truth, Type, Unknown, Value, ValueKind, Why};

/// The rule of a parameter file that does not fit its template.
pub const PARAMETER_FILE_MISMATCH: &str = "template/parameter-file-mismatch";

/// The values that one environment gives to the parameters of a root template.
#[derive(Debug, Clone, Default)]
pub struct Values {
    given: Vec<Handing>,
    /// The `parameters` section that they stand in: where a missing one is reported.
    section: Option<Span>,
}

/// A parameter without a value of which few values are possible.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The parameter's name.
    pub name: Key,
    /// The values it may have.
    pub values: Arc<[Value]>,
}

/// A value for a parameter, and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Handing {
    pub(super) name: Key,
    pub(super) value: Value,
    pub(super) from: From,
}

/// Who hands a value to a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// A parameter file.
    File,
    /// A deployment resource of the parent template.
    Deployment,
    /// One of the values that the declaration allows, taken to see what follows.
    Choice,
}

/// Binds the parameters of a template to what is handed to it.
pub(super) fn bind(blueprint: &Blueprint, given: &[Handing]) -> Vec<Binding> {
    let bound = |parameter: &Parameter| {
        let (name, secure) = (parameter.name.shared(), parameter.secure);
        // A default also stands in for `null` (Azure/bicep-registry-modules, pull request 101): modules hand on what may not be given.
        let counts = |handing: &&Handing| !(handing.value.is_null() && parameter.default.is_some());
        let handed = given.iter().rev().find(|handing| handing.name == parameter.name).filter(counts);
        let step = |from| match from {
            From::File => Step::ParameterFile { name, secure },
            From::Deployment => Step::DeploymentParameter { name, secure },
            From::Choice => Step::ParameterDeclaration { name, secure },
        };
        let given = match (handed, &parameter.default) {
            (Some(Handing { value, from, .. }), Some(default)) if value.has_null_case() => {
                Given::ValueOrDefault { value: value.clone(), step: step(*from), default: Arc::clone(default) }
            }
            (Some(Handing { value, from, .. }), _) => Given::Value { value: value.clone(), step: step(*from) },
            (None, Some(default)) => Given::Default(Arc::clone(default)),
            (None, None) => Given::Missing,
        };
        Binding {
            name: parameter.name.clone(),
            declared: parameter.declared,
            kind: parameter.kind,
            secure,
            allowed: parameter.allowed.clone(),
            min_length: parameter.min_length,
            max_length: parameter.max_length,
            nullable: parameter.nullable,
            given,
        }
    };
    blueprint.parameters.iter().map(bound).collect()
}

/// Parameters that may be handed by something that cannot be seen are unknown, whatever their default.
pub(super) fn hide_missing(parameters: &mut [Binding], qualifier: &str) {
    for binding in parameters {
        if matches!(binding.given, Given::Value { .. } | Given::ValueOrDefault { .. }) {
            continue;
        }
        let symbol = format!("{qualifier}parameters('{}')", binding.name.as_str().to_ascii_lowercase());
        let unknown = Unknown::new(Why::Outside("parametersLink".into()), symbol);
        let unknown = binding.kind.map_or(unknown.clone(), |kind| unknown.shaped(Shape::Of(kind)));
        let step = Step::DeploymentParameter { name: binding.name.shared(), secure: binding.secure };
        binding.given = Given::Value { value: Value::unknown(unknown, binding.declared), step };
    }
}

/// A value that a key vault holds.
pub(super) fn secret(name: &Key, at: Span, qualifier: &str) -> Value {
    let symbol = format!("{qualifier}secret('{}')", name.as_str().to_ascii_lowercase());
    Value::unknown(Unknown::new(Why::KeyVault(name.shared()), symbol).shaped(Shape::Of(Type::String)), at)
}

/// The value of an `expression` in a parameter file, which sees no names of the template.
fn computed(node: Node<'_>) -> Value {
    let value = Scope::default().evaluate(&Compiler::new(Escaped::No).value(node, Copies::Plain), &Frame::default());
    match value.as_unknown().map(|unknown| &unknown.why) {
        Some(Why::Error(message)) => refused(&format!("cannot be computed: {message}"), node.span()),
        _ => value,
    }
}

/// A value that Azure refuses, whatever the declaration: it is unknown, and no default stands in for it.
fn refused(problem: &str, at: Span) -> Value {
    Value::unknown(Unknown::new(Why::Error(problem.into()), format!("refused:{}", at.start)), at)
}

/// A value whose strings may be expressions of another document, which nobody can evaluate here.
fn of_elsewhere(value: &Value) -> Value {
    let at = value.origin.written;
    let kind = match &value.kind {
        ValueKind::Str(text) if text.starts_with('[') && text.ends_with(']') => {
            let unknown = Unknown::new(Why::Outside(Arc::clone(text)), format!("{}:{text}", at.start));
            return Value::unknown(unknown, at);
        }
        ValueKind::Array(items) => ValueKind::Array(items.iter().map(of_elsewhere).collect()),
        ValueKind::Object(object) => {
            let members = object.iter().map(|(key, member)| (key.clone(), of_elsewhere(member)));
            ValueKind::Object(Arc::new(members.collect()))
        }
        known => known.clone(),
    };
    Value::new(kind, at)
}

impl Values {
    /// The values in the `parameters` section of a parameter file, of which only an `expression` is one.
    #[must_use]
    pub fn read(section: Node<'_>) -> Self {
        let hand = |handed: template::Handed<'_>| {
            let name = Key::new(handed.name.string().unwrap_or_default());
            let value = match (handed.value, handed.reference, handed.expression) {
                (Some(value), _, _) => literal(value),
                (None, Some(reference), _) => secret(&name, reference.span(), ""),
                (None, None, Some(expression)) => computed(expression),
                (None, None, None) if handed.node.is_object() => return None,
                (None, None, None) => refused("must stand in an object, as its `value`", handed.node.span()),
            };
            Some(Handing { name, value, from: From::File })
        };
        Self { given: template::handed(section).into_iter().filter_map(hand).collect(), section: Some(section.span()) }
    }

    /// The values beside an embedded template. Its document's own expressions there cannot be evaluated: they are unknown.
    #[must_use]
    pub fn embedded(section: Node<'_>) -> Self {
        let mut values = Self { section: None, ..Self::read(section) };
        for handed in &mut values.given {
            handed.from = From::Deployment;
            handed.value = of_elsewhere(&handed.value);
        }
        values
    }

    /// The same values and one more, taken out of a [`Choice`].
    #[must_use]
    pub fn with(&self, name: &Key, value: &Value) -> Self {
        let mut more = self.clone();
        more.given.push(Handing { name: name.clone(), value: value.clone(), from: From::Choice });
        more
    }

    pub(super) fn given(&self) -> &[Handing] {
        &self.given
    }

    /// The parameters of a template that have no value here and no default, but only few values to choose from.
    #[must_use]
    pub fn choices(&self, blueprint: &Blueprint) -> Vec<Choice> {
        let open = |parameter: &&Parameter| {
            parameter.default.is_none() && !parameter.nullable && !self.given.iter().any(|handed| handed.name == parameter.name)
        };
        let choice = |parameter: &Parameter| {
            let values = match (&parameter.allowed, parameter.kind) {
                (Some(allowed), Some(Type::String | Type::Int | Type::Bool)) if !allowed.is_empty() => Arc::clone(allowed),
                (None, Some(Type::Bool)) => {
                    [true, false].map(|known| Value::new(ValueKind::Bool(known), parameter.declared)).into()
                }
                _ => return None,
            };
            Some(Choice { name: parameter.name.clone(), values })
        };
        blueprint.parameters.iter().filter(open).filter_map(choice).collect()
    }

    /// Whether a template has all of the parameters that are given here.
    #[must_use]
    pub fn fit(&self, blueprint: &Blueprint) -> bool {
        self.given.iter().all(|handed| blueprint.parameters.iter().any(|parameter| parameter.name == handed.name))
    }

    /// What of a parameter file does not fit its template ("Create Resource Manager parameter file").
    #[must_use]
    pub fn mismatches(&self, blueprint: &Blueprint) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for handed in &self.given {
            match blueprint.parameters.iter().find(|parameter| parameter.name == handed.name) {
                Some(parameter) => problems.extend(parameter.refuses(&handed.value)),
                None => problems.push(undeclared(handed, blueprint)),
            }
        }
        let missing = blueprint.parameters.iter().filter(|parameter| {
            parameter.default.is_none() && !parameter.nullable && !self.given.iter().any(|handed| handed.name == parameter.name)
        });
        if let Some(section) = self.section {
            problems.extend(missing.map(|parameter| {
                let start = Span::new(section.file, section.start, section.start + 1);
                let message = format!("parameter `{}` has no default, and this file does not give it", parameter.name);
                Diagnostic::new(PARAMETER_FILE_MISMATCH, Severity::Error, message, Label::new(start, "missing here"))
                    .with_label(Label::new(parameter.declared, "declared here"))
                    .with_help(format!("add `\"{}\": {{ \"value\": … }}`", parameter.name))
            }));
        }
        problems
    }
}

fn undeclared(handed: &Handing, blueprint: &Blueprint) -> Diagnostic {
    let near = nearest(handed.name.as_str(), blueprint.parameters.iter().map(|parameter| parameter.name.as_str()));
    let help = near.map_or_else(|| "remove it, or declare it in the template".to_owned(), |near| format!("write `{near}`"));
    let message = format!("the template has no parameter `{}`", handed.name);
    let label = Label::new(handed.value.origin.written, "not declared in the template");
    Diagnostic::new(PARAMETER_FILE_MISMATCH, Severity::Error, message, label).with_help(help)
}

impl Parameter {
    /// Why a value is refused, if it certainly is.
    fn refuses(&self, value: &Value) -> Option<Diagnostic> {
        let problem = self.problem(value)?;
        let message = format!("the value of parameter `{}` {problem}", self.name);
        let label = Label::new(value.origin.written, problem);
        Some(
            Diagnostic::new(PARAMETER_FILE_MISMATCH, Severity::Error, message, label)
                .with_label(Label::new(self.declared, "declared here"))
                .with_help("give a value that the declaration allows"),
        )
    }

    fn problem(&self, value: &Value) -> Option<String> {
        if let Some(Why::Error(problem)) = value.as_unknown().map(|unknown| &unknown.why) {
            return Some(problem.to_string());
        }
        if value.is_unknown() || (value.is_null() && (self.nullable || self.default.is_some())) {
            return None;
        }
        let found = value.type_of();
        if let Some((expected, found)) = self.kind.zip(found).filter(|(expected, found)| expected != found) {
            return Some(format!("is {} where {} is declared", found.name(), expected.name()));
        }
        if let Some(allowed) = self.allowed.as_ref().filter(|allowed| !permits(allowed, value)) {
            let names: Vec<String> = allowed.iter().map(Value::canonical).collect();
            return Some(format!("is none of the allowed values: {}", names.join(", ")));
        }
        if let Some(n) = value.as_int() {
            if let Some(least) = self.min_value.filter(|least| n < *least) {
                return Some(format!("is less than {least}"));
            }
            if let Some(most) = self.max_value.filter(|most| n > *most) {
                return Some(format!("is greater than {most}"));
            }
        }
        let length = match &value.kind {
            ValueKind::Str(text) => text.encode_utf16().count(),
            ValueKind::Array(items) => items.len(),
            _ => return None,
        };
        if let Some(least) = self.min_length.filter(|least| length < *least) {
            return Some(format!("is shorter than {least}"));
        }
        self.max_length.filter(|most| length > *most).map(|most| format!("is longer than {most}"))
    }
}

/// Whether `allowedValues` permit a value: strings without case, and an array if they permit each of its elements.
fn permits(allowed: &[Value], value: &Value) -> bool {
    let listed = |value: &Value| {
        allowed.iter().any(|known| match (known.as_str(), value.as_str()) {
            (Some(known), Some(text)) => known.eq_ignore_ascii_case(text),
            _ => known.equals(value) != Truth::False,
        })
    };
    listed(value) || value.as_array().is_some_and(|items| items.iter().all(listed))
}
