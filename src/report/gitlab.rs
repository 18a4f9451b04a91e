//! `gitlab`: the Code Quality report that GitLab shows in merge requests (GitLab Docs, "Code Quality", "Code Quality
//! report format").

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::circumstances::details;
use super::place::Place;
use super::text::visible;
use super::{Options, Reporter, guard};
use crate::diagnostic::{Diagnostic, Fingerprint, Run, Severity, Verdict};

/// See the file's first line.
pub(super) struct Gitlab {
    options: Options,
}

impl Gitlab {
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

impl Reporter for Gitlab {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let prints = run.fingerprints();
        let undecided = if self.options.undecided { run.undecided.as_slice() } else { &[] };
        let undecided = undecided.iter().zip(prints.undecided);
        let mut out = guard::Json::new(out);
        let mut json = serde_json::Serializer::pretty(&mut out);
        let mut list = (&mut json).serialize_seq(None)?;
        for (diagnostic, print) in run.diagnostics.iter().zip(prints.diagnostics).chain(undecided) {
            let place = Place::of(diagnostic.primary.span, &run.sources);
            list.serialize_element(&issue(diagnostic, print, &place))?;
        }
        for unreadable in &run.unreadable {
            list.serialize_element(&Issue {
                description: format!("not checked: {}", visible(&unreadable.error)),
                check_name: "unreadable",
                fingerprint: Fingerprint::of(&["unreadable", &unreadable.file]).to_string(),
                severity: "blocker",
                location: Location { path: in_project(&unreadable.file), lines: Lines { begin: 1, end: 1 } },
            })?;
        }
        list.end()?;
        writeln!(out)?;
        out.finish()
    }
}

fn issue<'r>(diagnostic: &'r Diagnostic, print: Fingerprint, place: &'r Place) -> Issue<'r> {
    let severity = match (&diagnostic.verdict, diagnostic.severity) {
        (Verdict::Undecided(_), _) | (_, Severity::Note) => "info",
        (Verdict::Fails, Severity::Warning) => "minor",
        (Verdict::Fails, Severity::Error) => "major",
    };
    let mut sentences = vec![visible(&diagnostic.message).into_owned()];
    sentences.extend(details(diagnostic));
    let path = in_project(place.path());
    Issue {
        description: sentences.join("; "),
        check_name: &diagnostic.rule,
        // GitLab takes two issues with one fingerprint for one, wherever they are.
        fingerprint: Fingerprint::of(&[&print.to_string(), path]).to_string(),
        severity,
        location: Location { path, lines: Lines { begin: place.start.line, end: place.end.line } },
    }
}

/// The path as GitLab wants it: from the root of the project, without `./`.
fn in_project(path: &str) -> &str {
    path.trim_start_matches("./")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::Format;
    use crate::report::sample::{clean, options, print, run};

    #[test]
    fn the_report_of_the_whole_run() {
        assert_snapshot!(print(Format::Gitlab, &run(), options()), @r#"
        [
          {
            "description": "service `apim-contoso-dev` is deployed with API version 2019-12-01; help: write \"2024-05-01\"; versions before 2021-08-01 are retired since 1 June 2024",
            "check_name": "api-management/stv1-api-version",
            "fingerprint": "9e37a0e0157cfe0b7ad6aa86e6dabb00",
            "severity": "major",
            "location": {
              "path": "infra/main.json",
              "lines": {
                "begin": 5,
                "end": 5
              }
            }
          },
          {
            "description": "service `apim-{env}` joins a virtual network (External) without a public IP address of its own; fails in prod.parameters.json; passes in defaults, dev.parameters.json; deployed when `[parameters('deployApim')]`; in 3 instances; help: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service",
            "check_name": "api-management/vnet-without-standard-public-ip",
            "fingerprint": "5d8914aa9cff49c1c7ff4edaf7c0b50b",
            "severity": "minor",
            "location": {
              "path": "infra/main.json",
              "lines": {
                "begin": 8,
                "end": 8
              }
            }
          },
          {
            "description": "`中文-é-👍` is not Standard",
            "check_name": "api-management/non-standard-public-ip",
            "fingerprint": "adf8232de83b920ccb753f7ecdfea124",
            "severity": "info",
            "location": {
              "path": "infra/wide, 中文 100%.json",
              "lines": {
                "begin": 2,
                "end": 2
              }
            }
          },
          {
            "description": "bad name `<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1`; help: rename <U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1",
            "check_name": "my/name",
            "fingerprint": "7df5017e06e434aa86d9f41804e6ba0a",
            "severity": "major",
            "location": {
              "path": "infra/\u001b[31m\u009b2J\r\n::error file=x,title=y::pwned%0A#\u0023vso[task.complete result=Succeeded;]ok\u202e|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1.json",
              "lines": {
                "begin": 2,
                "end": 3
              }
            }
          },
          {
            "description": "cannot tell whether service `apim` needs a public IP address; because `networkType` has no default and no parameter file gives it; deployed when `[parameters('deployApim')]`; in 3 instances; help: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service",
            "check_name": "api-management/vnet-without-standard-public-ip",
            "fingerprint": "b26e9dc476ba6da5d951288b683d6303",
            "severity": "info",
            "location": {
              "path": "infra/main.json",
              "lines": {
                "begin": 8,
                "end": 8
              }
            }
          },
          {
            "description": "not checked: permission denied",
            "check_name": "unreadable",
            "fingerprint": "db7c0102ac7bcfb888996690636cb671",
            "severity": "blocker",
            "location": {
              "path": "infra/secret.json",
              "lines": {
                "begin": 1,
                "end": 1
              }
            }
          }
        ]
        "#);
    }

    #[test]
    fn a_clean_run_is_an_empty_list() {
        assert_snapshot!(print(Format::Gitlab, &clean(), options()), @"[]");
    }
}
