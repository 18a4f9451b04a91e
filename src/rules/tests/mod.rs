//! What the tests share: models built from JSON, and verdicts in few words.
//!
//! A model is a list of resources. `{"$unknown": "parameters('x')", "allowed": […]}` is an unknown, with the values it can
//! have; `"text": ["http://", null]` makes it a partly known string. `{"$default": "sku"}` is the default value of a
//! parameter, written at `sku` of the `defaults` that stand beside the `resources`. `"secure": true` makes a parameter secure.

mod files;
mod joins;
mod laws;
mod mending;
mod pinned;
mod policies;
mod questions;
mod telling;

use std::sync::Arc;

use jiff::civil::date;

use super::{RuleSet, RuleText, Settings, Trees, group, run};
use crate::diagnostic::{Diagnostic, Verdict};
use crate::model::{Body, Condition, Model, Resource, ResourceId};
use crate::source::{FileId, Loaded, SourceFile, Sources, Span};
use crate::syntax::{Document, Kind, Node};
use crate::value::{Key, Object, Shape, Step, Symbol, Text, Truth, Unknown, Value, ValueKind, Why};

const GROUP: &str = "/subscriptions/s/resourceGroups/g/providers";

/// A model and the file it came from.
pub(super) struct World {
    pub(super) file: Arc<SourceFile>,
    pub(super) model: Model,
    document: Arc<Document>,
}

impl Trees for World {
    fn document(&self, _: FileId) -> Option<Arc<Document>> {
        Some(Arc::clone(&self.document))
    }

    fn policy(&self, _: Span, _: &Value) -> Option<Arc<SourceFile>> {
        None
    }
}

impl World {
    /// The resources that a JSON list describes.
    pub(super) fn new(json: &str) -> Self {
        let sources = Sources::new();
        let file = sources.add("main.json", Loaded::utf8(json));
        let document = Document::parse(Arc::clone(&file));
        assert!(document.is_well_formed(), "{:?}", document.problems());
        let root = document.root().unwrap();
        let list = root.get("resources").unwrap_or(root);
        let model = Model::new(list.items().enumerate().map(|(n, node)| resource(n, node)).collect());
        Self { file, model, document: Arc::new(document) }
    }

    /// What the chosen built-in rules say, with `options` set.
    pub(super) fn told_by(&self, select: &[&str], options: &[&str]) -> Vec<Diagnostic> {
        self.judged(builtin(), select, options, date(2026, 11, 23))
    }

    /// What the chosen rules of a set say on a day.
    pub(super) fn judged(&self, rules: &RuleSet, select: &[&str], options: &[&str], day: jiff::civil::Date) -> Vec<Diagnostic> {
        let select: Vec<String> = select.iter().map(|word| (*word).to_owned()).collect();
        let selection = rules.choose("all", &select, &[], &[]).unwrap();
        let mut settings = Settings::new(day);
        options.iter().for_each(|option| settings.set(rules, option).unwrap());
        let told = run(rules, &selection, &settings, &self.model, self, &|_| false);
        group(told.into_iter().map(|told| *told).collect())
    }

    /// What every rule of a set says on a day, also where another one speaks for it.
    pub(super) fn heard(&self, rules: &RuleSet, day: jiff::civil::Date) -> Vec<Diagnostic> {
        let selection = rules.choose("all", &[], &[], &[]).unwrap();
        let told = run(rules, &selection, &Settings::new(day), &self.model, self, &|_| true);
        told.into_iter().map(|told| *told).collect()
    }

    /// A diagnostic as lines: verdict, message, and each label with the characters it points at.
    pub(super) fn show(&self, diagnostic: &Diagnostic) -> String {
        let verdict = match &diagnostic.verdict {
            Verdict::Fails => diagnostic.severity.to_string(),
            Verdict::Undecided(reason) => format!("undecided ({reason})"),
        };
        let name = diagnostic.rule.trim_start_matches("api-management/");
        let mut out = format!("{verdict}: {name}: {}\n", diagnostic.message);
        for (mark, label) in
            std::iter::once(("-->", &diagnostic.primary)).chain(diagnostic.labels.iter().map(|label| ("  +", label)))
        {
            let at = self.file.position(label.span.start);
            let text = self.file.slice(label.span).split_whitespace().collect::<Vec<_>>().join(" ");
            out += &format!("  {mark} {}:{} {text} | {}\n", at.line, at.column, label.text);
        }
        if !diagnostic.path.is_empty() {
            out += &format!("  at {}\n", diagnostic.path);
        }
        if let Some(help) = &diagnostic.help {
            out += &format!("  help: {help}\n");
        }
        if let Some(condition) = &diagnostic.condition {
            out += &format!("  if: {condition}\n");
        }
        for fix in &diagnostic.fixes {
            let edits: Vec<String> = fix
                .edits
                .iter()
                .map(|edit| {
                    let at = self.file.position(edit.span.start);
                    format!("{}:{} {:?} -> {:?}", at.line, at.column, self.file.slice(edit.span), edit.text)
                })
                .collect();
            let why = fix.reason.as_ref().map(|why| format!(", {why}")).unwrap_or_default();
            out += &format!("  fix ({:?}{why}): {}: {}\n", fix.safety, fix.told(), edits.join("; "));
        }
        out
    }

    /// All of them.
    pub(super) fn show_all(&self, diagnostics: &[Diagnostic]) -> String {
        if diagnostics.is_empty() { "nothing".to_owned() } else { diagnostics.iter().map(|told| self.show(told)).collect() }
    }
}

/// The built-in rules.
pub(super) fn builtin() -> &'static RuleSet {
    static RULES: std::sync::OnceLock<RuleSet> = std::sync::OnceLock::new();
    RULES.get_or_init(RuleSet::builtin)
}

/// A rule set of rule files given as text, the first being `rules/storage/0.json`, or what is wrong with them.
pub(super) fn load(texts: &[&str]) -> Result<RuleSet, String> {
    let sources = Sources::new();
    let texts: Vec<RuleText> = texts
        .iter()
        .enumerate()
        .map(|(n, json)| {
            let name = if json.contains("\"predicates\"") { "definitions".to_owned() } else { n.to_string() };
            let file = sources.add(format!("rules/storage/{name}.json"), Loaded::utf8(*json));
            RuleText { file, prose: String::new() }
        })
        .collect();
    RuleSet::default().with(&texts).map_err(|problems| {
        let line = |problem: &Diagnostic| {
            let file = sources.get(problem.primary.span.file).unwrap();
            let at = file.position(problem.primary.span.start);
            let text = file.slice(problem.primary.span);
            let help = problem.help.as_deref().unwrap_or("");
            format!("{}:{} {text}\n    {}\n    {help}\n", at.line, at.column, problem.message)
        };
        problems.iter().map(line).collect()
    })
}

/// What a storage account with these properties is told by a rule with these members.
pub(super) fn told(rule: &str, properties: &str, beside: &str) -> String {
    let rule = format!(
        r#"{{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0",
             "resource": "Microsoft.Storage/storageAccounts", "report": {{ "message": "{{self.name}}: {{found}}", "at": "$.properties.p" }}, {rule} }}"#
    );
    let rules = load(&[&rule]).unwrap_or_else(|problems| panic!("{problems}"));
    let world = World::new(&format!(
        r#"[{{ "type": "Microsoft.Storage/storageAccounts", "name": "a", "apiVersion": "2023-01-01", "properties": {properties} }}{beside}]"#
    ));
    let told = world.judged(&rules, &[], &[], date(2026, 11, 23));
    match told.as_slice() {
        [] => "passes".to_owned(),
        told => told
            .iter()
            .map(|told| match &told.verdict {
                Verdict::Fails => format!("fails ({})", told.message),
                Verdict::Undecided(why) => format!("undecided ({why})"),
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn resource(n: usize, node: Node<'_>) -> Resource {
    let body = value(node);
    let member = |name: &str| body.as_object().unwrap().get(name);
    let resource_type = member("type").unwrap().as_str().unwrap().to_owned();
    let name = member("name").unwrap().clone();
    let id = member("$id").cloned().unwrap_or_else(|| {
        let (provider, types) = resource_type.split_once('/').unwrap();
        let names = name.as_str().map_or_else(|| name.canonical(), str::to_owned);
        let segments: String = types.split('/').zip(names.split('/')).map(|(kind, name)| format!("/{kind}/{name}")).collect();
        Value::string(format!("{GROUP}/{provider}{segments}"), node.span())
    });
    let condition = match member("condition").map(|value| &value.kind) {
        None | Some(ValueKind::Bool(true)) => Condition::always(),
        Some(ValueKind::Bool(false)) => Condition { holds: Truth::False, ..Condition::always() },
        Some(_) => {
            let at = member("condition").unwrap();
            Condition { holds: Truth::Unknown, text: at.canonical(), span: Some(at.origin.written) }
        }
    };
    Resource {
        resource_type: Key::new(resource_type),
        existing: member("existing").and_then(Value::as_bool).unwrap_or(false),
        name,
        id: ResourceId::of(&id).unwrap(),
        symbolic_name: None,
        condition,
        declared: node.span(),
        pointer: format!("/resources/{n}").into(),
        deployed_by: Arc::from([]),
        body: Body::new(body),
    }
}

/// The value that a node describes.
fn value(node: Node<'_>) -> Value {
    if let Some(symbol) = node.get("$unknown") {
        return unknown(node, &symbol.string().unwrap());
    }
    if let Some(name) = node.get("$default") {
        let secure = node.get("secure").is_some();
        let step = Step::ParameterDefault { name: name.string().unwrap().into(), secure };
        let defaults = node.document().root().unwrap().get("defaults").unwrap();
        return value(defaults.get(&name.string().unwrap()).unwrap()).moved(step, node.span());
    }
    let kind = match node.kind() {
        Kind::Null | Kind::Missing => ValueKind::Null,
        Kind::True => ValueKind::Bool(true),
        Kind::False => ValueKind::Bool(false),
        Kind::Number => ValueKind::Int(node.raw().parse().unwrap()),
        Kind::Plain | Kind::Escaped => ValueKind::Str(node.string().unwrap().into()),
        Kind::Array => ValueKind::Array(node.items().map(value).collect()),
        Kind::Object => {
            let members = node.members().map(|(key, member)| (Key::new(key.string().unwrap()), value(member)));
            ValueKind::Object(Arc::new(members.collect::<Object>()))
        }
    };
    Value::new(kind, node.span())
}

fn unknown(node: Node<'_>, symbol: &str) -> Value {
    let parameter = symbol.strip_prefix("parameters('").and_then(|rest| rest.strip_suffix("')"));
    let why = parameter.map_or_else(|| Why::Runtime(symbol.into()), |name| Why::Parameter(name.into()));
    let why = match why {
        Why::Parameter(name) if node.get("secure").is_some() => Why::SecureParameter(name),
        why => why,
    };
    let mut unknown = Unknown::new(why, symbol);
    if let Some(allowed) = node.get("allowed") {
        unknown = unknown.shaped(Shape::OneOf(allowed.items().map(value).collect()));
    }
    if let Some(pieces) = node.get("text") {
        let mut text = Text::new();
        for piece in pieces.items() {
            match piece.string() {
                Some(known) => text.push_known(&known),
                None => text.push_hole(Symbol::new(symbol), 0, None),
            }
        }
        unknown = unknown.shaped(Shape::Text(text));
    }
    Value::unknown(unknown, node.span())
}
