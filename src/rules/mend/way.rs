//! Where a value that is to be changed comes from, and who else asks for it there.

use std::sync::Arc;

use super::Trees;
use crate::rules::select::Hit;
use crate::source::Span;
use crate::syntax::{Document, Node};
use crate::value::{Hop, Step, Value};

/// What is to be said of a change, where it is not in the resource itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Way {
    /// Where it is: "variable `version`".
    pub(super) place: Option<String>,
    /// Why somebody should look at it: others ask for the value, too.
    pub(super) shared: Option<String>,
}

/// What is asked of a template by name.
struct Asked<'n> {
    /// `variables` or `parameters`.
    function: &'static str,
    name: &'n str,
}

/// The way of a value that is to become `new`, or is changed in part. `None` where it may not become that: it is not among
/// the allowed values of a parameter on the way.
pub(super) fn of(hit: &Hit<'_>, new: Option<&Value>, trees: &dyn Trees) -> Option<Way> {
    let mut way = Way::default();
    // Part of a policy document went the way of its text.
    let own = hit.policy.map_or(&hit.value.origin, |(document, _)| document.origin());
    let apart = !std::ptr::eq(hit.placed, hit.value);
    let origins = [Some(own), apart.then_some(&hit.placed.origin)];
    for origin in origins.into_iter().flatten() {
        let mut stands = origin.written;
        for hop in origin.hops() {
            let document = trees.document(stands.file)?;
            match asked(hop) {
                Some(asked) => {
                    if asked.function == "parameters" && new.is_some_and(|new| !allows(&document, asked.name, new)) {
                        return None;
                    }
                    if is_shared(&document, &asked) {
                        let what = asked.function.trim_end_matches('s');
                        way.shared.get_or_insert_with(|| format!("{what} `{}` is used in other places, too", asked.name));
                    }
                }
                None => {
                    way.shared.get_or_insert_with(|| "an expression picks the value".to_owned());
                }
            }
            stands = hop.from;
        }
    }
    let all = own.hops().chain(hit.placed.origin.hops().filter(|_| apart));
    let steps: Vec<&Hop> = all.filter(|hop| asked(hop).is_some()).collect();
    let first = own.hops().filter(|hop| asked(hop).is_some()).count();
    way.place = steps.get(first.max(1) - 1).or(steps.last()).map(|hop| place(hop, trees));
    Some(way)
}

fn asked(hop: &Hop) -> Option<Asked<'_>> {
    match &hop.step {
        Step::Variable(name) => Some(Asked { function: "variables", name }),
        Step::ParameterDefault { name, .. }
        | Step::ParameterDeclaration { name, .. }
        | Step::ParameterFile { name, .. }
        | Step::DeploymentParameter { name, .. } => Some(Asked { function: "parameters", name }),
        Step::CopyIndex(_) | Step::Argument(_) | Step::Member(_) | Step::Output(_) | Step::Reference(_) => None,
    }
}

/// A hop as people call the place that it starts from.
fn place(hop: &Hop, trees: &dyn Trees) -> String {
    match &hop.step {
        Step::ParameterDefault { name, .. } => format!("the default value of parameter `{name}`"),
        Step::DeploymentParameter { name, .. } => format!("what is handed to parameter `{name}`"),
        Step::ParameterFile { name, .. } => format!("parameter `{name}` of `{}`", file_name(hop.from, trees)),
        Step::Variable(name) => format!("variable `{name}`"),
        _ => "the expression".to_owned(),
    }
}

fn file_name(at: Span, trees: &dyn Trees) -> Arc<str> {
    let document = trees.document(at.file);
    let path = document.as_ref().map_or("", |document| document.file().path());
    path.rsplit('/').next().unwrap_or(path).into()
}

/// Whether every parameter of this name in a file may have the value.
fn allows(document: &Document, name: &str, new: &Value) -> bool {
    let declared = document.nodes().filter_map(|node| node.get("parameters")?.get(name)?.get("allowedValues"));
    let listed = |allowed: Node<'_>| {
        allowed.items().any(|item| match (item.string(), new.as_str()) {
            (Some(text), Some(new)) => text == new,
            _ => item.raw() == super::json(new),
        })
    };
    declared.filter(|allowed| allowed.is_array()).all(listed)
}

/// Whether the expressions of a file ask for it more than once; a name that is computed may be any.
fn is_shared(document: &Document, asked: &Asked<'_>) -> bool {
    let texts = document.nodes().filter_map(Node::string).filter(|text| text.starts_with('['));
    let mut uses = 0;
    texts.into_iter().any(|text| {
        uses += calls(&text, asked);
        uses > 1
    })
}

fn calls(text: &str, asked: &Asked<'_>) -> usize {
    let lower = text.to_ascii_lowercase();
    let argument = |rest: &'_ str| {
        let rest = rest.trim_start().strip_prefix('(')?.trim_start();
        let named = rest.strip_prefix('\'').and_then(|rest| rest.split_once('\''));
        Some(named.is_none_or(|(name, _)| name == asked.name.to_ascii_lowercase()))
    };
    lower.match_indices(asked.function).filter(|(at, found)| argument(&lower[at + found.len()..]) == Some(true)).count()
}

#[cfg(test)]
mod tests {
    use super::{Asked, calls};

    #[test]
    fn every_call_that_may_ask_for_the_name_is_counted() {
        let asked = Asked { function: "variables", name: "Version" };
        let table = [
            ("[variables('version')]", 1),
            ("[concat(Variables ( 'VERSION' ), variables('versions'))]", 1),
            ("[variables(concat('ver', 'sion'))]", 1),
            ("[parameters('version')]", 0),
            ("[concat('variables', variables('other'))]", 0),
            ("[if(variables('version'), variables('version'), 1)]", 2),
        ];
        for (text, count) in table {
            assert_eq!(calls(text, &asked), count, "{text}");
        }
    }
}
