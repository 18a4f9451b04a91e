//! `junit`: JUnit XML, which every build service shows as tests: a diagnostic is a test that fails, a suite is a file.
//!
//! There is no standard; this keeps to what the readers share (testmoapp/junitxml, "JUnit XML file format").

use std::io::{self, Write};

use super::circumstances::details;
use super::place::Place;
use super::text::is_hidden;
use super::{Options, Reporter, summary};
use crate::diagnostic::{Diagnostic, Run, Severity, Verdict};

/// See the file's first line.
pub(super) struct Junit {
    options: Options,
}

impl Junit {
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

/// A test.
struct Case {
    file: String,
    /// The line, from 1; none for a file that could not be read.
    line: Option<u32>,
    name: String,
    outcome: Outcome,
}

/// What came of a test: the message, then the text.
enum Outcome {
    /// A note: to be read, but no failure.
    Passed(String),
    Failed(&'static str, String, String),
    Error(String),
    Skipped(String),
}

impl Reporter for Junit {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let mut cases = self.cases(run);
        cases.sort_by(|one, other| one.file.cmp(&other.file));
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(out, r#"<testsuites name="armlint" {}>"#, counts(&cases, 1))?;
        writeln!(out, r#"  <testsuite name="armlint" tests="1" failures="0" errors="0" skipped="0">"#)?;
        writeln!(out, r#"    <testcase classname="armlint" name="summary">"#)?;
        let closing = summary::closing(run, &self.options, "; ").join("\n");
        writeln!(out, "      <system-out>{}</system-out>\n    </testcase>\n  </testsuite>", escaped(&closing))?;
        for suite in cases.chunk_by(|one, other| one.file == other.file) {
            let Some(first) = suite.first() else { continue };
            writeln!(out, r#"  <testsuite name="{}" {}>"#, escaped(&first.file), counts(suite, 0))?;
            for case in suite {
                write_case(case, out)?;
            }
            writeln!(out, "  </testsuite>")?;
        }
        writeln!(out, "</testsuites>")
    }
}

impl Junit {
    fn cases(&self, run: &Run) -> Vec<Case> {
        let fails = run.diagnostics.iter().map(|diagnostic| {
            let message = diagnostic.message.clone();
            let outcome = match diagnostic.severity {
                Severity::Note => Outcome::Passed(text(diagnostic)),
                severity => Outcome::Failed(severity.as_str(), message, text(diagnostic)),
            };
            case(run, diagnostic, outcome)
        });
        let undecided = if self.options.undecided { run.undecided.as_slice() } else { &[] };
        let undecided = undecided.iter().map(|diagnostic| {
            let reason = match &diagnostic.verdict {
                Verdict::Undecided(reason) => reason.as_str(),
                Verdict::Fails => "",
            };
            case(run, diagnostic, Outcome::Skipped(format!("undecided: {}; {reason}", diagnostic.message)))
        });
        let suppressed = run.suppressed.iter().map(|suppressed| {
            let reason = suppressed.reason.as_deref().unwrap_or("no reason given");
            let message = format!("suppressed ({}): {reason}", suppressed.kind);
            case(run, &suppressed.diagnostic, Outcome::Skipped(message))
        });
        let unreadable = run.unreadable.iter().map(|unreadable| Case {
            file: unreadable.file.clone(),
            line: None,
            name: "not checked".to_owned(),
            outcome: Outcome::Error(unreadable.error.clone()),
        });
        fails.chain(undecided).chain(suppressed).chain(unreadable).collect()
    }
}

fn case(run: &Run, diagnostic: &Diagnostic, outcome: Outcome) -> Case {
    let place = Place::of(diagnostic.primary.span, &run.sources);
    let name = format!("{} at {}:{}", diagnostic.rule, place.start.line, place.start.column);
    Case { file: place.path().to_owned(), line: Some(place.start.line), name, outcome }
}

fn text(diagnostic: &Diagnostic) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    lines.extend(details(diagnostic));
    lines.join("\n")
}

/// The counts of a suite with `others` passing tests beside these.
fn counts(cases: &[Case], others: usize) -> String {
    let count = |wanted: fn(&Outcome) -> bool| cases.iter().filter(|case| wanted(&case.outcome)).count();
    format!(
        r#"tests="{}" failures="{}" errors="{}" skipped="{}""#,
        cases.len() + others,
        count(|outcome| matches!(outcome, Outcome::Failed(..))),
        count(|outcome| matches!(outcome, Outcome::Error(_))),
        count(|outcome| matches!(outcome, Outcome::Skipped(_))),
    )
}

fn write_case(case: &Case, out: &mut dyn Write) -> io::Result<()> {
    let (file, name) = (escaped(&case.file), escaped(&case.name));
    let line = case.line.map(|line| format!(r#" line="{line}""#)).unwrap_or_default();
    writeln!(out, r#"    <testcase classname="{file}" name="{name}" file="{file}"{line}>"#)?;
    match &case.outcome {
        Outcome::Passed(text) => writeln!(out, "      <system-out>{}</system-out>", escaped(text))?,
        Outcome::Failed(kind, message, text) => {
            writeln!(out, r#"      <failure type="{kind}" message="{}">{}</failure>"#, escaped(message), escaped(text))?;
        }
        Outcome::Error(message) => writeln!(out, r#"      <error message="{}"/>"#, escaped(message))?,
        Outcome::Skipped(message) => writeln!(out, r#"      <skipped message="{}"/>"#, escaped(message))?,
    }
    writeln!(out, "    </testcase>")
}

/// The text for an attribute or an element. Markup is escaped, `#` too, so that no build service finds a command in the
/// file; what XML 1.0 cannot hold or a terminal would obey is spelt out. A line feed is written so that nothing
/// out of a template starts a line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '#' => out.push_str("&#35;"),
            '\n' => out.push_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if is_hidden(c) => out.push_str(&format!("&lt;U+{:04X}&gt;", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::Format;
    use crate::report::sample::{clean, options, print, run};

    #[test]
    fn the_suites_of_the_whole_run() {
        assert_snapshot!(print(Format::Junit, &run(), options()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="armlint" tests="9" failures="3" errors="1" skipped="3">
          <testsuite name="armlint" tests="1" failures="0" errors="0" skipped="0">
            <testcase classname="armlint" name="summary">
              <system-out>infra: 7 files: 3 templates, 1 parameter file, 2 other, 1 unreadable&#10;2 errors, 1 warning, 1 note; 1 check undecided; 1 suppressed; 1 in the baseline&#10;`--fix` mends 1&#10;2 Bicep files are not linted (build them to JSON first)</system-out>
            </testcase>
          </testsuite>
          <testsuite name="infra/&lt;U+001B&gt;[31m&lt;U+009B&gt;2J&lt;U+000D&gt;&#10;::error file=x,title=y::pwned%0A&#35;&#35;vso[task.complete result=Succeeded;]ok&lt;U+202E&gt;|`&lt;/table&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp; ]]&gt; **b** [l](http://x) ![i](x) @all &#35;1.json" tests="1" failures="1" errors="0" skipped="0">
            <testcase classname="infra/&lt;U+001B&gt;[31m&lt;U+009B&gt;2J&lt;U+000D&gt;&#10;::error file=x,title=y::pwned%0A&#35;&#35;vso[task.complete result=Succeeded;]ok&lt;U+202E&gt;|`&lt;/table&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp; ]]&gt; **b** [l](http://x) ![i](x) @all &#35;1.json" name="my/name at 2:11" file="infra/&lt;U+001B&gt;[31m&lt;U+009B&gt;2J&lt;U+000D&gt;&#10;::error file=x,title=y::pwned%0A&#35;&#35;vso[task.complete result=Succeeded;]ok&lt;U+202E&gt;|`&lt;/table&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp; ]]&gt; **b** [l](http://x) ![i](x) @all &#35;1.json" line="2">
              <failure type="error" message="bad name `&lt;U+001B&gt;[31m&lt;U+009B&gt;2J&lt;U+000D&gt;&#10;::error file=x,title=y::pwned%0A&#35;&#35;vso[task.complete result=Succeeded;]ok&lt;U+202E&gt;|`&lt;/table&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp; ]]&gt; **b** [l](http://x) ![i](x) @all &#35;1`">bad name `&lt;U+001B&gt;[31m&lt;U+009B&gt;2J&lt;U+000D&gt;&#10;::error file=x,title=y::pwned%0A&#35;&#35;vso[task.complete result=Succeeded;]ok&lt;U+202E&gt;|`&lt;/table&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp; ]]&gt; **b** [l](http://x) ![i](x) @all &#35;1`&#10;help: rename &lt;U+001B&gt;[31m&lt;U+009B&gt;2J&lt;U+000D&gt;&lt;U+000A&gt;::error file=x,title=y::pwned%0A&#35;&#35;vso[task.complete result=Succeeded;]ok&lt;U+202E&gt;|`&lt;/table&gt;&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp; ]]&gt; **b** [l](http://x) ![i](x) @all &#35;1</failure>
            </testcase>
          </testsuite>
          <testsuite name="infra/main.json" tests="5" failures="2" errors="0" skipped="3">
            <testcase classname="infra/main.json" name="api-management/stv1-api-version at 5:21" file="infra/main.json" line="5">
              <failure type="error" message="service `apim-contoso-dev` is deployed with API version 2019-12-01">service `apim-contoso-dev` is deployed with API version 2019-12-01&#10;help: write &quot;2024-05-01&quot;; versions before 2021-08-01 are retired since 1 June 2024</failure>
            </testcase>
            <testcase classname="infra/main.json" name="api-management/vnet-without-standard-public-ip at 8:31" file="infra/main.json" line="8">
              <failure type="warning" message="service `apim-{env}` joins a virtual network (External) without a public IP address of its own">service `apim-{env}` joins a virtual network (External) without a public IP address of its own&#10;fails in prod.parameters.json; passes in defaults, dev.parameters.json&#10;deployed when `[parameters('deployApim')]`; in 3 instances&#10;help: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service</failure>
            </testcase>
            <testcase classname="infra/main.json" name="api-management/vnet-without-standard-public-ip at 8:31" file="infra/main.json" line="8">
              <skipped message="undecided: cannot tell whether service `apim` needs a public IP address; `networkType` has no default and no parameter file gives it"/>
            </testcase>
            <testcase classname="infra/main.json" name="api-management/zones-without-premium at 5:21" file="infra/main.json" line="5">
              <skipped message="suppressed (comment): goes away in May"/>
            </testcase>
            <testcase classname="infra/main.json" name="api-management/zones-without-premium at 9:29" file="infra/main.json" line="9">
              <skipped message="suppressed (baseline): no reason given"/>
            </testcase>
          </testsuite>
          <testsuite name="infra/secret.json" tests="1" failures="0" errors="1" skipped="0">
            <testcase classname="infra/secret.json" name="not checked" file="infra/secret.json">
              <error message="permission denied"/>
            </testcase>
          </testsuite>
          <testsuite name="infra/wide, 中文 100%.json" tests="1" failures="0" errors="0" skipped="0">
            <testcase classname="infra/wide, 中文 100%.json" name="api-management/non-standard-public-ip at 2:38" file="infra/wide, 中文 100%.json" line="2">
              <system-out>`中文-é-👍` is not Standard</system-out>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn a_clean_run_is_one_test_that_passes() {
        assert_snapshot!(print(Format::Junit, &clean(), options()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="armlint" tests="1" failures="0" errors="0" skipped="0">
          <testsuite name="armlint" tests="1" failures="0" errors="0" skipped="0">
            <testcase classname="armlint" name="summary">
              <system-out>infra: 1 file: 1 template; nothing to report</system-out>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }
}
