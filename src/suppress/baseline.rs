//! Baselines: what a repository had when it took the linter on. What is in one is told as accepted; what is new fails.
//!
//! Entries go by what a diagnostic means, not by where it stands: lines may move, files may be renamed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::INVALID;
use crate::diagnostic::Diagnostic;
use crate::syntax::Document;
use crate::table::{Fields, Problems, Table, Takes, may, must};

/// The version of the file that is written, and the newest that is read.
pub const BASELINE_SCHEMA: i64 = 1;

/// A baseline file.
static BASELINE: Table = Table {
    what: "baseline",
    keys: &[
        must("schemaVersion", Takes::Whole, "The version of this file's form: 1."),
        must("diagnostics", Takes::Many(&ENTRY), "What is accepted."),
    ],
};

/// An entry of it.
static ENTRY: Table = Table {
    what: "diagnostic",
    keys: &[
        must("file", Takes::Text, "The file, seen from the folder of the baseline."),
        must("rule", Takes::Text, "The rule."),
        must("fingerprint", Takes::Text, "What it is known by: of rule, resource and property."),
        may("resource", Takes::Text, "The resource, for people."),
        may("path", Takes::Text, "The property, for people."),
    ],
};

/// A diagnostic that is accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The file, seen from the folder of the baseline.
    pub file: String,
    /// The rule.
    pub rule: String,
    /// What it is known by.
    pub fingerprint: String,
    /// The resource by type and name; empty where it is about none.
    pub resource: String,
    /// The property path inside the resource.
    pub path: String,
}

/// Reads a baseline.
///
/// # Errors
/// What is wrong with it, with places; a newer version of the form is a mistake as well.
pub fn read_baseline(document: &Document) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    let mut problems = Problems::new(INVALID);
    problems.take(document.problems());
    let entries = entries(document, &mut problems).unwrap_or_default();
    let found = problems.into_found();
    if found.is_empty() { Ok(entries) } else { Err(found) }
}

fn entries(document: &Document, problems: &mut Problems) -> Option<Vec<Entry>> {
    let fields = Fields::open(document.root()?, &BASELINE, problems)?;
    let at = fields.get("schemaVersion")?;
    let version = problems.whole(at)?;
    if version != BASELINE_SCHEMA {
        let message = format!("this is version {version} of the form, and version {BASELINE_SCHEMA} can be read");
        problems.report(at.span(), message, "use the armlint that wrote it, or write it anew with `--write-baseline`");
        return None;
    }
    let list = fields.get("diagnostics")?;
    if !list.is_array() {
        problems.expected(list, "a list");
    }
    let mut entries = Vec::new();
    for item in list.items() {
        let Some(fields) = Fields::open(item, &ENTRY, problems) else { continue };
        let mut text = |key: &str| fields.text(key, problems).map(|text| text.to_string()).unwrap_or_default();
        entries.push(Entry {
            file: text("file"),
            rule: text("rule"),
            fingerprint: text("fingerprint"),
            resource: text("resource"),
            path: text("path"),
        });
    }
    Some(entries)
}

/// A baseline as its file is written: one line an entry, in order, so that changes are easy to review.
#[must_use]
pub fn print_baseline(entries: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let Entry { file, rule, fingerprint, resource, path } = entry;
        let (file, rule, fingerprint) = (json!(file), json!(rule), json!(fingerprint));
        let (resource, path) = (json!(resource), json!(path));
        format!(
            "    {{ \"file\": {file}, \"rule\": {rule}, \"resource\": {resource}, \"path\": {path}, \"fingerprint\": {fingerprint} }}"
        )
    };
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort();
    let lines: Vec<String> = sorted.into_iter().map(line).collect();
    let list = if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", lines.join(",\n")) };
    format!("{{\n  \"schemaVersion\": {BASELINE_SCHEMA},\n  \"diagnostics\": {list}\n}}\n")
}

/// Pairs what was found with what is accepted: for each of `found` the entry that accepts it.
///
/// An entry accepts one diagnostic, of its own file if there is one there. Else the file was renamed, or the resource moved.
#[must_use]
pub fn pair_baseline(entries: &[Entry], found: &[Entry]) -> Vec<Option<usize>> {
    let mut by_print: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, entry) in entries.iter().enumerate() {
        by_print.entry(&entry.fingerprint).or_default().push(n);
    }
    let mut taken = BTreeSet::new();
    let mut pairs = vec![None; found.len()];
    for same_file in [true, false] {
        for (told, pair) in found.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
            let known = by_print.get(told.fingerprint.as_str()).into_iter().flatten().copied();
            let mut free = known.filter(|n| !taken.contains(n) && (!same_file || entries[*n].file == told.file));
            if let Some(n) = free.next() {
                taken.insert(n);
                *pair = Some(n);
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::{Entry, pair_baseline, print_baseline, read_baseline};
    use crate::source::{Loaded, Sources};
    use crate::syntax::Document;

    fn entry(file: &str, print: &str) -> Entry {
        let (file, fingerprint) = (file.to_owned(), print.to_owned());
        Entry { file, rule: "s/r".to_owned(), fingerprint, resource: "x/y \"a\"".to_owned(), path: "sku.name".to_owned() }
    }

    fn read(text: &str) -> Result<Vec<Entry>, Vec<String>> {
        let file = Sources::new().add("b.json", Loaded::utf8(text));
        read_baseline(&Document::parse(file))
            .map_err(|mistakes| mistakes.iter().map(|told| format!("{}: {}", told.primary.span.start, told.message)).collect())
    }

    #[test]
    fn what_is_printed_is_read_back_in_order() {
        let entries = [entry("b.json", "2"), entry("a/ü.json", "1")];
        assert_eq!(read(&print_baseline(&entries)), Ok(vec![entries[1].clone(), entries[0].clone()]));
        assert_eq!(read(&print_baseline(&[])), Ok(Vec::new()));
    }

    #[test]
    fn a_baseline_that_cannot_be_understood_is_told_where() {
        let said = |text: &str| read(text).unwrap_err().join("; ");
        assert_eq!(
            said("{\"schemaVersion\": 2, \"diagnostics\": []}"),
            "18: this is version 2 of the form, and version 1 can be read"
        );
        assert_eq!(said("{\"schemaVersion\": 1, \"diagnostic\": []}"), "21: unknown key `diagnostic` in a baseline");
        assert_eq!(said("{\"schemaVersion\": 1, \"diagnostics\": {}}"), "36: expected a list, found an object");
        assert!(said("{\"schemaVersion\": 1,").contains("expected"), "{}", said("{"));
        assert!(said("{\"schemaVersion\": 1, \"diagnostics\": [{ \"rule\": \"s/r\" }]}").contains("has no `file`"));
    }

    #[test]
    fn an_entry_accepts_one_diagnostic_and_first_that_of_its_own_file() {
        let entries = [entry("a.json", "1"), entry("b.json", "1"), entry("c.json", "2")];
        let pairs = |found: &[Entry]| pair_baseline(&entries, found);
        assert_eq!(pairs(&[entry("b.json", "1"), entry("a.json", "1")]), [Some(1), Some(0)], "each its own");
        assert_eq!(pairs(&[entry("x.json", "1"), entry("a.json", "1")]), [Some(1), Some(0)], "`b.json` was renamed");
        let copied = [entry("a.json", "1"), entry("b.json", "1"), entry("x.json", "1")];
        assert_eq!(pairs(&copied), [Some(0), Some(1), None], "a third service of that name is new");
        assert_eq!(pairs(&[entry("c.json", "1"), entry("c.json", "2")]), [Some(0), Some(2)], "moved into another file");
    }

    proptest::proptest! {
        #[test]
        fn what_was_found_before_is_accepted_and_a_copy_is_not(
            files in proptest::collection::vec(("[ab]", "[12]"), 0..8),
        ) {
            let before: Vec<Entry> = files.iter().map(|(file, print)| entry(file, print)).collect();
            proptest::prop_assert!(pair_baseline(&before, &before).iter().all(Option::is_some));
            let twice: Vec<Entry> = before.iter().chain(&before).cloned().collect();
            let fresh = pair_baseline(&before, &twice).iter().filter(|pair| pair.is_none()).count();
            proptest::prop_assert_eq!(fresh, before.len());
        }
    }
}
