//! The words a run ends with: what was seen, and what came of it. The numbers add up to every file.

use std::collections::BTreeMap;

use super::text::{counted, visible};
use super::{How, Mended, Options};
use crate::diagnostic::{Run, Safety, Severity, Unreadable};

/// How many of the suppressed diagnostics a baseline accepted, and how many something else did.
pub(super) fn accepted(run: &Run) -> (usize, usize) {
    let baselined = run.suppressed.iter().filter(|suppressed| suppressed.kind == "baseline").count();
    (baselined, run.suppressed.len() - baselined)
}

/// `41 files: 37 templates, 3 parameter files, 1 other`
pub(super) fn seen(run: &Run) -> String {
    let files = &run.files;
    let mut kinds = Vec::new();
    if files.templates > 0 {
        kinds.push(counted(files.templates, "template"));
    }
    if files.parameter_files > 0 {
        kinds.push(counted(files.parameter_files, "parameter file"));
    }
    if files.other > 0 {
        kinds.push(format!("{} other", files.other));
    }
    if files.unreadable > 0 {
        kinds.push(format!("{} unreadable", files.unreadable));
    }
    let total = counted(files.seen, "file");
    if kinds.is_empty() { total } else { format!("{total}: {}", kinds.join(", ")) }
}

/// What could not be checked and why, a line each: files by themselves, and configurations with how many files they hold for.
#[must_use]
pub fn unreadable(all: &[Unreadable]) -> Vec<(&str, String)> {
    let mut lines = Vec::new();
    let mut held: BTreeMap<&str, usize> = BTreeMap::new();
    for one in all {
        match &one.configuration {
            Some(configuration) => *held.entry(configuration).or_default() += 1,
            None => lines.push((one.file.as_str(), one.error.clone())),
        }
    }
    lines.extend(held.into_iter().map(|(configuration, files)| {
        let are = if files == 1 { "is" } else { "are" };
        (configuration, format!("cannot be understood, so that {} {are} not checked", counted(files, "file")))
    }));
    lines
}

/// `1 error, 2 warnings`; nothing if there are no diagnostics.
pub(super) fn severities(run: &Run) -> Option<String> {
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .map(|severity| (run.count(severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| counted(count, severity.as_str()))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// What came of it, in parts: the severities or that there is nothing, undecided, suppressed, baselined, not
/// touched.
///
/// `hint` says how to see what is undecided; it is given where that is hidden.
pub(super) fn outcome(run: &Run, hint: Option<&str>) -> Vec<String> {
    let nothing = || {
        let nothing = if run.files.unreadable > 0 { "nothing to report in what could be read" } else { "nothing to report" };
        nothing.to_owned()
    };
    let mut parts = vec![severities(run).unwrap_or_else(nothing)];
    if !run.undecided.is_empty() {
        let hint = hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        parts.push(format!("{} undecided{hint}", counted(run.undecided.len(), "check")));
    }
    let (baselined, suppressed) = accepted(run);
    if suppressed > 0 {
        parts.push(format!("{suppressed} suppressed"));
    }
    if baselined > 0 {
        parts.push(format!("{baselined} in the baseline"));
    }
    if let Some(untouched) = &run.untouched {
        parts.push(format!("{} not touched since {}", untouched.diagnostics.len(), visible(&untouched.since)));
    }
    parts
}

/// `2 Bicep files are not linted (build them to JSON first)`; nothing if there were none.
pub(super) fn bicep(run: &Run) -> Option<String> {
    match run.files.bicep {
        0 => None,
        1 => Some("1 Bicep file is not linted (build it to JSON first)".to_owned()),
        many => Some(format!("{many} Bicep files are not linted (build them to JSON first)")),
    }
}

/// The lines a terminal report closes with, parted by `dot`.
pub(super) fn closing(run: &Run, options: &Options, dot: &str) -> Vec<String> {
    let subject = if options.subject.is_empty() { String::new() } else { format!("{}: ", visible(&options.subject)) };
    let seen = format!("{subject}{}", seen(run));
    let outcome = outcome(run, (!options.undecided).then_some("`--undecided show`")).join(dot);
    let mut lines = if run.diagnostics.is_empty() { vec![format!("{seen}{dot}{outcome}")] } else { vec![seen, outcome] };
    lines.extend(fixes(run, options.mended, dot));
    lines.extend(outdated(run));
    lines.extend(bicep(run));
    lines
}

/// That the baseline can shrink; nothing where it cannot.
fn outdated(run: &Run) -> Option<String> {
    match run.outdated {
        0 => None,
        1 => Some("1 entry of the baseline is gone (`--prune-baseline` removes it)".to_owned()),
        many => Some(format!("{many} entries of the baseline are gone (`--prune-baseline` removes them)")),
    }
}

/// What was fixed, and what could be: `fixed 3 of 4 · 1 more with `--unsafe-fixes``; nothing where there is nothing to say.
fn fixes(run: &Run, mended: Option<Mended>, dot: &str) -> Option<String> {
    let with = |safety: Safety| {
        run.diagnostics.iter().filter(|told| told.fixes.iter().map(|fix| fix.safety).min() == Some(safety)).count()
    };
    let (safe, look_at) = (with(Safety::Safe), with(Safety::Unsafe));
    let parts: Vec<String> = match mended {
        Some(Mended { how: How::Suppressed, mended, found }) => vec![format!("suppressed {mended} of {found}")],
        Some(Mended { how: How::Fixed, mended, found }) => {
            let more = (look_at > 0).then(|| format!("{look_at} more with `--unsafe-fixes`"));
            [format!("fixed {mended} of {found}")].into_iter().chain(more).collect()
        }
        None => {
            let safe = (safe > 0).then(|| format!("`--fix` mends {safe}"));
            let verb = if safe.is_some() { "" } else { "mends " };
            let more = if safe.is_some() { " more" } else { "" };
            let look_at = (look_at > 0).then(|| format!("`--fix --unsafe-fixes` {verb}{look_at}{more}"));
            safe.into_iter().chain(look_at).collect()
        }
    };
    (!parts.is_empty()).then(|| parts.join(dot))
}

#[cfg(test)]
mod tests {
    use super::{closing, fixes, seen};
    use crate::diagnostic::{Edit, Fix, Safety};
    use crate::diagnostic::{FileCounts, Run};
    use crate::report::sample::{clean, run};
    use crate::report::{Mended, Options};

    #[test]
    fn kinds_that_were_not_seen_are_not_named() {
        let with = |files| seen(&Run { files, ..clean() });
        assert_eq!(with(FileCounts::default()), "0 files");
        assert_eq!(with(FileCounts { seen: 1, other: 1, ..FileCounts::default() }), "1 file: 1 other");
        assert_eq!(
            with(FileCounts { seen: 5, templates: 2, parameter_files: 2, unreadable: 1, ..FileCounts::default() }),
            "5 files: 2 templates, 2 parameter files, 1 unreadable"
        );
    }

    #[test]
    fn what_is_fixed_and_what_could_be_is_counted_by_how_safe_it_is() {
        let with = |safeties: &[&[Safety]]| {
            let mut run = run();
            let one = run.diagnostics.remove(0);
            run.diagnostics = safeties.iter().map(|_| one.clone()).collect();
            for (told, safeties) in run.diagnostics.iter_mut().zip(safeties) {
                let edit = Edit { span: told.primary.span, text: String::new() };
                told.fixes = safeties.iter().map(|safety| Fix::new("mend", *safety, vec![edit.clone()])).collect();
            }
            run
        };
        let all = with(&[&[Safety::Unsafe, Safety::Safe], &[Safety::Unsafe], &[]]);
        assert_eq!(fixes(&all, None, " · ").unwrap(), "`--fix` mends 1 · `--fix --unsafe-fixes` 1 more");
        assert_eq!(fixes(&with(&[&[Safety::Unsafe]]), None, " · ").unwrap(), "`--fix --unsafe-fixes` mends 1");
        assert_eq!(fixes(&with(&[&[]]), None, " · "), None);
        let left = with(&[&[Safety::Unsafe]]);
        let mended = Some(Mended { how: crate::report::How::Fixed, mended: 3, found: 4 });
        assert_eq!(fixes(&left, mended, " · ").unwrap(), "fixed 3 of 4 · 1 more with `--unsafe-fixes`");
    }

    #[test]
    fn nothing_found_is_said_of_what_could_be_read() {
        let files = FileCounts { seen: 2, templates: 1, unreadable: 1, bicep: 1, ..FileCounts::default() };
        let options = Options { subject: "a b".to_owned(), ..Options::default() };
        let lines = closing(&Run { files, undecided: run().undecided, ..clean() }, &options, " · ");
        assert_eq!(
            lines,
            [
                "a b: 2 files: 1 template, 1 unreadable · nothing to report in what could be read · 1 check undecided \
                 (`--undecided show`)",
                "1 Bicep file is not linted (build it to JSON first)"
            ]
        );
    }
}
