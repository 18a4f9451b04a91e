//! A rule as it is run: every name resolved, every path and pattern compiled, every text cut into its parts.

use std::sync::Arc;

use super::path::Path;
use super::pattern::Pattern;
use super::wording::Wording;
use crate::diagnostic::{RuleMeta, Safety, Severity};
use crate::value::{Key, Value};

/// A rule.
#[derive(Debug)]
pub(super) struct Rule {
    /// What catalogues and reporters show of it.
    pub(super) meta: RuleMeta,
    /// Why it should no longer be used.
    pub(super) deprecated: Option<Arc<str>>,
    /// Its earlier names.
    pub(super) aliases: Vec<Arc<str>>,
    /// The types that it judges.
    pub(super) resource: Vec<Key>,
    /// What it does with resources that are only read.
    pub(super) existing: Existing,
    /// Whether it says nothing where it cannot tell.
    pub(super) skips_unknown: bool,
    /// Resources that no rule of its folder judges.
    pub(super) exempt: Option<Arc<Predicate>>,
    /// What a configuration may set.
    pub(super) options: Vec<OptionSpec>,
    /// Paths in the resource of which each hit is judged by itself; none: the resource is.
    pub(super) each: Vec<Path>,
    /// The resources that it looks at besides.
    pub(super) joins: Vec<Join>,
    /// What it applies to.
    pub(super) when: Option<Predicate>,
    /// What must hold.
    pub(super) assert: Option<Predicate>,
    /// How bad it is.
    pub(super) severity: Graded<Severity>,
    /// The rules that stay silent where this one fails.
    pub(super) supersedes: Vec<Arc<str>>,
    /// The places whose values make failing resources of one file one diagnostic.
    pub(super) group: Option<Vec<Place>>,
    /// What is said.
    pub(super) report: Report,
    /// How to mend it.
    pub(super) fixes: Vec<FixPlan>,
}

impl Rule {
    /// A rule that the engine judges: it has no resource type, so that no resource is ever judged by it.
    pub(super) fn described(meta: RuleMeta, severity: Graded<Severity>, aliases: Vec<Arc<str>>) -> Self {
        Self {
            meta,
            deprecated: None,
            aliases,
            resource: Vec::new(),
            existing: Existing::Skip,
            skips_unknown: false,
            exempt: None,
            options: Vec::new(),
            each: Vec::new(),
            joins: Vec::new(),
            when: None,
            assert: None,
            severity,
            supersedes: Vec::new(),
            group: None,
            report: Report::default(),
            fixes: Vec::new(),
        }
    }
}

/// What a rule does with resources declared `existing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    /// It does not judge them.
    Skip,
    /// It judges them like any other.
    Judge,
    /// It judges nothing else.
    Only,
}

/// What a rule can speak of: its resource, each of the parts it judges, what is joined to them, elements. The number counts
/// from the resource on, in the order in which they are bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject(pub(super) usize);

impl Subject {
    /// The resource that is judged.
    pub(super) const SELF: Self = Self(0);
    /// The part of it that is judged; the resource itself where a rule has no `each`.
    pub(super) const EACH: Self = Self(1);
    /// The first of the joins.
    pub(super) const FIRST_JOIN: usize = 2;
}

/// A place: the first of some paths that is there.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Where the paths start.
    pub(super) of: Subject,
    /// The paths.
    pub(super) paths: Vec<Path>,
}

/// Another resource, or several.
#[derive(Debug)]
pub(super) struct Join {
    /// What it is called.
    pub(super) name: Arc<str>,
    /// What it is joined to.
    pub(super) from: Subject,
    /// Its types; empty for any.
    pub(super) resource: Vec<Key>,
    /// How it is found.
    pub(super) by: By,
    /// Whether an id or name that no template has is as if nothing was joined; else it is undecided.
    pub(super) or_none: bool,
}

/// How a joined resource is found.
#[derive(Debug)]
pub(super) enum By {
    /// The value here is its id.
    Id(Vec<Path>),
    /// The value here is its full name.
    Name(Vec<Path>),
    /// It is the nearest resource of the type around.
    Parent,
    /// They are children.
    Children {
        /// At any depth.
        all: bool,
    },
    /// The value here, in them, is the id.
    Referrers(Vec<Path>),
}

/// A condition.
#[derive(Debug)]
pub(super) enum Predicate {
    /// All hold.
    All(Vec<Predicate>),
    /// At least one holds.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    /// A question about values.
    Leaf(Leaf),
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
#[derive(Debug)]
pub(super) struct Term {
    /// Where it is from.
    pub(super) source: Source,
    /// What Azure takes where it is absent or null.
    pub(super) default: Option<Value>,
    /// What an unknown certainly is not.
    pub(super) bounds: Vec<Bound>,
}

/// Where a value is from.
#[derive(Debug)]
pub(super) enum Source {
    /// A place.
    At(Place),
    /// How many hits a place has.
    Count(Place),
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
    /// Whether it equals this.
    Equals(Operand),
    /// Whether it equals one of these.
    In(Operands),
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

/// What a configuration may set.
#[derive(Debug)]
pub(super) struct OptionSpec {
    /// Its name.
    pub(super) name: Arc<str>,
    /// What values it takes.
    pub(super) takes: OptionType,
    /// What it is unless set.
    pub(super) default: Value,
    /// What it does.
    pub(super) description: Arc<str>,
}

/// What values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OptionType {
    /// `true` or `false`.
    Boolean,
    /// A whole number from the first to the second.
    Integer(i64, i64),
    /// Strings, separated by commas on the command line.
    List,
}

/// Something that depends on conditions.
#[derive(Debug)]
pub(super) struct Graded<T> {
    /// What holds where no case does.
    pub(super) default: T,
    /// The first case that certainly holds decides.
    pub(super) cases: Vec<(Predicate, T)>,
}

/// What is said.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The place and the texts.
    pub(super) texts: Texts,
    /// Others where a condition certainly holds.
    pub(super) cases: Vec<(Predicate, Texts)>,
    /// Other places.
    pub(super) labels: Vec<Extra>,
    /// The message where it cannot be told.
    pub(super) undecided: Option<Wording>,
}

/// Another place, and what to say there.
#[derive(Debug)]
pub(super) struct Extra {
    /// The place.
    pub(super) at: Place,
    /// What to say.
    pub(super) text: Wording,
    /// When it is said.
    pub(super) when: Option<Predicate>,
}

/// The place and the texts of a diagnostic; in a case, those that differ.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The place that it is about; empty for what decided.
    pub(super) at: Vec<Place>,
    pub(super) message: Option<Wording>,
    pub(super) label: Option<Wording>,
    pub(super) help: Option<Wording>,
}

/// How to mend it.
#[derive(Debug)]
pub(super) struct FixPlan {
    /// What it does.
    pub(super) title: Wording,
    /// How safe it is.
    pub(super) safety: Graded<Safety>,
    /// When it is offered.
    pub(super) when: Option<Predicate>,
    /// What to change.
    pub(super) changes: Vec<Change>,
}

/// One change of a fix.
#[derive(Debug)]
pub(super) struct Change {
    /// The place.
    pub(super) at: Place,
    /// When it is made.
    pub(super) when: Option<Predicate>,
    /// What is done there.
    pub(super) how: How,
}

/// What a fix does at a place.
#[derive(Debug)]
pub(super) enum How {
    /// Writes this value.
    Set(Value),
    /// Writes the one of these names that was probably meant.
    SetNearest(Vec<Arc<str>>),
    /// Takes it out.
    Remove,
    /// Writes these characters over what a pattern finds.
    Replace(Box<Pattern>, Arc<str>),
}
