//! A new rule to start from: its four files, which pass `armlint test` as they are written.

use std::path::{Path, PathBuf};

use super::folder::{self, Folder, SameName};
use super::rules::RulesError;
use crate::rules::{self, RuleText};
use crate::source::{self, Disk, Files as _, Loaded};

/// Writes the files of a new rule into a folder of rules, and the schema for editors where there is none. Nothing is
/// overwritten. What comes back are the paths, in the order in which one would look at them.
///
/// # Errors
/// The name or type is not one, the rule or a file of it is there already, or nothing can be written there.
pub fn sketch(folder: &Path, name: &str, resource: &str) -> Result<Vec<String>, RulesError> {
    let root = if folder.file_name().is_some_and(|name| name == "rules") { folder.parent() } else { Some(folder) };
    let inside = |path: String| match root {
        Some(root) if root != Path::new(".") => root.join(path),
        _ => PathBuf::from(path),
    };
    let rule = (inside(format!("rules/{name}.json")), rule(name, resource));
    let (fail, pass) = fixtures(name, resource);
    let files = [
        rule.clone(),
        (inside(format!("rules/{name}.md")), prose(name)),
        (inside(format!("fixtures/{name}/fail-plain.json")), fail),
        (inside(format!("fixtures/{name}/pass-plain.json")), pass),
    ];
    let known = Folder { rules: inside("rules".to_owned()), fixtures: inside("fixtures".to_owned()) };
    let loaded = folder::load(Disk.is_folder(&known.rules).then_some(&known), SameName::Refuse)?;
    let file = loaded.sources.add(shown(&rule.0), Loaded::utf8(rule.1));
    let text = RuleText { file, prose: String::new() };
    if let Err(mistakes) = loaded.set.with(&[text]) {
        return Err(RulesError::Mistakes(mistakes, loaded.sources));
    }
    if let Some((there, _)) = files.iter().find(|(path, _)| Disk.resolve(path).is_some()) {
        let help = "choose another name, or remove it first";
        return Err(RulesError::Wanted(format!("{} is there already: nothing was written\n  {help}", shown(there))));
    }
    let schema = (inside("rules/rule.schema.json".to_owned()), rules::schema());
    let missing = Disk.resolve(&schema.0).is_none().then_some(schema);
    let mut written = Vec::new();
    for (path, text) in files.into_iter().chain(missing) {
        source::create(&path, &text).map_err(|error| RulesError::Wanted(format!("{}: {error}", shown(&path))))?;
        written.push(shown(&path));
    }
    Ok(written)
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn rule(name: &str, resource: &str) -> String {
    format!(
        r#"{{
  "$schema": "../rule.schema.json",
  "name": "{name}",
  "title": "A resource has no tag `owner`",
  "severity": "warning",
  "since": "0.1.0",
  "tags": ["tidy"],
  "resource": "{resource}",
  "assert": {{ "path": "$.tags.owner", "set": true }},
  "report": {{
    "message": "`{{self.name}}` has no tag `owner`",
    "at": "$.name",
    "label": "nobody answers for it",
    "undecided": "cannot tell whether `{{self.name}}` has a tag `owner`",
    "help": "add the tag `owner`"
  }}
}}
"#
    )
}

fn prose(name: &str) -> String {
    let bare = name.split_once('/').map_or(name, |(_, bare)| bare);
    format!(
        "# {bare}\n\n## What it flags\n\nA resource without the tag `owner`.\n\n## Why it matters\n\nNobody knows whom to ask when \
         it fails.\n\n## How to fix\n\nAdd the tag, with the address of a team rather than of a person.\n\n\
         ## When to suppress\n\nWhere a policy adds the tag.\n"
    )
}

/// A template that fails and one that passes.
fn fixtures(name: &str, resource: &str) -> (String, String) {
    let resource_name = resource.split('/').skip(1).map(|_| "example").collect::<Vec<_>>().join("/");
    let template = |says: &str, expect: &str, tags: &str| {
        format!(
            r#"// {says}
{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [
    {{
      "type": "{resource}",
      "apiVersion": "2024-05-01",
      "name": "{resource_name}",{expect}
      "location": "[resourceGroup().location]"{tags}
    }}
  ]
}}
"#
        )
    };
    let tags = ",\n      \"tags\": {\n        \"owner\": \"team@contoso.com\"\n      }";
    (template("No tag at all.", &format!(" // expect: {name}"), ""), template("The tag is there.", "", tags))
}
