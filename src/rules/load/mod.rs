//! From the rule file as written to the rule as run: everything is checked here, so that running cannot go wrong.

mod addition;
mod join;
mod predicate;
mod report;
mod term;

pub(super) use term::literal;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::condition::{Predicate, Term};
use super::file::{DEFINITIONS, DESCRIPTION, EXISTING, OPTION, OPTION_TYPES, RULE, SEVERITIES};
use super::head::presets_of;
use super::policy::{PolicyTable, Selector};
use super::rule::{Existing, Graded, OptionSpec, OptionType, Rule, Subject};
use crate::diagnostic::{RuleMeta, RuleOption, Severity};
use crate::syntax::{Document, Node};
use crate::table::{Fields, Problems};
use crate::value::{Key, Value, ValueKind};

/// What a name in a rule file can mean.
struct Name {
    /// The name; empty for an element that has none.
    name: Arc<str>,
    /// Whether there can be several.
    many: bool,
}

/// What is in scope while a part of a rule file is read.
struct Scope<'a, 'd> {
    problems: &'a mut Problems,
    /// What names mean; the index is the [`Subject`].
    names: Vec<Name>,
    /// Where a path without `of` starts.
    innermost: Subject,
    options: &'a [OptionSpec],
    definitions: Option<&'a Definitions<'d>>,
    /// How deep the condition that is being read is nested.
    depth: usize,
    /// How deep the deepest was.
    deepest: usize,
    /// The named predicates that are being read.
    using: Vec<String>,
}

/// The definitions that the rules of a folder share. What they speak of, and so what they are read as, depends on where they
/// are used.
pub(super) struct Definitions<'d> {
    terms: Vec<(String, Node<'d>)>,
    predicates: Vec<(String, Node<'d>)>,
    exempt: Option<Node<'d>>,
    read_terms: Memory<Term>,
    read_predicates: Memory<Predicate>,
}

/// Definitions as they were read: by name, by what they speak of and by how many names are in scope there; with how deep they
/// are nested.
type Memory<T> = Mutex<BTreeMap<(String, Subject, usize), (T, usize)>>;

impl<'d> Definitions<'d> {
    /// Reads which there are.
    pub(super) fn open(document: &'d Document, problems: &mut Problems) -> Option<Self> {
        problems.take(document.problems());
        let fields = Fields::open(document.root()?, &DEFINITIONS, problems)?;
        let named = |key: &str| -> Vec<(String, Node<'d>)> {
            let members = fields.get(key).into_iter().flat_map(Node::members);
            members.filter_map(|(name, node)| Some((name.string()?.into_owned(), node))).collect()
        };
        Some(Self {
            terms: named("terms"),
            predicates: named("predicates"),
            exempt: fields.get("exempt"),
            read_terms: Memory::default(),
            read_predicates: Memory::default(),
        })
    }

    /// Reports what is wrong with them, be they used or not.
    pub(super) fn check(&self, problems: &mut Problems) {
        let mut scope = Scope::new(problems, &[], &[], Some(self));
        self.terms.iter().for_each(|(_, node)| drop(scope.term(*node)));
        for (name, node) in &self.predicates {
            scope.using.push(name.clone());
            drop(scope.predicate(*node));
            scope.using.pop();
        }
        self.exempt.iter().for_each(|node| drop(scope.predicate(*node)));
    }

    fn predicate(&self, name: &str) -> Option<Node<'d>> {
        self.predicates.iter().find(|(known, _)| known == name).map(|(_, node)| *node)
    }

    fn predicates(&self) -> Vec<String> {
        self.predicates.iter().map(|(name, _)| name.clone()).collect()
    }

    fn term(&self, name: &str) -> Option<Node<'d>> {
        self.terms.iter().find(|(known, _)| known == name).map(|(_, node)| *node)
    }

    fn terms(&self) -> Vec<String> {
        self.terms.iter().map(|(name, _)| name.clone()).collect()
    }
}

impl<'a, 'd> Scope<'a, 'd> {
    fn new(
        problems: &'a mut Problems,
        joins: &[(Arc<str>, bool, crate::source::Span)],
        options: &'a [OptionSpec],
        definitions: Option<&'a Definitions<'d>>,
    ) -> Self {
        let names = term::fixed_names(problems, joins);
        Self { problems, names, innermost: Subject::SELF, options, definitions, depth: 0, deepest: 0, using: Vec::new() }
    }

    /// Something that may depend on conditions: a word of `words`, or an object with a default and cases.
    fn graded<T: Copy>(&mut self, node: Node<'d>, words: &[&'static str], of: fn(&str) -> T) -> Option<Graded<T>> {
        if !node.is_object() {
            return Some(Graded { default: of(self.problems.choice(node, words)?), cases: Vec::new() });
        }
        let fields = Fields::open(node, &super::file::GRADED, self.problems)?;
        let default = of(self.problems.choice(fields.get("default")?, words)?);
        let mut cases = Vec::new();
        for item in fields.get("cases")?.items() {
            let case = Fields::open(item, &super::file::CASE, self.problems)?;
            let is = of(self.problems.choice(case.get("is")?, words)?);
            cases.push((self.predicate(case.get("when")?)?, is));
        }
        Some(Graded { default, cases })
    }
}

/// Reads and checks a rule file; `prose` is the text of its Markdown sibling.
pub(super) fn rule(
    document: &Document,
    prose: &str,
    definitions: Option<&Definitions<'_>>,
    policies: &dyn Fn() -> Arc<PolicyTable>,
    problems: &mut Problems,
) -> Option<Rule> {
    let before = problems.len();
    problems.take(document.problems());
    let root = document.root()?;
    if root.get("engine").is_some() {
        return description(root, prose, problems);
    }
    let fields = Fields::open(root, &RULE, problems)?;
    let options = options(&fields, problems);
    let heads = join::heads(&fields, problems);
    let mut scope = Scope::new(problems, &heads, &options, definitions);
    let joins = join::joins(&fields, &mut scope);
    let each = fields.get("each").and_then(|node| scope.paths(node)).unwrap_or_default();
    let when = fields.get("when").and_then(|node| scope.predicate(node));
    let assert = fields.get("assert").and_then(|node| scope.predicate(node));
    let severity = fields.get("severity").and_then(|node| scope.graded(node, SEVERITIES, severity));
    let group = fields.get("group").and_then(|node| scope.places(node));
    let report = fields.get("report").and_then(|node| scope.report(node));
    let fixes = fields.get("fix").map(|node| scope.fixes(node)).unwrap_or_default();
    let exempt = match fields.get("exempt") {
        Some(_) => None,
        None => definitions.and_then(|definitions| definitions.exempt).and_then(|node| scope.predicate(node)),
    };
    let unknown = fields.get("unknown").and_then(|node| problems.choice(node, &["tell", "skip"]));
    let (policy, existing) = (selectors(&fields, policies, problems), existing(&fields, problems));
    let resource = types(&fields, policies, problems);
    let plain = |texts: Vec<(Arc<str>, crate::source::Span)>| texts.into_iter().map(|(text, _)| text).collect::<Vec<_>>();
    let (supersedes, aliases) = (plain(fields.texts("supersedes", problems)), plain(fields.texts("aliases", problems)));
    let deprecated = fields.text("deprecated", problems);
    let severity = severity?;
    let meta = RuleMeta {
        options: options.iter().map(OptionSpec::told).collect(),
        deprecated: deprecated.as_deref().map(str::to_owned),
        ..meta(&fields, &severity, prose, problems)?
    };
    if problems.len() > before {
        return None;
    }
    Some(Rule {
        meta,
        deprecated,
        aliases,
        resource,
        existing,
        skips_unknown: unknown == Some("skip"),
        exempt: exempt.into(),
        options,
        policy,
        each,
        joins,
        when,
        assert: assert.into(),
        severity,
        supersedes,
        group,
        report: report?.into(),
        fixes: fixes.into(),
    })
}

/// Reads a rule that the engine judges: it can be chosen, listed and explained like any other.
fn description(root: Node<'_>, prose: &str, problems: &mut Problems) -> Option<Rule> {
    let before = problems.len();
    let fields = Fields::open(root, &DESCRIPTION, problems)?;
    let severity = Graded { default: severity(problems.choice(fields.get("severity")?, SEVERITIES)?), cases: Vec::new() };
    let aliases = fields.texts("aliases", problems).into_iter().map(|(text, _)| text).collect();
    let meta = meta(&fields, &severity, prose, problems)?;
    (problems.len() == before).then(|| Rule::described(meta, severity, aliases))
}

/// What a word of [`SEVERITIES`] means.
pub(super) fn severity(word: &str) -> Severity {
    match word {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        _ => Severity::Note,
    }
}

fn existing(fields: &Fields<'_>, problems: &mut Problems) -> Existing {
    let word = fields.get("existing").and_then(|node| problems.choice(node, EXISTING));
    match word {
        Some("judge") => Existing::Judge,
        Some("only") => Existing::Only,
        Some("read") => Existing::Read,
        Some(_) | None => Existing::Skip,
    }
}

/// The parts of policy documents at `policy`.
fn selectors(fields: &Fields<'_>, policies: &dyn Fn() -> Arc<PolicyTable>, problems: &mut Problems) -> Vec<Selector> {
    if let (Some(node), Some(_)) = (fields.get("policy"), fields.get("each")) {
        problems.report(node.span(), "`policy` and `each` both say what is judged by itself", "remove one of them");
    }
    let mut selectors = Vec::new();
    for (text, span) in fields.texts("policy", problems) {
        match Selector::parse(&text, &policies()) {
            Ok(selector) => selectors.push(selector),
            Err(message) => {
                problems.report(span, message, "write a section and an element, `inbound/cors`, or `*/cors`, `**/set-url`, `/`")
            }
        }
    }
    selectors
}

/// The resource types at `resource`; those of policy documents where a rule about these names none.
fn types(fields: &Fields<'_>, policies: &dyn Fn() -> Arc<PolicyTable>, problems: &mut Problems) -> Vec<Key> {
    if fields.get("resource").is_none() {
        if fields.get("policy").is_none() && !fields.is_misspelt() {
            let help = "add `resource`, the full type of what it judges; a rule about policy documents has `policy`";
            problems.report(fields.head(), "this rule has no `resource`", help);
        }
        return policies().types().collect();
    }
    let texts = fields.texts("resource", problems);
    for (text, span) in &texts {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() < 2 || !parts[0].contains('.') || parts.iter().any(|part| part.is_empty() || part.contains([' ', '*'])) {
            let help = "write provider and type, parents included: `Microsoft.ApiManagement/service/apis`";
            problems.report(*span, format!("`{text}` is no resource type"), help);
        }
    }
    texts.into_iter().map(|(text, _)| Key::new(text)).collect()
}

/// What catalogues show of the rule.
fn meta(fields: &Fields<'_>, severity: &Graded<Severity>, prose: &str, problems: &mut Problems) -> Option<RuleMeta> {
    let mut texts =
        |key: &str| -> Vec<String> { fields.texts(key, problems).into_iter().map(|(text, _)| text.to_string()).collect() };
    let (tags, covers, references, presets) = (texts("tags"), texts("covers"), texts("references"), texts("presets"));
    let presets = match fields.get("presets") {
        Some(_) => presets,
        None => {
            let is_deprecated = fields.get("deprecated").is_some();
            presets_of(severity.default, is_deprecated, tags.iter().map(String::as_str)).map(str::to_owned).collect()
        }
    };
    let name = fields.text("name", problems)?;
    let parts: Vec<&str> = name.split('/').collect();
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if parts.len() != 2 || !parts.iter().all(|part| word(part)) {
        let help = "write `<service>/<defect>` in lower case: `storage/public-blob-access`";
        problems.report(fields.get("name")?.span(), format!("`{name}` is no rule name"), help);
    }
    Some(RuleMeta {
        name,
        title: fields.text("title", problems)?.to_string(),
        severity: severity.default,
        tags,
        presets,
        covers,
        since: fields.text("since", problems)?.to_string(),
        references,
        options: Vec::new(),
        deprecated: None,
        prose: prose.to_owned().into(),
    })
}

/// The options that the rule declares.
fn options(fields: &Fields<'_>, problems: &mut Problems) -> Vec<OptionSpec> {
    let mut found = Vec::new();
    for (key, node) in fields.get("options").into_iter().flat_map(Node::members) {
        let Some(name) = key.string() else { continue };
        found.extend(option(name.into(), node, problems));
    }
    found
}

fn option(name: Arc<str>, node: Node<'_>, problems: &mut Problems) -> Option<OptionSpec> {
    let fields = Fields::open(node, &OPTION, problems)?;
    let limit = |key: &str, open: i64, problems: &mut Problems| fields.get(key).map_or(Some(open), |node| problems.whole(node));
    let takes = match problems.choice(fields.get("type")?, OPTION_TYPES)? {
        "boolean" => OptionType::Boolean,
        "integer" => OptionType::Integer(limit("minimum", i64::MIN, problems)?, limit("maximum", i64::MAX, problems)?),
        _ => OptionType::List,
    };
    let at = fields.get("default")?;
    let default = term::literal(at);
    if !takes.fits(&default) {
        problems.expected(at, takes.name());
        return None;
    }
    Some(OptionSpec { name, takes, default, description: fields.text("description", problems)? })
}

impl OptionSpec {
    /// The option as catalogues show it.
    pub(super) fn told(&self) -> RuleOption {
        RuleOption {
            name: self.name.to_string(),
            takes: self.takes.name(),
            default: crate::rules::mend::json(&self.default),
            description: self.description.to_string(),
        }
    }
}

impl OptionType {
    /// Whether a value is one that the option takes.
    pub(super) fn fits(self, value: &Value) -> bool {
        match (self, &value.kind) {
            (Self::Boolean, ValueKind::Bool(_)) => true,
            (Self::Integer(least, most), ValueKind::Int(number)) => (least..=most).contains(number),
            (Self::List, ValueKind::Array(items)) => items.iter().all(|item| item.as_str().is_some()),
            _ => false,
        }
    }

    /// What it takes, for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "`true` or `false`",
            Self::Integer(..) => "a whole number between its minimum and maximum",
            Self::List => "a list of strings",
        }
    }
}
