//! Reads objects, and reports everything in them that is not as their tables say.

use std::borrow::Cow;
use std::sync::Arc;

use super::Table;
use crate::diagnostic::{Diagnostic, Label, Severity, nearest};
use crate::source::Span;
use crate::syntax::{Kind, Node};

/// The problems of the files read so far.
#[derive(Debug)]
pub(crate) struct Problems {
    /// The rule that they break.
    rule: &'static str,
    found: Vec<Diagnostic>,
}

impl Problems {
    /// None yet; those to come break `rule`.
    pub(crate) fn new(rule: &'static str) -> Self {
        Self { rule, found: Vec::new() }
    }

    /// Reports `message` at `span`, with what to do.
    pub(crate) fn report(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let message = message.into();
        // A definition is read again for every use; its problems are told once.
        if self.found.iter().any(|known| known.primary.span == span && known.message == message) {
            return;
        }
        self.found.push(Diagnostic::new(self.rule, Severity::Error, message, Label::new(span, "")).with_help(help));
    }

    /// Takes over what is wrong with a file as JSON.
    pub(crate) fn take(&mut self, syntax: &[Diagnostic]) {
        self.found.extend(syntax.iter().map(|problem| Diagnostic { rule: self.rule.into(), ..problem.clone() }));
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// All of them.
    pub(crate) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }

    /// The string at `node`.
    pub(crate) fn text<'d>(&mut self, node: Node<'d>) -> Option<Cow<'d, str>> {
        let text = node.string();
        if text.is_none() {
            self.expected(node, "a string");
        }
        text
    }

    /// The string or strings at `node`.
    pub(crate) fn texts<'d>(&mut self, node: Node<'d>) -> Vec<(Cow<'d, str>, Span)> {
        let mut one = |node: Node<'d>| Some((self.text(node)?, node.span()));
        if node.is_array() { node.items().filter_map(one).collect() } else { one(node).into_iter().collect() }
    }

    /// `true` or `false` at `node`.
    pub(crate) fn flag(&mut self, node: Node<'_>) -> Option<bool> {
        match node.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => {
                self.expected(node, "`true` or `false`");
                None
            }
        }
    }

    /// The whole number at `node`.
    pub(crate) fn whole(&mut self, node: Node<'_>) -> Option<i64> {
        let number = node.raw().parse().ok().filter(|_| node.kind() == Kind::Number);
        if number.is_none() {
            self.expected(node, "a whole number");
        }
        number
    }

    /// The word at `node`, which must be one of `words`.
    pub(crate) fn choice(&mut self, node: Node<'_>, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(node)?;
        let known = words.iter().copied().find(|word| *word == text);
        if known.is_none() {
            let help = advice(&text, words.iter().copied(), &format!("write one of {}", listed(words)));
            self.report(node.span(), format!("`{text}` is not one of {}", listed(words)), help);
        }
        known
    }

    /// Reports that `node` is not `wanted`.
    pub(crate) fn expected(&mut self, node: Node<'_>, wanted: &str) {
        let found = match node.kind() {
            Kind::Null => "null",
            Kind::True | Kind::False => "a boolean",
            Kind::Number => "a number",
            Kind::Plain | Kind::Escaped => "a string",
            Kind::Array => "a list",
            Kind::Object => "an object",
            Kind::Missing => "nothing",
        };
        self.report(node.span(), format!("expected {wanted}, found {found}"), format!("write {wanted} here"));
    }
}

/// An object whose keys were checked.
pub(crate) struct Fields<'d> {
    node: Node<'d>,
    /// The members, by the table's own spelling of their names, in the order in which they are written.
    members: Vec<(&'static str, Node<'d>)>,
    /// Whether a key was reported: what seems to be missing may be what that key was meant to be.
    misspelt: bool,
}

impl<'d> Fields<'d> {
    /// Checks that `node` is an object that has the keys of `table` and no others.
    pub(crate) fn open(node: Node<'d>, table: &'static Table, problems: &mut Problems) -> Option<Self> {
        if !node.is_object() {
            problems.expected(node, &format!("an object (a {})", table.what));
            return None;
        }
        let mut fields = Self { node, members: Vec::new(), misspelt: false };
        for (key, value) in node.members() {
            let Some(name) = key.string() else { continue };
            if let Some(entry) = table.keys.iter().find(|entry| entry.name == name) {
                fields.members.push((entry.name, value));
                continue;
            }
            fields.misspelt = true;
            let names = || table.keys.iter().map(|entry| entry.name);
            let all = format!("use one of {}", listed(&names().collect::<Vec<_>>()));
            problems.report(key.span(), format!("unknown key `{name}` in a {}", table.what), advice(&name, names(), &all));
        }
        for entry in table.keys.iter().filter(|entry| entry.required && !fields.misspelt) {
            if fields.get(entry.name).is_none() {
                let message = format!("this {} has no `{}`", table.what, entry.name);
                problems.report(fields.head(), message, format!("add `{}`: {}", entry.name, entry.doc));
            }
        }
        Some(fields)
    }

    /// The value of the last member of that very name.
    pub(crate) fn get(&self, name: &str) -> Option<Node<'d>> {
        self.members.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// Those of these names that are there.
    pub(crate) fn given(&self, names: &[&str]) -> Vec<&'static str> {
        self.members.iter().map(|(name, _)| *name).filter(|name| names.contains(name)).collect()
    }

    /// Whether one of its keys is not of its table.
    pub(crate) fn is_misspelt(&self) -> bool {
        self.misspelt
    }

    /// Where to point for what is not there: the opening bracket.
    pub(crate) fn head(&self) -> Span {
        let whole = self.node.span();
        Span::new(whole.file, whole.start, whole.start + 1)
    }

    /// The string at `name`, where there is one.
    pub(crate) fn text(&self, name: &str, problems: &mut Problems) -> Option<Arc<str>> {
        Some(problems.text(self.get(name)?)?.into())
    }

    /// The strings at `name`.
    pub(crate) fn texts(&self, name: &str, problems: &mut Problems) -> Vec<(Arc<str>, Span)> {
        let found = self.get(name).map(|node| problems.texts(node)).unwrap_or_default();
        found.into_iter().map(|(text, span)| (text.into(), span)).collect()
    }
}

/// The name that was probably meant, as advice; `otherwise` where none is near.
pub(crate) fn advice<'n>(written: &str, names: impl Iterator<Item = &'n str>, otherwise: &str) -> String {
    nearest(written, names).map_or_else(|| otherwise.to_owned(), |name| format!("did you mean `{name}`?"))
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
