//! From the text of a configuration to what it says; everything that is not as the tables say is told with its place.

use std::path::{Path, PathBuf};

use super::file::{CONFIGURATION, LIMITS, OVERRIDE, SEVERITIES, SUPPRESSION};
use super::patterns::Patterns;
use super::settings::{Accepted, Assignment, Config, FailOn, Given, Layer, Limits, OptionValue, Origin, Undecided};
use crate::diagnostic::Severity;
use crate::source::{Span, folder, join};
use crate::syntax::{Document, Kind, Node};
use crate::table::{Fields, Problems};

/// Where a configuration file is.
pub(super) struct Place<'p> {
    /// Its path, as shown.
    pub(super) path: &'p str,
    /// The true path of its folder.
    pub(super) real: PathBuf,
}

/// What a file extends: the paths as written, each with its place.
pub(super) fn extended(document: &Document, place: &Place<'_>, problems: &mut Problems) -> Vec<(String, Span)> {
    // The whole is checked in `own`; here only what must be read before it.
    let node = document.root().and_then(|root| root.get("extends"));
    let texts = node.map(|node| problems.texts(node)).unwrap_or_default();
    texts.into_iter().map(|(text, at)| (place.seen(&text), at)).collect()
}

/// Adds what a file says itself to what it extends.
pub(super) fn own(document: &Document, place: &Place<'_>, config: &mut Config, problems: &mut Problems) -> Option<()> {
    problems.take(document.problems());
    let fields = Fields::open(document.root()?, &CONFIGURATION, problems)?;
    config.layers.push(layer(&fields, None, problems));
    for item in fields.get("overrides").into_iter().flat_map(Node::items) {
        let Some(inner) = Fields::open(item, &OVERRIDE, problems) else { continue };
        let paths = patterns(&inner, "paths", &place.real, problems);
        config.layers.push(layer(&inner, paths, problems));
    }
    if let Some(include) = patterns(&fields, "include", &place.real, problems) {
        config.include = Some(include);
    }
    config.exclude.extend(patterns(&fields, "exclude", &place.real, problems));
    config.rules.extend(words(&fields, "rules", problems).into_iter().map(|word| seen(word, place)));
    for (key, node) in fields.get("parameters").into_iter().flat_map(Node::members) {
        let Some(template) = key.string() else { continue };
        let files = problems.texts(node).into_iter().map(|(text, at)| seen(given(text.into_owned(), at), place));
        config.parameters.push((place.seen(&template), files.collect()));
    }
    for item in fields.get("suppress").into_iter().flat_map(Node::items) {
        config.suppress.extend(accepted(item, place, problems));
    }
    if let Some(limits) = fields.get("suppressions").and_then(|node| Fields::open(node, &LIMITS, problems)) {
        add_limits(&limits, &mut config.limits, problems);
    }
    Some(())
}

impl Place<'_> {
    /// A path that is written in the file, seen from where armlint runs.
    fn seen(&self, written: &str) -> String {
        join(folder(self.path), written).unwrap_or_else(|| written.to_owned())
    }
}

fn given<T>(value: T, at: Span) -> Given<T> {
    Given { value, origin: Origin::File(at) }
}

fn seen(word: Given<String>, place: &Place<'_>) -> Given<String> {
    Given { value: place.seen(&word.value), ..word }
}

/// The strings at a key.
fn words(fields: &Fields<'_>, key: &str, problems: &mut Problems) -> Vec<Given<String>> {
    fields.texts(key, problems).into_iter().map(|(text, at)| given(text.to_string(), at)).collect()
}

fn patterns(fields: &Fields<'_>, key: &str, root: &Path, problems: &mut Problems) -> Option<Patterns> {
    fields.get(key)?;
    let written = fields.texts(key, problems);
    Some(Patterns::new(root, written.iter().map(|(text, at)| (&**text, *at)), problems))
}

fn layer(fields: &Fields<'_>, paths: Option<Patterns>, problems: &mut Problems) -> Layer {
    let preset = fields.get("preset").and_then(|node| Some(given(problems.text(node)?.into_owned(), node.span())));
    Layer {
        paths,
        preset,
        select: words(fields, "select", problems),
        extend_select: words(fields, "extendSelect", problems),
        ignore: words(fields, "ignore", problems),
        severity: severities(fields, problems),
        options: options(fields, problems),
        fail_on: choice(fields, "failOn", FailOn::WORDS, problems),
        undecided: choice(fields, "undecided", Undecided::WORDS, problems),
    }
}

fn choice<T: std::str::FromStr>(
    fields: &Fields<'_>,
    key: &str,
    words: &'static [&'static str],
    problems: &mut Problems,
) -> Option<Given<T>> {
    let node = fields.get(key)?;
    Some(given(problems.choice(node, words)?.parse().ok()?, node.span()))
}

fn severities(fields: &Fields<'_>, problems: &mut Problems) -> Vec<(Given<String>, Option<Severity>)> {
    let mut found = Vec::new();
    for (key, node) in members(fields.get("severity"), problems) {
        let Some(word) = problems.choice(node, SEVERITIES) else { continue };
        let severity = [Severity::Note, Severity::Warning, Severity::Error].into_iter().find(|known| known.as_str() == word);
        found.extend(key.string().map(|rule| (given(rule.into_owned(), key.span()), severity)));
    }
    found
}

fn options(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Given<Assignment>> {
    let mut found = Vec::new();
    for (rule, of_rule) in members(fields.get("options"), problems) {
        for (name, node) in members(Some(of_rule), problems) {
            let (Some(rule), Some(name), Some(value)) = (rule.string(), name.string(), option(node, problems)) else { continue };
            let assignment = Assignment::Written { rule: rule.into_owned(), name: name.into_owned(), value };
            found.push(given(assignment, node.span()));
        }
    }
    found
}

fn option(node: Node<'_>, problems: &mut Problems) -> Option<OptionValue> {
    match node.kind() {
        Kind::True | Kind::False => problems.flag(node).map(OptionValue::Flag),
        Kind::Number => problems.whole(node).map(OptionValue::Whole),
        Kind::Array => Some(OptionValue::Texts(problems.texts(node).into_iter().map(|(text, _)| text.into_owned()).collect())),
        Kind::Null | Kind::Plain | Kind::Escaped | Kind::Object | Kind::Missing => {
            problems.expected(node, "`true`, `false`, a whole number or a list of strings");
            None
        }
    }
}

/// The members of an object whose keys are free.
fn members<'d>(node: Option<Node<'d>>, problems: &mut Problems) -> Vec<(Node<'d>, Node<'d>)> {
    let Some(node) = node else { return Vec::new() };
    if !node.is_object() {
        problems.expected(node, "an object");
    }
    node.members().collect()
}

fn accepted(node: Node<'_>, place: &Place<'_>, problems: &mut Problems) -> Option<Accepted> {
    let fields = Fields::open(node, &SUPPRESSION, problems)?;
    let rules = fields.texts("rule", problems).into_iter().map(|(text, at)| (text.to_string(), at)).collect();
    let until = fields.get("until").and_then(|node| Some((problems.text(node)?.into_owned(), node.span())));
    Some(Accepted {
        rules,
        paths: patterns(&fields, "paths", &place.real, problems)?,
        reason: fields.text("reason", problems).map(|reason| reason.to_string()),
        until,
        at: node.span(),
    })
}

fn add_limits(fields: &Fields<'_>, limits: &mut Limits, problems: &mut Problems) {
    limits.forbid.extend(words(fields, "forbid", problems));
    if let Some(node) = fields.get("requireReason") {
        limits.require_reason = problems.flag(node).map(|value| given(value, node.span()));
    }
    if let Some(node) = fields.get("maxDays") {
        limits.max_days = problems.whole(node).map(|value| given(value, node.span()));
    }
}
