//! Templates that no rule looks at, but that link to one that a rule does: they decide under which values it is judged.

use std::collections::BTreeSet;

use super::documents::{Documents, name};
use crate::source::Skipped;

/// The skipped templates that lead to one of `paths`, directly or over others, in order.
///
/// Only files that hold a `templateLink` are read again, and only when there is anything to lead to.
pub(super) fn find(paths: &[String], skipped: &[Skipped], documents: &Documents) -> Vec<String> {
    if paths.is_empty() {
        return Vec::new();
    }
    let leading = |folder: &Skipped| -> Vec<String> {
        folder.files.iter().filter(|file| file.links).map(|file| folder.path(file)).collect()
    };
    let mut candidates: Vec<String> = skipped.iter().flat_map(leading).collect();
    candidates.sort_unstable();
    let names = |path: String| documents.text(&path).map(|file| (path, names_in(file.text())));
    lead_to(paths, candidates.into_iter().filter_map(names).collect())
}

/// Those of the candidates, each with the names that it mentions, that lead to one of `paths`, directly or over others, in
/// order.
pub(super) fn lead_to(paths: &[String], mut candidates: Vec<(String, BTreeSet<String>)>) -> Vec<String> {
    let mut wanted: BTreeSet<String> = paths.iter().map(|path| name(path).to_ascii_lowercase()).collect();
    let mut found = Vec::new();
    loop {
        let (leading, rest): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|(_, names)| !names.is_disjoint(&wanted));
        if leading.is_empty() {
            break;
        }
        for (path, _) in leading {
            wanted.insert(name(&path).to_ascii_lowercase());
            found.push(path);
        }
        candidates = rest;
    }
    found.sort();
    found
}

/// The names of JSON files that a text mentions, in lower case.
pub(super) fn names_in(text: &str) -> BTreeSet<String> {
    let lower = text.to_ascii_lowercase();
    let mut names = BTreeSet::new();
    for (end, found) in lower.match_indices(".json") {
        let start = lower[..end].rfind(|c: char| "/\\'\"[(, \t\n\r".contains(c)).map_or(0, |at| at + 1);
        let tail = if lower[end + found.len()..].starts_with('c') { ".jsonc" } else { ".json" };
        names.insert(format!("{}{tail}", &lower[start..end]));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn a_link_is_found_however_its_address_is_built() {
        let text = r#""uri": "[concat(variables('base'), '/nested/Apim.json', parameters('sas'))]", "relativePath": "x/y.jsonc""#;
        assert_eq!(names_in(text).into_iter().collect::<Vec<_>>(), ["apim.json", "y.jsonc"]);
    }
}
