//! The partial evaluator of the template expression language.
//!
//! Computes what can be computed before deployment, exactly as Azure Resource Manager does, and says why for the rest.
//! Knows names, functions and loops; it does not know resources, JSON files or rules. What a `reference()` to a resource of
//! the same deployment gives is asked of a [`Deployed`], which `lower` implements.

mod scope;

pub use scope::{Binding, Context, Deployed, Fault, FaultKind, Frame, Given, Level, Scope, UserFunction};
