//! Values that a rule file asks about: where they are from, and what names and paths mean.

use std::sync::{Arc, PoisonError};

use super::predicate::MAX_DEPTH;
use super::{Definitions, Memory, Scope};
use crate::rules::condition::{Bound, Operand, Operands, Quantifier, Source, Term};
use crate::rules::file::{BOUND, TERM};
use crate::rules::path::Path;
use crate::rules::rule::{Place, Subject};
use crate::source::Span;
use crate::syntax::{Kind, Node};
use crate::table::{Fields, Problems, advice};
use crate::value::{Key, Object, Value, ValueKind};

const SOURCES: &[&str] = &["path", "any", "all", "none", "count", "sum", "option", "asOf"];

impl<'d> Scope<'_, 'd> {
    /// A term of the folder's definitions, for the subject of `fields`.
    pub(super) fn named_term(&mut self, fields: &Fields<'d>, node: Node<'d>) -> Option<Term> {
        if let Some(source) = fields.given(SOURCES).first() {
            let message = format!("`use` and `{source}` both say which value is meant");
            self.problems.report(node.span(), message, "remove one of them");
            return None;
        }
        let name = self.problems.text(node)?;
        let found = self.definitions.and_then(|definitions| definitions.term(&name));
        let Some(definition) = found else {
            let names = self.definitions.map(|definitions| definitions.terms()).unwrap_or_default();
            let help = advice(&name, names.iter().map(String::as_str), "define it in the folder's `definitions.json`");
            self.problems.report(node.span(), format!("no term is named `{name}`"), help);
            return None;
        };
        self.defined(fields, &name, |definitions| &definitions.read_terms, |scope| scope.term(definition))
    }

    /// A definition for the subject of `fields`: as it was read before, where it speaks of the same things.
    pub(super) fn defined<T: Clone>(
        &mut self,
        fields: &Fields<'d>,
        name: &str,
        kind: for<'m> fn(&'m Definitions<'d>) -> &'m Memory<T>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let subject = self.subject(fields)?;
        let outer = std::mem::replace(&mut self.innermost, subject);
        let memory = self.definitions.map(kind);
        let key = (name.to_owned(), subject, self.names.len());
        let known = memory.and_then(|memory| memory.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned());
        let defined = match known {
            Some((known, height)) if self.depth + height <= MAX_DEPTH => Some(known),
            Some(_) | None => {
                let deepest = std::mem::replace(&mut self.deepest, self.depth);
                let defined = read(self);
                let height = self.deepest - self.depth;
                self.deepest = self.deepest.max(deepest);
                if let (Some(memory), Some(defined)) = (memory, &defined) {
                    memory.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (defined.clone(), height));
                }
                defined
            }
        };
        self.innermost = outer;
        defined
    }

    /// The single value at `node`, an object of the table `TERM`.
    pub(super) fn term(&mut self, node: Node<'d>) -> Option<Term> {
        if self.depth >= MAX_DEPTH {
            self.problems.report(node.span(), format!("conditions nest deeper than {MAX_DEPTH}"), "split the rule into several");
            return None;
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let read = Fields::open(node, &TERM, self.problems).and_then(|fields| self.term_of(&fields));
        self.depth -= 1;
        read.map(|(_, term)| term)
    }

    pub(super) fn term_of(&mut self, fields: &Fields<'d>) -> Option<(Quantifier, Term)> {
        let given = fields.given(SOURCES);
        let [key] = given.as_slice() else {
            let message = if given.is_empty() { "this asks about no value" } else { "this asks about several values at once" };
            self.problems.report(
                fields.head(),
                message,
                "give one of `path`, `any`, `all`, `none`, `count`, `sum`, `option`, `asOf` or `use`",
            );
            return None;
        };
        let node = fields.get(key)?;
        let quantifier = match *key {
            "any" => Quantifier::Any,
            "all" => Quantifier::All,
            "none" => Quantifier::None,
            _ => Quantifier::One,
        };
        let source = match *key {
            "option" => Source::Option(self.option(node)?),
            "asOf" => Source::AsOf(self.problems.whole(node)?),
            "path" => Source::At(self.single(fields, node)?),
            "count" => Source::Count(self.place(fields, node)?),
            "sum" => Source::Sum(self.place(fields, node)?),
            _ => Source::At(self.place(fields, node)?),
        };
        let default = fields.get("default").map(literal);
        let bounds = match fields.get("cannotBe") {
            Some(list) => list.items().map(|item| self.bound(item)).collect::<Option<_>>()?,
            None => [].into(),
        };
        Some((quantifier, Term { source, default, bounds }))
    }

    fn bound(&mut self, node: Node<'d>) -> Option<Bound> {
        let fields = Fields::open(node, &BOUND, self.problems)?;
        let values = fields.get("in")?.items().map(literal).collect();
        Some(Bound { values, when: self.predicate(fields.get("when")?)? })
    }

    /// The paths at `node` from the subject of `fields`.
    pub(super) fn place(&mut self, fields: &Fields<'d>, node: Node<'d>) -> Option<Place> {
        let key = match fields.get("key") {
            Some(node) => self.problems.flag(node)?,
            None => false,
        };
        Some(Place { of: self.subject(fields)?, paths: self.paths(node)?, key })
    }

    /// The same, where one value is meant.
    fn single(&mut self, fields: &Fields<'d>, node: Node<'d>) -> Option<Place> {
        let place = self.place(fields, node)?;
        let many = self.names.get(place.of.0).is_some_and(|name| name.many);
        if many || place.paths.iter().any(Path::has_wildcard) {
            let what = if many { "there may be several of these resources" } else { "a wildcard may have several hits" };
            self.problems.report(node.span(), what, "write `any`, `all` or `none` instead of `path`, or `count` them");
            return None;
        }
        Some(place)
    }

    /// The path or paths at `node`.
    pub(super) fn paths(&mut self, node: Node<'d>) -> Option<Vec<Path>> {
        let texts = self.problems.texts(node);
        let mut paths = Vec::with_capacity(texts.len());
        for (text, span) in texts {
            match Path::parse(&text) {
                Ok(path) => paths.push(path.written_at(span)),
                Err(no) => self.problems.report(span, no.message, no.help),
            }
        }
        (!paths.is_empty()).then_some(paths)
    }

    /// What the `of` of `fields` means: the innermost element or the resource where there is none.
    pub(super) fn subject(&mut self, fields: &Fields<'d>) -> Option<Subject> {
        match fields.get("of") {
            Some(node) => self.subject_at(node),
            None => Some(self.innermost),
        }
    }

    /// What the name at `node` means.
    pub(super) fn subject_at(&mut self, node: Node<'d>) -> Option<Subject> {
        let written = self.problems.text(node)?;
        let found = self.names.iter().rposition(|known| *known.name == *written);
        if found.is_none() {
            let known = self.names.iter().map(|known| &*known.name).filter(|name| !name.is_empty());
            let help = advice(&written, known, "name `self`, `each`, a join, or the `as` of an element");
            self.problems.report(node.span(), format!("nothing is named `{written}` here"), help);
        }
        found.map(Subject)
    }

    /// The option at `node`.
    fn option(&mut self, node: Node<'d>) -> Option<usize> {
        let name = self.problems.text(node)?;
        let found = self.options.iter().position(|option| *option.name == *name);
        if found.is_none() {
            let help = advice(&name, self.options.iter().map(|option| &*option.name), "declare it under `options`");
            self.problems.report(node.span(), format!("the rule has no option `{name}`"), help);
        }
        found
    }

    pub(super) fn operand(&mut self, node: Node<'d>) -> Option<Operand> {
        if node.is_object() {
            return self.term(node).map(|term| Operand::Term(Box::new(term)));
        }
        Some(Operand::Literal(literal(node)))
    }

    pub(super) fn operands(&mut self, node: Node<'d>) -> Option<Operands> {
        match node.kind() {
            Kind::Object => self.list(node).map(|term| Operands::Term(Box::new(term))),
            Kind::Array => Some(Operands::Literal(node.items().map(literal).collect())),
            _ => {
                self.problems.expected(node, "a list");
                None
            }
        }
    }

    /// A term whose value is a list, or whose hits are.
    fn list(&mut self, node: Node<'d>) -> Option<Term> {
        let fields = Fields::open(node, &TERM, self.problems)?;
        let Some(paths) = fields.get("path") else { return self.term(node) };
        Some(Term { source: Source::At(self.place(&fields, paths)?), default: None, bounds: [].into() })
    }
}

/// The JSON value at `node`.
pub(in crate::rules) fn literal(node: Node<'_>) -> Value {
    let kind = match node.kind() {
        Kind::Null | Kind::Missing => ValueKind::Null,
        Kind::True => ValueKind::Bool(true),
        Kind::False => ValueKind::Bool(false),
        Kind::Number => {
            node.raw().parse().map_or_else(|_| ValueKind::Float(node.raw().parse().unwrap_or(f64::NAN)), ValueKind::Int)
        }
        Kind::Plain | Kind::Escaped => ValueKind::Str(node.string().unwrap_or_default().into()),
        Kind::Array => ValueKind::Array(node.items().map(literal).collect()),
        Kind::Object => ValueKind::Object(Arc::new(
            node.members().filter_map(|(key, value)| Some((Key::new(key.string()?), literal(value)))).collect::<Object>(),
        )),
    };
    Value::new(kind, node.span())
}

/// What is in scope everywhere: the resource and what is judged of it.
pub(super) fn fixed_names(problems: &mut Problems, joins: &[(Arc<str>, bool, Span)]) -> Vec<super::Name> {
    let mut names = vec![super::Name { name: "self".into(), many: false }, super::Name { name: "each".into(), many: false }];
    for (name, many, span) in joins {
        if names.iter().any(|known| known.name == *name) {
            problems.report(*span, format!("`{name}` is a name already"), "choose another name for the join");
        }
        names.push(super::Name { name: Arc::clone(name), many: *many });
    }
    names
}
