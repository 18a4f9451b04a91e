//! `jsonl`: the objects of the JSON document one a line, the summary last; for streams.

use std::io::{self, Write};

use serde::Serialize;

use super::record::{Records, SCHEMA_VERSION, Summary, TOOL, Tool};
use super::{Options, Reporter, guard};
use crate::diagnostic::Run;

/// See the file's first line.
pub(super) struct Jsonl;

impl Jsonl {
    /// All of it is always there, so there is nothing to choose.
    pub(super) fn new(_: Options) -> Self {
        Self
    }
}

#[derive(Serialize)]
struct Line<T: Serialize> {
    kind: &'static str,
    #[serde(flatten)]
    object: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Close<'r> {
    schema_version: u32,
    tool: Tool,
    as_of: &'r str,
    #[serde(flatten)]
    summary: Summary,
}

impl Reporter for Jsonl {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let records = Records::of(run);
        let mut out = guard::Json::new(out);
        lines("diagnostic", records.diagnostics(), &mut out)?;
        lines("undecided", records.undecided(), &mut out)?;
        lines("suppressed", records.suppressed(), &mut out)?;
        lines("unreadable", records.unreadable(), &mut out)?;
        let close = Close { schema_version: SCHEMA_VERSION, tool: TOOL, as_of: &run.as_of, summary: Summary::of(run) };
        lines("summary", [close], &mut out)?;
        out.finish()
    }
}

fn lines<T: Serialize>(kind: &'static str, objects: impl IntoIterator<Item = T>, out: &mut guard::Json<'_>) -> io::Result<()> {
    for object in objects {
        serde_json::to_writer(&mut *out, &Line { kind, object })?;
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::Format;
    use crate::report::sample::{clean, options, print, run};

    #[test]
    fn the_lines_are_the_objects_of_the_document() {
        let document: serde_json::Value = serde_json::from_str(&print(Format::Json, &run(), options())).unwrap();
        let lines = print(Format::Jsonl, &run(), options());
        let mut lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let close = lines.pop().unwrap();
        assert_eq!(close["files"], document["summary"]["files"]);
        let lists = [("diagnostic", "diagnostics"), ("undecided", "undecided"), ("suppressed", "suppressed")];
        for (kind, list) in lists.into_iter().chain([("unreadable", "unreadable")]) {
            for object in document[list].as_array().unwrap() {
                let mut line = lines.remove(0);
                assert_eq!(line.as_object_mut().unwrap().shift_remove("kind").unwrap(), kind);
                assert_eq!(line, *object, "the same object in both, keys in the same order");
            }
        }
        assert!(lines.is_empty());
    }

    #[test]
    fn a_clean_run_is_one_line() {
        assert_snapshot!(print(Format::Jsonl, &clean(), options()), @r#"{"kind":"summary","schemaVersion":1,"tool":{"name":"armlint","version":"0.1.0"},"asOf":"2026-11-23","files":{"seen":1,"templates":1,"parameterFiles":0,"other":0,"unreadable":0,"bicep":0},"services":2,"diagnostics":{"error":0,"warning":0,"note":0},"undecided":0,"suppressed":0,"baselined":0}"#);
    }
}
