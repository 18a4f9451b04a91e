//! From a rule's fix to edits of the files, where the values to change are written out in them.
//!
//! A value that an expression computes has no characters that could be replaced. One that comes out of a variable or a
//! parameter is changed where it is written; where others ask for it as well, that is never safe.

mod addition;
mod change;
mod draft;
mod way;

use std::sync::Arc;

use super::predicate::Case;
use super::rule::FixPlan;
use super::wording::Wording;
use crate::diagnostic::{Fix, Safety};
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::{Document, Fresh};
use crate::value::{Value, ValueKind};
use draft::Draft;

/// The files that were read, as trees.
pub trait Trees: Sync {
    /// The tree of a file; `None` for a file of another run.
    fn document(&self, file: FileId) -> Option<Arc<Document>>;

    /// The policy document beside the templates that an address, written at `at`, leads to; not one by itself.
    fn policy(&self, at: Span, address: &Value) -> Option<Arc<SourceFile>>;
}

/// The fix, if every one of its edits can be made.
pub(super) fn fix(case: &Case<'_, '_>, plan: &FixPlan, trees: &dyn Trees, fill: &dyn Fn(&Wording) -> String) -> Option<Fix> {
    if plan.when.as_ref().is_some_and(|when| !case.certainly(when)) {
        return None;
    }
    let mut draft = Draft::new(trees);
    for change in plan.changes.iter().filter(|change| change.when.as_ref().is_none_or(|when| case.certainly(when))) {
        change::make(case, change, &mut draft)?;
    }
    let graded =
        plan.safety.cases.iter().find(|(when, _)| case.certainly(when)).map_or(&plan.safety.default, |(_, graded)| graded);
    let (edits, places, mut reasons) = draft.finish()?;
    let safety = if reasons.is_empty() { graded.safety } else { Safety::Unsafe };
    if graded.safety == Safety::Unsafe {
        let why = graded.why.as_ref().or(plan.why.as_ref());
        reasons.splice(0..0, why.map(fill));
    }
    let reason = (!reasons.is_empty()).then(|| reasons.join("; "));
    Some(Fix { title: fill(&plan.title), places, safety, reason, edits })
}

/// A known value as JSON on one line.
pub(super) fn json(value: &Value) -> String {
    fresh(value).on_one_line()
}

/// A known value, to be written.
fn fresh(value: &Value) -> Fresh {
    match &value.kind {
        ValueKind::Null | ValueKind::Unknown(_) => Fresh::Text("null".to_owned()),
        ValueKind::Bool(known) => Fresh::Text(known.to_string()),
        ValueKind::Int(number) => Fresh::Text(number.to_string()),
        ValueKind::Float(number) => Fresh::Text(format!("{number:?}")),
        ValueKind::Str(text) => Fresh::string(text),
        ValueKind::Array(items) => Fresh::Array(items.iter().map(fresh).collect()),
        ValueKind::Object(object) => {
            Fresh::Object(object.iter().map(|(key, value)| (key.as_str().to_owned(), fresh(value))).collect())
        }
    }
}
