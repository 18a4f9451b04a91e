//! JSON to expressions: a template is read once and may then be deployed many times.
//!
//! What comes out owns all it needs: no reference into the document stays, only spans.

use std::sync::Arc;

use super::queries::{self, Query};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::expr::{self, Expr, ExprKind, Loop, Reading};
use crate::source::{Span, TextMap};
use crate::syntax::{Kind, Node};
use crate::value::{Key, Object, Value, ValueKind};

/// The rule of an expression that is certainly wrong.
pub const INVALID_EXPRESSION: &str = "template/invalid-expression";

/// Reads JSON nodes into expressions and keeps what is wrong with them.
pub(super) struct Compiler<'d> {
    /// Expressions that do not parse.
    pub(super) problems: Vec<Diagnostic>,
    /// How strings are read.
    pub(super) escaped: Escaped,
    /// Whether the template being read has symbolic names: its deployments are then evaluated inside unless they say otherwise.
    pub(super) symbolic: bool,
    /// The `variables` that the expressions being read see, and their JSON pointer.
    pub(super) variables: Option<(Node<'d>, Arc<str>)>,
    /// How many bytes of templates in variables may still be read: each is read where it is deployed, so that a file that deploys
    /// one again and again would come to the square of its size.
    pub(super) spare: usize,
    /// The queries in what was read since somebody began to note them.
    queries: Vec<Query>,
    /// The property loops around what is being read.
    loops: Vec<Arc<str>>,
}

/// How the strings of a template are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escaped {
    /// A template as it is deployed.
    No,
    /// The same, evaluated by the template around it: what `[[…]` leaves is evaluated again when it is deployed.
    Outside,
    /// A template inside a resource of another template: `[[…]` is an expression of the inner one, `[…]` of the outer one.
    Once,
}

/// Whether a `copy` member of an object is a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copies {
    /// It is: in resources, variables and outputs.
    Loop,
    /// It is a property like any other.
    Plain,
}

impl<'d> Compiler<'d> {
    pub(super) fn new(escaped: Escaped) -> Self {
        Self { problems: Vec::new(), escaped, symbolic: false, variables: None, spare: 0, queries: Vec::new(), loops: Vec::new() }
    }

    /// What `read` gives, and the queries in it.
    pub(super) fn noting<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Box<[Query]>) {
        let around = std::mem::take(&mut self.queries);
        let read = read(self);
        (read, std::mem::replace(&mut self.queries, around).into())
    }

    /// The value that the copies of a property loop have.
    pub(super) fn looped(&mut self, name: &Arc<str>, input: Node<'_>) -> Expr {
        self.loops.push(Arc::clone(name));
        let input = self.value(input, Copies::Loop);
        self.loops.pop();
        input
    }

    /// The expression that a JSON value is.
    pub(super) fn value(&mut self, node: Node<'_>, copies: Copies) -> Expr {
        let kind = match node.kind() {
            Kind::Null => ExprKind::Null,
            Kind::True => ExprKind::Bool(true),
            Kind::False => ExprKind::Bool(false),
            Kind::Number => number(node.raw()),
            Kind::Missing => ExprKind::Broken("a value is missing here".into()),
            Kind::Plain | Kind::Escaped => return self.string(node),
            Kind::Array => {
                let mut items = Vec::with_capacity(node.items().count());
                items.extend(node.items().map(|item| self.value(item, copies)));
                ExprKind::Array(items.into())
            }
            Kind::Object => return self.object(node, copies, &[]),
        };
        Expr { kind, span: node.span() }
    }

    /// The expression of an object without the members named in `except`.
    pub(super) fn object(&mut self, node: Node<'_>, copies: Copies, except: &[&str]) -> Expr {
        let mut members = Vec::with_capacity(node.members().count());
        let mut loops = Vec::new();
        for (key, value) in node.members() {
            if except.iter().any(|skipped| key.is(skipped)) {
                continue;
            }
            if copies == Copies::Loop && key.is("copy") && is_loops(value) {
                loops.extend(value.items().filter_map(|item| self.property_loop(item)));
                continue;
            }
            members.push((self.value(key, Copies::Plain), self.value(value, copies)));
        }
        Expr { kind: ExprKind::object(members, loops), span: node.span() }
    }

    /// An element of a `copy` array.
    pub(super) fn property_loop(&mut self, node: Node<'_>) -> Option<Loop> {
        let name = node.get("name")?;
        let (named, name_span) = (name.string()?.into(), name.span());
        let count = self.value(node.get("count")?, Copies::Plain);
        let input = self.looped(&named, node.get("input")?);
        Some(Loop { name: named, name_span, count, input, span: node.span() })
    }

    fn string(&mut self, node: Node<'_>) -> Expr {
        let span = node.span();
        let text = node.string().unwrap_or_default();
        match self.escaped {
            Escaped::Outside if text.starts_with("[[") && text.ends_with(']') => {
                Expr { kind: ExprKind::Broken("it is an expression of the nested deployment".into()), span }
            }
            // Most strings are text: for those there is no need to know where each character stands.
            Escaped::No | Escaped::Outside => match expr::classify(&text) {
                Reading::Literal(literal) => Expr { kind: ExprKind::Str(expr::shared(&literal)), span },
                Reading::Expression(_) => self.read(&text, &node.text_map(), span),
            },
            Escaped::Once => match text.strip_prefix("[[").filter(|_| text.ends_with(']')) {
                Some(inner) => {
                    let shifted = shift(&node.text_map(), u32::try_from(text.len()).unwrap_or(u32::MAX));
                    self.read(&format!("[{inner}"), &shifted, span)
                }
                None if text.starts_with('[') && text.ends_with(']') => {
                    Expr { kind: ExprKind::Broken("it is an expression of the surrounding template".into()), span }
                }
                None => Expr { kind: ExprKind::Str(expr::shared(&text)), span },
            },
        }
    }

    fn read(&mut self, text: &str, map: &TextMap, whole: Span) -> Expr {
        let (read, error) = expr::read_string(text, map, whole);
        queries::note(&read, &self.loops, &mut self.queries);
        if let Some(error) = error {
            self.problems.push(
                Diagnostic::new(
                    INVALID_EXPRESSION,
                    Severity::Error,
                    error.message.clone(),
                    Label::new(error.span, error.expected.clone()),
                )
                .with_help("write `[[` at its start if it is meant as text and not as an expression"),
            );
        }
        read
    }
}

/// The map of a text whose first byte was dropped.
fn shift(map: &TextMap, len: u32) -> TextMap {
    let mut shifted = TextMap::plain(map.file(), map.position(1));
    for at in 1..len {
        if map.position(at) != map.position(at - 1) + 1 {
            shifted.resume(at - 1, map.position(at));
        }
    }
    shifted
}

/// A `copy` member is an array of loops where every element names what it makes.
fn is_loops(node: Node<'_>) -> bool {
    let mut items = node.items().peekable();
    items.peek().is_some() && items.all(|item| ["name", "count", "input"].iter().all(|part| item.get(part).is_some()))
}

fn number(raw: &str) -> ExprKind {
    raw.parse().map_or_else(|_| ExprKind::Float(raw.parse().unwrap_or(f64::NAN)), ExprKind::Int)
}

/// The value that a JSON node is when its strings are no expressions: in parameter files and `allowedValues`.
pub(super) fn literal(node: Node<'_>) -> Value {
    let kind = match node.kind() {
        Kind::Null | Kind::Missing => ValueKind::Null,
        Kind::True => ValueKind::Bool(true),
        Kind::False => ValueKind::Bool(false),
        Kind::Number => match number(node.raw()) {
            ExprKind::Int(known) => ValueKind::Int(known),
            ExprKind::Float(known) => ValueKind::Float(known),
            _ => ValueKind::Null,
        },
        Kind::Plain | Kind::Escaped => ValueKind::Str(node.string().unwrap_or_default().into()),
        Kind::Array => ValueKind::Array(node.items().map(literal).collect()),
        Kind::Object => {
            let mut object = Object::new();
            for (key, value) in node.members() {
                object.define(Key::new(key.string().unwrap_or_default()), literal(value));
            }
            ValueKind::Object(Arc::new(object))
        }
    };
    Value::new(kind, node.span())
}
