//! Which build service the program runs under, and what that adds to the report where nobody says how to report.
//!
//! The variables are those of "Variables reference" (GitHub Docs), "Use predefined variables" (Azure Pipelines documentation) and
//! "Predefined CI/CD variables reference" (GitLab Docs). GitLab reads no annotations in a log: its report is a file, which the
//! pipeline has to name.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::report::Format;

/// What the build service reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ci {
    /// Whether there is one.
    pub(super) present: bool,
    /// The annotations that it finds in the log.
    pub(super) annotations: Option<Format>,
    /// The file that it shows as the summary of the job.
    pub(super) summary: Option<PathBuf>,
}

impl Ci {
    /// Looks at the environment, `variable` being its reader.
    pub(super) fn detect(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let is_true = |name: &str| set(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let annotations = if is_true("GITHUB_ACTIONS") {
            Some(Format::Github)
        } else if is_true("TF_BUILD") {
            Some(Format::Azure)
        } else {
            None
        };
        let summary = set("GITHUB_STEP_SUMMARY").filter(|_| annotations == Some(Format::Github)).map(PathBuf::from);
        Self { present: annotations.is_some() || ["CI", "GITLAB_CI"].into_iter().any(is_true), annotations, summary }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Ci;
    use crate::report::Format;

    fn detect(environment: &[(&str, &str)]) -> Ci {
        Ci::detect(|name| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn each_service_is_known_by_its_variable() {
        let github = detect(&[("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "/x"), ("CI", "true")]);
        let summary = Some(PathBuf::from("/x"));
        assert_eq!(github, Ci { present: true, annotations: Some(Format::Github), summary });
        assert_eq!(detect(&[("TF_BUILD", "True")]).annotations, Some(Format::Azure));
        assert_eq!(detect(&[("GITLAB_CI", "true")]), Ci { present: true, ..Ci::default() });
    }

    #[test]
    fn a_variable_that_says_no_is_no_service() {
        assert_eq!(detect(&[("GITHUB_ACTIONS", ""), ("TF_BUILD", "false"), ("GITHUB_STEP_SUMMARY", "/x")]), Ci::default());
    }
}
