//! What is told of a value: to a script the JSON, to a person how it came about.

use serde_json::{Number, Value as Json};

use crate::source::Sources;
use crate::value::{Shape, Step as Hop, Text, Type, Unknown, Value, ValueKind, Why};

/// What is told of a value.
pub enum Told {
    /// It is known.
    Known(Json),
    /// It is not, or not in every part.
    Unknown {
        /// What is known of it all the same.
        what: String,
        /// Why the first unknown in it is unknown.
        why: String,
        /// What would make it known.
        help: Option<String>,
    },
}

/// An argument of the outermost call.
pub struct Step {
    /// As written.
    pub text: String,
    /// Its value, or what is known of it.
    pub value: String,
    /// Where the value comes from, `file:line:column`; or why it is unknown.
    pub from: Option<String>,
}

impl Told {
    pub(super) fn of(value: &Value) -> Self {
        match value.first_unknown() {
            None => Self::Known(json_of(value)),
            Some(unknown) => Self::Unknown { what: headline(value), why: unknown.why.to_string(), help: help(unknown) },
        }
    }
}

impl Step {
    pub(super) fn of(text: String, value: &Value, sources: &Sources) -> Self {
        if let Some(unknown) = value.as_unknown() {
            let shown = match &unknown.shape {
                Shape::Text(text) if !parts(text).is_empty() => text.display(),
                _ => "unknown".to_owned(),
            };
            return Self { text, value: shown, from: Some(unknown.why.to_string()) };
        }
        let origin = value.origin.hops().last().filter(|hop| !matches!(hop.step, Hop::Argument(_) | Hop::CopyIndex(_)));
        let from = origin.and_then(|hop| {
            let file = sources.get(hop.from.file)?;
            let at = file.position(hop.from.start);
            Some(format!("{}:{}:{}", file.path(), at.line, at.column))
        });
        Self { text, value: json_of(value).to_string(), from }
    }
}

/// A known value as JSON; an unknown in it as `null`.
fn json_of(value: &Value) -> Json {
    match &value.kind {
        ValueKind::Null | ValueKind::Unknown(_) => Json::Null,
        ValueKind::Bool(known) => Json::Bool(*known),
        ValueKind::Int(known) => Json::Number((*known).into()),
        ValueKind::Float(known) => Number::from_f64(*known).map_or(Json::Null, Json::Number),
        ValueKind::Str(text) => Json::String(text.to_string()),
        ValueKind::Array(items) => items.iter().map(json_of).collect(),
        ValueKind::Object(object) => object.iter().map(|(key, value)| (key.as_str().to_owned(), json_of(value))).collect(),
    }
}

/// What is known of a value that is not.
fn headline(value: &Value) -> String {
    let ValueKind::Unknown(unknown) = &value.kind else { return "known in part".to_owned() };
    match &unknown.shape {
        Shape::Text(text) => format!("unknown string{}", parts(text)),
        Shape::OneOf(values) => format!("one of {}", values.iter().map(Value::canonical).collect::<Vec<_>>().join(", ")),
        Shape::Of(Type::String) => "unknown string".to_owned(),
        shape => shape.type_of().map_or_else(|| "unknown".to_owned(), |kind| format!("unknown {}", kind.name())),
    }
}

fn parts(text: &Text) -> String {
    let quoted = |part: &str| serde_json::to_string(part).unwrap_or_default();
    match (text.prefix(), text.suffix()) {
        ("", "") => String::new(),
        (prefix, "") => format!(" that starts with {}", quoted(prefix)),
        ("", suffix) => format!(" that ends with {}", quoted(suffix)),
        (prefix, suffix) => format!(" that starts with {} and ends with {}", quoted(prefix), quoted(suffix)),
    }
}

fn help(unknown: &Unknown) -> Option<String> {
    match &unknown.why {
        Why::Parameter(name) | Why::SecureParameter(name) => Some(format!("give `{name}` a value with `--parameters FILE`")),
        Why::Runtime(what) if what.starts_with("resourceGroup") || what.starts_with("subscription") => {
            Some("`--context resourceGroup.name=…` and `--context subscriptionId=…` say where it is deployed".to_owned())
        }
        _ => None,
    }
}
