//! From a rule's fix to edits of the template, where the values to change are written out in it.
//!
//! A value that an expression computes has no characters that could be replaced; a value that comes out of a variable or a
//! parameter may be wanted by others as it is, so changing it there is never safe.

use super::name;
use super::path::{Path, Step};
use super::pattern::Pattern;
use super::predicate::Case;
use super::rule::{Change, FixPlan, How, Place};
use super::select::Hit;
use super::wording::Wording;
use crate::diagnostic::{Edit, Fix, Safety, nearest};
use crate::source::{Sources, Span, TextMap};
use crate::syntax::literal;
use crate::value::{Value, ValueKind};

/// The fix, if every one of its edits can be made.
pub(super) fn fix(case: &Case<'_, '_>, plan: &FixPlan, sources: &Sources, fill: &dyn Fn(&Wording) -> String) -> Option<Fix> {
    if plan.when.as_ref().is_some_and(|when| !case.certainly(when)) {
        return None;
    }
    let mut safety =
        plan.safety.cases.iter().find(|(when, _)| case.certainly(when)).map_or(plan.safety.default, |(_, safety)| *safety);
    let mut edits: Vec<Edit> = Vec::new();
    for change in plan.changes.iter().filter(|change| change.when.as_ref().is_none_or(|when| case.certainly(when))) {
        let Written::Edit(edit, in_place) = made(case, change, sources)? else { continue };
        if !in_place {
            safety = Safety::Unsafe;
        }
        if edits
            .iter()
            .any(|known| known.span == edit.span || known.span.start < edit.span.end && edit.span.start < known.span.end)
        {
            return None;
        }
        edits.push(edit);
    }
    (!edits.is_empty()).then(|| Fix { title: fill(&plan.title), safety, edits })
}

/// One change, if it can be made.
fn made(case: &Case<'_, '_>, change: &Change, sources: &Sources) -> Option<Written> {
    match &change.how {
        How::Set(value) => write(case, &change.at, value, sources),
        How::SetNearest(names) => {
            let hit = first(case, &change.at)?;
            let name = nearest(hit.value.as_str()?.trim(), names.iter().map(|name| &**name))?;
            write(case, &change.at, &Value::string(name, hit.site()), sources)
        }
        How::Remove => remove(&first(case, &change.at)?, sources),
        How::Replace(pattern, to) => replace(&first(case, &change.at)?, pattern, to, sources),
    }
}

enum Written {
    /// It is what it should be.
    Already,
    /// The edit, and whether it changes the resource's own text.
    Edit(Edit, bool),
}

fn first<'m>(case: &Case<'m, '_>, place: &Place) -> Option<Hit<'m>> {
    case.find_first(place, &[]).hits.into_iter().next()
}

fn write(case: &Case<'_, '_>, place: &Place, value: &Value, sources: &Sources) -> Option<Written> {
    if let Some(hit) = first(case, place) {
        if super::operator::same(hit.value, value, true) == crate::value::Truth::True {
            return Some(Written::Already);
        }
        let span = hit.value.origin.source();
        let text = rewritten(slice(sources, span)?.as_str(), hit.value, value)?;
        return Some(Written::Edit(Edit { span, text }, is_in_place(&hit)));
    }
    // The deepest object on the way that is there gets what is missing.
    let path = place.paths.first()?;
    let mut text = json(value);
    for depth in (0..path.steps.len()).rev() {
        let Step::Name(name) = &path.steps[depth] else { return None };
        let around = first(case, &Place::values(place.of, vec![Path { steps: path.steps[..depth].into(), at: None }]));
        let Some(hit) = around.filter(|hit| hit.value.as_object().is_some()) else {
            text = format!("{{ {}: {text} }}", quoted(name));
            continue;
        };
        let span = hit.value.origin.source();
        let written = slice(sources, span)?;
        let inside = written.strip_prefix('{')?;
        let gap = &inside[..inside.len() - inside.trim_start().len()];
        let comma = if inside.trim_start().starts_with('}') { "" } else { "," };
        let start = Span::new(span.file, span.start + 1, span.start + 1);
        return Some(Written::Edit(
            Edit { span: start, text: format!("{gap}{}: {text}{comma}", quoted(name)) },
            is_in_place(&hit),
        ));
    }
    None
}

/// The new characters for a literal that is written as `written` and whose value is `old`.
fn rewritten(written: &str, old: &Value, new: &Value) -> Option<String> {
    if written == json(old) {
        return Some(json(new));
    }
    // A string literal inside an expression, with nothing to escape in either.
    let old = old.as_str().filter(|old| written == format!("'{old}'"))?;
    let new = new.as_str().filter(|new| !old.contains(['"', '\\']) && !new.contains(['\'', '"', '\\']))?;
    Some(format!("'{new}'"))
}

/// Writes other characters over those that a pattern finds in a string, which is written out as a literal.
fn replace(hit: &Hit<'_>, pattern: &Pattern, to: &str, sources: &Sources) -> Option<Written> {
    let text = hit.value.as_str()?;
    let found = pattern.find(text)?;
    let (start, end) = (u32::try_from(found.start).ok()?, u32::try_from(found.end).ok()?);
    let at = hit.value.origin.source();
    let written = slice(sources, at)?;
    let (span, to) = match literal(&written, at.file, at.start) {
        Some((decoded, map)) if decoded == text => (map.span(start, end), quoted(to).trim_matches('"').to_owned()),
        Some(_) => return None,
        // A string literal inside an expression: the same characters, where there is nothing to escape.
        None if written == format!("'{text}'") && !text.contains(['"', '\\']) && !to.contains(['\'', '"', '\\']) => {
            (TextMap::plain(at.file, at.start + 1).span(start, end), to.to_owned())
        }
        None => return None,
    };
    Some(Written::Edit(Edit { span, text: to }, is_in_place(hit)))
}

/// Takes a member out of its object or an element out of its list, with the comma that then is one too many.
fn remove(hit: &Hit<'_>, sources: &Sources) -> Option<Written> {
    let origin = &hit.value.origin;
    // A member whose value is an expression goes with its expression; what is a part of one's value goes where that is written.
    let span = [origin.written, origin.source()].into_iter().find_map(|at| {
        let (start, end) = cut(sources.get(at.file)?.text(), hit.key(), at)?;
        Some(Span::new(at.file, u32::try_from(start).ok()?, u32::try_from(end).ok()?))
    })?;
    Some(Written::Edit(Edit { span, text: String::new() }, is_in_place(hit)))
}

/// What goes with the value at `at`, which is a member called `key` or an element of a list.
fn cut(text: &str, key: Option<&str>, at: Span) -> Option<(usize, usize)> {
    let before = text.get(..at.start as usize)?;
    let (head, opening) = match key {
        Some(key) => (before[..name::before(text, key, at)?.start].trim_end(), '{'),
        None => (before.trim_end(), '['),
    };
    let tail = text.get(at.end as usize..)?.trim_start();
    if !(head.ends_with([opening, ',']) && tail.starts_with([',', if opening == '{' { '}' } else { ']' }])) {
        return None;
    }
    Some(match (tail.strip_prefix(','), head.strip_suffix(',')) {
        // From the end of what stands before it, so that its line goes with it; on one line, with the space behind it.
        (Some(rest), _) if before[head.len()..].is_empty() => (head.len(), text.len() - rest.trim_start_matches(' ').len()),
        (Some(rest), _) => (head.len(), text.len() - rest.len()),
        (None, Some(rest)) => (rest.len(), at.end as usize),
        (None, None) => (head.len(), at.end as usize),
    })
}

fn is_in_place(hit: &Hit<'_>) -> bool {
    hit.value.origin.via.is_none() && hit.site() == hit.value.origin.written
}

fn slice(sources: &Sources, span: Span) -> Option<String> {
    Some(sources.get(span.file)?.slice(span).to_owned())
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A known value as JSON on one line.
pub(super) fn json(value: &Value) -> String {
    match &value.kind {
        ValueKind::Null | ValueKind::Unknown(_) => "null".to_owned(),
        ValueKind::Bool(known) => known.to_string(),
        ValueKind::Int(number) => number.to_string(),
        ValueKind::Float(number) => format!("{number:?}"),
        ValueKind::Str(text) => quoted(text),
        ValueKind::Array(items) => {
            let items: Vec<String> = items.iter().map(json).collect();
            format!("[{}]", items.join(", "))
        }
        ValueKind::Object(object) => {
            let members: Vec<String> =
                object.iter().map(|(key, value)| format!("{}: {}", quoted(key.as_str()), json(value))).collect();
            if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join(", ")) }
        }
    }
}
