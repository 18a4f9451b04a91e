//! Conditions of a rule file, read and resolved.

use std::sync::Arc;

use super::Scope;
use super::term::literal;
use crate::rules::condition::{JsonType, Leaf, Operand, Predicate, Quantifier, Test};
use crate::rules::file::{PREDICATE, TYPES};
use crate::rules::pattern::Pattern;
use crate::rules::rule::Subject;
use crate::rules::version::Version;
use crate::syntax::Node;
use crate::table::{Fields, advice};

/// Conditions deeper than this are refused; each level of nesting is a level of recursion here and when the rule runs.
pub(super) const MAX_DEPTH: usize = 32;

const OPERATORS: &[&str] = &[
    "exists",
    "set",
    "written",
    "byDefault",
    "hasType",
    "equals",
    "in",
    "near",
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

impl<'d> Scope<'_, 'd> {
    /// The condition at `node`.
    pub(super) fn predicate(&mut self, node: Node<'d>) -> Option<Predicate> {
        if self.depth >= MAX_DEPTH {
            self.problems.report(node.span(), format!("conditions nest deeper than {MAX_DEPTH}"), "split the rule into several");
            return None;
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let read = Fields::open(node, &PREDICATE, self.problems).and_then(|fields| self.any_predicate(&fields));
        self.depth -= 1;
        read
    }

    /// The conditions of the list at `node`.
    fn predicates(&mut self, node: Node<'d>) -> Option<Arc<[Predicate]>> {
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
                    _ => Predicate::Not(Arc::new(self.predicate(node)?)),
                })
            }
            ([], [operator]) => self.leaf(fields, operator).map(|leaf| Predicate::Leaf(Arc::new(leaf))),
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
        self.using.push(name.clone().into_owned());
        let read = self.defined(fields, &name, |definitions| &definitions.read_predicates, |scope| scope.predicate(definition));
        self.using.pop();
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
            "byDefault" => Test::ByDefault(self.problems.flag(node)?),
            "hasType" => Test::HasType(match self.problems.choice(node, TYPES)? {
                "null" => JsonType::Null,
                "boolean" => JsonType::Boolean,
                "number" => JsonType::Number,
                "string" => JsonType::String,
                "array" => JsonType::Array,
                _ => JsonType::Object,
            }),
            "near" => Test::Near(self.affixes(node)?),
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
