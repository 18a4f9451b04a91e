//! `azure`: logging commands, which Azure Pipelines shows as issues of the task (Azure DevOps documentation, "Logging
//! commands").

use std::io::{self, Write};

use super::circumstances::details;
use super::guard::Log;
use super::place::Place;
use super::text::visible;
use super::{Options, Reporter, summary};
use crate::diagnostic::{Diagnostic, Run, Severity, Verdict};

/// See the file's first line.
pub(super) struct Azure {
    options: Options,
}

impl Azure {
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Reporter for Azure {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let undecided = if self.options.undecided { run.undecided.as_slice() } else { &[] };
        for diagnostic in run.diagnostics.iter().chain(undecided) {
            issue(run, diagnostic, out)?;
        }
        for (file, error) in summary::unreadable(&run.unreadable) {
            let (file, error) = (property(file), data(&visible(&error)));
            writeln!(out, "##vso[task.logissue type=error;sourcepath={file};]{error}")?;
        }
        if !self.options.supplement {
            let mut log = Log::new(out);
            for line in summary::closing(run, &self.options, " · ") {
                writeln!(log, "{line}")?;
            }
            log.flush()?;
        }
        if self.options.failed {
            writeln!(out, "##vso[task.complete result=Failed;]")
        } else if run.count(Severity::Error) + run.count(Severity::Warning) > 0 {
            writeln!(out, "##vso[task.complete result=SucceededWithIssues;]")
        } else {
            Ok(())
        }
    }
}

/// An issue. There are errors and warnings only; a note, and what cannot be told, is a line of the log.
fn issue(run: &Run, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let place = Place::of(diagnostic.primary.span, &run.sources);
    let (line, column) = (place.start.line, place.start.column);
    let mut lines = vec![visible(&diagnostic.message).into_owned()];
    lines.extend(details(diagnostic));
    let kind = match (&diagnostic.verdict, diagnostic.severity) {
        (Verdict::Fails, Severity::Error) => "error",
        (Verdict::Fails, Severity::Warning) => "warning",
        (verdict, _) => {
            let word = if *verdict == Verdict::Fails { "note" } else { "undecided" };
            let mut log = Log::new(out);
            writeln!(log, "{}:{line}:{column}: {word} {} {}", visible(place.path()), diagnostic.rule, lines.join("; "))?;
            return log.flush();
        }
    };
    let (path, code) = (property(place.path()), property(&diagnostic.rule));
    write!(out, "##vso[task.logissue type={kind};sourcepath={path};linenumber={line};columnnumber={column};code={code};]")?;
    writeln!(out, "{}", data(&lines.join("\n")))
}

/// The message of a command. The agent undoes `%AZP25` where it undoes escapes of `%` at all.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command, on one line: no path that can be annotated has anything to hide.
fn property(text: &str) -> String {
    data(&visible(text)).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::sample::{HOSTILE, clean, options, print, run};
    use crate::report::text::visible;
    use crate::report::{Format, Options};

    /// The options of a run that fails.
    fn failed() -> Options {
        Options { failed: true, ..options() }
    }

    #[test]
    fn commands_of_the_whole_run() {
        assert_snapshot!(print(Format::Azure, &run(), failed()), @r#"
        ##vso[task.logissue type=error;sourcepath=infra/main.json;linenumber=5;columnnumber=21;code=api-management/stv1-api-version;]service `apim-contoso-dev` is deployed with API version 2019-12-01%0Ahelp: write "2024-05-01"; versions before 2021-08-01 are retired since 1 June 2024
        ##vso[task.logissue type=warning;sourcepath=infra/main.json;linenumber=8;columnnumber=31;code=api-management/vnet-without-standard-public-ip;]service `apim-{env}` joins a virtual network (External) without a public IP address of its own%0Afails in prod.parameters.json; passes in defaults, dev.parameters.json%0Adeployed when `[parameters('deployApim')]`; in 3 instances%0Ahelp: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service
        infra/wide, 中文 100%.json:2:38: note api-management/non-standard-public-ip `中文-é-👍` is not Standard
        ##vso[task.logissue type=error;sourcepath=infra/<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%AZP250A##vso[task.complete result=Succeeded%3B%5Dok<U+202E>|`</table><script>alert('1')</script>&amp%3B %5D%5D> **b** [l%5D(http://x) ![i%5D(x) @all #1.json;linenumber=2;columnnumber=11;code=my/name;]bad name `<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%AZP250A##vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1`%0Ahelp: rename <U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%AZP250A##vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1
        infra/main.json:8:31: undecided api-management/vnet-without-standard-public-ip cannot tell whether service `apim` needs a public IP address; because `networkType` has no default and no parameter file gives it; deployed when `[parameters('deployApim')]`; in 3 instances; help: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service
        ##vso[task.logissue type=error;sourcepath=infra/secret.json;]permission denied
        infra: 7 files: 3 templates, 1 parameter file, 2 other, 1 unreadable
        2 errors, 1 warning, 1 note · 1 check undecided · 1 suppressed · 1 in the baseline
        `--fix` mends 1
        2 Bicep files are not linted (build them to JSON first)
        ##vso[task.complete result=Failed;]
        "#);
    }

    #[test]
    fn a_clean_run_leaves_the_result_alone() {
        assert_snapshot!(print(Format::Azure, &clean(), options()), @"infra: 1 file: 1 template · nothing to report");
    }

    #[test]
    fn the_result_is_that_of_the_exit_code() {
        let last = |options| print(Format::Azure, &run(), options).lines().last().unwrap().to_owned();
        assert_eq!(last(failed()), "##vso[task.complete result=Failed;]");
        assert_eq!(last(options()), "##vso[task.complete result=SucceededWithIssues;]", "`--fail-on never` is obeyed");
        assert_eq!(
            print(Format::Azure, &clean(), Options { failed: true, supplement: true, ..options() }),
            last(failed()) + "\n"
        );
    }

    type Command = (String, Vec<(String, String)>, String);

    /// Reads a line as the agent does (microsoft/azure-pipelines-agent, `Command.TryParse`): it looks for the prefix
    /// anywhere in the line.
    fn parse(line: &str) -> Option<Command> {
        let (_, rest) = line.split_once("##vso[")?;
        let (head, data) = rest.split_once(']')?;
        let (command, properties) = head.split_once(' ').unwrap_or((head, ""));
        let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%AZP25", "%");
        let pairs = properties.split(';').filter_map(|pair| pair.split_once('='));
        let pairs = pairs.map(|(key, value)| (key.to_owned(), plain(&value.replace("%3B", ";").replace("%5D", "]"))));
        Some((command.to_owned(), pairs.collect(), plain(data)))
    }

    #[test]
    fn the_agent_reads_back_what_was_meant_and_nothing_else() {
        let report = print(Format::Azure, &run(), failed());
        let commands: Vec<_> = report.lines().filter_map(parse).collect();
        let names: Vec<&str> = commands.iter().map(|(command, ..)| command.as_str()).collect();
        assert_eq!(names, ["task.logissue", "task.logissue", "task.logissue", "task.logissue", "task.complete"]);
        let (_, properties, message) = &commands[2];
        assert_eq!(properties[1], ("sourcepath".to_owned(), format!("infra/{}.json", visible(HOSTILE))));
        assert!(message.starts_with("bad name `<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A##vso"));
        assert_eq!(commands[4].1, [("result".to_owned(), "Failed".to_owned())], "and not what the template asks for");
    }
}
