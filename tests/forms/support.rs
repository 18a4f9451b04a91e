//! What the tests share: files in a folder, and what a check of them comes to in few words.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use armlint::check::{self, Checked, Regime, Request, Rules, Wanted};
use armlint::diagnostic::{Diagnostic, Verdict};
use armlint::source::{Loaded, SourceFile, Sources};
use armlint::syntax::{Document, Kind, Node};
use serde_json::{Map, Value};
use tempfile::TempDir;

/// Names and bytes of files.
pub(crate) type Project = Vec<(String, Vec<u8>)>;

/// One JSON file.
pub(crate) fn file(name: &str, content: &Value) -> (String, Vec<u8>) {
    (name.to_owned(), serde_json::to_vec_pretty(content).unwrap())
}

/// The first rules of all, for which the samples are written; the catalogue grows beside them.
pub(crate) const FIRST: [&str; 9] = [
    "api-management/stv1-api-version",
    "api-management/vnet-without-standard-public-ip",
    "api-management/non-standard-public-ip",
    "api-management/ipv6-public-ip",
    "api-management/dynamic-public-ip",
    "api-management/additional-location-without-public-ip",
    "api-management/zones-on-stv1-api-version",
    "api-management/zones-without-premium",
    "template/",
];

/// The first rules, or all of them, on one day for ever.
fn rules(all: bool) -> &'static Rules {
    static RULES: [OnceLock<Rules>; 2] = [OnceLock::new(), OnceLock::new()];
    let select = if all { Vec::new() } else { FIRST.map(str::to_owned).to_vec() };
    let wanted = Wanted { preset: Some("all".to_owned()), select, as_of: Some("2026-11-23".to_owned()), ..Wanted::default() };
    RULES[usize::from(all)].get_or_init(|| Rules::new(&wanted).unwrap_or_else(|error| panic!("{error:?}")))
}

/// A folder of files that is gone when it is dropped.
pub(crate) struct Folder {
    folder: TempDir,
}

impl Folder {
    pub(crate) fn of(project: &Project) -> Self {
        let folder = tempfile::Builder::new().prefix("armlint").tempdir().unwrap();
        for (name, bytes) in project {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Checks the whole folder.
    pub(crate) fn check(&self) -> Seen {
        self.check_paths(&[""], &[])
    }

    /// Checks files or folders in it, with these parameter files.
    pub(crate) fn check_paths(&self, paths: &[&str], parameters: &[&str]) -> Seen {
        self.check_by(rules(false), paths, parameters)
    }

    fn check_by(&self, rules: &Rules, paths: &[&str], parameters: &[&str]) -> Seen {
        let regime = Regime::fixed(rules.clone());
        let request = Request {
            paths: paths
                .iter()
                .map(|name| if name.is_empty() { self.folder.path().to_owned() } else { self.path(name) })
                .collect(),
            parameters: parameters.iter().map(|name| self.path(name).to_str().unwrap().to_owned()).collect(),
            ..Request::of(&regime)
        };
        let root = format!("{}/", self.folder.path().to_str().unwrap());
        Seen { checked: check::check(&request).unwrap(), root }
    }
}

/// Checks some files.
pub(crate) fn check(project: &Project) -> Seen {
    Folder::of(project).check()
}

/// Checks some files by all rules.
pub(crate) fn check_all(project: &Project) -> Seen {
    Folder::of(project).check_by(rules(true), &[""], &[])
}

/// Checks one template.
pub(crate) fn check_one(template: &Value) -> Seen {
    check(&vec![file("main.json", template)])
}

/// What a check came to.
pub(crate) struct Seen {
    pub(crate) checked: Checked,
    root: String,
}

impl Seen {
    /// Everything told about resources, without places: one line each, in lower case, for names may be in any.
    pub(crate) fn verdicts(&self) -> BTreeSet<String> {
        self.all().filter(|told| told.rule.starts_with("api-management/")).map(|told| line(told).to_ascii_lowercase()).collect()
    }

    /// Everything of one rule: message, place as `line:column text`, environments.
    pub(crate) fn of_rule(&self, rule: &str) -> String {
        self.all().filter(|told| told.rule.as_ref() == rule).fold(String::new(), |mut out, told| {
            let file = self.checked.run.sources.get(told.primary.span.file).unwrap();
            let at = file.position(told.primary.span.start);
            let text: Vec<&str> = file.slice(told.primary.span).split_whitespace().collect();
            let short: String = text.join(" ").chars().take(40).collect();
            let undecided = match &told.verdict {
                Verdict::Fails => String::new(),
                Verdict::Undecided(why) => format!(" (undecided: {why})"),
            };
            let _ = writeln!(out, "{}{undecided} | {}:{} {short}", told.message, self.short(file.path()), at.line);
            out
        })
    }

    /// The environments of the only diagnostic of a rule: fails, passes, undecided.
    pub(crate) fn environments(&self, rule: &str) -> [Vec<String>; 3] {
        let found: Vec<&Diagnostic> = self.all().filter(|told| told.rule.as_ref() == rule).collect();
        assert_eq!(found.len(), 1, "of {rule}: {found:#?}");
        let names = |list: &[String]| list.iter().map(|name| self.short(name)).collect();
        let told = &found[0].environments;
        [names(&told.fails), names(&told.passes), names(&told.undecided)]
    }

    /// The rules that something fails.
    pub(crate) fn failing(&self) -> BTreeSet<&str> {
        self.checked.run.diagnostics.iter().map(|told| told.rule.as_ref()).collect()
    }

    /// The only diagnostic of a rule.
    pub(crate) fn only(&self, rule: &str) -> &Diagnostic {
        let found: Vec<&Diagnostic> = self.all().filter(|told| told.rule.as_ref() == rule).collect();
        assert_eq!(found.len(), 1, "of {rule}: {:?}", self.all().map(line).collect::<Vec<_>>());
        found[0]
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Diagnostic> {
        self.checked.run.diagnostics.iter().chain(&self.checked.run.undecided)
    }

    fn short(&self, path: &str) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }
}

/// A diagnostic in one line, but for its place.
fn line(told: &Diagnostic) -> String {
    let verdict = match &told.verdict {
        Verdict::Fails => "fails".to_owned(),
        Verdict::Undecided(why) => format!("undecided ({why})"),
    };
    let resource = told.resource.as_ref().map(|resource| format!("{} {}", resource.resource_type, resource.name));
    let condition = told.condition.as_ref().map(|text| format!(" if {text}")).unwrap_or_default();
    format!(
        "{} {} {verdict} x{} {} at `{}`{condition}: {}",
        told.rule,
        told.severity,
        told.instances,
        resource.unwrap_or_default(),
        told.path,
        told.message
    )
}

/// A text with comments as JSON values.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let sources = Sources::new();
    let file: std::sync::Arc<SourceFile> = sources.add("text", Loaded::utf8(text));
    let document = Document::parse(file);
    document.is_well_formed().then(|| json(document.root()?))?
}

fn json(node: Node<'_>) -> Option<Value> {
    Some(match node.kind() {
        Kind::Array => Value::Array(node.items().map(json).collect::<Option<_>>()?),
        Kind::Object => {
            let mut object = Map::new();
            for (key, value) in node.members() {
                object.insert(key.string()?.into_owned(), json(value)?);
            }
            Value::Object(object)
        }
        Kind::Plain | Kind::Escaped => Value::String(node.string()?.into_owned()),
        _ => serde_json::from_str(node.raw()).ok()?,
    })
}
