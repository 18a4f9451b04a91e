//! What a rule says and how it mends: texts, places and edits of a rule file.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Scope, term::literal};
use crate::diagnostic::Safety;
use crate::rules::condition::Predicate;
use crate::rules::file::{
    EXTRA, FIX, INSERTION, PLACE, REMOVAL, REPLACEMENT, REPORT, SAFETIES, SAFETY, SAFETY_CASE, SET, WORDING,
};
use crate::rules::path::Path;
use crate::rules::rule::{Change, Extra, FixPlan, Graded, How, Judged, Place, Report, Subject, Texts};
use crate::rules::wording::{Blank, Wording};
use crate::syntax::Node;
use crate::table::{Fields, advice};

type Values = [(Arc<str>, Place)];

impl<'d> Scope<'_, 'd> {
    /// The report at `node`.
    pub(super) fn report(&mut self, node: Node<'d>) -> Option<Report> {
        let fields = Fields::open(node, &REPORT, self.problems)?;
        let mut values = Vec::new();
        for (key, node) in fields.get("values").into_iter().flat_map(Node::members) {
            let place = Fields::open(node, &PLACE, self.problems)?;
            values.push((key.string()?.into(), self.place(&place, place.get("path")?)?));
        }
        let texts = self.texts(&fields, &values)?;
        let mut cases = Vec::new();
        for item in fields.get("cases").into_iter().flat_map(Node::items) {
            let case = Fields::open(item, &WORDING, self.problems)?;
            cases.push((self.predicate(case.get("when")?)?, self.texts(&case, &values)?));
        }
        let mut labels = Vec::new();
        for item in fields.get("labels").into_iter().flat_map(Node::items) {
            let label = Fields::open(item, &EXTRA, self.problems)?;
            labels.push(Extra {
                at: self.place(&label, label.get("path")?)?,
                text: self.wording(label.get("text")?, &values)?,
                when: self.condition(&label)?,
            });
        }
        let undecided = self.optional(&fields, "undecided", &values)?;
        Some(Report { texts, cases, labels, undecided })
    }

    fn texts(&mut self, fields: &Fields<'d>, values: &Values) -> Option<Texts> {
        let at = match fields.get("at") {
            Some(node) => self.places(node)?,
            None => Vec::new(),
        };
        Some(Texts {
            at,
            message: self.optional(fields, "message", values)?,
            label: self.optional(fields, "label", values)?,
            help: self.optional(fields, "help", values)?,
        })
    }

    /// The text at `key`: `None` where it is wrong, `Some(None)` where there is none.
    fn optional(&mut self, fields: &Fields<'d>, key: &str, values: &Values) -> Option<Option<Wording>> {
        match fields.get(key) {
            Some(node) => self.wording(node, values).map(Some),
            None => Some(None),
        }
    }

    /// The text at `node`, its names in braces resolved.
    fn wording(&mut self, node: Node<'d>, values: &Values) -> Option<Wording> {
        let text = self.problems.text(node)?;
        match Wording::parse(&text, |name| self.blank(name, values)) {
            Ok(wording) => Some(wording),
            Err((at, name)) => {
                let map = node.text_map();
                let start = u32::try_from(at).unwrap_or(u32::MAX);
                let span = map.span(start, start.saturating_add(u32::try_from(name.len() + 2).unwrap_or(u32::MAX)));
                let known = self.blanks(values);
                let help = advice(
                    &name,
                    known.iter().map(|name| &**name),
                    "give it a place in `values`, or write `{{…}}` for braces that stand for themselves",
                );
                self.problems.report(span, format!("nothing is named `{{{name}}}` here"), help);
                None
            }
        }
    }

    fn blank(&self, name: &str, values: &Values) -> Option<Blank> {
        match name {
            "found" => return Some(Blank::Found),
            "key" => return Some(Blank::Key),
            "failing" => return Some(Blank::Failing),
            "nearest" => return Some(Blank::Nearest),
            "expected" => return Some(Blank::Expected),
            "asOf" => return Some(Blank::AsOf),
            _ => {}
        }
        if let Some((_, place)) = values.iter().find(|(known, _)| **known == *name) {
            return Some(Blank::Value(place.clone()));
        }
        let (of, what) = name.rsplit_once('.')?;
        if of == "option" {
            return self.options.iter().position(|option| *option.name == *what).map(Blank::Option);
        }
        let subject = self.names.iter().position(|known| *known.name == *of && !known.many).map(Subject)?;
        match what {
            "name" => Some(Blank::Name(subject)),
            "type" => Some(Blank::Type(subject)),
            _ => None,
        }
    }

    /// Every name that can stand in braces.
    fn blanks(&self, values: &Values) -> Vec<Cow<'static, str>> {
        let mut names: Vec<Cow<'static, str>> =
            ["found", "key", "failing", "nearest", "expected", "asOf"].map(Cow::Borrowed).to_vec();
        names.extend(values.iter().map(|(name, _)| Cow::Owned(name.to_string())));
        names.extend(self.options.iter().map(|option| Cow::Owned(format!("option.{}", option.name))));
        for known in self.names.iter().filter(|known| !known.many) {
            names.extend(["name", "type"].map(|what| Cow::Owned(format!("{}.{what}", known.name))));
        }
        names
    }

    /// The place or places at `node`: paths in the resource, or objects.
    pub(super) fn places(&mut self, node: Node<'d>) -> Option<Vec<Place>> {
        let items: Vec<Node<'d>> = if node.is_array() { node.items().collect() } else { vec![node] };
        items.into_iter().map(|item| self.one_place(item)).collect()
    }

    fn one_place(&mut self, node: Node<'d>) -> Option<Place> {
        if node.is_string() {
            return Some(Place::values(Subject::SELF, self.paths(node)?));
        }
        let fields = Fields::open(node, &PLACE, self.problems)?;
        self.place(&fields, fields.get("path")?)
    }

    /// The fix or fixes at `node`.
    pub(super) fn fixes(&mut self, node: Node<'d>) -> Vec<FixPlan> {
        let items: Vec<Node<'d>> = if node.is_array() { node.items().collect() } else { vec![node] };
        items.into_iter().filter_map(|item| self.fix(item)).collect()
    }

    fn fix(&mut self, node: Node<'d>) -> Option<FixPlan> {
        let fields = Fields::open(node, &FIX, self.problems)?;
        let mut changes = Vec::new();
        for item in fields.get("set").into_iter().flat_map(Node::items) {
            changes.push(self.set(item)?);
        }
        for item in fields.get("remove").into_iter().flat_map(Node::items) {
            let removal = Fields::open(item, &REMOVAL, self.problems)?;
            changes.push(self.change(&removal, How::Remove)?);
        }
        for item in fields.get("insert").into_iter().flat_map(Node::items) {
            let insertion = Fields::open(item, &INSERTION, self.problems)?;
            let xml = insertion.text("xml", self.problems)?;
            changes.push(self.change(&insertion, How::Insert(xml))?);
        }
        for item in fields.get("replace").into_iter().flat_map(Node::items) {
            let replacement = Fields::open(item, &REPLACEMENT, self.problems)?;
            let from = Box::new(self.pattern(replacement.get("from")?, false)?);
            let to = replacement.text("to", self.problems)?;
            changes.push(self.change(&replacement, How::Replace(from, to))?);
        }
        for item in fields.get("add").into_iter().flat_map(Node::items) {
            changes.push(self.addition(item)?);
        }
        Some(FixPlan {
            title: self.wording(fields.get("title")?, &[])?,
            safety: self.safety(fields.get("safety")?)?,
            why: self.optional(&fields, "why", &[])?,
            when: self.condition(&fields)?,
            changes,
        })
    }

    fn safety(&mut self, node: Node<'d>) -> Option<Graded<Judged>> {
        let safety = |word: &str| if word == "safe" { Safety::Safe } else { Safety::Unsafe };
        let plain = |word: &str| Judged { safety: safety(word), why: None };
        if !node.is_object() {
            return Some(Graded { default: plain(self.problems.choice(node, SAFETIES)?), cases: Vec::new() });
        }
        let fields = Fields::open(node, &SAFETY, self.problems)?;
        let default = plain(self.problems.choice(fields.get("default")?, SAFETIES)?);
        let mut cases = Vec::new();
        for item in fields.get("cases")?.items() {
            let case = Fields::open(item, &SAFETY_CASE, self.problems)?;
            let is = safety(self.problems.choice(case.get("is")?, SAFETIES)?);
            let why = self.optional(&case, "why", &[])?;
            cases.push((self.predicate(case.get("when")?)?, Judged { safety: is, why }));
        }
        Some(Graded { default, cases })
    }

    fn condition(&mut self, fields: &Fields<'d>) -> Option<Option<Predicate>> {
        match fields.get("when") {
            Some(node) => self.predicate(node).map(Some),
            None => Some(None),
        }
    }

    fn change(&mut self, fields: &Fields<'d>, how: How) -> Option<Change> {
        Some(Change { at: self.place(fields, fields.get("path")?)?, when: self.condition(fields)?, how })
    }

    fn set(&mut self, node: Node<'d>) -> Option<Change> {
        let fields = Fields::open(node, &SET, self.problems)?;
        let how = match (fields.get("to"), fields.get("nearest")) {
            (Some(to), None) => How::Set(literal(to)),
            (None, Some(_)) => {
                How::SetNearest(fields.texts("nearest", self.problems).into_iter().map(|(name, _)| name).collect())
            }
            (_, _) => {
                self.problems.report(fields.head(), "an edit writes one value", "give either `to` or `nearest`");
                return None;
            }
        };
        self.one_change(&fields, how)
    }

    /// A change that writes to one place.
    pub(super) fn one_change(&mut self, fields: &Fields<'d>, how: How) -> Option<Change> {
        let change = self.change(fields, how)?;
        if change.at.paths.iter().any(Path::has_wildcard) {
            let at = fields.get("path")?.span();
            self.problems.report(at, "an edit writes to one place", "name it without a wildcard");
            return None;
        }
        Some(change)
    }
}
