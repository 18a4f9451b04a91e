//! A result as SARIF has it: objects that borrow from the run and live until they are written.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::ROOT;
use crate::diagnostic::{Diagnostic, Environments, Fingerprint, Fix, Label, ResourceRef, Suppressed, Verdict};
use crate::report::circumstances::details;
use crate::report::text::visible;
use crate::source::{FileId, SourceFile, Sources, Span};

/// What stays as it is in the path of a URI (RFC 3986, "Unreserved Characters", and the slash).
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome<'r> {
    rule_id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_flows: Option<[CodeFlow; 1]>,
    partial_fingerprints: Prints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Change>,
    properties: Properties<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Suppression<'r>; 1]>,
}

/// A message in plain text.
#[derive(Serialize)]
pub(super) struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[Named; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

/// Where a file is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

#[derive(Serialize)]
struct ThreadFlow {
    locations: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    location: Location,
}

/// The first is ours; the second is the one GitHub compares.
#[derive(Serialize)]
struct Prints {
    #[serde(rename = "armlint/v1")]
    ours: String,
    #[serde(rename = "primaryLocationLineHash")]
    github: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    description: Message,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Message,
}

/// What SARIF has no word for.
#[derive(Serialize)]
struct Properties<'r> {
    environments: Judged<'r>,
    instances: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'r str>,
}

#[derive(Serialize)]
struct Judged<'r> {
    fails: &'r [String],
    passes: &'r [String],
    undecided: &'r [String],
}

#[derive(Serialize)]
struct Suppression<'r> {
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'r str>,
}

impl<'r> Outcome<'r> {
    /// That of a diagnostic, whose rule stands at `index` of the list of the tool.
    pub(super) fn new(diagnostic: &'r Diagnostic, print: Fingerprint, index: Option<usize>, sources: &Sources) -> Self {
        // SARIF has a word for what cannot be told; such a result has no level.
        let (kind, level) = match diagnostic.verdict {
            Verdict::Fails => ("fail", diagnostic.severity.as_str()),
            Verdict::Undecided(_) => ("open", "none"),
        };
        let mut sentences = vec![visible(&diagnostic.message).into_owned()];
        sentences.extend(details(diagnostic));
        let name = |resource: &ResourceRef| {
            [Named { fully_qualified_name: format!("{}/{}", resource.resource_type, resource.name), kind: "resource" }]
        };
        let location = Location {
            physical_location: Place::of(diagnostic.primary.span, sources),
            logical_locations: diagnostic.resource.as_ref().map(name),
            message: None,
            id: None,
        };
        let related = diagnostic.labels.iter().enumerate();
        // From where the value comes from to where it does harm.
        let way = diagnostic.labels.iter().rev().chain([&diagnostic.primary]);
        let way = || way.map(|label| Step { location: Location::of(label, None, sources) }).collect();
        let Environments { fails, passes, undecided } = &diagnostic.environments;
        let print = print.to_string();
        Self {
            rule_id: &diagnostic.rule,
            rule_index: index,
            kind,
            level,
            message: Message::new(&sentences.join(".\n")),
            locations: [location],
            related_locations: related.map(|(index, label)| Location::of(label, Some(index), sources)).collect(),
            code_flows: (!diagnostic.labels.is_empty()).then(|| [CodeFlow { thread_flows: [ThreadFlow { locations: way() }] }]),
            partial_fingerprints: Prints { ours: print.clone(), github: print },
            fixes: diagnostic.fixes.iter().map(|fix| Change::of(fix, sources)).collect(),
            properties: Properties {
                environments: Judged { fails, passes, undecided },
                instances: diagnostic.instances,
                condition: diagnostic.condition.as_deref(),
            },
            suppressions: None,
        }
    }

    /// The same, accepted.
    pub(super) fn suppressed(self, suppressed: &'r Suppressed) -> Self {
        let kind = if matches!(suppressed.kind, "comment" | "metadata") { "inSource" } else { "external" };
        let suppression = Suppression { kind, status: "accepted", justification: suppressed.reason.as_deref() };
        Self { suppressions: Some([suppression]), ..self }
    }
}

impl Message {
    /// A text that ends with a full stop, and in which nothing is a link or a placeholder (SARIF 2.1.0, sections 3.11.5
    /// and 3.11.6).
    pub(super) fn new(text: &str) -> Self {
        let mut text = text.to_owned();
        if text.contains("](") {
            text = text.replace('[', "\\[").replace(']', "\\]");
        }
        let placeholder = |(at, _): (usize, &str)| text[at + 1..].starts_with(|next: char| next.is_ascii_digit());
        if text.match_indices('{').any(placeholder) {
            text = text.replace('{', "{{").replace('}', "}}");
        }
        text.push('.');
        Self { text }
    }
}

impl Location {
    /// A location with what is to be said there.
    fn of(label: &Label, id: Option<usize>, sources: &Sources) -> Self {
        let text = if label.text.is_empty() { "here" } else { &label.text };
        let physical_location = Place::of(label.span, sources);
        Self { physical_location, logical_locations: None, message: Some(Message::new(&visible(text))), id }
    }
}

impl Place {
    fn of(span: Span, sources: &Sources) -> Self {
        match sources.get(span.file) {
            Some(file) => Self { artifact_location: Artifact::new(file.path()), region: Some(Region::of(span, &file)) },
            None => Self { artifact_location: Artifact::new(""), region: None },
        }
    }
}

impl Region {
    fn of(span: Span, file: &SourceFile) -> Self {
        Self {
            start_line: file.position(span.start).line,
            start_column: file.utf16_column(span.start),
            end_line: file.position(span.end).line,
            end_column: file.utf16_column(span.end),
        }
    }
}

impl Artifact {
    /// The file at a path: its URI is relative to the root, or absolute if the path is.
    pub(super) fn new(path: &str) -> Self {
        let path = path.strip_prefix("./").unwrap_or(path);
        let uri = utf8_percent_encode(path, IN_PATH);
        let drive = path.get(1..).is_some_and(|rest| rest.starts_with(":/"));
        if path.starts_with('/') {
            Self { uri: format!("file://{uri}"), uri_base_id: None }
        } else if drive {
            Self { uri: format!("file:///{}", uri.to_string().replacen("%3A", ":", 1)), uri_base_id: None }
        } else {
            Self { uri: uri.to_string(), uri_base_id: (!path.starts_with("../")).then_some(ROOT) }
        }
    }
}

impl Change {
    /// A fix: the changes of each file.
    fn of(fix: &Fix, sources: &Sources) -> Self {
        let mut files: BTreeMap<FileId, Vec<Replacement>> = BTreeMap::new();
        for edit in &fix.edits {
            let Some(file) = sources.get(edit.span.file) else { continue };
            let inserted_content = Message { text: edit.text.clone() };
            let replacement = Replacement { deleted_region: Region::of(edit.span, &file), inserted_content };
            files.entry(edit.span.file).or_default().push(replacement);
        }
        let changes = files.into_iter().filter_map(|(file, replacements)| {
            Some(ArtifactChange { artifact_location: Artifact::new(sources.get(file)?.path()), replacements })
        });
        Self { description: Message::new(&visible(&fix.told())), artifact_changes: changes.collect() }
    }
}
