//! A resource that a fix adds, as a rule file describes it.

use super::{Scope, term::literal};
use crate::rules::file::ADDITION;
use crate::rules::path::{Path, Step};
use crate::rules::rule::{Addition, Body, Change, How};
use crate::syntax::Node;
use crate::table::Fields;

const BLANKS: &str = "write `{name}`, `{lower name}`, or a path of names in the resource: `{$.location}`";

impl<'d> Scope<'_, 'd> {
    /// The addition at `node`.
    pub(super) fn addition(&mut self, node: Node<'d>) -> Option<Change> {
        let fields = Fields::open(node, &ADDITION, self.problems)?;
        let mut texts = |key: &str| fields.texts(key, self.problems).into_iter().map(|(text, _)| text).collect();
        let (beside, symbol) = (texts("beside"), texts("symbol"));
        let written = fields.get("resource")?;
        let word = fields.text("word", self.problems)?;
        let addition = Addition { resource: self.body(written)?, word, beside, symbol };
        let named = written.get("name").and_then(Node::string).is_some_and(|name| name == "{name}");
        if addition.kind().is_none() || !named {
            let help = "give it a `type` and `\"name\": \"{name}\"`, the name that is made for it";
            self.problems.report(written.span(), "this resource has no type or no name", help);
            return None;
        }
        self.one_change(&fields, How::Add(Box::new(addition)))
    }

    /// What is to be written. It is no deeper than the reader lets brackets nest.
    fn body(&mut self, node: Node<'d>) -> Option<Body> {
        if node.is_object() {
            let mut members = Vec::new();
            for (key, value) in node.members() {
                members.push((key.string()?.into(), self.body(value)?));
            }
            return Some(Body::Object(members));
        }
        if node.is_array() {
            return node.items().map(|item| self.body(item)).collect::<Option<_>>().map(Body::Array);
        }
        let text = node.string().unwrap_or_default();
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            None => Some(Body::Stated(literal(node))),
            Some("name") => Some(Body::Name { lower: false }),
            Some("lower name") => Some(Body::Name { lower: true }),
            Some(blank) => {
                let path = Path::parse(blank).ok().filter(|path| path.steps.iter().all(|step| matches!(step, Step::Name(_))));
                if path.is_none() {
                    self.problems.report(node.span(), format!("nothing is named `{{{blank}}}` here"), BLANKS);
                }
                path.map(Body::Copy)
            }
        }
    }
}
