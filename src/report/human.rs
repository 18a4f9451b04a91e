//! `human`: for people at a terminal. What is wrong, the source with the places marked, in which environments it holds,
//! what to do, where to read on; and at the end what was seen.

use std::fmt;
use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles};
use owo_colors::Style;

use super::alike::{alike, as_one};
use super::circumstances::circumstances;
use super::guard::Log;
use super::text::{visible, wrap};
use super::window::{MOST_LABELS, Windows};
use super::{Options, Reporter, press, summary};
use crate::diagnostic::{Diagnostic, Run, Safety, Severity, Verdict, rule_url};
use crate::source::Sources;

/// See the file's first line.
pub(super) struct Human {
    options: Options,
    theme: GraphicalTheme,
    ellipsis: &'static str,
    dot: &'static str,
}

impl Human {
    /// The theme follows from the options alone: nothing is asked of the terminal here.
    pub(super) fn new(options: Options) -> Self {
        let mut characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        if !options.unicode {
            characters.advice = "-".to_owned();
        }
        let styles = if options.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let (ellipsis, dot) = if options.unicode { ("…", " · ") } else { ("...", "; ") };
        Self { options, theme: GraphicalTheme { characters, styles }, ellipsis, dot }
    }

    /// One diagnostic: the rule, the excerpt, what to do and where to read on.
    fn diagnostic(&self, sources: &Sources, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", self.rule(diagnostic))?;
        self.drawn(sources, diagnostic, out)?;
        self.paragraph("why:", &format!("armlint explain {}", diagnostic.rule), out)?;
        writeln!(out)
    }

    /// Undecided checks: those that wait for the same as one, with their rules.
    fn undecided(&self, sources: &Sources, alike: &[&Diagnostic], out: &mut dyn Write) -> io::Result<()> {
        let [first, others @ ..] = alike else { return Ok(()) };
        if others.is_empty() {
            return self.diagnostic(sources, first, out);
        }
        writeln!(out, "{} and {} more\n", self.rule(first), others.len())?;
        self.drawn(sources, &as_one(alike), out)?;
        let rules: Vec<&str> = alike.iter().map(|diagnostic| &*diagnostic.rule).collect();
        self.paragraph("of:", &rules.join(", "), out)?;
        self.paragraph("why:", "armlint explain RULE", out)?;
        writeln!(out)
    }

    /// The name of the rule; at a terminal that shows colours it leads to its description.
    fn rule(&self, diagnostic: &Diagnostic) -> String {
        let rule = self.style(diagnostic).style(&diagnostic.rule);
        if self.options.color {
            let url = rule_url(&diagnostic.rule);
            format!("\u{1b}]8;;{url}\u{1b}\\{rule}\u{1b}]8;;\u{1b}\\")
        } else {
            rule.to_string()
        }
    }

    /// The message, the excerpt and what to do.
    pub(super) fn drawn(&self, sources: &Sources, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(diagnostic, self.excerpt(sources, diagnostic), self.options.width);
        let style = self.style(diagnostic);
        let mut theme = self.theme.clone();
        if matches!(diagnostic.verdict, Verdict::Undecided(_)) {
            theme.characters.advice = "?".to_owned();
        }
        let labels = shown.windows.marks().iter();
        theme.styles.highlights = labels.map(|mark| if mark.primary { style } else { theme.styles.help }).collect();
        if theme.styles.highlights.is_empty() {
            theme.styles.highlights.push(style);
        }
        let handler = GraphicalReportHandler::new_themed(theme)
            .without_syntax_highlighting()
            .without_cause_chain()
            .with_urls(false)
            .with_wrap_lines(false);
        let mut drawn = String::new();
        handler.render_report(&mut drawn, &shown).map_err(io::Error::other)?;
        for line in drawn.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        for line in hidden(diagnostic).into_iter().chain(circumstances(diagnostic, self.dot)) {
            self.paragraph("", &line, out)?;
        }
        self.advice(diagnostic, out)
    }

    /// The style of its severity.
    fn style(&self, diagnostic: &Diagnostic) -> Style {
        match severity(diagnostic) {
            miette::Severity::Error => self.theme.styles.error,
            miette::Severity::Warning => self.theme.styles.warning,
            miette::Severity::Advice => self.theme.styles.advice,
        }
    }

    fn excerpt(&self, sources: &Sources, diagnostic: &Diagnostic) -> Windows {
        Windows::of(diagnostic, sources, self.options.width, self.ellipsis)
    }

    /// What to do.
    fn advice(&self, diagnostic: &Diagnostic, out: &mut dyn Write) -> io::Result<()> {
        if let Some(help) = &diagnostic.help {
            self.paragraph("help:", &visible(help), out)?;
        }
        for fix in &diagnostic.fixes {
            let how = match (fix.safety, &fix.reason) {
                (Safety::Safe, _) => "`--fix` does".to_owned(),
                (Safety::Unsafe, None) => "`--fix --unsafe-fixes` does".to_owned(),
                (Safety::Unsafe, Some(reason)) => format!("`--fix --unsafe-fixes` does; look at it: {}", visible(reason)),
            };
            self.paragraph("fix:", &format!("{} ({how})", visible(&fix.told())), out)?;
        }
        Ok(())
    }

    /// A text that is wrapped: two spaces in, or behind a heading in the column of the help.
    fn paragraph(&self, heading: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let indent = if heading.is_empty() { 2 } else { "  help: ".len() };
        for (number, line) in wrap(text, self.options.width.saturating_sub(indent).max(20)).into_iter().enumerate() {
            if number == 0 && !heading.is_empty() {
                let pad = indent - 2 - heading.len();
                writeln!(out, "  {}{:pad$}{line}", self.theme.styles.help.style(heading), "")?;
            } else {
                writeln!(out, "{:indent$}{line}", "")?;
            }
        }
        Ok(())
    }
}

impl Reporter for Human {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        press::lines(&run.diagnostics, out, |diagnostic, out| self.diagnostic(&run.sources, diagnostic, out))?;
        if self.options.undecided {
            press::lines(&alike(&run.undecided), out, |alike, out| self.undecided(&run.sources, alike, out))?;
        }
        let out = &mut Log::new(out);
        for (file, error) in summary::unreadable(&run.unreadable) {
            let sign = self.theme.styles.error.style(&self.theme.characters.error);
            writeln!(out, "  {sign} {}: {}", visible(file), visible(&error))?;
        }
        if !run.unreadable.is_empty() {
            writeln!(out)?;
        }
        for line in summary::closing(run, &self.options, self.dot) {
            writeln!(out, "{line}")?;
        }
        out.flush()
    }
}

/// That there are more places than are drawn.
fn hidden(diagnostic: &Diagnostic) -> Option<String> {
    match diagnostic.labels.len().checked_sub(MOST_LABELS)? {
        0 => None,
        1 => Some("and at 1 more place".to_owned()),
        more => Some(format!("and at {more} more places")),
    }
}

/// A diagnostic as miette asks for it: the message and the excerpt; the rest is not its business.
#[derive(Debug)]
struct Shown {
    message: String,
    severity: miette::Severity,
    windows: Windows,
}

impl Shown {
    fn new(diagnostic: &Diagnostic, windows: Windows, width: usize) -> Self {
        let severity = severity(diagnostic);
        let message = wrap(&visible(&diagnostic.message), width.saturating_sub(4).max(20)).join("\n");
        Self { message, severity, windows }
    }
}

/// How miette is to draw it: what cannot be told is no more than a note.
fn severity(diagnostic: &Diagnostic) -> miette::Severity {
    match (&diagnostic.verdict, diagnostic.severity) {
        (Verdict::Undecided(_), _) | (_, Severity::Note) => miette::Severity::Advice,
        (Verdict::Fails, Severity::Warning) => miette::Severity::Warning,
        (Verdict::Fails, Severity::Error) => miette::Severity::Error,
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.windows)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.windows.marks().iter().map(|mark| {
            let text = (!mark.text.is_empty()).then(|| mark.text.clone());
            let (start, len) = (mark.range.start, mark.range.len());
            if mark.primary { LabeledSpan::new_primary_with_span(text, (start, len)) } else { LabeledSpan::new(text, start, len) }
        })))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use insta::assert_snapshot;
    use proptest::prelude::{prop_assert, proptest};

    use crate::diagnostic::{Diagnostic, Label, Run, Severity, Verdict};
    use crate::report::sample::{clean, find, options, print, run};
    use crate::report::text::{columns, is_hidden};
    use crate::report::{Format, Options};
    use crate::source::{Loaded, Span};

    /// A report of one diagnostic on `text` with labels at `places`, the first of them primary.
    fn one(text: &str, places: &[(&str, &str)]) -> String {
        let run = clean();
        let file = run.sources.add("a.json", Loaded::utf8(text));
        let mut labels = places.iter().map(|(place, says)| Label::new(find(&file, place), *says));
        let mut diagnostic = Diagnostic::new("s/r", Severity::Error, "it is wrong", labels.next().unwrap());
        diagnostic.labels = labels.collect();
        print(Format::Human, &Run { diagnostics: vec![diagnostic], ..run }, options())
    }

    #[test]
    fn everything_at_80_columns() {
        assert_snapshot!(print(Format::Human, &run(), options()), @r#"
        api-management/stv1-api-version

          × service `apim-contoso-dev` is deployed with API version 2019-12-01
           ╭─[infra/main.json:5:21]
         4 │       "type": "Microsoft.ApiManagement/service",
         5 │       "apiVersion": "2019-12-01",
           ·                     ──────┬─────
           ·                           ╰─┤ older than 2021-01-01-preview: the v1
           ·                             │ platform (stv1)
         6 │       "name": "[variables('apimName')]",
           ╰────
          help: write "2024-05-01"; versions before 2021-08-01 are retired since 1 June
                2024
          fix:  set `apiVersion` to "2024-05-01" (`--fix` does)
          why:  armlint explain api-management/stv1-api-version

        api-management/vnet-without-standard-public-ip

          ⚠ service `apim-{env}` joins a virtual network (External) without a public IP
          │ address of its own
           ╭─[infra/main.json:8:31]
         5 │       "apiVersion": "2019-12-01",
         6 │       "name": "[variables('apimName')]",
           ·               ────────────┬────────────
           ·                           ╰── this service
         7 │       "properties": {
         8 │         "virtualNetworkType": "[parameters('networkType')]",
           ·                               ──────────────┬──────────────
           ·                                             ╰── External
         9 │         "customProperties": {}
           ╰────
           ╭─[infra/prod.parameters.json:3:29]
         2 │     "parameters": {
         3 │         "networkType":  { "value": "External" }
           ·                                    ─────┬────
           ·                                         ╰── set here
         4 │     }
           ╰────
          fails in prod.parameters.json · passes in defaults, dev.parameters.json
          deployed when `[parameters('deployApim')]` · in 3 instances
          help: add a Standard, Static IPv4 public IP address and refer to it in
                `publicIpAddressId` of the service
          why:  armlint explain api-management/vnet-without-standard-public-ip

        api-management/non-standard-public-ip

          ☞ `中文-é-👍` is not Standard
           ╭─[infra/wide, 中文 100%.json:2:38]
         1 │ {
         2 │   "name": "中文-é-👍", "sku": { "name": "Basic" }
           ·           ───────────                   ───┬───
           ·                │                           ╰── Basic here
         3 │ }
           ╰────
          why:  armlint explain api-management/non-standard-public-ip

        my/name

          × bad name `<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error
          │ file=x,title=y::pwned%0A#<U+0023>vso[task.complete
          │ result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]>
          │ **b** [l](http://x) ![i](x) @all #1`
           ╭─[infra/<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A#<U+0023>vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1.json:2:11]
         1 │ {
         2 │   "name": "<U+001B>[31m<U+009B>2J
           ·           ───────────┬───────────
           ·                      ╰─┤ named
           ·                        │ <U+001B>[31m<U+009B>2J<U+000D><U+000A>::error
           ·                        │ file=x,title=y::pwned%0A#<U+0023>vso[task.complete
           ·                        │ result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp;
           ·                        │ ]]> **b** [l](http://x) ![i](x) @all #1
         3 │ ::error file=x,title=y::pwned%0A#<U+0023>vso[task.complete result=Succeeded;]ok…
           ╰────
          help: rename <U+001B>[31m<U+009B>2J<U+000D><U+000A>::error
                file=x,title=y::pwned%0A#<U+0023>vso[task.complete
                result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp;
                ]]> **b** [l](http://x) ![i](x) @all #1
          why:  armlint explain my/name

        api-management/vnet-without-standard-public-ip

          ? cannot tell whether service `apim` needs a public IP address
           ╭─[infra/main.json:8:31]
         7 │       "properties": {
         8 │         "virtualNetworkType": "[parameters('networkType')]",
           ·                               ──────────────┬──────────────
           ·                                             ╰── External
         9 │         "customProperties": {}
           ╰────
          because `networkType` has no default and no parameter file gives it
          deployed when `[parameters('deployApim')]` · in 3 instances
          help: add a Standard, Static IPv4 public IP address and refer to it in
                `publicIpAddressId` of the service
          why:  armlint explain api-management/vnet-without-standard-public-ip

          × infra/secret.json: permission denied

        infra: 7 files: 3 templates, 1 parameter file, 2 other, 1 unreadable
        2 errors, 1 warning, 1 note · 1 check undecided · 1 suppressed · 1 in the baseline
        `--fix` mends 1
        2 Bicep files are not linted (build them to JSON first)
        "#);
    }

    #[test]
    fn of_many_places_the_first_are_drawn_and_the_others_counted() {
        let text = "[\n 1,\n 2,\n 3,\n 4,\n 5,\n 6,\n 7,\n 8,\n 9,\n 0\n]";
        let places: Vec<(String, &str)> = (0..10).map(|n| (n.to_string(), "here too")).collect();
        let places: Vec<(&str, &str)> = places.iter().map(|(place, says)| (place.as_str(), *says)).collect();
        let told = one(text, &places);
        assert_eq!(told.matches("here too").count(), 1 + super::MOST_LABELS, "{told}");
        assert!(told.contains("\n  and at 1 more place\n"), "{told}");
        assert!(!one(text, &places[..9]).contains("more place"), "as many as are drawn");
    }

    #[test]
    fn checks_that_wait_for_one_value_are_told_together() {
        let run = clean();
        let file = run.sources.add("a.json", Loaded::utf8("{\n  \"ip\": \"[parameters('ip')]\",\n  \"sku\": 1\n}\n"));
        let check = |rule: &str, place: &str, reason: &str| {
            let mut undecided =
                Diagnostic::new(rule, Severity::Error, format!("cannot tell `{rule}`"), Label::new(find(&file, place), reason));
            undecided.verdict = Verdict::Undecided(reason.to_owned());
            undecided.help = Some("mend it".to_owned());
            undecided
        };
        let undecided = vec![
            check("s/a", "[parameters('ip')]", "`ip` has no default"),
            check("s/b", "1", "`ip` has no default"),
            check("s/c", "[parameters('ip')]", "`ip` has no default"),
            check("s/d", "[parameters('ip')]", "another reason"),
        ];
        let text = print(Format::Human, &Run { undecided, ..run }, options());
        assert_snapshot!(text, @r#"
        s/a and 1 more

          ? 2 checks cannot be decided for one reason
           ╭─[a.json:2:10]
         1 │ {
         2 │   "ip": "[parameters('ip')]",
           ·          ─────────┬────────
           ·                   ╰── `ip` has no default
         3 │   "sku": 1
           ╰────
          of:   s/a, s/c
          why:  armlint explain RULE

        s/b

          ? cannot tell `s/b`
           ╭─[a.json:3:10]
         2 │   "ip": "[parameters('ip')]",
         3 │   "sku": 1
           ·          ┬
           ·          ╰── `ip` has no default
         4 │ }
           ╰────
          help: mend it
          why:  armlint explain s/b

        s/d

          ? cannot tell `s/d`
           ╭─[a.json:2:10]
         1 │ {
         2 │   "ip": "[parameters('ip')]",
           ·          ─────────┬────────
           ·                   ╰── another reason
         3 │   "sku": 1
           ╰────
          help: mend it
          why:  armlint explain s/d

        infra: 1 file: 1 template · nothing to report · 4 checks undecided
        "#);
    }

    #[test]
    fn in_ascii_with_undecided_checks_hidden() {
        let options = Options { unicode: false, undecided: false, ..options() };
        assert_snapshot!(print(Format::Human, &run(), options), @r#"
        api-management/stv1-api-version

          x service `apim-contoso-dev` is deployed with API version 2019-12-01
           ,-[infra/main.json:5:21]
         4 |       "type": "Microsoft.ApiManagement/service",
         5 |       "apiVersion": "2019-12-01",
           :                     ^^^^^^|^^^^^
           :                           `-| older than 2021-01-01-preview: the v1
           :                             | platform (stv1)
         6 |       "name": "[variables('apimName')]",
           `----
          help: write "2024-05-01"; versions before 2021-08-01 are retired since 1 June
                2024
          fix:  set `apiVersion` to "2024-05-01" (`--fix` does)
          why:  armlint explain api-management/stv1-api-version

        api-management/vnet-without-standard-public-ip

          ! service `apim-{env}` joins a virtual network (External) without a public IP
          | address of its own
           ,-[infra/main.json:8:31]
         5 |       "apiVersion": "2019-12-01",
         6 |       "name": "[variables('apimName')]",
           :               ^^^^^^^^^^^^|^^^^^^^^^^^^
           :                           `-- this service
         7 |       "properties": {
         8 |         "virtualNetworkType": "[parameters('networkType')]",
           :                               ^^^^^^^^^^^^^^|^^^^^^^^^^^^^^
           :                                             `-- External
         9 |         "customProperties": {}
           `----
           ,-[infra/prod.parameters.json:3:29]
         2 |     "parameters": {
         3 |         "networkType":  { "value": "External" }
           :                                    ^^^^^|^^^^
           :                                         `-- set here
         4 |     }
           `----
          fails in prod.parameters.json; passes in defaults, dev.parameters.json
          deployed when `[parameters('deployApim')]`; in 3 instances
          help: add a Standard, Static IPv4 public IP address and refer to it in
                `publicIpAddressId` of the service
          why:  armlint explain api-management/vnet-without-standard-public-ip

        api-management/non-standard-public-ip

          - `中文-é-👍` is not Standard
           ,-[infra/wide, 中文 100%.json:2:38]
         1 | {
         2 |   "name": "中文-é-👍", "sku": { "name": "Basic" }
           :           ^^^^^^^^^^^                   ^^^|^^^
           :                |                           `-- Basic here
         3 | }
           `----
          why:  armlint explain api-management/non-standard-public-ip

        my/name

          x bad name `<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error
          | file=x,title=y::pwned%0A#<U+0023>vso[task.complete
          | result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]>
          | **b** [l](http://x) ![i](x) @all #1`
           ,-[infra/<U+001B>[31m<U+009B>2J<U+000D><U+000A>::error file=x,title=y::pwned%0A#<U+0023>vso[task.complete result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1.json:2:11]
         1 | {
         2 |   "name": "<U+001B>[31m<U+009B>2J
           :           ^^^^^^^^^^^|^^^^^^^^^^^
           :                      `-| named
           :                        | <U+001B>[31m<U+009B>2J<U+000D><U+000A>::error
           :                        | file=x,title=y::pwned%0A#<U+0023>vso[task.complete
           :                        | result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp;
           :                        | ]]> **b** [l](http://x) ![i](x) @all #1
         3 | ::error file=x,title=y::pwned%0A#<U+0023>vso[task.complete result=Succeeded;]ok...
           `----
          help: rename <U+001B>[31m<U+009B>2J<U+000D><U+000A>::error
                file=x,title=y::pwned%0A#<U+0023>vso[task.complete
                result=Succeeded;]ok<U+202E>|`</table><script>alert('1')</script>&amp;
                ]]> **b** [l](http://x) ![i](x) @all #1
          why:  armlint explain my/name

          x infra/secret.json: permission denied

        infra: 7 files: 3 templates, 1 parameter file, 2 other, 1 unreadable
        2 errors, 1 warning, 1 note; 1 check undecided (`--undecided show`); 1 suppressed; 1 in the baseline
        `--fix` mends 1
        2 Bicep files are not linted (build them to JSON first)
        "#);
    }

    #[test]
    fn colour_links_the_rule_and_changes_no_word() {
        let coloured = print(Format::Human, &run(), Options { color: true, ..options() });
        let first = coloured.lines().next().unwrap().replace('\u{1b}', "ESC");
        assert_snapshot!(first, @r"ESC]8;;https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-stv1-api-versionESC\ESC[31mapi-management/stv1-api-versionESC[0mESC]8;;ESC\");
        let mut plain = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, escape)) = rest.split_once('\u{1b}') {
            let end = if escape.starts_with(']') { "\u{1b}\\" } else { "m" };
            plain.push_str(before);
            rest = escape.split_once(end).unwrap().1;
        }
        plain.push_str(rest);
        let trimmed: Vec<&str> = plain.lines().map(str::trim_end).collect();
        assert_eq!(trimmed.join("\n"), print(Format::Human, &run(), options()).trim_end());
    }

    #[test]
    fn a_clean_run_still_accounts() {
        assert_snapshot!(print(Format::Human, &clean(), options()), @"infra: 1 file: 1 template · nothing to report");
    }

    #[test]
    fn a_label_over_many_lines_is_shown_on_its_first() {
        let text = "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": 2\n  }\n}";
        assert_snapshot!(one(text, &[("{\n    \"b\": 1,\n    \"c\": 2\n  }", "this object")]), @r#"
        s/r

          × it is wrong
           ╭─[a.json:2:8]
         1 │ {
         2 │   "a": {
           ·        ┬
           ·        ╰── this object
         3 │     "b": 1,
           ╰────
          why:  armlint explain s/r

        infra: 1 file: 1 template
        1 error
        "#);
    }

    #[test]
    fn labels_far_apart_have_windows_of_their_own() {
        let lines: Vec<String> = (1..=200).map(|line| format!("  \"k{line}\": {line}")).collect();
        assert_snapshot!(one(&lines.join("\n"), &[("\"k150\"", "here"), ("\"k3\"", "first"), ("\"k6\"", "near")]), @r#"
        s/r

          × it is wrong
             ╭─[a.json:150:3]
         149 │   "k149": 149
         150 │   "k150": 150
             ·   ───┬──
             ·      ╰── here
         151 │   "k151": 151
             ╰────
           ╭─[a.json:3:3]
         2 │   "k2": 2
         3 │   "k3": 3
           ·   ──┬─
           ·     ╰── first
         4 │   "k4": 4
         5 │   "k5": 5
         6 │   "k6": 6
           ·   ──┬─
           ·     ╰── near
         7 │   "k7": 7
           ╰────
          why:  armlint explain s/r

        infra: 1 file: 1 template
        1 error
        "#);
    }

    #[test]
    fn a_line_of_100000_characters_is_cut_around_its_labels() {
        let text = format!(
            "{{\n  \"x\": \"{}\", \"bad\": 1, \"wörse\": 2, \"y\": \"{}\", \"far\": 3\n}}",
            "é".repeat(50_000),
            "中".repeat(50_000)
        );
        let labels = [("\"bad\"", "this one is bad, and that takes some words to say"), ("\"wörse\"", ""), ("\"far\"", "far")];
        assert_snapshot!(one(&text, &labels), @r#"
        s/r

          × it is wrong
           ╭─[a.json:2:50012]
         1 │ {
         2 │ …ééééééééééééééé", "bad": 1, "wörse": 2, "y": "中中中中中中中中中中中中中…
           ·                    ──┬──     ───────
           ·                      ╰── this one is bad, and that takes some words to say
         3 │ }
           ╰────
           ╭─[a.json:2:100043]
         1 │ {
         2 │ …中中中中中中中", "far": 3
           ·                   ──┬──
           ·                     ╰── far
         3 │ }
           ╰────
          why:  armlint explain s/r

        infra: 1 file: 1 template
        1 error
        "#);
    }

    #[test]
    fn a_label_longer_than_the_screen_ends_with_the_line() {
        let text = format!("\"name\": \"{}\"", "x".repeat(70_000));
        assert_snapshot!(one(&text, &[(&text[8..], "too long")]), @r#"
        s/r

          × it is wrong
           ╭─[a.json:1:9]
         1 │ "name": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
           ·         ─────────────────────────────────┬────────────────────────────────
           ·                                          ╰── too long
           ╰────
          why:  armlint explain s/r

        infra: 1 file: 1 template
        1 error
        "#);
    }

    #[test]
    fn places_at_the_end_of_a_file_and_of_lines_are_shown() {
        for (text, at) in [("", 0), ("{", 1), ("{\r\n}", 1), ("{\n", 2), ("\u{feff}{", 0), ("é", 1)] {
            let run = clean();
            let file = run.sources.add("a.json", Loaded::utf8(text));
            let place = Label::new(Span::new(file.id(), at, at), "a value is missing here");
            let diagnostics = vec![Diagnostic::new("s/r", Severity::Error, "the file ends too early", place)];
            let report = print(Format::Human, &Run { diagnostics, ..run }, options());
            assert!(report.contains("a value is missing here"), "{text:?}: {report}");
        }
    }

    proptest! {
        /// Whatever the file holds and wherever the labels are: no panic, nothing a terminal obeys, no source line wider
        /// than the screen.
        #[test]
        fn any_text_is_shown_safely(
            text in "([ -~\t\r\n\u{1b}\u{9b}\u{202e}é中👍\u{301}]{0,30}|x{0,200}|[\t中]{0,100}){0,6}",
            places in proptest::collection::vec((0_u32..900, 0_u32..300), 1..5),
        ) {
            let run = clean();
            let file = run.sources.add("a.json", Loaded::utf8(text));
            let mut labels =
                places.iter().map(|&(start, len)| Label::new(Span::new(file.id(), start, start + len), "some words"));
            let mut diagnostic = Diagnostic::new("s/r", Severity::Error, "it is wrong", labels.next().unwrap());
            diagnostic.labels = labels.collect();
            let report = print(Format::Human, &Run { diagnostics: vec![diagnostic], ..run }, options());
            prop_assert!(report.contains("some words"), "{report}");
            prop_assert!(!report.chars().any(|c| c != '\n' && is_hidden(c)), "{report}");
            let mut source = report.lines().filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit()));
            prop_assert!(source.all(|line| columns(line) <= 80), "{report}");
        }
    }

    #[test]
    fn a_file_of_one_line_of_10_mb_is_reported_at_once() {
        let run = clean();
        let item = "{\"apiVersion\":\"2019-12-01\",\"é\":\"\"},";
        let text = item.repeat(10_000_000 / item.len());
        let len = u32::try_from(item.len()).unwrap();
        let file = run.sources.add("a.json", Loaded::utf8(text));
        let diagnostics = (0..200).map(|index| {
            let start = index * 1_000 * len + 14;
            let place = Label::new(Span::new(file.id(), start, start + 12), "old");
            Diagnostic::new("s/r", Severity::Error, "it is wrong", place)
        });
        let run = Run { diagnostics: diagnostics.collect(), ..run };
        for &format in Format::ALL {
            let started = Instant::now();
            assert!(print(format, &run, options()).len() > 5_000, "{format}");
            assert!(started.elapsed() < Duration::from_secs(2), "{format} took {:?}", started.elapsed());
        }
    }
}
