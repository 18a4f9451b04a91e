//! The edits of one fix while they come together.

use super::Trees;
use super::way::Way;
use crate::diagnostic::Edit;
use crate::source::Span;
use crate::syntax::{Fresh, insert_members};

/// The edits of a fix, and what is to be said of them.
pub(super) struct Draft<'t> {
    pub(super) trees: &'t dyn Trees,
    edits: Vec<Edit>,
    /// The members that objects gain, which go in together.
    members: Vec<(Span, Vec<(String, Fresh)>)>,
    places: Vec<String>,
    reasons: Vec<String>,
}

impl<'t> Draft<'t> {
    pub(super) fn new(trees: &'t dyn Trees) -> Self {
        Self { trees, edits: Vec::new(), members: Vec::new(), places: Vec::new(), reasons: Vec::new() }
    }

    /// Writes other characters over those at `span`.
    pub(super) fn replace(&mut self, span: Span, text: String) {
        self.edits.push(Edit { span, text });
    }

    /// Takes in edits.
    pub(super) fn extend(&mut self, edits: Vec<Edit>) {
        self.edits.extend(edits);
    }

    /// Puts a member into the object at `object`.
    pub(super) fn insert(&mut self, object: Span, name: &str, value: Fresh) {
        let known = self.members.iter().position(|(known, _)| *known == object);
        let at = known.unwrap_or_else(|| {
            self.members.push((object, Vec::new()));
            self.members.len() - 1
        });
        add(&mut self.members[at].1, name, value);
    }

    /// Notes where a value that is changed comes from.
    pub(super) fn came(&mut self, way: Way) {
        if let Some(place) = way.place.filter(|place| !self.places.contains(place)) {
            self.places.push(place);
        }
        if let Some(reason) = way.shared.filter(|reason| !self.reasons.contains(reason)) {
            self.reasons.push(reason);
        }
    }

    /// The edits in the order of their places, where values come from that do not stand in the resource, and why that is not
    /// safe. `None` where there are no edits, or one is in another's way.
    pub(super) fn finish(mut self) -> Option<(Vec<Edit>, Vec<String>, Vec<String>)> {
        for (span, members) in &self.members {
            let document = self.trees.document(span.file)?;
            self.edits.extend(insert_members(document.at(*span)?, members));
        }
        self.edits.sort_by_key(|edit| edit.span);
        self.edits.dedup();
        let clash = |pair: &[Edit]| {
            let (one, next) = (pair[0].span, pair[1].span);
            one.file == next.file && (one == next || next.start < one.end)
        };
        (!self.edits.is_empty() && !self.edits.windows(2).any(clash)).then_some((self.edits, self.places, self.reasons))
    }
}

/// Adds a member; an object that is there already gains the members of one of the same name.
fn add(members: &mut Vec<(String, Fresh)>, name: &str, value: Fresh) {
    match (members.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)), value) {
        (Some((_, Fresh::Object(known))), Fresh::Object(new)) => {
            new.into_iter().for_each(|(name, value)| add(known, &name, value));
        }
        (_, value) => members.push((name.to_owned(), value)),
    }
}
