//! `github`: workflow commands, which GitHub Actions shows as annotations on the changed lines (GitHub Docs, "Workflow
//! commands for GitHub Actions").

use std::io::{self, Write};

use super::circumstances::details;
use super::guard::Log;
use super::place::Place;
use super::text::visible;
use super::{Options, Reporter, summary};
use crate::diagnostic::{Diagnostic, Run, Severity, Verdict};

/// How many annotations of one kind GitHub shows of one step.
const SHOWN: usize = 10;

/// See the file's first line.
pub(super) struct Github {
    options: Options,
}

impl Github {
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Reporter for Github {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let undecided = if self.options.undecided { run.undecided.as_slice() } else { &[] };
        for diagnostic in run.diagnostics.iter().chain(undecided) {
            annotation(run, diagnostic, out)?;
        }
        let unreadable = summary::unreadable(&run.unreadable);
        for (file, error) in &unreadable {
            let (file, error) = (property(file), data(&visible(error)));
            writeln!(out, "::error file={file},title=not checked::{error}")?;
        }
        let mut log = Log::new(out);
        let notices = run.count(Severity::Note) + undecided.len();
        let errors = run.count(Severity::Error) + unreadable.len();
        if [errors, run.count(Severity::Warning), notices].into_iter().any(|count| count > SHOWN) {
            writeln!(
                log,
                "GitHub shows at most {SHOWN} errors, {SHOWN} warnings and {SHOWN} notices of a step; the log has them all"
            )?;
        }
        if !self.options.supplement {
            for line in summary::closing(run, &self.options, " · ") {
                writeln!(log, "{line}")?;
            }
        }
        log.flush()
    }
}

fn annotation(run: &Run, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let command = match (&diagnostic.verdict, diagnostic.severity) {
        (Verdict::Undecided(_), _) | (_, Severity::Note) => "notice",
        (Verdict::Fails, Severity::Warning) => "warning",
        (Verdict::Fails, Severity::Error) => "error",
    };
    let place = Place::of(diagnostic.primary.span, &run.sources);
    let (start, end) = (place.start, place.end);
    write!(out, "::{command} file={},line={},endLine={}", property(place.path()), start.line, end.line)?;
    if start.line == end.line {
        write!(out, ",col={},endColumn={}", start.column, end.column)?;
    }
    let mut lines = vec![visible(&diagnostic.message).into_owned()];
    lines.extend(details(diagnostic));
    writeln!(out, ",title={}::{}", property(&diagnostic.rule), data(&lines.join("\n")))
}

/// The message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command, on one line: no path that can be annotated has anything to hide.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::sample::{HOSTILE, many, options, print, run};
    use crate::report::text::visible;
    use crate::report::{Format, Options};

    #[test]
    fn commands_of_the_whole_run() {
        assert_snapshot!(print(Format::Github, &run(), options()), @r#"
        ::error file=infra/main.json,line=5,endLine=5,col=21,endColumn=33,title=api-management/stv1-api-version::service `apim-contoso-dev` is deployed with API version 2019-12-01%0Ahelp: write "2024-05-01"; versions before 2021-08-01 are retired since 1 June 2024
        ::warning file=infra/main.json,line=8,endLine=8,col=31,endColumn=60,title=api-management/vnet-without-standard-public-ip::service `apim-{env}` joins a virtual network (External) without a public IP address of its own%0Afails in prod.parameters.json; passes in defaults, dev.parameters.json%0Adeployed when `[parameters('deployApim')]`; in 3 instances%0Ahelp: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service
        ::notice file=infra/wide%2C 中文 100%25.json,line=2,endLine=2,col=38,endColumn=45,title=api-management/non-standard-public-ip::`中文-é-👍` is not Standard
        ::error file=infra/<U+001B>[31m<U+009B>2J<U+000D><U+000A>%3A%3Aerror file=x%2Ctitle=y%3A%3Apwned%250A##vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http%3A//x) ![i](x) @all #1.json,line=2,endLine=3,title=my/name::bad name `<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%250A##vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1`%0Ahelp: rename <U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%250A##vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1
        ::notice file=infra/main.json,line=8,endLine=8,col=31,endColumn=60,title=api-management/vnet-without-standard-public-ip::cannot tell whether service `apim` needs a public IP address%0Abecause `networkType` has no default and no parameter file gives it%0Adeployed when `[parameters('deployApim')]`; in 3 instances%0Ahelp: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service
        ::error file=infra/secret.json,title=not checked::permission denied
        infra: 7 files: 3 templates, 1 parameter file, 2 other, 1 unreadable
        2 errors, 1 warning, 1 note · 1 check undecided · 1 suppressed · 1 in the baseline
        `--fix` mends 1
        2 Bicep files are not linted (build them to JSON first)
        "#);
    }

    type Command = (String, Vec<(String, String)>, String);

    /// Reads a line as the runner does (actions/runner, `ActionCommand.TryParseV2`): command, properties, message.
    fn parse(line: &str) -> Option<Command> {
        let (head, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
        let (command, properties) = head.split_once(' ').unwrap_or((head, ""));
        let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
        let pairs = properties.split(',').filter_map(|pair| pair.split_once('='));
        let pairs = pairs.map(|(key, value)| (key.to_owned(), plain(&value.replace("%3A", ":").replace("%2C", ","))));
        Some((command.to_owned(), pairs.collect(), plain(data)))
    }

    #[test]
    fn the_runner_reads_back_what_was_meant_and_nothing_else() {
        let report = print(Format::Github, &run(), options());
        let commands: Vec<_> = report.lines().filter_map(parse).collect();
        let names: Vec<&str> = commands.iter().map(|(command, ..)| command.as_str()).collect();
        assert_eq!(names, ["error", "warning", "notice", "error", "notice", "error"]);
        let (_, properties, message) = &commands[3];
        assert_eq!(properties[0], ("file".to_owned(), format!("infra/{}.json", visible(HOSTILE))));
        assert!(message.starts_with("bad name `<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A##vso"));
    }

    #[test]
    fn beside_a_report_for_people_there_are_commands_only() {
        let report = print(Format::Github, &run(), Options { supplement: true, ..options() });
        assert!(report.lines().all(|line| line.starts_with("::")), "{report}");
    }

    #[test]
    fn the_limit_of_annotations_is_told() {
        assert!(print(Format::Github, &many(11), options()).contains("GitHub shows at most 10 errors"));
        assert!(!print(Format::Github, &many(10), options()).contains("GitHub shows at most"));
    }
}
