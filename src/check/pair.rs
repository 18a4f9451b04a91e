//! Which parameter file belongs to which template, by the usual names.
//!
//! The names are those of the documentation ("Create Resource Manager parameter file": `<template>.parameters.json`) and of
//! the quickstart repositories (`azuredeploy.parameters.<env>.json`, `<template>.<env>.parameters.json`, a `parameters` folder).

use std::collections::{BTreeMap, BTreeSet};

use super::documents::name;

/// How sure it is that a file holds the parameters of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Its name says so.
    Named,
    /// It may be, if it fits: `parameters.json` beside a single template, any file of a `parameters` folder.
    Likely,
}

/// What marks a parameter file: at the end of its stem, or before something else.
const MARKS: [(&str, [&str; 2]); 3] = [
    (".parameters", [".parameters.", ".parameters-"]),
    (".params", [".params.", ".params-"]),
    (".param", [".param.", ".param-"]),
];

/// The name of a template or parameter file without its extension, `.template` included.
fn stem(name: &str) -> Option<&str> {
    let base = strip(name, ".json").or_else(|| strip(name, ".jsonc"))?;
    Some(strip(base, ".template").unwrap_or(base))
}

fn strip<'n>(name: &'n str, end: &str) -> Option<&'n str> {
    let at = name.len().checked_sub(end.len())?;
    name.get(at..).filter(|tail| tail.eq_ignore_ascii_case(end)).map(|_| &name[..at])
}

/// The templates that parameter files of one folder may belong to, by their names.
pub(super) struct Stems(BTreeSet<String>);

/// To which template a file belongs by its name.
#[derive(PartialEq, Eq)]
enum Owner {
    /// To the one of this stem, in lower case.
    Template(String),
    /// To whichever is there: `parameters.json`.
    Any,
    /// To none that is there, or it is no parameter file by its name.
    Unknown,
}

impl Stems {
    /// Those of the files of the folder that the templates are in.
    pub(super) fn of(siblings: &[String]) -> Self {
        Self(siblings.iter().filter_map(|name| Some(stem(name)?.to_ascii_lowercase())).collect())
    }

    /// Whether the file `name` holds the parameters of the file `template` in the folder; `inside` says whether it is in its
    /// `parameters` folder.
    pub(super) fn claim(&self, name: &str, template: &str, inside: bool) -> Option<Claim> {
        let wanted = stem(template)?;
        match self.owner(name)? {
            Owner::Template(owner) if owner.eq_ignore_ascii_case(wanted) => Some(Claim::Named),
            Owner::Any => Some(Claim::Likely),
            Owner::Template(_) | Owner::Unknown => inside.then_some(Claim::Likely),
        }
    }

    /// To which template the file `name` belongs: `x.dev.parameters.json` to `x.dev.json` where there is one, else to `x.json`.
    /// `None` for a file that is not JSON.
    fn owner(&self, name: &str) -> Option<Owner> {
        let own = stem(name)?.to_ascii_lowercase();
        let first = |candidates: [Option<&str>; 2]| {
            let found = candidates.into_iter().flatten().find(|candidate| self.0.contains(*candidate));
            found.map_or(Owner::Unknown, |found| Owner::Template(found.to_owned()))
        };
        for (last, inner) in MARKS {
            if let Some(head) = own.strip_suffix(last) {
                let shorter = head.rfind(['.', '-']).map(|at| &head[..at]);
                return Some(first([Some(head), shorter]));
            }
            if let Some(at) = inner.iter().find_map(|mark| own.find(mark)) {
                return Some(first([Some(&own[..at]), None]));
            }
        }
        let plain = own == "parameters" || own.starts_with("parameters.") || own.starts_with("parameters-");
        Some(if plain { Owner::Any } else { Owner::Unknown })
    }
}

/// The parameter files of the templates of one folder.
pub(super) struct Pairs {
    /// The paths of files that may be some, in the order in which they are looked at.
    files: Vec<String>,
    /// Those that belong to a template, by its stem in lower case.
    named: BTreeMap<String, Vec<usize>>,
    /// Those that may belong to any.
    likely: Vec<usize>,
}

impl Pairs {
    /// From the files of the folder, and those of its `parameters` folder; their paths start with `own` and `below`.
    pub(super) fn of((own, siblings): (&str, &[String]), (below, inner): (&str, &[String])) -> Self {
        let stems = Stems::of(siblings);
        let mut pairs = Self { files: Vec::new(), named: BTreeMap::new(), likely: Vec::new() };
        let siblings = siblings.iter().map(|name| (own, name, false));
        for (folder, name, inside) in siblings.chain(inner.iter().map(|name| (below, name, true))) {
            let Some(owner) = stems.owner(name) else { continue };
            if owner == Owner::Unknown && !inside {
                continue;
            }
            if inside || owner == Owner::Any {
                pairs.likely.push(pairs.files.len());
            }
            if let Owner::Template(owner) = owner {
                pairs.named.entry(owner).or_default().push(pairs.files.len());
            }
            pairs.files.push(format!("{folder}{name}"));
        }
        pairs
    }

    /// At most so many files that may hold the parameters of the template at a path.
    pub(super) fn beside(&self, path: &str, most: usize) -> Vec<(&str, Claim)> {
        let Some(wanted) = stem(name(path)) else { return Vec::new() };
        let named = self.named.get(&wanted.to_ascii_lowercase()).into_iter().flatten();
        let likely = self.likely.iter().filter(|file| self.files[**file] != path).take(most);
        let mut found: Vec<(usize, Claim)> = named.map(|file| (*file, Claim::Named)).collect();
        found.extend(likely.map(|file| (*file, Claim::Likely)));
        found.sort_by_key(|(file, _)| *file);
        found.dedup_by_key(|(file, _)| *file);
        found.truncate(most);
        found.into_iter().map(|(file, claim)| (self.files[file].as_str(), claim)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, Pairs, Stems};

    #[test]
    fn the_usual_names_pair_and_the_longest_template_wins() {
        let table = [
            ("azuredeploy.parameters.json", "azuredeploy.json", Some(Claim::Named)),
            ("azuredeploy.parameters.dev.json", "azuredeploy.json", Some(Claim::Named)),
            ("azuredeploy.prod.parameters.json", "azuredeploy.json", Some(Claim::Named)),
            ("armdeploy.dev.parameters.json", "armdeploy.dev.json", Some(Claim::Named)),
            ("armdeploy.dev.parameters.json", "armdeploy.json", None),
            ("service.parameters.json", "service.template.json", Some(Claim::Named)),
            ("Main.Parameters.json", "main.json", Some(Claim::Named)),
            ("other.parameters.json", "main.json", None),
            ("parameters.json", "main.json", Some(Claim::Likely)),
            ("main.json", "azuredeploy.json", None),
        ];
        let siblings: Vec<String> =
            ["azuredeploy.json", "armdeploy.json", "armdeploy.dev.json", "service.template.json", "main.json", "other.json"]
                .map(String::from)
                .into();
        let stems = Stems::of(&siblings);
        for (name, template, expected) in table {
            assert_eq!(stems.claim(name, template, false), expected, "{name} for {template}");
        }
    }

    #[test]
    fn any_file_of_a_parameters_folder_may_belong_to_it() {
        let stems = Stems::of(&["main.json".to_owned()]);
        assert_eq!(stems.claim("dev.json", "main.json", true), Some(Claim::Likely));
        assert_eq!(stems.claim("main.parameters.json", "main.json", true), Some(Claim::Named));
    }

    #[test]
    fn the_files_of_a_template_are_those_that_would_be_claimed_one_by_one() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<String>>();
        let own = names(&[
            "Main.json",
            "main.dev.parameters.json",
            "main.parameters.json",
            "notes.txt",
            "other.json",
            "parameters.dev.json",
            "parameters.json",
            "x.param-y.json",
        ]);
        let inner = names(&["dev.json", "main.params.json", "other.parameters.json", "readme.md"]);
        let (stems, pairs) = (Stems::of(&own), Pairs::of(("a/", &own), ("a/parameters/", &inner)));
        for template in &own {
            let beside = own.iter().filter(|name| *name != template).map(|name| (format!("a/{name}"), name, false));
            let below = inner.iter().map(|name| (format!("a/parameters/{name}"), name, true));
            let expected: Vec<(String, Claim)> = beside
                .chain(below)
                .filter_map(|(path, name, inside)| Some((path, stems.claim(name, template, inside)?)))
                .collect();
            for most in [expected.len(), 3, 1] {
                let found = pairs.beside(&format!("a/{template}"), most);
                let found: Vec<(String, Claim)> = found.into_iter().map(|(path, claim)| (path.to_owned(), claim)).collect();
                assert_eq!(found, expected[..most.min(expected.len())], "{template}");
            }
        }
    }
}
