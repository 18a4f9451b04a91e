//! The joins of a rule file: which other resources it looks at, and how they are found.

use std::sync::Arc;

use super::Scope;
use crate::rules::file::{JOIN, PLACE};
use crate::rules::rule::{By, Join, Subject};
use crate::source::Span;
use crate::syntax::Node;
use crate::table::{Fields, Problems};
use crate::value::Key;

const WAYS: &[&str] = &["id", "name", "child", "parent", "children", "within", "refersBy"];

/// The name of each join, and whether it can be several resources: what must be known before any condition is read.
pub(super) fn heads(fields: &Fields<'_>, problems: &mut Problems) -> Vec<(Arc<str>, bool, Span)> {
    let Some(node) = fields.get("join") else { return Vec::new() };
    if !node.is_object() {
        problems.expected(node, "an object of joins by name");
    }
    let many = |join: Node<'_>| ["children", "within", "refersBy"].iter().any(|way| join.get(way).is_some());
    node.members().filter_map(|(key, join)| Some((key.string()?.into(), many(join), key.span()))).collect()
}

/// The joins.
pub(super) fn joins<'d>(fields: &Fields<'d>, scope: &mut Scope<'_, 'd>) -> Vec<Join> {
    let Some(node) = fields.get("join") else { return Vec::new() };
    let read: Vec<Join> = node.members().filter_map(|(key, node)| join(key.string()?.into(), node, scope)).collect();
    for (n, (key, _)) in node.members().enumerate() {
        if read.len() == node.members().count() && is_cyclic(&read, n) {
            let message = format!("join `{}` is joined to itself", read[n].name);
            scope.problems.report(key.span(), message, "let `from` lead back to `self` or `each`");
        }
    }
    read
}

/// Whether following `from` never ends at the resource.
fn is_cyclic(joins: &[Join], start: usize) -> bool {
    let mut at = start;
    for _ in 0..=joins.len() {
        match joins[at].from.0.checked_sub(Subject::FIRST_JOIN) {
            Some(next) => at = next,
            None => return false,
        }
    }
    true
}

fn join<'d>(name: Arc<str>, node: Node<'d>, scope: &mut Scope<'_, 'd>) -> Option<Join> {
    let fields = Fields::open(node, &JOIN, scope.problems)?;
    let from = match fields.get("from") {
        Some(node) => scope.subject_at(node)?,
        None => Subject::SELF,
    };
    if scope.names.get(from.0).is_some_and(|known| known.many) {
        scope.problems.report(fields.get("from")?.span(), "there may be several of these resources", "join to one resource");
        return None;
    }
    let given = fields.given(WAYS);
    let [way] = given.as_slice() else {
        let message = format!("join `{name}` is found by {} things", if given.is_empty() { "no" } else { "several" });
        let help = "give one of `id`, `name`, `child`, `parent`, `children`, `within` or `refersBy`";
        scope.problems.report(fields.head(), message, help);
        return None;
    };
    let at = fields.get(way)?;
    let by = match *way {
        "id" => By::Id(scope.paths(at)?),
        "name" => By::Name(scope.paths(at)?),
        "parent" => scope.problems.choice(at, &["nearest"]).map(|_| By::Parent)?,
        "child" => {
            let place = Fields::open(at, &PLACE, scope.problems)?;
            By::Child(scope.place(&place, place.get("path")?)?)
        }
        "children" => By::Children { all: scope.problems.choice(at, &["direct", "all"])? == "all" },
        "within" => By::Within(within(&fields, at, scope)?),
        _ => By::Referrers(scope.paths(at)?),
    };
    let resource: Vec<Key> = fields.texts("resource", scope.problems).into_iter().map(|(text, _)| Key::new(text)).collect();
    if resource.is_empty() && !matches!(by, By::Parent) {
        scope.problems.report(fields.head(), format!("join `{name}` names no resource type"), "add `resource`");
        return None;
    }
    let or_none = match fields.get("absent") {
        Some(node) => scope.problems.choice(node, &["undecided", "none"])? == "none",
        None => false,
    };
    Some(Join { name, from, resource, by, or_none })
}

/// The type at `at`, which must be that of a resource around those of the join.
fn within<'d>(fields: &Fields<'d>, at: Node<'d>, scope: &mut Scope<'_, 'd>) -> Option<Key> {
    let around = scope.problems.text(at)?;
    for (inner, span) in fields.texts("resource", scope.problems) {
        let head = inner.get(..around.len()).filter(|_| inner[around.len()..].starts_with('/'));
        if !head.is_some_and(|head| head.eq_ignore_ascii_case(&around)) {
            let message = format!("`{inner}` is never within `{around}`");
            scope.problems.report(span, message, "name types that start with that of the resource around them");
        }
    }
    Some(Key::new(around))
}
