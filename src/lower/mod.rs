//! Documents to model: the many forms of a template become one.
//!
//! A template is read once into a [`Blueprint`] (JSON strings become expressions), then deployed once for each environment:
//! names are bound, loops counted, deployments followed, and every resource that somebody wants gets an evaluated body.
//! Evaluation is a service below: a loop's count, a child's name and a nested deployment's parameters are needed on the way.

mod answers;
mod blueprint;
mod budget;
mod compile;
mod deploy;
mod inline;
mod instance;
mod names;
mod nested;
mod parameters;
mod pieces;
mod place;
mod queries;
mod secrets;
mod single;

use std::sync::Arc;

pub use blueprint::Blueprint;
pub use compile::INVALID_EXPRESSION;
pub use deploy::{Lowered, Untyped};
pub use names::{UNDEFINED_REFERENCE, UNUSED_PARAMETER, UNUSED_VARIABLE};
pub use parameters::{Choice, PARAMETER_FILE_MISMATCH, Values};
pub use secrets::{SECRET_DEFAULT, SECRET_IN_OUTPUT};

use crate::diagnostic::Diagnostic;
use crate::eval::Context;
use crate::source::{Sources, Span};
use crate::template::Template;
use crate::value::Value;
pub use single::Bench;

use compile::Escaped;

/// Opens linked templates.
pub trait Links: Send + Sync {
    /// The template that a link at `at` leads to; `relative` tells a `relativePath` from a `uri`.
    ///
    /// # Errors
    /// When it leads nowhere or out of what is linted.
    fn open(&self, at: Span, target: &Value, relative: bool) -> Result<Arc<Blueprint>, Closed>;
}

/// A template that cannot be looked into, by what to call it or why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// There is no such file.
    Missing(String),
    /// It is outside of what is linted, or its address is not known.
    Outside(String),
    /// It has neither text nor address.
    Hidden(&'static str),
    /// It deploys the template that deploys it.
    Circular,
}

/// Reads a template at a JSON pointer of its file. Problems in it are appended to `problems`: expressions that do not
/// parse, names that are not declared, names that nothing reads,
/// secrets that are given away.
///
/// `escaped` tells a template that stands as a value inside another template, where its own expressions start with `[[`.
#[must_use]
pub fn read(template: &Template<'_>, pointer: &str, escaped: bool, problems: &mut Vec<Diagnostic>) -> Arc<Blueprint> {
    let escaped = if escaped { Escaped::Once } else { Escaped::No };
    let blueprint = Blueprint::read(template, pointer, escaped, problems);
    problems.extend(names::check(&blueprint));
    secrets::check(&blueprint, problems);
    blueprint
}

/// Deploys a template that was read, with the values of one environment, as far as that can be done without Azure.
///
/// `wants` says of a resource type whether anybody will look at such a resource: the others are not evaluated.
#[must_use]
pub fn deploy(
    blueprint: &Arc<Blueprint>,
    values: &Values,
    links: &Arc<dyn Links>,
    wants: &(dyn Fn(&str) -> bool + Sync),
    sources: &Sources,
) -> Lowered {
    let context = Context { level: blueprint.level, ..Context::default() };
    let root = || instance::Instance::root(blueprint, values.given(), context.clone(), links);
    pieces::deploy(blueprint, &root, &|| deploy::Builder::new(wants, sources))
}
