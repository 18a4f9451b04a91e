//! The bad and the good template that explain a rule: two of its own fixtures, cut to what matters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expect;
use super::ledger;
use super::regime::Regime;
use super::rules::{Rules, RulesError};
use super::{Request, check};
use crate::diagnostic::Diagnostic;
use crate::rules::RuleSet;
use crate::source::{Kept, Loaded, SourceFile, Sources};
use crate::syntax::{Document, Node};

/// A folder that no file system has, so that nothing beside the fixtures is read.
const NOWHERE: &str = "\0/";
/// How many lines of a good template are shown.
const MAX_LINES: usize = 24;

/// A bad and a good template.
#[derive(Debug)]
pub struct Example {
    /// What the rule says of the bad one.
    pub diagnostic: Diagnostic,
    /// The text that the diagnostic points into.
    pub sources: Sources,
    /// The bad one.
    pub bad: Cut,
    /// The good one.
    pub good: Cut,
}

/// The lines of a template that matter.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut {
    /// The fixture.
    pub path: String,
    /// What it is, in a sentence.
    pub says: String,
    /// Line numbers, lines, and what is to be said of them. Numbers jump where lines are left out.
    pub lines: Vec<(u32, String, Option<String>)>,
}

impl Rules {
    /// The bad and the good template of a built-in rule; none where the rule does not flag the bad one.
    ///
    /// # Errors
    /// The fixture asks for something that the rule does not have.
    pub fn example(&self, rule: &str) -> Result<Option<Example>, RulesError> {
        let Some([(bad, bad_text), (good, good_text)]) = RuleSet::example(rule) else { return Ok(None) };
        let sources = Sources::new();
        let file = sources.add(bad, Loaded::utf8(bad_text));
        let rules = expect::read(&file).circumstances(self.for_example(rule)?, rule).map_err(|(_, error)| error)?;
        let kept = Kept { path: format!("{NOWHERE}{bad}"), loaded: Loaded::utf8(bad_text), explicit: true };
        let regime = Regime::fixed(rules);
        let request = Request { given: vec![kept], all_templates: true, ..Request::of(&regime) };
        let is_it = |told: &Diagnostic| *told.rule == *rule && told.primary.span.file == file.id();
        let Some(diagnostic) = check(&request)?.run.diagnostics.into_iter().find(is_it) else {
            return Ok(None);
        };
        let passing = sources.add(good, Loaded::utf8(good_text));
        let good = passes(&passing, &file, &diagnostic);
        Ok(Some(Example { bad: fails(&file, &diagnostic), good, diagnostic, sources }))
    }
}

impl Rules {
    /// The rules by which the examples of a rule are judged: it alone, but what is said of suppressions is said of others.
    fn for_example(&self, rule: &str) -> Result<Self, RulesError> {
        if rule.starts_with(ledger::OWN) { Ok(self.everything()) } else { self.only(rule) }
    }
}

/// The lines that a diagnostic points at, and those around them.
fn fails(file: &SourceFile, diagnostic: &Diagnostic) -> Cut {
    let mut notes: BTreeMap<u32, String> = BTreeMap::new();
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.labels);
    for label in labels.filter(|label| label.span.file == file.id()) {
        let note = notes.entry(file.position(label.span.start).line).or_default();
        if !note.is_empty() && !label.text.is_empty() {
            note.push_str("; ");
        }
        note.push_str(&label.text);
    }
    cut(file, diagnostic.message.clone(), &notes)
}

/// The lines of a good template that the bad one does not have, or where there are none, the place that was bad.
fn passes(good: &Arc<SourceFile>, bad: &SourceFile, diagnostic: &Diagnostic) -> Cut {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    bad.text().lines().for_each(|line| *left.entry(bare(line)).or_default() += 1);
    let document = Document::parse(Arc::clone(good));
    let mut notes = BTreeMap::new();
    for (line, number) in good.text().lines().zip(1..) {
        match left.get_mut(bare(line)) {
            Some(count) if *count > 0 => *count -= 1,
            Some(_) | None if bare(line).starts_with("//") => {}
            Some(_) | None => drop(notes.insert(number, String::new())),
        }
    }
    if notes.is_empty() {
        notes.extend(place(&document, diagnostic).map(|node| (good.position(node.span().start).line, String::new())));
    }
    let says = document.comments().first().filter(|comment| comment.start == 0);
    let says = says.map(|comment| good.slice(*comment).trim_matches(['/', '*', ' ']).to_owned()).unwrap_or_default();
    cut(good, says, &notes)
}

/// A line without what surrounds the values on it.
fn bare(line: &str) -> &str {
    line.trim().trim_end_matches(',')
}

/// What stands in another template where a diagnostic is about: the deepest part of its property path that is there.
fn place<'d>(document: &'d Document, diagnostic: &Diagnostic) -> Option<Node<'d>> {
    let pointer = diagnostic.resource.as_ref().map_or("", |resource| resource.pointer.as_str());
    let path = diagnostic.path.replace("['", ".").replace(['[', ']', '\''], ".");
    let steps = pointer.split('/').chain(path.split('.')).filter(|step| !step.is_empty());
    let mut node = document.root()?;
    for step in steps {
        let child = if node.is_array() { node.items().nth(step.parse().unwrap_or(usize::MAX)) } else { node.get(step) };
        let Some(child) = child else { break };
        node = child;
    }
    Some(node)
}

/// The lines with something to say, and one before and after each.
fn cut(file: &SourceFile, says: String, notes: &BTreeMap<u32, String>) -> Cut {
    let wanted: BTreeSet<u32> = notes.keys().flat_map(|&line| line.saturating_sub(1)..=line + 1).collect();
    let told = |line: u32| notes.get(&line).filter(|note| !note.is_empty()).cloned();
    let lines: Vec<(u32, String, Option<String>)> = wanted
        .into_iter()
        .filter_map(|number| {
            let (line, _) = file.line(number).filter(|(line, _)| !line.trim().is_empty())?;
            Some((number, line.to_owned(), told(number)))
        })
        .take(MAX_LINES)
        .collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let margin = lines.iter().map(|(_, line, _)| indent(line)).min().unwrap_or(0);
    let dedent = |line: String| line.get(margin..).map(str::to_owned).unwrap_or_default();
    let lines = lines.into_iter().map(|(number, line, note)| (number, dedent(line), note)).collect();
    Cut { path: file.path().to_owned(), says, lines }
}
