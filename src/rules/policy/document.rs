//! One policy document of a deployment: read once, its elements made values when a rule asks.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use super::effective::Above;
use super::inclusion::Inclusion;
use super::structure::{self, Standing};
use super::table::{Place, PolicyTable};
use crate::diagnostic::Label;
use crate::policy_xml::{Dialect, NoScript, NodeIx, Range, Refusal, Script, Tree, named_values, read};
use crate::rules::describe::trail;
use crate::rules::mend::Trees;
use crate::rules::select::Hit;
use crate::source::{SourceFile, Span};
use crate::value::{Key, Object, Origin, Symbol, Value, Why};

/// A policy document.
#[derive(Debug)]
pub(in crate::rules) struct PolicyDocument {
    state: State,
    table: Arc<PolicyTable>,
    scope: Arc<str>,
    script: Script,
    origin: Origin,
    tree: Tree,
    standings: Vec<Standing>,
    /// Why its holes are unknown.
    why: Why,
    /// The way from the resource to the text, for a text that is written elsewhere.
    way: Vec<Label>,
    /// The file that an address led to.
    linked: Option<Arc<SourceFile>>,
    /// What `<base />` stands for.
    above: Above,
    /// Of a fragment, where it runs.
    inclusions: OnceLock<Vec<Inclusion>>,
    values: Vec<OnceLock<Value>>,
    /// Of each element its number among its siblings of that name, where there are several.
    ordinals: OnceLock<Vec<Option<usize>>>,
    named: OnceLock<Vec<(NodeIx, Value)>>,
    strings: OnceLock<Vec<(NodeIx, Value)>>,
}

/// What became of a document.
#[derive(Debug)]
pub(super) enum State {
    /// It was read.
    Read,
    /// It is no policy document, for these reasons.
    Faulty(Vec<Value>),
    /// Nothing of its text is known.
    Unknown,
    /// It cannot be looked into, for this reason.
    Hidden(String),
}

/// How the text of a document is given.
pub(super) enum Format {
    /// In this dialect; of an unknown format, in either.
    Text(Option<Dialect>),
    /// Behind an address.
    Link(Dialect),
    /// In a format that nobody knows.
    Other(String),
}

impl Format {
    /// What the format says of a text at that of the table's paths. Where none is given it is `xml` ("PolicyContentFormat");
    /// of the properties of older API versions nobody says what it was.
    pub(super) fn of(format: Option<&Hit<'_>>, path: usize) -> Self {
        let Some(hit) = format else { return Self::Text((path == 0).then_some(Dialect::Strict)) };
        let Some(name) = hit.value.as_str() else { return Self::Text(None) };
        match name.to_ascii_lowercase().as_str() {
            "xml" => Self::Text(Some(Dialect::Strict)),
            "rawxml" => Self::Text(Some(Dialect::Raw)),
            "xml-link" => Self::Link(Dialect::Strict),
            "rawxml-link" => Self::Link(Dialect::Raw),
            _ => Self::Other(name.to_owned()),
        }
    }
}

impl PolicyDocument {
    /// Reads the document whose text is `text`.
    pub(super) fn read(text: &Hit<'_>, format: &Format, place: &Place, table: &Arc<PolicyTable>, trees: &dyn Trees) -> Self {
        let why = text.value.as_unknown().map_or_else(|| Why::Limit("".into()), |unknown| unknown.why.clone());
        let mut document = Self {
            state: State::Read,
            table: Arc::clone(table),
            scope: Arc::clone(&place.scope),
            script: Script::empty(text.site()),
            origin: text.value.origin.clone(),
            tree: Tree::default(),
            standings: Vec::new(),
            why,
            way: Vec::new(),
            linked: None,
            above: Above::default(),
            inclusions: OnceLock::new(),
            values: Vec::new(),
            ordinals: OnceLock::new(),
            named: OnceLock::new(),
            strings: OnceLock::new(),
        };
        document.state = match document.open(text, format, trees) {
            Ok(dialect) => document.parse(dialect, place),
            Err(state) => state,
        };
        document.values = document.tree.all().map(|_| OnceLock::new()).collect();
        document
    }

    /// The same, below other documents.
    pub(super) fn under(self, above: Above) -> Self {
        Self { above, ..self }
    }

    /// Takes the text of the value, or of the file that it is the address of.
    fn open(&mut self, text: &Hit<'_>, format: &Format, trees: &dyn Trees) -> Result<Option<Dialect>, State> {
        let dialect = match format {
            Format::Text(dialect) => *dialect,
            Format::Link(dialect) => {
                let Some(file) = trees.policy(text.site(), text.value) else {
                    return Err(State::Hidden("the policy is at an address outside of the files being linted".to_owned()));
                };
                self.script = Script::of_file(&file);
                self.linked = Some(file);
                self.way = vec![Label::new(text.site(), "the policy of this address")];
                return Ok(Some(*dialect));
            }
            Format::Other(name) => return Err(State::Hidden(format!("`{name}` is no known format of a policy"))),
        };
        let tree = trees.document(text.value.origin.source().file);
        match Script::of(text.value, tree.as_ref().map(|tree| tree.file().as_ref())) {
            Ok(script) => self.script = script,
            Err(NoScript::Unknown(_)) => return Err(State::Unknown),
            Err(NoScript::NoText) => return Err(State::Hidden("the policy is no text".to_owned())),
        }
        if !text.owner.declared.contains(&self.script.whole()) {
            let whole = self.script.whole();
            self.way = vec![Label::new(text.site(), "the policy stands here")];
            self.way.extend(trail(text).into_iter().filter(|label| !label.span.contains(&whole) && !whole.contains(&label.span)));
        }
        Ok(dialect)
    }

    fn parse(&mut self, dialect: Option<Dialect>, place: &Place) -> State {
        let first = read(&self.script, dialect.unwrap_or(Dialect::Strict));
        let raw = |script: &Script| dialect != Some(Dialect::Raw) && read(script, Dialect::Raw).is_ok();
        match first {
            Ok(tree) => self.tree = tree,
            Err(Refusal::Hole(at)) => {
                let hole = self.script.hole(at).map(Symbol::as_str).unwrap_or_default();
                return State::Hidden(format!("how the policy goes on depends on `{hole}`: {}", self.why));
            }
            Err(Refusal::Unquoted(at)) => {
                let named = self.script.slice(&at);
                return State::Hidden(format!("whether the service takes a value without quotes (`{named}…`) is not documented"));
            }
            Err(Refusal::Fault { .. }) if dialect.is_none() && raw(&self.script) => {
                return State::Hidden("whether the policy is read as `xml` or `rawxml` is not known".to_owned());
            }
            Err(Refusal::Fault { at, fault }) => {
                let answer = fault.answer(&self.script, at.start);
                let raw = raw(&self.script);
                return State::Faulty(vec![self.fault(&at, &fault.to_string(), answer.as_deref(), raw)]);
            }
        }
        self.standings = structure::standings(&self.tree, &self.script, place, &self.table);
        let faults = structure::faults(&self.tree, &self.script, &self.standings, place, &self.table);
        if faults.is_empty() {
            return State::Read;
        }
        State::Faulty(faults.iter().map(|(at, what)| self.fault(at, what, None, false)).collect())
    }

    /// A fault as rules see it.
    fn fault(&self, at: &Range, what: &str, answer: Option<&str>, raw: bool) -> Value {
        let at = self.script.span(at);
        let mut object = Object::new();
        object.push(Key::from("what"), Value::string(what, at));
        object.push(Key::from("rawxml"), Value::new(crate::value::ValueKind::Bool(raw), at));
        answer.into_iter().for_each(|answer| object.push(Key::from("answer"), Value::string(answer, at)));
        Value::object(object, at)
    }

    /// The file that it is, where it is one of its own.
    pub(super) fn linked(&self) -> Option<&Arc<SourceFile>> {
        self.linked.as_ref()
    }

    /// The text as the resource has it.
    pub(in crate::rules) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// The way from the resource to the text, for a text that is written elsewhere.
    pub(in crate::rules) fn way(&self) -> &[Label] {
        &self.way
    }

    pub(super) fn above(&self) -> &Above {
        &self.above
    }

    pub(super) fn inclusions(&self) -> &OnceLock<Vec<Inclusion>> {
        &self.inclusions
    }

    pub(super) fn sections(&self) -> &[Arc<str>] {
        &self.table.sections
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(super) fn script(&self) -> &Script {
        &self.script
    }

    pub(super) fn scope(&self) -> &str {
        &self.scope
    }

    pub(super) fn why(&self) -> Why {
        self.why.clone()
    }

    pub(super) fn span(&self, range: &Range) -> Span {
        self.script.span(range)
    }

    /// The name of an element.
    pub(super) fn name(&self, node: NodeIx) -> &str {
        structure::name(&self.tree, &self.script, node)
    }

    fn standing(&self, node: NodeIx) -> Standing {
        self.standings.get(node.0 as usize).copied().unwrap_or_default()
    }

    /// The section that an element is or stands in.
    pub(super) fn section(&self, node: NodeIx) -> Option<&Arc<str>> {
        self.table.sections.get(self.standing(node).section?)
    }

    pub(super) fn is_section(&self, node: NodeIx) -> bool {
        let root = self.tree.get(node).parent.is_some_and(|parent| self.tree.get(parent).parent.is_none());
        root && self.standing(node).section.is_some() && !self.standing(node).policy
    }

    /// Whether an element stands where policies do.
    pub(super) fn is_policy(&self, node: NodeIx) -> bool {
        self.standing(node).policy
    }

    pub(super) fn holds_policies(&self, node: NodeIx) -> bool {
        self.standing(node).holds
    }

    /// What the table says of the policy that an element is.
    pub(super) fn known_policy(&self, node: NodeIx) -> Option<&Value> {
        self.table.policies.get(self.name(node))
    }

    /// The policy that was probably meant.
    pub(super) fn nearest(&self, node: NodeIx) -> Option<&Arc<str>> {
        self.table.nearest(self.name(node))
    }

    /// The hole in a range, as it is called.
    pub(super) fn hole_in(&self, range: &Range) -> Option<&Symbol> {
        self.script.first_hole(range)
    }

    /// The elements that hold something unknown between their children.
    pub(super) fn open_elements(&self) -> Vec<NodeIx> {
        let texts = self.tree.all().filter(|node| !self.tree.is_element(*node));
        let mut open: Vec<NodeIx> = texts
            .filter(|text| self.hole_in(&self.tree.get(*text).range).is_some())
            .filter_map(|text| self.tree.get(text).parent)
            .collect();
        open.dedup();
        open
    }

    /// An element as a value.
    pub(super) fn value(&self, node: NodeIx) -> &Value {
        self.values[node.0 as usize].get_or_init(|| self.build(node))
    }

    /// The references to named values, each with the element that it stands in; what is Liquid or a comment is none.
    pub(super) fn named_values(&self) -> &[(NodeIx, Value)] {
        self.named.get_or_init(|| {
            let mut found = Vec::new();
            let mut note = |node: NodeIx, range: &Range| {
                let names = named_values(&self.script, range);
                found.extend(names.into_iter().map(|(name, at)| (node, Value::string(name, self.span(&at)))));
            };
            for node in self.tree.all().filter(|node| self.tree.is_element(*node)) {
                self.tree.attributes(node).iter().for_each(|attribute| note(node, &attribute.value));
                let texts = self.tree.children(node).filter(|child| self.tree.is_text(*child));
                texts.filter(|_| !self.is_liquid(node)).for_each(|text| note(node, &self.tree.get(text).range));
            }
            found
        })
    }

    /// The strings in policy expressions, each with the element that it stands in.
    pub(super) fn strings(&self) -> &[(NodeIx, Value)] {
        self.strings.get_or_init(|| self.tree.all().flat_map(|node| self.strings_of(node)).collect())
    }

    /// The way to an element: `/policies/inbound/set-header[2]`, with a number where several children have the name.
    pub(in crate::rules) fn path(&self, node: NodeIx) -> String {
        let mut steps: Vec<NodeIx> = std::iter::once(node).chain(self.tree.around(node)).collect();
        steps.reverse();
        steps.iter().fold(String::new(), |mut out, step| {
            let name = self.name(*step);
            let _ = write!(out, "/{name}");
            if let Some(Some(ordinal)) = self.ordinals().get(step.0 as usize) {
                let _ = write!(out, "[{ordinal}]");
            }
            out
        })
    }

    fn ordinals(&self) -> &[Option<usize>] {
        self.ordinals.get_or_init(|| {
            let mut ordinals = vec![None; self.values.len()];
            for parent in self.tree.all() {
                let mut named: BTreeMap<&str, Vec<NodeIx>> = BTreeMap::new();
                self.tree.elements(parent).for_each(|child| named.entry(self.name(child)).or_default().push(child));
                for same in named.values().filter(|same| same.len() > 1) {
                    same.iter().enumerate().for_each(|(n, child)| ordinals[child.0 as usize] = Some(n + 1));
                }
            }
            ordinals
        })
    }
}
