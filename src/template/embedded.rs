//! Templates inside other documents: policies that deploy, template specs, blueprint artifacts.

use std::fmt::Write as _;

use crate::syntax::{Kind, Node};

/// A template that is a value inside another document.
pub struct Embedded<'d> {
    /// The template object.
    pub node: Node<'d>,
    /// Its JSON pointer in the file.
    pub pointer: String,
    /// The `parameters` beside it, which hand values to its parameters.
    pub parameters: Option<Node<'d>>,
}

/// All templates inside a document but those that a deployment resource of the document itself deploys.
///
/// Found by where they stand: a member `template` or `mainTemplate` of some `properties` whose value has the sections of
/// a template. That is so in policy definitions (`then.details.deployment.properties.template`), in initiatives and
/// templates that carry such definitions, in template specs (`properties.mainTemplate`) and in blueprint artifacts.
#[must_use]
pub fn embedded(root: Node<'_>) -> Vec<Embedded<'_>> {
    let mut found = Vec::new();
    visit(root, &mut Vec::new(), &mut found);
    found
}

/// A step of the way down, written out only where something is found.
enum Token<'d> {
    Element(usize),
    Member(Node<'d>),
}

fn visit<'d>(node: Node<'d>, way: &mut Vec<Token<'d>>, found: &mut Vec<Embedded<'d>>) {
    for (n, item) in node.items().enumerate().filter(|(_, item)| is_container(*item)) {
        way.push(Token::Element(n));
        visit(item, way, found);
        way.pop();
    }
    for (key, value) in node.members().filter(|(_, value)| is_container(*value)) {
        way.push(Token::Member(key));
        if is_named(key, "properties") {
            properties(value, Some(node), way, found);
        } else {
            visit(value, way, found);
        }
        way.pop();
    }
}

/// The `properties` of `owner`: a template in it is a find, unless a deployment resource deploys it.
fn properties<'d>(node: Node<'d>, owner: Option<Node<'d>>, way: &mut Vec<Token<'d>>, found: &mut Vec<Embedded<'d>>) {
    if !node.is_object() {
        return visit(node, way, found);
    }
    for (key, value) in node.members().filter(|(_, value)| is_container(*value)) {
        way.push(Token::Member(key));
        let is_template = ["template", "mainTemplate"].iter().any(|known| is_named(key, known)) && has_sections(value);
        if is_template && !owner.is_some_and(super::is_deployment) {
            let parameters = node.get("parameters").filter(|node| node.is_object());
            found.push(Embedded { node: value, pointer: pointer(way), parameters });
        } else if is_named(key, "properties") {
            properties(value, None, way, found);
        } else {
            visit(value, way, found);
        }
        way.pop();
    }
}

fn is_container(node: Node<'_>) -> bool {
    matches!(node.kind(), Kind::Array | Kind::Object)
}

fn is_named(key: Node<'_>, name: &str) -> bool {
    let (length, span) = (name.len() as u32, key.span());
    // Most keys have another length: with two quotes, with one, or with none.
    let fits = key.kind() == Kind::Escaped || (length..=length + 2).contains(&(span.end - span.start));
    fits && key.string().is_some_and(|key| key.eq_ignore_ascii_case(name))
}

fn pointer(way: &[Token<'_>]) -> String {
    way.iter().fold(String::new(), |mut out, token| {
        let _ = match token {
            Token::Element(n) => write!(out, "/{n}"),
            Token::Member(key) => write!(out, "/{}", super::pointer_token(&key.string().unwrap_or_default())),
        };
        out
    })
}

fn has_sections(node: Node<'_>) -> bool {
    let resources = node.get("resources").is_some_and(|node| node.is_array() || node.is_object());
    resources && (node.get("$schema").is_some() || node.get("contentVersion").is_some())
}
