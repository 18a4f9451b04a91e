//! The partial evaluator of the template expression language.
//!
//! Computes what can be computed before deployment, exactly as Azure Resource Manager does, and says why for the rest.
//! Knows names, functions and loops; it does not know resources, JSON files or rules. What a `reference()` to a resource of
//! the same deployment gives is asked of a [`Deployed`], which `lower` implements.
//!
//! Three laws hold it together. Two values with one symbol are the same value. What is known of an unknown stays true when
//! the unknown becomes known. A [`Fault`] is certain: it is recorded only where the deployment would reach it.

mod access;
mod cases;
mod evaluate;
mod functions;
mod limits;
mod memory;
mod scope;
mod symbol;
mod weight;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

pub use limits::Limits;
pub use scope::{Binding, Context, Deployed, Fault, FaultKind, Frame, Given, Level, Place, Scope, UserFunction};
