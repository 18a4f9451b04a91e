//! Parameters: values handed in are bound to names, and held against what the template declares.

use std::sync::Arc;

use super::blueprint::{Blueprint, Parameter};
use super::compile::literal;
use crate::diagnostic::{Diagnostic, Label, Severity, nearest};
use crate::eval::{Binding, Given};
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

impl Values {
    /// The values in the `parameters` section of a parameter file, which are never expressions.
    #[must_use]
    pub fn read(section: Node<'_>) -> Self {
        let hand = |handed: template::Handed<'_>| {
            let name = Key::new(handed.name.string().unwrap_or_default());
            let value = match (handed.value, handed.reference) {
                (Some(value), _) => literal(value),
                (None, Some(reference)) => secret(&name, reference.span(), ""),
                (None, None) => return None,
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
            let at = handed.value.origin.written;
            let is_expression = |text: &str| text.starts_with('[') && text.ends_with(']');
            if let Some(text) = handed.value.as_str().filter(|text| is_expression(text)) {
                let why = Why::Outside(text.into());
                handed.value = Value::unknown(Unknown::new(why, format!("{}:{text}", at.start)), at);
            }
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
