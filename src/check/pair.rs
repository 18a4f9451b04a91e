//! Which parameter file belongs to which template, by the usual names.
//!
//! The names are those of the documentation ("Create Resource Manager parameter file": `<template>.parameters.json`) and of
//! the quickstart repositories (`azuredeploy.parameters.<env>.json`, `<template>.<env>.parameters.json`, a `parameters` folder).

/// How sure it is that a file holds the parameters of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Its name says so.
    Named,
    /// It may be, if it fits: `parameters.json` beside a single template, any file of a `parameters` folder.
    Likely,
}

/// The name of a template or parameter file without its extension, `.template` included.
fn stem(name: &str) -> Option<&str> {
    let base = strip(name, ".json").or_else(|| strip(name, ".jsonc"))?;
    Some(strip(base, ".template").unwrap_or(base))
}

fn strip<'n>(name: &'n str, end: &str) -> Option<&'n str> {
    let at = name.len().checked_sub(end.len())?;
    name.get(at..).filter(|tail| tail.eq_ignore_ascii_case(end)).map(|_| &name[..at])
}

/// Whether the file `name` holds the parameters of the file `template` in the same folder (or its `parameters` folder).
///
/// `siblings` are the files of the template's folder: `x.dev.parameters.json` belongs to `x.dev.json` where there is one,
/// else to `x.json`.
pub(super) fn claim(name: &str, template: &str, siblings: &[String], in_folder: bool) -> Option<Claim> {
    let (own, wanted) = (stem(name)?, stem(template)?);
    let exists = |stem_of: &str| {
        siblings.iter().any(|file| file != name && stem(file).is_some_and(|known| known.eq_ignore_ascii_case(stem_of)))
    };
    let owner = |candidates: [Option<&str>; 2]| {
        candidates
            .into_iter()
            .flatten()
            .find(|candidate| exists(candidate))
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    };
    let lower = own.to_ascii_lowercase();
    let marks = [".parameters", ".params", ".param"];
    for mark in marks {
        if lower.ends_with(mark) {
            let head = &own[..own.len() - mark.len()];
            let shorter = head.rfind(['.', '-']).map(|at| &head[..at]);
            return owner([Some(head), shorter]).then_some(Claim::Named).or(in_folder.then_some(Claim::Likely));
        }
        if let Some(at) = lower.find(&format!("{mark}.")).or_else(|| lower.find(&format!("{mark}-"))) {
            return owner([Some(&own[..at]), None]).then_some(Claim::Named).or(in_folder.then_some(Claim::Likely));
        }
    }
    let plain = lower == "parameters" || lower.starts_with("parameters.") || lower.starts_with("parameters-");
    (plain || in_folder).then_some(Claim::Likely)
}

#[cfg(test)]
mod tests {
    use super::{Claim, claim};

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
        for (name, template, expected) in table {
            assert_eq!(claim(name, template, &siblings, false), expected, "{name} for {template}");
        }
    }

    #[test]
    fn any_file_of_a_parameters_folder_may_belong_to_it() {
        let siblings = vec!["main.json".to_owned()];
        assert_eq!(claim("dev.json", "main.json", &siblings, true), Some(Claim::Likely));
        assert_eq!(claim("main.parameters.json", "main.json", &siblings, true), Some(Claim::Named));
    }
}
