//! Under which circumstances a diagnostic holds, in words: the reason why it cannot be told, the environments, the
//! condition, how often.

use super::text::visible;
use crate::diagnostic::{Diagnostic, Environments, Verdict};

/// How many environments are named before the rest is counted.
const NAMED: usize = 6;

/// The circumstances of `diagnostic`, a line each; `dot` parts what stands on one line.
pub(super) fn circumstances(diagnostic: &Diagnostic, dot: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if let Verdict::Undecided(reason) = &diagnostic.verdict
        && diagnostic.primary.text != *reason
    {
        lines.push(format!("because {}", visible(reason)));
    }
    lines.extend(environments(&diagnostic.environments, dot));
    let condition = diagnostic.condition.as_ref().map(|text| format!("deployed when `{}`", visible(text)));
    let instances = (diagnostic.instances > 1).then(|| format!("in {} instances", diagnostic.instances));
    let parts: Vec<String> = condition.into_iter().chain(instances).collect();
    if !parts.is_empty() {
        lines.push(parts.join(dot));
    }
    lines
}

/// What a reader without the source before him needs to know beside the message: the circumstances and the help.
pub(super) fn details(diagnostic: &Diagnostic) -> Vec<String> {
    let mut lines = circumstances(diagnostic, "; ");
    lines.extend(diagnostic.help.as_ref().map(|help| format!("help: {}", visible(help))));
    lines
}

/// `fails in prod.parameters.json · passes in defaults`; nothing if there is one environment only.
fn environments(environments: &Environments, dot: &str) -> Option<String> {
    let Environments { fails, passes, undecided } = environments;
    let all: Vec<&str> = [fails, passes, undecided].into_iter().flatten().map(String::as_str).collect();
    if all.len() < 2 {
        return None;
    }
    let part = |verb: &str, list: &[String]| {
        let mut names: Vec<String> = list.iter().take(NAMED).map(|name| visible(shortest(name, &all)).into_owned()).collect();
        if list.len() > NAMED {
            names.push(format!("{} more", list.len() - NAMED));
        }
        (!list.is_empty()).then(|| format!("{verb} in {}", names.join(", ")))
    };
    let parts = [part("fails", fails), part("passes", passes), part("undecided", undecided)];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(dot))
}

/// The file name of a path, unless another of `all` has the same one.
fn shortest<'p>(path: &'p str, all: &[&str]) -> &'p str {
    let name = |path: &'p str| path.rsplit('/').next().unwrap_or(path);
    let short = name(path);
    let twins = all.iter().filter(|other| other.rsplit('/').next() == Some(short)).count();
    if twins > 1 { path } else { short }
}

#[cfg(test)]
mod tests {
    use super::environments;
    use crate::diagnostic::Environments;

    #[test]
    fn files_of_one_name_keep_their_folders_and_long_lists_are_counted() {
        let fails = (1..=8).map(|index| format!("e{index}/p.json")).chain(["x/only.json".to_owned()]).collect();
        let sample = Environments { fails, passes: vec!["defaults".to_owned()], undecided: vec!["u/q.json".to_owned()] };
        assert_eq!(
            environments(&sample, " · ").unwrap(),
            "fails in e1/p.json, e2/p.json, e3/p.json, e4/p.json, e5/p.json, e6/p.json, 3 more · passes in defaults · \
             undecided in q.json"
        );
        assert_eq!(
            environments(&Environments { passes: Vec::new(), undecided: Vec::new(), fails: vec!["defaults".to_owned()] }, ""),
            None
        );
    }
}
