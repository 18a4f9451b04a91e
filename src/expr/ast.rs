//! The tree of an expression.

use std::sync::Arc;

use crate::source::Span;

/// An expression or a JSON value whose strings may be expressions.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands. For a whole JSON string this is the string with its quotes; inside an expression, the very token.
    pub span: Span,
}

// Most of what is known of a template is expressions.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Expr>() <= 40, "an expression takes five words");

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// JSON `null`.
    Null,
    /// JSON `true` or `false`.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string that is not an expression, its escapes resolved; or a string literal inside an expression.
    Str(Arc<str>),
    /// A JSON array.
    Array(Box<[Expr]>),
    /// A JSON object.
    Object(Box<Members>),
    /// A function call.
    Call(Box<Call>),
    /// `of.name`
    Member(Box<Member>),
    /// `of[index]`
    Index {
        /// The array or object.
        of: Box<Expr>,
        /// The index or key.
        index: Box<Expr>,
    },
    /// Something that could not be parsed; a diagnostic says why. It evaluates to an unknown.
    Broken(Arc<str>),
}

impl ExprKind {
    /// A JSON object.
    pub fn object(members: impl Into<Box<[(Expr, Expr)]>>, loops: impl Into<Box<[Loop]>>) -> Self {
        Self::Object(Box::new(Members { members: members.into(), loops: loops.into() }))
    }

    /// `of.name`
    pub fn member(of: Expr, name: impl Into<Arc<str>>, name_span: Span) -> Self {
        Self::Member(Box::new(Member { of, name: name.into(), name_span }))
    }
}

/// What is in a JSON object: keys may be expressions. Its `copy` loops, where the place allows them, stand apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Members {
    /// Key and value of each member that is not a loop.
    pub members: Box<[(Expr, Expr)]>,
    /// The property, variable or output loops of its `copy` member.
    pub loops: Box<[Loop]>,
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The object.
    pub of: Expr,
    /// The property's name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub name_span: Span,
}

/// A function call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The namespace of a user-defined function: `contoso` in `contoso.uniqueName(…)`.
    pub namespace: Option<Arc<str>>,
    /// The function's name as written.
    pub name: Arc<str>,
    /// Where the name (with its namespace) stands.
    pub name_span: Span,
    /// The arguments.
    pub args: Box<[Expr]>,
}

/// An element of a `copy` array inside an object: the member `name` becomes an array of `count` times `input`.
#[derive(Debug, Clone, PartialEq)]
pub struct Loop {
    /// The member's and the loop's name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// How many.
    pub count: Expr,
    /// What, with `copyIndex('name')` inside.
    pub input: Expr,
    /// The whole loop.
    pub span: Span,
}
