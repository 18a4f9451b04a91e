//! The house's table: which room may use which. Doors are one way, and this test is the lock.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room → the rooms it may use. A room that is not a row may not exist.
const MAY_USE: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("threads", &[]),
    ("diagnostic", &["source"]),
    ("syntax", &["diagnostic", "source"]),
    ("table", &["syntax", "diagnostic", "source"]),
    ("config", &["table", "syntax", "diagnostic", "source"]),
    ("suppress", &["table", "syntax", "diagnostic", "source"]),
    ("expr", &["diagnostic", "source"]),
    ("value", &["source"]),
    ("eval", &["value", "expr", "diagnostic", "source"]),
    ("template", &["syntax", "diagnostic", "source"]),
    ("model", &["value", "source"]),
    ("policy_xml", &["syntax", "value", "diagnostic", "source"]),
    ("lower", &["template", "eval", "expr", "value", "model", "syntax", "diagnostic", "source", "threads"]),
    ("rules", &["model", "policy_xml", "value", "table", "syntax", "diagnostic", "source", "threads"]),
    ("fix", &["diagnostic", "source"]),
    ("report", &["diagnostic", "source", "threads"]),
    (
        "check",
        &[
            "config",
            "suppress",
            "table",
            "rules",
            "fix",
            "policy_xml",
            "lower",
            "template",
            "eval",
            "expr",
            "value",
            "model",
            "syntax",
            "diagnostic",
            "source",
            "threads",
        ],
    ),
    ("cli", &["check", "config", "fix", "report", "source", "diagnostic"]),
];

/// What only one room may name, and that room.
const ONLY_IN: &[(&str, &str)] = &[
    ("std::fs", "source"),
    ("clap::", "cli"),
    ("clap_complete::", "cli"),
    ("clap_mangen::", "cli"),
    ("indicatif::", "cli"),
    ("miette::", "report"),
    ("std::io::stdout", "cli"),
];

/// Names of rooms without an idea of their own.
const DRAWERS: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc"];

/// Every source file but those of tests: its room, its path and its text up to its tests.
fn files() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let paths: Vec<PathBuf> = walkdir::WalkDir::new(&src)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.expect("the sources can be listed").into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    let read = |path: &Path| fs::read_to_string(path).expect("a source file can be read");
    let tests: Vec<PathBuf> = paths.iter().flat_map(|path| test_modules(path, &read(path))).collect();
    let mut files = Vec::new();
    for path in &paths {
        let inside = path.strip_prefix(&src).expect("the walk stays below its root");
        let mut parts = inside.iter().map(|part| part.to_string_lossy().into_owned());
        let (Some(room), Some(_)) = (parts.next(), parts.next()) else { continue };
        if tests.iter().any(|test| path.starts_with(test) || *path == test.with_extension("rs")) {
            continue;
        }
        let text = read(path);
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        files.push((room, inside.display().to_string(), text));
    }
    assert!(files.len() > 40, "the walk found the sources");
    files
}

/// The modules that a file declares for tests only, as paths without extension.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let folder = path.parent().expect("a file is in a folder");
    let declared = text.split("#[cfg(test)]\nmod ").skip(1);
    declared.filter_map(|rest| Some(folder.join(rest.split_once(';')?.0))).collect()
}

/// The rooms that a text names after `crate::`.
fn rooms_named(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut rooms = BTreeSet::new();
    for line in code {
        for (at, found) in line.match_indices("crate::") {
            let rest = &line[at + found.len()..];
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            rooms.insert(name);
        }
    }
    rooms
}

#[test]
fn every_room_uses_only_the_rooms_below_it() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut broken = Vec::new();
    for (room, path, text) in files() {
        let allowed = table.get(room.as_str()).unwrap_or_else(|| panic!("`{room}` is no row of the table"));
        for used in rooms_named(&text) {
            let is_room = table.contains_key(used.as_str());
            if is_room && used != room && !allowed.contains(&used.as_str()) {
                broken.push(format!("{path} uses {used}"));
            }
        }
    }
    assert!(broken.is_empty(), "doors that are not in the table:\n{}", broken.join("\n"));
}

#[test]
fn what_touches_the_outside_is_in_one_room() {
    let mut broken = Vec::new();
    for (room, path, text) in files() {
        for (name, home) in ONLY_IN {
            if room != *home && text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(name)) {
                broken.push(format!("{path} names {name}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_file_introduces_itself_and_no_room_is_a_drawer() {
    for (_, path, text) in files() {
        assert!(text.starts_with("//!"), "{path} does not say what it is");
        let drawer = path.split(['/', '.']).any(|part| DRAWERS.contains(&part));
        assert!(!drawer, "{path} is a drawer, not a room");
    }
}
