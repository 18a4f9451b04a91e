//! What is wrong with a text, in the words of the reader, and no more of it than a person wants to read.

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{SourceFile, Span};

use super::tree::{Kind, Raw};
use super::{DUPLICATE_KEY, INVALID_JSON, MAX_PROBLEMS};

/// The problems of one text so far. Each rule has its own limit, so that duplicate keys cannot hide a syntax error.
#[derive(Debug, Default)]
pub(super) struct Problems {
    syntax: Listed,
    keys: Listed,
}

#[derive(Debug, Default)]
struct Listed {
    list: Vec<Diagnostic>,
    more: usize,
    more_at: Option<Span>,
}

impl Listed {
    /// NOTE: `build` runs only for what is listed: a text of a million faults must not cost a million formatted messages.
    fn add(&mut self, span: Span, build: impl FnOnce() -> Diagnostic) {
        if self.list.len() < MAX_PROBLEMS {
            self.list.push(build());
        } else {
            self.more += 1;
            self.more_at = self.more_at.or(Some(span));
        }
    }

    /// Drops the faults that follow another on its line before anything was read again or a comma came: they are one slip. A
    /// quote too many turns a string inside out, and each of its brackets would be a fault.
    fn drop_echoes(&mut self, text: &str, nodes: &[Raw]) {
        let mut last: Option<u32> = None;
        self.list.sort_by_key(|fault| fault.primary.span);
        self.list.retain(|fault| {
            let at = fault.primary.span.start;
            let Some(before) = last.replace(at) else { return true };
            let between = text.as_bytes().get(before as usize..at as usize).unwrap_or_default();
            let next = nodes.partition_point(|node| node.start < before);
            let read = nodes.iter().skip(next).take_while(|node| node.start < at).any(|node| node.kind != Kind::Missing);
            read || memchr::memchr3(b'\n', b'\r', b',', between).is_some()
        });
    }
}

/// What is wrong with the bytes of a file: one diagnostic, at the first that is not UTF-8.
pub(super) fn damage(file: &SourceFile) -> Option<Diagnostic> {
    let damage = file.damage();
    let first = damage.first()?;
    let span = Span::new(file.id(), first.at, first.at + u32::try_from(char::REPLACEMENT_CHARACTER.len_utf8()).unwrap_or(0));
    let more = if damage.len() > 1 { format!(", nor {} more", damage.len() - 1) } else { String::new() };
    let message = format!("the byte 0x{:02X} is not UTF-8{more}", first.byte);
    let label = Label::new(span, "saved in another encoding");
    Some(Diagnostic::new(INVALID_JSON, Severity::Error, message, label).with_help("save the file as UTF-8"))
}

impl Problems {
    /// Adds a syntax error at `span`.
    pub(super) fn syntax(&mut self, span: Span, build: impl FnOnce() -> Fault) {
        self.syntax.add(span, || {
            let fault = build();
            let mut diagnostic = Diagnostic::new(INVALID_JSON, Severity::Error, fault.message, Label::new(span, fault.label))
                .with_help(fault.help);
            diagnostic.labels.extend(fault.also);
            diagnostic
        });
    }

    /// Adds a duplicate key: the name, where it stands first, where it stands again.
    pub(super) fn duplicate(&mut self, name: &str, first: Span, again: Span) {
        self.keys.add(again, || {
            Diagnostic::new(
                DUPLICATE_KEY,
                Severity::Error,
                format!("the key `{}` is given twice in one object", shorten(name)),
                Label::new(again, "this value wins"),
            )
            .with_label(Label::new(first, "first given here"))
            .with_help("keep one of them: the last one wins without a word, and stricter readers refuse the file")
        });
    }

    /// All of them in the order of `text`, of which `nodes` were read.
    pub(super) fn finish(mut self, text: &str, nodes: &[Raw]) -> Vec<Diagnostic> {
        self.syntax.drop_echoes(text, nodes);
        let mut all = Vec::with_capacity(self.syntax.list.len() + self.keys.list.len());
        for (listed, rule, what) in
            [(self.syntax, INVALID_JSON, "syntax errors in this file"), (self.keys, DUPLICATE_KEY, "duplicate keys in this file")]
        {
            all.extend(listed.list);
            if let Some(span) = listed.more_at {
                let message = format!("{} more {what} are not listed", listed.more);
                let label = Label::new(span, "the first of them");
                all.push(
                    Diagnostic::new(rule, Severity::Error, message, label).with_help("mend those above first, then run again"),
                );
            }
        }
        all.sort_by_key(|problem| problem.primary.span);
        // NOTE: an object that was closed too early and taken up again is looked at twice.
        all.dedup_by(|a, b| a.primary.span == b.primary.span && a.rule == b.rule);
        all
    }
}

/// A syntax error but for its place.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) label: &'static str,
    pub(super) help: String,
    pub(super) also: Vec<Label>,
}

impl Fault {
    /// What is wrong, what to say at the place, and what to do.
    pub(super) fn new(message: impl Into<String>, label: &'static str, help: impl Into<String>) -> Self {
        Self { message: message.into(), label, help: help.into(), also: Vec::new() }
    }

    /// Adds a place that explains it.
    pub(super) fn with(mut self, span: Span, text: impl Into<String>) -> Self {
        self.also.push(Label::new(span, text));
        self
    }
}

/// The longest piece of a file that a message quotes, in characters.
const LONGEST_QUOTE: usize = 32;

/// The first line of `text`, at most [`LONGEST_QUOTE`] characters of it; what is left out is an ellipsis.
pub(super) fn shorten(text: &str) -> String {
    let line = text.split(['\n', '\r']).next().unwrap_or("");
    let mut short: String =
        line.chars().take(LONGEST_QUOTE).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// What stands at byte `at` of `text`, in words that fit behind "found".
pub(super) fn found(text: &str, at: usize) -> String {
    let rest = text.get(at..).unwrap_or("");
    let bytes = rest.as_bytes();
    match rest.chars().next() {
        None => "the end of the file".to_owned(),
        Some('"') => format!("`{}`", shorten(&rest[..super::scan::string(bytes, 0).end])),
        Some('\0') => "a NUL character (U+0000)".to_owned(),
        Some('`') => "a backtick".to_owned(),
        Some(c) if c.is_ascii_alphanumeric() || c == '_' || c == '$' => {
            format!("`{}`", shorten(&rest[..super::scan::word(bytes, 0)]))
        }
        Some(c) if c.is_ascii_graphic() => format!("`{c}`"),
        Some(c) if c.is_alphanumeric() => format!("`{c}`"),
        Some(c) if c.is_control() || c.is_whitespace() => format!("the character U+{:04X}", u32::from(c)),
        Some(c) => format!("`{c}` (U+{:04X})", u32::from(c)),
    }
}

/// The length in bytes of what [`found`] quotes at `at`.
pub(super) fn found_len(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    match rest.chars().next() {
        None => 0,
        Some('"') => super::scan::string(rest.as_bytes(), 0).end,
        Some(c) if c.is_ascii_alphanumeric() || c == '_' || c == '$' => super::scan::word(rest.as_bytes(), 0),
        Some(c) => c.len_utf8(),
    }
}
