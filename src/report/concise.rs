//! `concise`: one line each, `file:line:column: severity rule message`, which editors and `grep` understand.

use std::io::{self, Write};

use super::guard::Log;
use super::place::Place;
use super::text::visible;
use super::{Options, Reporter, summary};
use crate::diagnostic::{Diagnostic, Run, Verdict};

/// See the file's first line.
pub(super) struct Concise {
    options: Options,
}

impl Concise {
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Reporter for Concise {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let out = &mut Log::new(out);
        for diagnostic in &run.diagnostics {
            line(run, diagnostic, out)?;
        }
        if self.options.undecided {
            for diagnostic in &run.undecided {
                line(run, diagnostic, out)?;
            }
        }
        for (file, error) in summary::unreadable(&run.unreadable) {
            writeln!(out, "{}: unreadable {}", visible(file), visible(&error))?;
        }
        let dot = if self.options.unicode { " · " } else { "; " };
        for line in summary::closing(run, &self.options, dot) {
            writeln!(out, "{line}")?;
        }
        out.flush()
    }
}

fn line(run: &Run, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
    let place = Place::of(diagnostic.primary.span, &run.sources);
    let word = match diagnostic.verdict {
        Verdict::Fails => diagnostic.severity.as_str(),
        Verdict::Undecided(_) => "undecided",
    };
    let (path, message) = (visible(place.path()), visible(&diagnostic.message));
    writeln!(out, "{path}:{}:{}: {word} {} {message}", place.start.line, place.start.column, diagnostic.rule)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::report::Format;
    use crate::report::sample::{options, print, run};

    #[test]
    fn one_line_each() {
        assert_snapshot!(print(Format::Concise, &run(), options()), @"
        infra/main.json:5:21: error api-management/stv1-api-version service `apim-contoso-dev` is deployed with API version 2019-12-01
        infra/main.json:8:31: warning api-management/vnet-without-standard-public-ip service `apim-{env}` joins a virtual network (External) without a public IP address of its own
        infra/wide, 中文 100%.json:2:38: note api-management/non-standard-public-ip `中文-é-👍` is not Standard
        infra/<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A#<U+0023>vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1.json:2:11: error my/name bad name `<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A#<U+0023>vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1`
        infra/main.json:8:31: undecided api-management/vnet-without-standard-public-ip cannot tell whether service `apim` needs a public IP address
        infra/secret.json: unreadable permission denied
        infra: 7 files: 3 templates, 1 parameter file, 2 other, 1 unreadable
        2 errors, 1 warning, 1 note · 1 check undecided · 1 suppressed · 1 in the baseline
        `--fix` mends 1
        2 Bicep files are not linted (build them to JSON first)
        ");
    }
}
