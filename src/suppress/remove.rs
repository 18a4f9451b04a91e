//! Edits that take a suppression, or some of its rules, out of a file.

use super::written::{Kind, Suppression};
use crate::diagnostic::{Edit, Fix, Safety};
use crate::source::{SourceFile, Span};
use crate::syntax::{self, Document};

/// The fix that removes these of the rules of a suppression: the whole of it where no rule is left.
#[must_use]
pub fn removal(document: &Document, suppression: &Suppression, rules: &[usize]) -> Option<Fix> {
    let file = document.file();
    let named = || rules.iter().filter_map(|ix| suppression.rules.get(*ix)).map(|named| named.at);
    let edits: Vec<Edit> = match (suppression.kind, rules.len() == suppression.rules.len()) {
        (Kind::Comment, true) => {
            [Some(suppression.at), suppression.end].into_iter().flatten().map(|at| comment(file, at)).collect()
        }
        (Kind::Comment, false) => named().map(|at| word(file, at)).collect(),
        (Kind::Metadata, true) => entry(document, suppression.at)?,
        (Kind::Metadata, false) => named().map(|at| value(document, at, 0)).collect::<Option<Vec<_>>>()?.concat(),
        (Kind::Configuration, _) => return None,
    };
    Some(Fix::new("remove what is not needed of it", Safety::Safe, edits))
}

/// Takes an entry out of `metadata`, with what would be empty without it: the list, `armlint`, `metadata`.
fn entry(document: &Document, at: Span) -> Option<Vec<Edit>> {
    let way = document.way_to(at);
    let alone = way.iter().rev().skip(1).take(3).take_while(|around| around.items().count() + around.members().count() == 1);
    value(document, at, alone.count())
}

/// Takes a value out of what is around it, or what is so many steps around the value.
fn value(document: &Document, at: Span, steps: usize) -> Option<Vec<Edit>> {
    let way = document.way_to(at);
    let inner = way.len().checked_sub(1 + steps)?;
    syntax::remove(*way.get(inner.checked_sub(1)?)?, *way.get(inner)?)
}

/// Takes out a comment: with its line where nothing else stands on it, else with the space before it.
fn comment(file: &SourceFile, at: Span) -> Edit {
    let text = file.text();
    let (start, end) = (at.start as usize, at.end as usize);
    let before = text[..start].trim_end_matches([' ', '\t']);
    let after = &text[end..];
    let rest = after.trim_start_matches([' ', '\t']);
    let line_break = ["\r\n", "\n", "\r"].into_iter().find(|line_break| rest.starts_with(line_break));
    let starts_line = before.is_empty() || before.ends_with(['\n', '\r']);
    let (start, end) = match line_break {
        Some(line_break) if starts_line => (before.len(), text.len() - rest.len() + line_break.len()),
        None if starts_line && rest.is_empty() => (before.len(), text.len()),
        // What follows on the line keeps its place.
        None if starts_line => (start, text.len() - rest.len()),
        Some(_) | None => (before.len(), end),
    };
    edit(at, start, end)
}

/// Takes out a word of a list, with what parts it from the next or from the one before.
fn word(file: &SourceFile, at: Span) -> Edit {
    let text = file.text();
    let (start, end) = (at.start as usize, at.end as usize);
    let between = |c: char| c == ',' || c.is_whitespace();
    let rest = &text[end..];
    let next = rest.trim_start_matches(between);
    let is_last = !rest[..rest.len() - next.len()].contains(',');
    let (start, end) =
        if is_last { (text[..start].trim_end_matches(between).len(), end) } else { (start, text.len() - next.len()) };
    edit(at, start, end)
}

fn edit(at: Span, start: usize, end: usize) -> Edit {
    let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Edit { span: Span::new(at.file, byte(start), byte(end)), text: String::new() }
}
