//! The objects of schema version 1, which `json` and `jsonl` print. They borrow from the run and are written as they go.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::place::Place;
use super::summary;
use crate::diagnostic::{
    Diagnostic, Edit, Fingerprint, Fingerprints, Fix, Label, ResourceRef, Run, Safety, Severity, Suppressed, Unreadable, Verdict,
    rule_url,
};
use crate::source::{Position, SourceFile, Sources, Span};

/// The version of the shape; it changes when a reader would break.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// The program that wrote it.
#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// This program.
pub(super) const TOOL: Tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

/// What was seen and how much came of it.
#[derive(Serialize)]
pub(super) struct Summary {
    files: Files,
    services: usize,
    diagnostics: Counts,
    undecided: usize,
    suppressed: usize,
    baselined: usize,
    /// Only where only what changed is reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    untouched: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Files {
    seen: usize,
    templates: usize,
    parameter_files: usize,
    other: usize,
    unreadable: usize,
    bicep: usize,
}

#[derive(Serialize)]
struct Counts {
    error: usize,
    warning: usize,
    note: usize,
}

impl Summary {
    /// That of `run`.
    pub(super) fn of(run: &Run) -> Self {
        let files = &run.files;
        let (baselined, suppressed) = summary::accepted(run);
        Self {
            files: Files {
                seen: files.seen,
                templates: files.templates,
                parameter_files: files.parameter_files,
                other: files.other,
                unreadable: files.unreadable,
                bicep: files.bicep,
            },
            services: run.services,
            diagnostics: Counts {
                error: run.count(Severity::Error),
                warning: run.count(Severity::Warning),
                note: run.count(Severity::Note),
            },
            undecided: run.undecided.len(),
            suppressed,
            baselined,
            untouched: run.untouched.as_ref().map(|untouched| untouched.diagnostics.len()),
        }
    }
}

/// A diagnostic, undecided and suppressed ones included.
#[derive(Serialize)]
pub(super) struct Record<'r> {
    rule: &'r str,
    severity: Severity,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    message: &'r str,
    #[serde(flatten)]
    place: FileRange,
    resource: Option<Resource<'r>>,
    path: &'r str,
    labels: Vec<LabelRecord<'r>>,
    help: Option<&'r str>,
    url: String,
    environments: Environments<'r>,
    condition: Option<&'r str>,
    instances: usize,
    fixes: Vec<FixRecord<'r>>,
    #[serde(serialize_with = "as_text")]
    fingerprint: Fingerprint,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppression: Option<Suppression<'r>>,
}

/// `file` and `range`, side by side in whatever holds them.
#[derive(Serialize)]
struct FileRange {
    #[serde(serialize_with = "path_of")]
    file: Option<Arc<SourceFile>>,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'r> {
    r#type: &'r str,
    name: &'r str,
    symbolic_name: Option<&'r str>,
    pointer: &'r str,
}

#[derive(Serialize)]
struct LabelRecord<'r> {
    #[serde(flatten)]
    place: FileRange,
    text: &'r str,
    primary: bool,
}

#[derive(Serialize)]
struct Environments<'r> {
    fails: &'r [String],
    passes: &'r [String],
    undecided: &'r [String],
}

#[derive(Serialize)]
struct FixRecord<'r> {
    title: String,
    safety: Safety,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    edits: Vec<EditRecord<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EditRecord<'r> {
    #[serde(flatten)]
    place: FileRange,
    new_text: &'r str,
}

#[derive(Serialize)]
struct Suppression<'r> {
    kind: &'static str,
    reason: Option<&'r str>,
}

/// A file that could not be checked.
#[derive(Serialize)]
pub(super) struct UnreadableRecord<'r> {
    file: &'r str,
    error: &'r str,
}

impl<'r> UnreadableRecord<'r> {
    pub(super) fn new(unreadable: &'r Unreadable) -> Self {
        Self { file: &unreadable.file, error: &unreadable.error }
    }
}

fn as_text<S: Serializer>(fingerprint: &Fingerprint, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(fingerprint)
}

fn path_of<S: Serializer>(file: &Option<Arc<SourceFile>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(file.as_ref().map_or("", |file| file.path()))
}

impl FileRange {
    fn of(span: Span, sources: &Sources) -> Self {
        let place = Place::of(span, sources);
        Self { file: place.file, range: Range { start: place.start.into(), end: place.end.into() } }
    }
}

impl From<Position> for Point {
    fn from(position: Position) -> Self {
        Self { line: position.line, column: position.column, offset: position.offset }
    }
}

impl<'r> Resource<'r> {
    fn new(resource: &'r ResourceRef) -> Self {
        Self {
            r#type: &resource.resource_type,
            name: &resource.name,
            symbolic_name: resource.symbolic_name.as_deref(),
            pointer: &resource.pointer,
        }
    }
}

impl<'r> LabelRecord<'r> {
    fn new(label: &'r Label, primary: bool, sources: &Sources) -> Self {
        Self { place: FileRange::of(label.span, sources), text: &label.text, primary }
    }
}

impl<'r> FixRecord<'r> {
    fn new(fix: &'r Fix, sources: &Sources) -> Self {
        let edit = |edit: &'r Edit| EditRecord { place: FileRange::of(edit.span, sources), new_text: &edit.text };
        let edits = fix.edits.iter().map(edit).collect();
        Self { title: fix.told(), safety: fix.safety, reason: fix.reason.as_deref(), edits }
    }
}

impl<'r> Record<'r> {
    fn new(diagnostic: &'r Diagnostic, fingerprint: Fingerprint, sources: &Sources) -> Self {
        let (verdict, reason) = match &diagnostic.verdict {
            Verdict::Fails => ("fails", None),
            Verdict::Undecided(reason) => ("undecided", Some(reason.as_str())),
        };
        let mut labels = vec![LabelRecord::new(&diagnostic.primary, true, sources)];
        labels.extend(diagnostic.labels.iter().map(|label| LabelRecord::new(label, false, sources)));
        let environments = &diagnostic.environments;
        Self {
            rule: &diagnostic.rule,
            severity: diagnostic.severity,
            verdict,
            reason,
            message: &diagnostic.message,
            place: FileRange::of(diagnostic.primary.span, sources),
            resource: diagnostic.resource.as_ref().map(Resource::new),
            path: &diagnostic.path,
            labels,
            help: diagnostic.help.as_deref(),
            url: rule_url(&diagnostic.rule),
            environments: Environments {
                fails: &environments.fails,
                passes: &environments.passes,
                undecided: &environments.undecided,
            },
            condition: diagnostic.condition.as_deref(),
            instances: diagnostic.instances,
            fixes: diagnostic.fixes.iter().map(|fix| FixRecord::new(fix, sources)).collect(),
            fingerprint,
            suppression: None,
        }
    }

    fn suppressed(mut self, suppressed: &'r Suppressed) -> Self {
        self.suppression = Some(Suppression { kind: suppressed.kind, reason: suppressed.reason.as_deref() });
        self
    }
}

/// A run with the fingerprints of everything in it: where records come from.
pub(super) struct Records<'r> {
    run: &'r Run,
    prints: Fingerprints,
}

impl<'r> Records<'r> {
    /// Works out the fingerprints.
    pub(super) fn of(run: &'r Run) -> Self {
        Self { run, prints: run.fingerprints() }
    }

    fn list(&self, list: &'r [Diagnostic], prints: &[Fingerprint]) -> impl Iterator<Item = Record<'r>> {
        list.iter().zip(prints).map(|(diagnostic, &print)| Record::new(diagnostic, print, &self.run.sources))
    }

    /// What fails.
    pub(super) fn diagnostics(&self) -> impl Iterator<Item = Record<'r>> {
        self.list(&self.run.diagnostics, &self.prints.diagnostics)
    }

    /// What cannot be told.
    pub(super) fn undecided(&self) -> impl Iterator<Item = Record<'r>> {
        self.list(&self.run.undecided, &self.prints.undecided)
    }

    /// What was accepted.
    pub(super) fn suppressed(&self) -> impl Iterator<Item = Record<'r>> {
        self.run
            .suppressed
            .iter()
            .zip(&self.prints.suppressed)
            .map(|(suppressed, &print)| Record::new(&suppressed.diagnostic, print, &self.run.sources).suppressed(suppressed))
    }

    /// What could not be read.
    pub(super) fn unreadable(&self) -> impl Iterator<Item = UnreadableRecord<'r>> {
        self.run.unreadable.iter().map(UnreadableRecord::new)
    }
}
