//! What is known of a value that is not known.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::{Object, Text, Value};

/// A value that cannot be computed before deployment.
#[derive(Debug, Clone)]
pub struct Unknown {
    /// The first reason for it.
    pub why: Why,
    /// Of a text it is written when somebody asks: most texts become part of another one before anybody does.
    symbol: OnceLock<Symbol>,
    /// What is known all the same.
    pub shape: Shape,
}

/// The canonical text of the expression behind an unknown, names folded and known parts computed.
///
/// It is qualified where the same words mean different values in different deployments, so that equal symbols are equal values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(Arc<str>);

/// Why a value is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A parameter without a value: no default, and no parameter file gives it.
    Parameter(Arc<str>),
    /// The same of a parameter of a secure type, whose value the files may not hold.
    SecureParameter(Arc<str>),
    /// A parameter whose value is a Key Vault reference.
    KeyVault(Arc<str>),
    /// A function that only Azure can answer at deployment, or a part of the context that was not given.
    Runtime(Arc<str>),
    /// A policy expression or a named value, which the gateway of the service evaluates.
    Gateway(Arc<str>),
    /// A resource or template that is not part of what is linted.
    Outside(Arc<str>),
    /// The index of a copy loop whose count is unknown.
    Copy(Arc<str>),
    /// It depends on a condition that is unknown.
    Condition(Arc<str>),
    /// A limit of the linter was reached; the text names it.
    Limit(Arc<str>),
    /// The expression is in error, which was reported as a diagnostic; the text is its message.
    Error(Arc<str>),
}

/// What is known of an unknown value.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Nothing.
    Any,
    /// Its type.
    Of(Type),
    /// It is a string that consists of these pieces.
    Text(Text),
    /// It is one of these values (which may be unknown themselves). Never empty.
    OneOf(Arc<[Value]>),
    /// It is an array that holds at least these elements, in an order that is not known.
    Items(Arc<[Value]>),
    /// It is an object that has at least these members with these values.
    Members(Arc<Object>),
}

/// The types of the template language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// `null`
    Null,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// A number that is no 64-bit integer.
    Float,
    /// `string`
    String,
    /// `array`
    Array,
    /// `object`
    Object,
}

impl Unknown {
    /// An unknown of which nothing is known but why and what it is called.
    #[must_use]
    pub fn new(why: Why, symbol: impl Into<Arc<str>>) -> Self {
        Self::named(why, Symbol::new(symbol))
    }

    /// The same of a symbol.
    #[must_use]
    pub fn named(why: Why, symbol: Symbol) -> Self {
        Self { why, symbol: OnceLock::from(symbol), shape: Shape::Any }
    }

    /// A string of these pieces.
    #[must_use]
    pub fn text(why: Why, text: Text) -> Self {
        Self { why, symbol: OnceLock::new(), shape: Shape::Text(text) }
    }

    /// The same unknown with a shape.
    #[must_use]
    pub fn shaped(mut self, shape: Shape) -> Self {
        let _ = self.symbol();
        self.shape = shape;
        self
    }

    /// The canonical expression. Two unknowns with equal symbols are equal values.
    #[must_use]
    pub fn symbol(&self) -> &Symbol {
        self.symbol.get_or_init(|| match &self.shape {
            Shape::Text(text) => text.symbol(),
            // NOTE: whatever is no text was given its symbol when it was made.
            _ => Symbol::new(""),
        })
    }
}

/// The length in bytes beyond which a symbol is abbreviated, so that symbols made of symbols do not grow without end.
const LONGEST_SYMBOL: usize = 2048;

impl Symbol {
    /// A symbol of this canonical text. Of a very long one its head and a digest of the whole are kept.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        if text.len() <= LONGEST_SYMBOL {
            return Self(text);
        }
        let digest = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, text.as_bytes());
        let head = text.char_indices().nth(80).map_or(text.as_ref(), |(end, _)| &text[..end]);
        Self(format!("{head}…#{}", digest.simple()).into())
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Shape {
    /// The type, where the shape tells it.
    #[must_use]
    pub fn type_of(&self) -> Option<Type> {
        match self {
            Self::Any => None,
            Self::Of(known) => Some(*known),
            Self::Text(_) => Some(Type::String),
            Self::Items(_) => Some(Type::Array),
            Self::Members(_) => Some(Type::Object),
            Self::OneOf(values) => {
                let first = values.first()?.type_of()?;
                values.iter().all(|value| value.type_of() == Some(first)).then_some(first)
            }
        }
    }
}

impl Type {
    /// The word for it in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) | Self::SecureParameter(name) => {
                write!(f, "parameter `{name}` has no default and no parameter file gives it")
            }
            Self::KeyVault(name) => write!(f, "parameter `{name}` comes from a key vault"),
            Self::Runtime(what) => write!(f, "only the deployment knows `{what}`"),
            Self::Gateway(what) => write!(f, "only the gateway knows `{what}`"),
            Self::Outside(what) => write!(f, "`{what}` is not in the files being linted"),
            Self::Copy(name) => write!(f, "the number of copies of `{name}` is unknown"),
            Self::Condition(text) => write!(f, "it depends on `{text}`, which is unknown"),
            Self::Limit(what) => write!(f, "limit reached: {what}"),
            Self::Error(message) => f.write_str(message),
        }
    }
}
