//! armlint reads Azure Resource Manager templates and judges what they deploy, first of all Azure API Management.
//!
//! The way of the data is one street: files are found and read ([`source`]), parsed with spans ([`syntax`]), recognised
//! ([`template`]), lowered with the help of the one evaluator ([`expr`], [`eval`], [`value`]) into one [`model`], judged by
//! declarative [`rules`], mended where a rule knows how ([`fix`]), and printed ([`report`]). [`check`] is that street on one
//! page; [`cli`] is the door.

pub mod check;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod eval;
pub mod expr;
pub mod fix;
pub mod lower;
pub mod model;
pub mod policy_xml;
pub mod report;
pub mod rules;
pub mod source;
pub mod suppress;
pub mod syntax;
mod table;
pub mod template;
mod threads;
pub mod value;
