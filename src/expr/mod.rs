//! The template expression language as written: text → tree, with a span for every token.
//!
//! Knows the grammar, not what a function means and not where a name leads. JSON containers are part of the tree, so that
//! a variable, a resource body or an output is one [`Expr`] whatever it is made of; who reads the JSON (`lower`) builds those.

mod ast;
mod lexer;
mod names;
mod parser;
mod print;
mod read;

pub use ast::{Call, Expr, ExprKind, Loop, Member, Members};
pub use names::shared;
pub use parser::{MAX_NESTING, SyntaxError, parse};
pub use read::{MAX_LENGTH, Reading, classify, read_string};
