//! `markdown`: a comment on a pull request or the summary of a job, in GitHub Flavored Markdown.

use std::io::{self, Write};

use super::circumstances::details;
use super::place::Place;
use super::text::visible;
use super::{Options, Reporter, summary};
use crate::diagnostic::{Diagnostic, Run, Severity, Verdict, rule_url};

/// How many bytes of rows are written: a comment on GitHub holds 65,536 characters. The rest is counted.
const ROOM: usize = 48_000;

/// See the file's first line.
pub(super) struct Markdown {
    options: Options,
}

impl Markdown {
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Reporter for Markdown {
    fn report(&self, run: &Run, out: &mut dyn Write) -> io::Result<()> {
        let head = summary::severities(run).unwrap_or_else(|| "nothing to report".to_owned());
        writeln!(out, "### armlint: {head}\n")?;
        let undecided = if self.options.undecided { run.undecided.as_slice() } else { &[] };
        let mut rows = run.diagnostics.iter().chain(undecided).map(|diagnostic| row(run, diagnostic)).peekable();
        if rows.peek().is_some() {
            writeln!(out, "| | Where | What | Rule |\n|---|---|---|---|")?;
        }
        let mut room = ROOM;
        while let Some(row) = rows.next_if(|row| row.len() <= room) {
            room -= row.len();
            writeln!(out, "{row}")?;
        }
        let left = rows.count();
        if left > 0 {
            writeln!(out, "\n{left} more do not fit here; `--format human` and the other formats have them all.")?;
        }
        if room < ROOM || left > 0 {
            writeln!(out)?;
        }
        for unreadable in &run.unreadable {
            writeln!(out, "- not checked: {}: {}", code(&unreadable.file), prose(&unreadable.error))?;
        }
        if !run.unreadable.is_empty() {
            writeln!(out)?;
        }
        let closing = summary::closing(run, &self.options, " · ");
        writeln!(out, "{}", closing.iter().map(|line| prose(line)).collect::<Vec<_>>().join("<br>\n"))
    }
}

/// A row of the table.
fn row(run: &Run, diagnostic: &Diagnostic) -> String {
    let place = Place::of(diagnostic.primary.span, &run.sources);
    let sign = match (&diagnostic.verdict, diagnostic.severity) {
        (Verdict::Undecided(_), _) => "❔ undecided",
        (_, Severity::Note) => "ℹ️ note",
        (_, Severity::Warning) => "⚠️ warning",
        (_, Severity::Error) => "❌ error",
    };
    let mut what = vec![prose(&diagnostic.message)];
    what.extend(details(diagnostic).iter().map(|line| prose(line)));
    let (what, rule) = (what.join("<br>"), &diagnostic.rule);
    let place = code(&format!("{}:{}:{}", place.path(), place.start.line, place.start.column));
    format!("| {sign} | {place} | {what} | [{}]({}) |", prose(rule), rule_url(rule))
}

/// A message: what stands between backticks as code, the rest as plain words.
fn prose(text: &str) -> String {
    let text = visible(text);
    let pieces: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len() + 16);
    for (index, piece) in pieces.iter().enumerate() {
        let opens = index % 2 == 1;
        if opens && index + 1 < pieces.len() {
            out.push_str(&code(piece));
        } else {
            if opens {
                out.push_str("&#96;");
            }
            plain(piece, &mut out);
        }
    }
    out
}

/// Code: between backticks where nothing in it could end that or the cell of a table, else as HTML.
fn code(text: &str) -> String {
    let text = visible(text);
    if text.is_empty() || text.starts_with(' ') || text.ends_with(' ') || text.contains(['`', '|', '\\']) {
        let mut out = String::from("<code>");
        plain(&text, &mut out);
        out.push_str("</code>");
        return out;
    }
    format!("`{text}`")
}

/// Adds words in which nothing is markup. Punctuation that may be is written as an entity, which Markdown takes for text
/// (CommonMark, "Entity and numeric character references").
///
/// GitHub looks for mentions and issues only after that, so `@` and `#` are kept from what follows by a space without
/// width; addresses are no links with an entity for the colon of `://` and the stop after `www`.
fn plain(text: &str, out: &mut String) {
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '@' | '#' => out.push_str(&format!("&#{};&#8203;", u32::from(c))),
            ':' if rest.as_str().starts_with('/') => out.push_str("&#58;"),
            '.' if after_www(out) => out.push_str("&#46;"),
            '&' | '<' | '>' | '[' | ']' | '*' | '_' | '~' | '|' | '\\' | '`' | '$' => {
                out.push_str(&format!("&#{};", u32::from(c)))
            }
            c => out.push(c),
        }
    }
}

fn after_www(text: &str) -> bool {
    text.len().checked_sub(3).and_then(|from| text.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{code, prose};
    use crate::report::Format;
    use crate::report::sample::{clean, many, options, print, run};

    #[test]
    fn the_table_of_the_whole_run() {
        assert_snapshot!(print(Format::Markdown, &run(), options()), @r#"
        ### armlint: 2 errors, 1 warning, 1 note

        | | Where | What | Rule |
        |---|---|---|---|
        | ❌ error | `infra/main.json:5:21` | service `apim-contoso-dev` is deployed with API version 2019-12-01<br>help: write "2024-05-01"; versions before 2021-08-01 are retired since 1 June 2024 | [api-management/stv1-api-version](https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-stv1-api-version) |
        | ⚠️ warning | `infra/main.json:8:31` | service `apim-{env}` joins a virtual network (External) without a public IP address of its own<br>fails in prod.parameters.json; passes in defaults, dev.parameters.json<br>deployed when `[parameters('deployApim')]`; in 3 instances<br>help: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service | [api-management/vnet-without-standard-public-ip](https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-vnet-without-standard-public-ip) |
        | ℹ️ note | `infra/wide, 中文 100%.json:2:38` | `中文-é-👍` is not Standard | [api-management/non-standard-public-ip](https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-non-standard-public-ip) |
        | ❌ error | <code>infra/&#60;U+001B&#62;&#91;31m&#60;U+009B&#62;2J&#60;U+000D&#62;&#60;U+000A&#62;::error file=x,title=y::pwned%0A&#35;&#8203;&#35;&#8203;vso&#91;task.complete result=Succeeded;&#93;ok&#60;U+202E&#62;&#124;&#96;&#60;/table&#62;&#60;script&#62;alert('1')&#60;/script&#62;&#38;amp; &#93;&#93;&#62; &#42;&#42;b&#42;&#42; &#91;l&#93;(http&#58;//x) !&#91;i&#93;(x) &#64;&#8203;all &#35;&#8203;1.json:2:11</code> | bad name <code>&#60;U+001B&#62;&#91;31m&#60;U+009B&#62;2J&#60;U+000D&#62;&#60;U+000A&#62;::error file=x,title=y::pwned%0A&#35;&#8203;&#35;&#8203;vso&#91;task.complete result=Succeeded;&#93;ok&#60;U+202E&#62;&#124;</code>&#60;/table&#62;&#60;script&#62;alert('1')&#60;/script&#62;&#38;amp; &#93;&#93;&#62; &#42;&#42;b&#42;&#42; &#91;l&#93;(http&#58;//x) !&#91;i&#93;(x) &#64;&#8203;all &#35;&#8203;1&#96;<br>help: rename &#60;U+001B&#62;&#91;31m&#60;U+009B&#62;2J&#60;U+000D&#62;&#60;U+000A&#62;::error file=x,title=y::pwned%0A&#35;&#8203;&#35;&#8203;vso&#91;task.complete result=Succeeded;&#93;ok&#60;U+202E&#62;&#124;&#96;&#60;/table&#62;&#60;script&#62;alert('1')&#60;/script&#62;&#38;amp; &#93;&#93;&#62; &#42;&#42;b&#42;&#42; &#91;l&#93;(http&#58;//x) !&#91;i&#93;(x) &#64;&#8203;all &#35;&#8203;1 | [my/name](https://github.com/armlint/armlint/blob/main/docs/rules.md#my-name) |
        | ❔ undecided | `infra/main.json:8:31` | cannot tell whether service `apim` needs a public IP address<br>because `networkType` has no default and no parameter file gives it<br>deployed when `[parameters('deployApim')]`; in 3 instances<br>help: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service | [api-management/vnet-without-standard-public-ip](https://github.com/armlint/armlint/blob/main/docs/rules.md#api-management-vnet-without-standard-public-ip) |

        - not checked: `infra/secret.json`: permission denied

        infra: 7 files: 3 templates, 1 parameter file, 2 other, 1 unreadable<br>
        2 errors, 1 warning, 1 note · 1 check undecided · 1 suppressed · 1 in the baseline<br>
        `--fix` mends 1<br>
        2 Bicep files are not linted (build them to JSON first)
        "#);
    }

    #[test]
    fn a_clean_run_says_so() {
        assert_snapshot!(print(Format::Markdown, &clean(), options()), @"
        ### armlint: nothing to report

        infra: 1 file: 1 template · nothing to report
        ");
    }

    #[test]
    fn nothing_that_comes_out_of_a_file_is_markup() {
        assert_snapshot!(prose("a `b|c` **d** <b> @all #1 www.x.y http://x [l](m) `"), @"a <code>b&#124;c</code> &#42;&#42;d&#42;&#42; &#60;b&#62; &#64;&#8203;all &#35;&#8203;1 www&#46;x.y http&#58;//x &#91;l&#93;(m) &#96;");
        assert_eq!(code("[parameters('x')]"), "`[parameters('x')]`", "plain code stays readable");
        assert_eq!(code("a\\|b"), "<code>a&#92;&#124;b</code>");
    }

    #[test]
    fn a_long_table_fits_a_comment_and_counts_the_rest() {
        let report = print(Format::Markdown, &many(1000), options());
        assert!(report.len() < 65_536, "{}", report.len());
        let rows = report.matches("❌").count();
        assert!(report.contains(&format!("{} more do not fit", 1000 - rows)), "{report}");
    }
}
