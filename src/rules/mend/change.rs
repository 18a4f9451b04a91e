//! One change of a fix: a value written, taken out, or changed in a few characters.

use super::draft::Draft;
use super::{addition, fresh, json, way};
use crate::diagnostic::{Edit, nearest};
use crate::rules::operator;
use crate::rules::path::{Path, Step};
use crate::rules::pattern::Pattern;
use crate::rules::policy;
use crate::rules::predicate::Case;
use crate::rules::rule::{Change, How, Place};
use crate::rules::select::Hit;
use crate::source::{Span, TextMap};
use crate::syntax::{self, Fresh, Node, literal};
use crate::value::{Truth, Value};

/// Adds the edits of a change to the draft; `None` where it cannot be made.
pub(super) fn make(case: &Case<'_, '_>, change: &Change, draft: &mut Draft<'_>) -> Option<()> {
    match &change.how {
        How::Set(value) => write(case, &change.at, value, draft),
        How::SetNearest(names) => {
            let hit = first(case, &change.at)?;
            let name = nearest(hit.value.as_str()?.trim(), names.iter().map(|name| &**name))?;
            write(case, &change.at, &Value::string(name, hit.site()), draft)
        }
        How::Remove => remove(&first(case, &change.at)?, draft),
        How::Replace(pattern, to) => replace(&first(case, &change.at)?, pattern, to, draft),
        How::Add(addition) => addition::add(case, &change.at, addition, draft),
        How::Insert(xml) => {
            let hit = first(case, &change.at)?;
            in_policy(&hit, policy::insert(&hit, xml, draft.trees)?, draft)
        }
    }
}

fn first<'m>(case: &Case<'m, '_>, place: &Place) -> Option<Hit<'m>> {
    case.find_first(place, &[]).hits.into_iter().next().filter(|hit| !hit.assumed)
}

fn write(case: &Case<'_, '_>, place: &Place, value: &Value, draft: &mut Draft<'_>) -> Option<()> {
    match first(case, place) {
        Some(hit) if operator::same(hit.value, value, true) == Truth::True => Some(()),
        Some(hit) => rewrite(&hit, value, draft),
        None => insert(case, place, fresh(value), draft),
    }
}

/// Writes another value over one that is written out.
fn rewrite(hit: &Hit<'_>, value: &Value, draft: &mut Draft<'_>) -> Option<()> {
    if hit.policy.is_some() {
        return in_policy(hit, policy::replace(hit, None, value.as_str()?, draft.trees)?, draft);
    }
    let span = hit.value.origin.source();
    let document = draft.trees.document(span.file)?;
    let text = match document.at(span) {
        Some(node) => is_literal(node, hit.value).then(|| json(value))?,
        None => {
            let to = value.as_str().filter(|to| stands_for_itself(to))?;
            in_expression(document.file().slice(span), hit.value.as_str()?).then(|| format!("'{to}'"))?
        }
    };
    draft.replace(span, text);
    draft.came(way::of(hit, Some(value), draft.trees)?);
    Some(())
}

/// Puts a value where there is none: the deepest object on the way that is there gets what is missing.
pub(super) fn insert(case: &Case<'_, '_>, place: &Place, value: Fresh, draft: &mut Draft<'_>) -> Option<()> {
    let path = place.paths.first()?;
    let mut value = value;
    for depth in (0..path.steps.len()).rev() {
        let Step::Name(name) = &path.steps[depth] else { return None };
        let around = first(case, &Place::values(place.of, vec![Path::new(&path.steps[..depth])]));
        let Some(hit) = around.filter(|hit| hit.value.as_object().is_some()) else {
            value = Fresh::Object(vec![(name.to_string(), value)]);
            continue;
        };
        let span = hit.value.origin.source();
        let document = draft.trees.document(span.file)?;
        let object = document.at(span).filter(|node| node.is_object())?;
        match object.get(name) {
            // It is there and holds nothing.
            Some(null) => draft.replace(null.span(), value.on_one_line()),
            None => draft.insert(span, name, value),
        }
        draft.came(way::of(&hit, None, draft.trees)?);
        return Some(());
    }
    None
}

/// Takes in an edit of a policy document.
fn in_policy(hit: &Hit<'_>, edit: Edit, draft: &mut Draft<'_>) -> Option<()> {
    draft.extend(vec![edit]);
    draft.came(way::of(hit, None, draft.trees)?);
    Some(())
}

/// Whether a node is the value itself, not an expression that comes to it.
fn is_literal(node: Node<'_>, value: &Value) -> bool {
    match node.string() {
        Some(text) => value.as_str() == Some(&text) && (!text.starts_with('[') || text.starts_with("[[")),
        None => node.raw() == json(value),
    }
}

/// Whether `written` is the string `text` as a literal of an expression, with nothing to escape in it.
fn in_expression(written: &str, text: &str) -> bool {
    stands_for_itself(text) && written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) == Some(text)
}

/// Whether a text may stand in a literal of an expression, inside of a JSON string, as it is.
fn stands_for_itself(text: &str) -> bool {
    !text.contains(['\'', '"', '\\']) && !text.contains(char::is_control)
}

/// Writes other characters over those that a pattern finds in a string, which is written out as a literal.
fn replace(hit: &Hit<'_>, pattern: &Pattern, to: &str, draft: &mut Draft<'_>) -> Option<()> {
    if hit.policy.is_some() {
        return in_policy(hit, policy::replace(hit, Some(pattern), to, draft.trees)?, draft);
    }
    let text = hit.value.as_str()?;
    let found = pattern.find(text)?;
    let (start, end) = (u32::try_from(found.start).ok()?, u32::try_from(found.end).ok()?);
    let at = hit.value.origin.source();
    let document = draft.trees.document(at.file)?;
    let written = document.file().slice(at);
    let (span, to) = match literal(written, at.file, at.start) {
        Some((decoded, map)) if decoded == text => {
            (map.span(start, end), json(&Value::string(to, at)).trim_matches('"').to_owned())
        }
        Some(_) => return None,
        None if in_expression(written, text) && stands_for_itself(to) => {
            (TextMap::plain(at.file, at.start + 1).span(start, end), to.to_owned())
        }
        None => return None,
    };
    draft.replace(span, to);
    draft.came(way::of(hit, None, draft.trees)?);
    Some(())
}

/// Takes a member out of its object or an element out of its list.
fn remove(hit: &Hit<'_>, draft: &mut Draft<'_>) -> Option<()> {
    let origin = &hit.value.origin;
    // A member whose value is an expression goes with its expression; what is a part of one's value goes where that is written.
    let edits = [origin.written, origin.source()].into_iter().find_map(|at| taken_out(hit, at, draft))?;
    draft.extend(edits);
    draft.came(way::of(hit, None, draft.trees)?);
    Some(())
}

fn taken_out(hit: &Hit<'_>, at: Span, draft: &Draft<'_>) -> Option<Vec<Edit>> {
    let document = draft.trees.document(at.file)?;
    let way = document.way_to(at);
    let [.., around, node] = way.as_slice() else { return None };
    let named = around.members().find(|(_, value)| value.span() == node.span()).and_then(|(key, _)| key.string());
    let same = match (hit.key(), named) {
        (Some(key), Some(named)) => named.eq_ignore_ascii_case(key),
        (None, None) => true,
        _ => false,
    };
    if same { syntax::remove(*around, *node) } else { None }
}
