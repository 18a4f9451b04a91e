//! A rule as it is run: every name resolved, every path and pattern compiled, every text cut into its parts.

use std::sync::Arc;

use super::condition::Predicate;
use super::packed::Later;
use super::path::Path;
use super::pattern::Pattern;
use super::policy::Selector;
use super::wording::Wording;
use crate::diagnostic::{RuleMeta, Safety, Severity};
use crate::model::Resource;
use crate::value::{Key, Truth, Value};

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
    pub(super) exempt: Later<Option<Predicate>>,
    /// What a configuration may set.
    pub(super) options: Vec<OptionSpec>,
    /// The parts of its policy document of which each is judged by itself.
    pub(super) policy: Vec<Selector>,
    /// Paths in the resource of which each hit is judged by itself; none: the resource is.
    pub(super) each: Vec<Path>,
    /// The resources that it looks at besides.
    pub(super) joins: Vec<Join>,
    /// What it applies to.
    pub(super) when: Option<Predicate>,
    /// What must hold.
    pub(super) assert: Later<Option<Predicate>>,
    /// How bad it is.
    pub(super) severity: Graded<Severity>,
    /// The rules that stay silent where this one fails.
    pub(super) supersedes: Vec<Arc<str>>,
    /// The places whose values make failing resources of one file one diagnostic.
    pub(super) group: Option<Vec<Place>>,
    /// What is said.
    pub(super) report: Later<Report>,
    /// How to mend it.
    pub(super) fixes: Later<Vec<FixPlan>>,
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
            exempt: Later::default(),
            options: Vec::new(),
            policy: Vec::new(),
            each: Vec::new(),
            joins: Vec::new(),
            when: None,
            assert: Later::default(),
            severity,
            supersedes: Vec::new(),
            group: None,
            report: Later::default(),
            fixes: Later::default(),
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
    /// It judges them, and what calls ask about in an API version of their own.
    Read,
}

impl Existing {
    /// Whether a resource of the deployment is judged.
    pub(super) fn takes(self, resource: &Resource) -> bool {
        let of_this_kind = match self {
            Self::Skip => !resource.existing,
            Self::Only => resource.existing,
            Self::Judge | Self::Read => true,
        };
        of_this_kind && resource.condition.holds != Truth::False
    }
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
    /// Whether the names of the members there are meant, not their values.
    pub(super) key: bool,
}

impl Place {
    /// The values at `paths` from `of`.
    pub(super) fn values(of: Subject, paths: Vec<Path>) -> Self {
        Self { of, paths, key: false }
    }
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
    /// It is the child of which this is the last name.
    Child(Place),
    /// They are children.
    Children {
        /// At any depth.
        all: bool,
    },
    /// They lie in the same resource of this type, which need be in no template.
    Within(Key),
    /// The value here, in them, is the id.
    Referrers(Vec<Path>),
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
    pub(super) safety: Graded<Judged>,
    /// Why a person should look at it first, where no case says so better.
    pub(super) why: Option<Wording>,
    /// When it is offered.
    pub(super) when: Option<Predicate>,
    /// What to change.
    pub(super) changes: Vec<Change>,
}

/// How safe a fix is, and why.
#[derive(Debug)]
pub(super) struct Judged {
    /// How safe it is.
    pub(super) safety: Safety,
    /// Why a person should look at it first.
    pub(super) why: Option<Wording>,
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
    /// Puts this XML into an element of a policy document.
    Insert(Arc<str>),
    /// Writes these characters over what a pattern finds.
    Replace(Box<Pattern>, Arc<str>),
    /// Adds a resource, whose id goes there.
    Add(Box<Addition>),
}

/// A resource to add.
#[derive(Debug)]
pub(super) struct Addition {
    /// What it is.
    pub(super) resource: Body,
    /// What its name has more than that of the resource.
    pub(super) word: Arc<str>,
    /// Such words in other names.
    pub(super) beside: Vec<Arc<str>>,
    /// What its symbolic name has more than that of the resource.
    pub(super) symbol: Vec<Arc<str>>,
}

/// What is to be written into a template.
#[derive(Debug)]
pub(super) enum Body {
    /// This value.
    Stated(Value),
    /// The name of the new resource.
    Name {
        /// In lower case.
        lower: bool,
    },
    /// What stands there in the resource.
    Copy(Path),
    /// An object.
    Object(Vec<(Arc<str>, Body)>),
    /// An array.
    Array(Vec<Body>),
}

impl Addition {
    /// The type of the new resource, where it has one.
    pub(super) fn kind(&self) -> Option<&str> {
        let Body::Object(members) = &self.resource else { return None };
        members.iter().find(|(key, _)| &**key == "type").and_then(|(_, kind)| match kind {
            Body::Stated(kind) => kind.as_str(),
            _ => None,
        })
    }
}
