//! `armlint explain`: what a rule flags, why, a bad and a good template, how to fix and how to suppress. Nothing is fetched.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::args::{ExplainArgs, ExplainFormat};
use super::exit::{Exit, Failure};
use super::prose::{Block, sections};
use super::terminal::Terminal;
use crate::check::{Cut, Example, Rules, Wanted};
use crate::diagnostic::{RuleMeta, rule_url};
use crate::report::{self, Options, wrap};

/// The column in which texts start.
const INDENT: usize = 18;
/// The section before which the examples stand.
const BEFORE: &str = "How to fix";

/// Explains one rule.
pub(super) fn run(args: &ExplainArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let rules = Rules::new(&Wanted { folders: args.rules.clone(), ..Wanted::default() })?;
    let meta = rules.named(&args.rule)?;
    let example = rules.example(&meta.name)?;
    match args.format {
        ExplainFormat::Human => human(meta, example.as_ref(), terminal)?,
        ExplainFormat::Markdown => write!(terminal.out, "{}", markdown(meta, example.as_ref()))?,
        ExplainFormat::Json => {
            serde_json::to_writer_pretty(&mut terminal.out, &document(meta, example.as_ref())).map_err(io::Error::from)?;
            writeln!(terminal.out)?;
        }
    }
    Ok(Exit::Clean)
}

/// The comment that suppresses a rule on the line below it.
fn suppression(meta: &RuleMeta) -> String {
    format!("// armlint-disable-next-line {} -- why", meta.name)
}

/// `error · platform, migration · since 0.1.0`
fn facts(meta: &RuleMeta) -> String {
    let tags = (!meta.tags.is_empty()).then(|| meta.tags.join(", "));
    let parts = [Some(meta.severity.as_str().to_owned()), tags, Some(format!("since {}", meta.since))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// For a terminal: headings in a column of their own.
fn human(meta: &RuleMeta, example: Option<&Example>, terminal: &mut Terminal) -> Result<(), Failure> {
    let mut page = Page { width: terminal.width, color: terminal.color, out: &mut terminal.out };
    let name = page.bold(&meta.name);
    writeln!(page.out, "{name} · {}\n", facts(meta))?;
    wrap(&meta.title, page.width).into_iter().try_for_each(|line| writeln!(page.out, "{line}"))?;
    if let Some(why) = &meta.deprecated {
        page.text("Deprecated", &[Block::Paragraph(why.clone())])?;
    }
    let mut shown = false;
    for (heading, blocks) in sections(&meta.prose) {
        if heading == BEFORE {
            page.example(example)?;
            shown = true;
        }
        page.text(&heading, &blocks)?;
    }
    if !shown {
        page.example(example)?;
    }
    page.text("Suppress", &[Block::Verbatim(vec![suppression(meta)])])?;
    if !meta.options.is_empty() {
        let told = |option: &crate::diagnostic::RuleOption| {
            format!("{} (default {}): {}", option.name, option.default, option.description)
        };
        page.text("Options", &meta.options.iter().map(told).map(Block::Item).collect::<Vec<_>>())?;
    }
    if !meta.covers.is_empty() {
        page.text("Covers", &[Block::Paragraph(meta.covers.join(", "))])?;
    }
    let sources = meta.references.iter().cloned().chain([rule_url(&meta.name)]).collect();
    Ok(page.text("Sources", &[Block::Verbatim(sources)])?)
}

/// A page of the terminal.
struct Page<'o> {
    width: usize,
    color: bool,
    out: &'o mut Box<dyn Write>,
}

impl Page<'_> {
    fn bold(&self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A heading and the text beside it.
    fn text(&mut self, heading: &str, blocks: &[Block]) -> io::Result<()> {
        writeln!(self.out)?;
        let mut heading = Some(heading);
        let width = self.width.saturating_sub(INDENT).max(30);
        for (n, block) in blocks.iter().enumerate() {
            if n > 0 && !matches!((&blocks[n - 1], block), (Block::Item(_), Block::Item(_))) {
                writeln!(self.out)?;
            }
            match block {
                Block::Paragraph(text) => self.lines(&mut heading, wrap(text, width))?,
                Block::Item(text) => {
                    let lines = wrap(text, width - 2);
                    let marked: Vec<String> =
                        lines.iter().zip(0..).map(|(line, n)| format!("{} {line}", if n == 0 { "•" } else { " " })).collect();
                    self.lines(&mut heading, marked.iter().map(String::as_str))?;
                }
                Block::Verbatim(lines) => self.lines(&mut heading, lines.iter().map(String::as_str))?,
            }
        }
        Ok(())
    }

    fn lines<'l>(&mut self, heading: &mut Option<&str>, lines: impl IntoIterator<Item = &'l str>) -> io::Result<()> {
        for line in lines {
            let head = heading.take().unwrap_or_default();
            let gap = " ".repeat(INDENT.saturating_sub(head.chars().count()).max(1));
            let head = if head.is_empty() { String::new() } else { self.bold(head) };
            writeln!(self.out, "{}", format!("{head}{gap}{line}").trim_end())?;
        }
        Ok(())
    }

    /// The bad template with the caret, and the good one.
    fn example(&mut self, example: Option<&Example>) -> io::Result<()> {
        let Some(example) = example else { return Ok(()) };
        let bad = self.bold("Bad");
        writeln!(self.out, "\n{bad}")?;
        let mut told = example.diagnostic.clone();
        (told.help, told.fixes, told.condition) = (None, Vec::new(), None);
        let options = Options { color: self.color, width: self.width, ..Options::default() };
        report::excerpts(&[told], &example.sources, &options, self.out)?;
        self.text("Good", &[Block::Paragraph(example.good.says.clone())])?;
        let digits = example.good.lines.last().map_or(1, |(number, ..)| number.to_string().len());
        let mut before = None;
        for (number, line, _) in &example.good.lines {
            if before.is_some_and(|before| before + 1 < *number) {
                writeln!(self.out, " {:digits$} ⋮", "")?;
            }
            writeln!(self.out, " {number:digits$} │ {line}")?;
            before = Some(*number);
        }
        Ok(())
    }
}

/// The section of a rule in the catalogue.
pub(super) fn markdown(meta: &RuleMeta, example: Option<&Example>) -> String {
    let anchor = meta.name.replace('/', "-");
    let mut out = format!("<a id=\"{anchor}\"></a>\n\n## {}\n\n{} ({})\n\n", meta.name, meta.title, facts(meta));
    if let Some(why) = &meta.deprecated {
        out += &format!("Deprecated: {why}\n\n");
    }
    let mut examples =
        example.map(|example| format!("{}\n{}\n", fence("Bad", &example.bad), fence("Good", &example.good))).unwrap_or_default();
    // The heading above the first section is the name, which stands above already.
    let mut blank = true;
    for line in meta.prose.trim().lines().skip_while(|line| !line.starts_with("## ")) {
        let heading = line.strip_prefix("## ").map(str::trim);
        if heading == Some(BEFORE) {
            out += &std::mem::take(&mut examples);
        }
        if !(blank && line.is_empty()) {
            let gap = if heading.is_some() && !blank { "\n" } else { "" };
            out += &heading.map_or_else(|| format!("{line}\n"), |heading| format!("{gap}### {heading}\n"));
        }
        blank = line.is_empty();
    }
    if !examples.is_empty() {
        out += &format!("\n{}", examples.trim_end());
        out += "\n";
    }
    out += &format!("\n### How to suppress\n\n```jsonc\n{}\n```\n", suppression(meta));
    if !meta.options.is_empty() {
        out += "\n### Options\n\n| option | takes | default | |\n|---|---|---|---|\n";
        for option in &meta.options {
            out += &format!("| `{}` | {} | `{}` | {} |\n", option.name, option.takes, option.default, option.description);
        }
    }
    if !meta.covers.is_empty() {
        out += &format!("\n### Covers\n\n{}\n", meta.covers.join(", "));
    }
    if !meta.references.is_empty() {
        out += "\n### Sources\n\n";
        out.extend(meta.references.iter().map(|reference| match reference.starts_with("https://") {
            true => format!("- <{reference}>\n"),
            false => format!("- {reference}\n"),
        }));
    }
    out
}

/// A template in a block of Markdown; what is said of a line stands behind it.
fn fence(heading: &str, cut: &Cut) -> String {
    let mut out = format!("### {heading}\n\n{}\n\n```jsonc\n", cut.says);
    let mut before = None;
    for (number, line, note) in &cut.lines {
        if before.is_some_and(|before| before + 1 < *number) {
            out += "// …\n";
        }
        out += line;
        if let Some(note) = note {
            out += &format!(" // ← {note}");
        }
        out += "\n";
        before = Some(*number);
    }
    out + "```\n"
}

/// Everything about a rule as JSON.
fn document(meta: &RuleMeta, example: Option<&Example>) -> Json {
    let cut = |cut: &Cut| {
        let lines: Vec<Json> =
            cut.lines.iter().map(|(line, text, note)| json!({ "line": line, "text": text, "note": note })).collect();
        json!({ "fixture": cut.path, "says": cut.says, "lines": lines })
    };
    let options = meta.options.iter().map(|option| {
        json!({ "name": option.name, "takes": option.takes, "default": option.default, "description": option.description })
    });
    json!({
        "name": *meta.name,
        "title": meta.title,
        "severity": meta.severity.as_str(),
        "tags": meta.tags,
        "presets": meta.presets,
        "covers": meta.covers,
        "since": meta.since,
        "deprecated": meta.deprecated,
        "options": options.collect::<Vec<_>>(),
        "prose": meta.prose,
        "bad": example.map(|example| cut(&example.bad)),
        "good": example.map(|example| cut(&example.good)),
        "suppress": suppression(meta),
        "references": meta.references,
        "url": rule_url(&meta.name),
    })
}
