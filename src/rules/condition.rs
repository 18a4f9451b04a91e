//! What a rule asks: conditions, the values they are about, and the questions, every name and pattern resolved.

use std::sync::Arc;

use super::pattern::Pattern;
use super::rule::Place;
use crate::value::Value;

/// A condition.
#[derive(Debug, Clone)]
pub(super) enum Predicate {
    /// All hold.
    All(Arc<[Predicate]>),
    /// At least one holds.
    Any(Arc<[Predicate]>),
    /// It does not hold.
    Not(Arc<Predicate>),
    /// A question about values.
    Leaf(Arc<Leaf>),
}

impl Predicate {
    /// The names that its first `near` asks for.
    pub(super) fn near(&self) -> Option<&Vec<Arc<str>>> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().find_map(Self::near),
            Self::Not(part) => part.near(),
            Self::Leaf(leaf) => match &leaf.test {
                Test::Near(names) => Some(names),
                Test::Where(inner) => inner.near(),
                _ => None,
            },
        }
    }
}

/// A question about values.
#[derive(Debug)]
pub(super) struct Leaf {
    /// For how many of the values it must hold.
    pub(super) quantifier: Quantifier,
    /// The values.
    pub(super) term: Term,
    /// The question.
    pub(super) test: Test,
    /// Whether strings compare with case.
    pub(super) exact: bool,
    /// Whether strings compare with their spaces.
    pub(super) spaces: bool,
}

/// For how many hits a test must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    /// There is one value.
    One,
    /// At least one of the hits.
    Any,
    /// Every hit.
    All,
    /// No hit.
    None,
}

/// A value, or the values of a quantified leaf.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// Where it is from.
    pub(super) source: Source,
    /// What Azure takes where it is absent or null.
    pub(super) default: Option<Value>,
    /// What an unknown certainly is not.
    pub(super) bounds: Arc<[Bound]>,
}

/// Where a value is from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A place.
    At(Place),
    /// How many hits a place has.
    Count(Place),
    /// The sum of the numbers at a place.
    Sum(Place),
    /// An option of the rule.
    Option(usize),
    /// The date of the run plus so many days.
    AsOf(i64),
}

/// Values that an unknown certainly does not have under a condition.
#[derive(Debug)]
pub(super) struct Bound {
    /// The values.
    pub(super) values: Vec<Value>,
    /// The condition.
    pub(super) when: Predicate,
}

/// What is asked of a value.
#[derive(Debug)]
pub(super) enum Test {
    /// Whether it is there, be it null.
    Exists(bool),
    /// Whether it is there and neither null nor `''` nor `[]`.
    Set(bool),
    /// Whether it is written out in the files being linted.
    Written(bool),
    /// Whether it is the default value of a parameter.
    ByDefault(bool),
    /// Whether it is of this type.
    HasType(JsonType),
    /// Whether it equals this.
    Equals(Operand),
    /// Whether it equals one of these.
    In(Operands),
    /// Whether it was most likely meant to be one of these and is none.
    Near(Vec<Arc<str>>),
    /// Whether the pattern finds something in it.
    Matches(Box<Pattern>),
    /// Whether it starts with one of these.
    StartsWith(Vec<Arc<str>>),
    /// Whether it ends with one of these.
    EndsWith(Vec<Arc<str>>),
    /// Whether this is in it.
    Contains(Operand),
    /// Whether it is a string of more UTF-16 units than this.
    LongerThan(Operand),
    /// Whether it is a string of fewer UTF-16 units than this.
    ShorterThan(Operand),
    /// Whether it is a number greater than this.
    GreaterThan(Operand),
    /// Whether it is a number less than this.
    LessThan(Operand),
    /// Whether it is a multiple of this.
    MultipleOf(Operand),
    /// Whether it is a version or date before this.
    OlderThan(Operand),
    /// Whether it is a version or date after this.
    NewerThan(Operand),
    /// Whether it is there; and then nobody can tell, for this reason.
    CannotTell(Arc<str>),
    /// Whether this holds with it as the innermost element.
    Where(Box<Predicate>),
}

impl Test {
    /// The value of the template, the option or the date that a value is compared with.
    pub(super) fn term(&self) -> Option<&Term> {
        match self {
            Self::Equals(Operand::Term(term))
            | Self::Contains(Operand::Term(term))
            | Self::LongerThan(Operand::Term(term))
            | Self::ShorterThan(Operand::Term(term))
            | Self::GreaterThan(Operand::Term(term))
            | Self::LessThan(Operand::Term(term))
            | Self::MultipleOf(Operand::Term(term))
            | Self::OlderThan(Operand::Term(term))
            | Self::NewerThan(Operand::Term(term))
            | Self::In(Operands::Term(term)) => Some(term),
            _ => None,
        }
    }
}

/// A type of JSON values, as a rule names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonType {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// What a value is compared with.
#[derive(Debug)]
pub(super) enum Operand {
    /// A value that the rule states.
    Literal(Value),
    /// A value of the template, an option or a date.
    Term(Box<Term>),
}

/// A list that a value is looked for in.
#[derive(Debug)]
pub(super) enum Operands {
    /// Values that the rule states.
    Literal(Vec<Value>),
    /// A list in the template or an option, or the hits of a path with wildcards.
    Term(Box<Term>),
}
