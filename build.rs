//! Lists the rule files, so that adding a rule touches no line of Rust: for each what must be known of it before it is read,
//! and the two fixtures that `armlint explain` shows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, error, fs, io};

use jsonc_parser::parse_to_serde_value;
use serde_json::Value;

fn main() -> Result<(), Box<dyn error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut rules = String::from("/// The built-in rule files.\nstatic BUILTIN: &[Written] = &[\n");
    let mut definitions =
        String::from("/// The definitions that the rules of a folder share, by folder.\nstatic SHARED: &[(&str, &str)] = &[\n");
    let mut policies = String::from("/// What is known of policy documents, by folder.\nstatic POLICIES: &[(&str, &str)] = &[\n");
    let mut examples = String::from(
        "/// For a rule file a bad and a good example: path and text of each.\nconst EXAMPLES: &[(&str, [(&str, &str); 2])] = &[\n",
    );
    for service in sorted(&root.join("rules"))?.into_iter().filter(|path| path.is_dir()) {
        for json in sorted(&service)?.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "json")) {
            let name = shown(&root, &json)?;
            if json.ends_with("definitions.json") {
                writeln!(definitions, "    ({:?}, {:?}),", shown(&root, &service)?, trimmed(&json)?)?;
                continue;
            }
            if json.ends_with("policies.json") {
                writeln!(policies, "    ({:?}, {:?}),", shown(&root, &service)?, trimmed(&json)?)?;
                continue;
            }
            let prose = json.with_extension("md");
            let prose = if prose.exists() { format!("include_str!({prose:?})") } else { "\"\"".to_owned() };
            let head = head(&fs::read_to_string(&json)?, &service).map_err(|error| format!("{name}: {error}"))?;
            let text = trimmed(&json)?;
            writeln!(rules, "    Written {{ path: {name:?}, json: {text:?}, prose: {prose}, head: {head} }},")?;
            if let Some(pair) = pair(&root.join("fixtures").join(json.strip_prefix(root.join("rules"))?.with_extension("")))? {
                write!(examples, "    ({name:?}, [")?;
                for (path, text) in pair {
                    write!(examples, "({:?}, {text:?}), ", shown(&root, &path)?)?;
                }
                writeln!(examples, "]),")?;
            }
        }
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("builtin_rules.rs"), rules + "];\n" + &definitions + "];\n" + &policies + "];\n" + &packed(&root)?)?;
    fs::write(out.join("examples.rs"), examples + "];\n")?;
    for folder in ["rules", "fixtures"].into_iter().chain(LOADER) {
        writeln!(io::stdout(), "cargo::rerun-if-changed={folder}")?;
    }
    Ok(())
}

/// The text of a rule file, its lines without the blanks around them: nobody reads it there, and they are a sixth of it.
fn trimmed(path: &Path) -> io::Result<String> {
    let text = fs::read_to_string(path)?;
    Ok(text.lines().map(str::trim).collect::<Vec<_>>().join("\n"))
}

/// What reads rule files and writes down what they say, so that rules are stale where it changes.
const LOADER: [&str; 2] = ["src/rules/load", "src/rules/packed"];

/// The rules as they are run, and by what it is told whether they are stale.
fn packed(root: &Path) -> io::Result<String> {
    let (path, fingerprint) = (root.join("rules/packed.txt"), fingerprint(root)?);
    let is_fresh = fs::read_to_string(&path).is_ok_and(|text| text.starts_with(&format!("{fingerprint:016x}")));
    let text = if is_fresh { format!("include_str!({path:?})") } else { "\"\"".to_owned() };
    Ok(format!(
        "/// What tells rule files, and what reads them, from those that others were.\nconst FINGERPRINT: u64 = {fingerprint};\n/// The rules as they are run; empty where they are stale.\nstatic PACKED: &str = {text};\n"
    ))
}

/// FNV-1a of rule files and of what reads them, whatever the ends of their lines.
fn fingerprint(root: &Path) -> io::Result<u64> {
    let counts = |file: &PathBuf| file.extension().is_some_and(|kind| kind == "json" || kind == "rs");
    let services = sorted(&root.join("rules"))?.into_iter().filter(|path| path.is_dir());
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for folder in services.chain(LOADER.map(|folder| root.join(folder))) {
        for file in sorted(&folder)?.iter().filter(|file| counts(file)) {
            for byte in fs::read(file)?.into_iter().filter(|byte| *byte != b'\r') {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
    }
    Ok(hash)
}

/// What must be known of a rule before it is read, its `Head`: a check reads only the rules that it needs. A test holds that the
/// rule, once read, says the same.
fn head(json: &str, folder: &Path) -> Result<String, Box<dyn error::Error>> {
    let rule: Value = parse_to_serde_value(json, &Default::default())?;
    let text = |key: &str| rule[key].as_str().unwrap_or_default();
    let severity = rule["severity"].as_str().or(rule["severity"]["default"].as_str()).unwrap_or_default();
    let words = |words: &[&str]| format!("Words::Fixed(&{words:?})");
    let presets = rule.get("presets").map_or_else(|| "None".to_owned(), |presets| format!("Some({})", words(&texts(presets))));
    // A rule about policy documents that names no resource judges all that hold one.
    let table = match (rule.get("policy"), rule.get("resource")) {
        (Some(_), None) => parse_to_serde_value(&fs::read_to_string(folder.join("policies.json"))?, &Default::default())?,
        _ => Value::Null,
    };
    let holders = table["documents"].as_array().into_iter().flatten().flat_map(|place| texts(&place["resource"]));
    let judged: Vec<&str> = texts(&rule["resource"]).into_iter().chain(holders).collect();
    let joined = rule["join"].as_object().into_iter().flat_map(|joins| joins.values().flat_map(|join| texts(&join["resource"])));
    let joined: Vec<&str> = joined.collect();
    let shared: Value = match fs::read_to_string(folder.join("definitions.json")) {
        Ok(text) => parse_to_serde_value(&text, &Default::default())?,
        Err(_) => Value::Null,
    };
    let needs = needs(&rule, &shared);
    let (first, rest) = severity.split_at_checked(1).ok_or("a rule without severity")?;
    Ok(format!(
        "Head {{ name: Cow::Borrowed({:?}), severity: Severity::{}{rest}, tags: {}, presets: {presets}, is_deprecated: {}, aliases: {}, judges: {}, queried: {}, reads: {}, needs: &[{needs}] }}",
        text("name"),
        first.to_ascii_uppercase(),
        words(&texts(&rule["tags"])),
        rule.get("deprecated").is_some(),
        words(&texts(&rule["aliases"])),
        words(&judged),
        rule["existing"] == "read",
        words(&joined),
    ))
}

/// What a resource must have for a rule to say anything of it: what each path of `each` or of a condition in `when` that is
/// false without it starts with.
fn needs(rule: &Value, shared: &Value) -> String {
    let mut needs = Vec::new();
    if rule.get("policy").is_none() && rule.get("each").is_some() {
        needs.push(ways(&rule["each"]));
    }
    needed_by(&rule["when"], shared, &mut needs);
    needs.retain(|ways| !ways.is_empty() && ways.iter().all(|way| !way.is_empty()));
    let entry = |ways: &Vec<Vec<String>>| format!("&[{}], ", ways.iter().map(|way| format!("&{way:?}, ")).collect::<String>());
    needs.iter().map(entry).collect()
}

fn needed_by(condition: &Value, shared: &Value, needs: &mut Vec<Vec<Vec<String>>>) {
    let has = |key: &str| condition.get(key).is_some();
    let used = condition["use"].as_str().unwrap_or_default();
    if let Some(parts) = condition["allOf"].as_array() {
        return parts.iter().for_each(|part| needed_by(part, shared, needs));
    }
    if let Some(named) = shared["predicates"].get(used) {
        return needed_by(named, shared, needs);
    }
    let term = shared["terms"].get(used).unwrap_or(&Value::Null);
    let elsewhere =
        ["of", "not", "anyOf", "all", "none", "count", "sum", "option"].iter().any(|key| has(key)) || term.get("of").is_some();
    let denied = ["exists", "set", "written", "byDefault"].iter().any(|key| condition[key] == false);
    let defaulted = has("default") || term.get("default").is_some();
    if elsewhere {
    } else if has("any") {
        needs.push(ways(&condition["any"]));
    } else if !denied && !defaulted {
        let paths = if has("path") { &condition["path"] } else { &term["path"] };
        needs.push(ways(paths));
    }
}

/// The names on each path down to its first wildcard or index.
fn ways(paths: &Value) -> Vec<Vec<String>> {
    let way = |path: &str| {
        let mut names = Vec::new();
        let mut rest = path.trim_start_matches('$');
        loop {
            if let Some(quoted) = rest.strip_prefix("['") {
                let Some((name, after)) = quoted.split_once("']") else { break };
                names.push(name.to_owned());
                rest = after;
            } else if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                names.push(after[..end].to_owned());
                rest = &after[end..];
            } else {
                break;
            }
        }
        names
    };
    texts(paths).into_iter().map(way).collect()
}

/// The string or the strings that a value is.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// The fixture that shows what a rule flags, and the one that shows what it does not: `fail-plain.json` and
/// `pass-plain.json`, else the first that fails and the one that passes and differs from it in the fewest lines.
fn pair(folder: &Path) -> io::Result<Option<[(PathBuf, String); 2]>> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut cases = Vec::new();
    for path in sorted(folder)?.into_iter().filter(|path| !path.to_string_lossy().contains(".parameters.")) {
        if path.extension().is_some_and(|kind| kind == "json") {
            cases.push((fs::read_to_string(&path)?, path));
        }
    }
    let starts = |path: &Path, start: &str| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
    let plain = |start: &str| cases.iter().find(|(_, path)| path.ends_with(format!("{start}plain.json")));
    let Some(bad) = plain("fail-").or_else(|| cases.iter().find(|(_, path)| starts(path, "fail-"))) else { return Ok(None) };
    let passing = cases.iter().filter(|(_, path)| starts(path, "pass-"));
    let Some(good) = plain("pass-").or_else(|| passing.min_by_key(|(text, _)| difference(&bad.0, text))) else { return Ok(None) };
    Ok(Some([bad, good].map(|(text, path)| (path.clone(), bare(text)))))
}

/// How many lines only one of two texts has.
fn difference(a: &str, b: &str) -> usize {
    let mut count: BTreeMap<&str, i32> = BTreeMap::new();
    a.lines().for_each(|line| *count.entry(line.trim()).or_default() += 1);
    b.lines().for_each(|line| *count.entry(line.trim()).or_default() -= 1);
    count.values().map(|count| count.unsigned_abs() as usize).sum()
}

/// The text without what it expects: the lines stay where they are.
fn bare(text: &str) -> String {
    let line = |line: &str| line.split_once("// expect:").map_or(line, |(line, _)| line).trim_end().to_owned() + "\n";
    text.lines().map(line).collect()
}

/// A path seen from the project.
fn shown(root: &Path, path: &Path) -> Result<String, Box<dyn error::Error>> {
    Ok(path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"))
}

/// What a folder holds, by name.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
