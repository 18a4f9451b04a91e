//! Conditions and values of a rule file, read and resolved.

use std::sync::Arc;

use super::Scope;
use crate::rules::file::{BOUND, PREDICATE, TERM};
use crate::rules::path::Path;
use crate::rules::pattern::Pattern;
use crate::rules::rule::{Bound, Leaf, Operand, Operands, Place, Predicate, Quantifier, Source, Subject, Term, Test};
use crate::rules::version::Version;
use crate::source::Span;
use crate::syntax::{Kind, Node};
use crate::table::{Fields, Problems, advice};
use crate::value::{Key, Object, Value, ValueKind};

/// Conditions deeper than this are refused; each level of nesting is a level of recursion here and when the rule runs.
const MAX_DEPTH: usize = 32;

const OPERATORS: &[&str] = &[
    "exists",
    "set",
    "written",
    "equals",
    "in",
    "matches",
    "startsWith",
    "endsWith",
    "contains",
    "longerThan",
    "shorterThan",
    "greaterThan",
    "lessThan",
    "multipleOf",
    "olderThan",
    "newerThan",
    "cannotTell",
    "where",
];
const SOURCES: &[&str] = &["path", "any", "all", "none", "count", "option", "asOf"];

impl<'d> Scope<'_, 'd> {
    /// The condition at `node`.
    pub(super) fn predicate(&mut self, node: Node<'d>) -> Option<Predicate> {
        if self.depth >= MAX_DEPTH {
            self.problems.report(node.span(), format!("conditions nest deeper than {MAX_DEPTH}"), "split the rule into several");
            return None;
        }
        self.depth += 1;
        let read = Fields::open(node, &PREDICATE, self.problems).and_then(|fields| self.any_predicate(&fields));
        self.depth -= 1;
        read
    }

    /// The conditions of the list at `node`.
    fn predicates(&mut self, node: Node<'d>) -> Option<Vec<Predicate>> {
        if !node.is_array() {
            self.problems.expected(node, "a list of predicates");
            return None;
        }
        if node.items().next().is_none() {
            self.problems.report(node.span(), "this list of predicates is empty", "write at least one predicate");
            return None;
        }
        node.items().map(|item| self.predicate(item)).collect()
    }

    fn any_predicate(&mut self, fields: &Fields<'d>) -> Option<Predicate> {
        let connectives = fields.given(&["allOf", "anyOf", "not"]);
        let operators = fields.given(OPERATORS);
        match (connectives.as_slice(), operators.as_slice()) {
            ([connective], []) => {
                let node = fields.get(connective)?;
                Some(match *connective {
                    "allOf" => Predicate::All(self.predicates(node)?),
                    "anyOf" => Predicate::Any(self.predicates(node)?),
                    _ => Predicate::Not(Box::new(self.predicate(node)?)),
                })
            }
            ([], [operator]) => self.leaf(fields, operator).map(Predicate::Leaf),
            ([], []) if fields.get("use").is_some() => self.named_predicate(fields),
            ([], []) if fields.is_misspelt() => None,
            ([], []) => {
                let help = "add an operator: `equals`, `in`, `exists`, `set`, `olderThan`, …; or `allOf`, `anyOf`, `not`";
                self.problems.report(fields.head(), "this predicate asks nothing", help);
                None
            }
            _ => {
                let both: Vec<String> = connectives.iter().chain(&operators).map(|key| format!("`{key}`")).collect();
                let message = format!("a predicate asks one thing, this asks {}", both.join(" and "));
                self.problems.report(fields.head(), message, "join several predicates with `allOf` or `anyOf`");
                None
            }
        }
    }

    /// A predicate of the folder's definitions.
    fn named_predicate(&mut self, fields: &Fields<'d>) -> Option<Predicate> {
        let node = fields.get("use")?;
        let name = self.problems.text(node)?;
        let found = self.definitions.and_then(|definitions| definitions.predicate(&name));
        let Some(definition) = found else {
            let names = self.definitions.map(|definitions| definitions.predicates()).unwrap_or_default();
            let help = advice(&name, names.iter().map(String::as_str), "define it in the folder's `definitions.json`");
            self.problems.report(node.span(), format!("no predicate is named `{name}`"), help);
            return None;
        };
        if self.using.iter().any(|used| *used == name) {
            self.problems.report(node.span(), format!("predicate `{name}` needs itself"), "define it without itself");
            return None;
        }
        let outer = self.innermost;
        self.innermost = self.subject(fields)?;
        self.using.push(name.into_owned());
        let read = self.predicate(definition);
        self.using.pop();
        self.innermost = outer;
        read
    }

    fn leaf(&mut self, fields: &Fields<'d>, operator: &str) -> Option<Leaf> {
        let exact = match fields.get("exact") {
            Some(node) => self.problems.flag(node)?,
            None => false,
        };
        let spaces = match fields.get("spaces") {
            Some(node) if operator != "equals" => {
                self.problems.report(node.span(), "`spaces` says how `equals` compares, and there is none", "remove `spaces`");
                return None;
            }
            Some(node) => self.problems.flag(node)?,
            None => true,
        };
        let (quantifier, term) = match fields.get("use") {
            Some(node) => (Quantifier::One, self.named_term(fields, node)?),
            None => self.term_of(fields)?,
        };
        if let Some(node) = fields.get("as").filter(|_| operator != "where") {
            self.problems.report(node.span(), "`as` names the element of a `where`, and there is none", "remove `as`");
        }
        let operand = fields.get(operator)?;
        let test = self.test(fields, operator, operand, exact)?;
        Some(Leaf { quantifier, term, test, exact, spaces })
    }

    fn test(&mut self, fields: &Fields<'d>, operator: &str, node: Node<'d>, exact: bool) -> Option<Test> {
        Some(match operator {
            "exists" => Test::Exists(self.problems.flag(node)?),
            "set" => Test::Set(self.problems.flag(node)?),
            "written" => Test::Written(self.problems.flag(node)?),
            "equals" => Test::Equals(self.operand(node)?),
            "in" => Test::In(self.operands(node)?),
            "matches" => Test::Matches(Box::new(self.pattern(node, exact)?)),
            "startsWith" => Test::StartsWith(self.affixes(node)?),
            "endsWith" => Test::EndsWith(self.affixes(node)?),
            "contains" => Test::Contains(self.operand(node)?),
            "longerThan" => Test::LongerThan(self.number(node)?),
            "shorterThan" => Test::ShorterThan(self.number(node)?),
            "greaterThan" => Test::GreaterThan(self.number(node)?),
            "lessThan" => Test::LessThan(self.number(node)?),
            "multipleOf" => Test::MultipleOf(self.number(node)?),
            "olderThan" => Test::OlderThan(self.version(node)?),
            "cannotTell" => Test::CannotTell(self.problems.text(node)?.into()),
            "newerThan" => Test::NewerThan(self.version(node)?),
            _ => Test::Where(Box::new(self.element(fields, node)?)),
        })
    }

    /// The condition of a `where`: a new innermost element is in scope.
    fn element(&mut self, fields: &Fields<'d>, node: Node<'d>) -> Option<Predicate> {
        let name = fields.text("as", self.problems).unwrap_or_else(|| "".into());
        if let Some(known) = self.names.iter().find(|known| !name.is_empty() && known.name == name) {
            let message = format!("`{}` is a name already", known.name);
            self.problems.report(fields.head(), message, "choose another name for the element");
            return None;
        }
        let outer = self.innermost;
        self.innermost = Subject(self.names.len());
        self.names.push(super::Name { name, many: false });
        let read = self.predicate(node);
        self.names.pop();
        self.innermost = outer;
        read
    }

    /// A term of the folder's definitions, for the subject of `fields`.
    fn named_term(&mut self, fields: &Fields<'d>, node: Node<'d>) -> Option<Term> {
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
        let outer = self.innermost;
        self.innermost = self.subject(fields)?;
        let read = self.term(definition);
        self.innermost = outer;
        read
    }

    /// The single value at `node`, an object of the table `TERM`.
    pub(super) fn term(&mut self, node: Node<'d>) -> Option<Term> {
        if self.depth >= MAX_DEPTH {
            self.problems.report(node.span(), format!("conditions nest deeper than {MAX_DEPTH}"), "split the rule into several");
            return None;
        }
        self.depth += 1;
        let read = Fields::open(node, &TERM, self.problems).and_then(|fields| self.term_of(&fields));
        self.depth -= 1;
        read.map(|(_, term)| term)
    }

    fn term_of(&mut self, fields: &Fields<'d>) -> Option<(Quantifier, Term)> {
        let given = fields.given(SOURCES);
        let [key] = given.as_slice() else {
            let message = if given.is_empty() { "this asks about no value" } else { "this asks about several values at once" };
            self.problems.report(
                fields.head(),
                message,
                "give one of `path`, `any`, `all`, `none`, `count`, `option`, `asOf` or `use`",
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
            _ => Source::At(self.place(fields, node)?),
        };
        let default = fields.get("default").map(literal);
        let bounds = match fields.get("cannotBe") {
            Some(list) => list.items().map(|item| self.bound(item)).collect::<Option<_>>()?,
            None => Vec::new(),
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
        Some(Place { of: self.subject(fields)?, paths: self.paths(node)? })
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
                Ok(path) => paths.push(Path { at: Some(span), ..path }),
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

    fn operand(&mut self, node: Node<'d>) -> Option<Operand> {
        if node.is_object() {
            return self.term(node).map(|term| Operand::Term(Box::new(term)));
        }
        Some(Operand::Literal(literal(node)))
    }

    fn operands(&mut self, node: Node<'d>) -> Option<Operands> {
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
        Some(Term { source: Source::At(self.place(&fields, paths)?), default: None, bounds: Vec::new() })
    }

    fn number(&mut self, node: Node<'d>) -> Option<Operand> {
        if node.is_object() { self.operand(node) } else { self.problems.whole(node).and(Some(Operand::Literal(literal(node)))) }
    }

    fn version(&mut self, node: Node<'d>) -> Option<Operand> {
        if node.is_object() {
            return self.operand(node);
        }
        let text = self.problems.text(node)?;
        if Version::parse(&text).is_none() {
            let message = format!("`{text}` is no API version or date");
            self.problems.report(node.span(), message, "write it as `2021-01-01` or `2021-01-01-preview`");
            return None;
        }
        Some(Operand::Literal(literal(node)))
    }

    fn affixes(&mut self, node: Node<'d>) -> Option<Vec<Arc<str>>> {
        let texts: Vec<Arc<str>> = self.problems.texts(node).into_iter().map(|(text, _)| text.into()).collect();
        (!texts.is_empty()).then_some(texts)
    }

    pub(super) fn pattern(&mut self, node: Node<'d>, exact: bool) -> Option<Pattern> {
        let text = self.problems.text(node)?;
        match Pattern::new(&text, !exact) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let line = error.to_string();
                let reason = line.lines().last().unwrap_or("it cannot be read").trim_start_matches("error: ");
                self.problems.report(node.span(), format!("`{text}` is no regular expression: {reason}"), "mend the pattern");
                None
            }
        }
    }
}

/// The JSON value at `node`.
pub(super) fn literal(node: Node<'_>) -> Value {
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
