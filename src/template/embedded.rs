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
    let mut search = Search { marks: marks(root), way: Vec::new(), found: Vec::new() };
    search.visit(root);
    search.found
}

/// The members that hold a template inside of another document.
const HOLDERS: [&str; 2] = ["template", "mainTemplate"];

/// Where the keys start that may hold one, in order: what has none of them in it is passed over.
fn marks(root: Node<'_>) -> Vec<u32> {
    root.document().spelled(HOLDERS).iter().map(|key| key.span().start).collect()
}

/// A walk down a document.
struct Search<'d> {
    marks: Vec<u32>,
    way: Vec<Token<'d>>,
    found: Vec<Embedded<'d>>,
}

/// A step of the way down, written out only where something is found.
enum Token<'d> {
    Element(usize),
    Member(Node<'d>),
}

impl<'d> Search<'d> {
    fn visit(&mut self, node: Node<'d>) {
        for (n, item) in node.items().enumerate() {
            self.down(Token::Element(n), item, Self::visit);
        }
        for (key, value) in node.members() {
            if key.is("properties") {
                self.down(Token::Member(key), value, |search, value| search.properties(value, Some(node)));
            } else {
                self.down(Token::Member(key), value, Self::visit);
            }
        }
    }

    /// Looks into a value where there may be anything in it.
    fn down(&mut self, token: Token<'d>, value: Node<'d>, look: impl FnOnce(&mut Self, Node<'d>)) {
        let span = value.span();
        let next = self.marks.partition_point(|mark| *mark < span.start);
        if self.marks.get(next).is_some_and(|mark| *mark < span.end) {
            self.way.push(token);
            look(self, value);
            self.way.pop();
        }
    }

    /// The `properties` of `owner`: a template in it is a find, unless a deployment resource deploys it.
    fn properties(&mut self, node: Node<'d>, owner: Option<Node<'d>>) {
        if !node.is_object() {
            return self.visit(node);
        }
        for (key, value) in node.members().filter(|(_, value)| is_container(*value)) {
            let holds = HOLDERS.iter().any(|known| key.is(known)) && has_sections(value);
            if holds && !owner.is_some_and(super::is_deployment) {
                let parameters = node.get("parameters").filter(|node| node.is_object());
                self.way.push(Token::Member(key));
                self.found.push(Embedded { node: value, pointer: pointer(&self.way), parameters });
                self.way.pop();
            } else if key.is("properties") {
                self.down(Token::Member(key), value, |search, value| search.properties(value, None));
            } else {
                self.down(Token::Member(key), value, Self::visit);
            }
        }
    }
}

fn is_container(node: Node<'_>) -> bool {
    matches!(node.kind(), Kind::Array | Kind::Object)
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
