//! Edits that write a suppression into a file: a comment above a line, or an entry in the metadata of an object. One that says
//! the same of other rules there already is extended.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::MARK;
use super::comment::NEXT_LINE;
use super::written::{Kind, Suppression};
use crate::diagnostic::Edit;
use crate::source::Span;
use crate::syntax::{Document, Fresh, Node, insert_item, insert_members, insert_members_behind};

/// A suppression that is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'d> {
    /// The rules.
    pub rules: &'d BTreeSet<Arc<str>>,
    /// Why, on one line.
    pub reason: &'d str,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

impl Draft<'_> {
    /// Whether one that is there needs no more than these rules to say the same of `covers`.
    fn goes_into(&self, written: &Suppression, covers: Span) -> bool {
        written.reason.as_deref() == Some(self.reason)
            && written.until.map(|(until, _)| until) == self.until
            && written.rules.iter().all(|named| named.covers == covers)
    }

    fn comment(&self) -> String {
        let until = self.until.map(|until| format!(" until {until}")).unwrap_or_default();
        let rules: Vec<&str> = self.rules.iter().map(|rule| &**rule).collect();
        format!("// {NEXT_LINE} {}{until} -- {}", rules.join(", "), self.reason)
    }

    fn entry(&self) -> Fresh {
        let mut rules: Vec<Fresh> = self.rules.iter().map(|rule| Fresh::string(rule)).collect();
        let rule = if rules.len() == 1 { rules.remove(0) } else { Fresh::Array(rules) };
        let mut members = vec![("rule".to_owned(), rule), ("reason".to_owned(), Fresh::string(self.reason))];
        members.extend(self.until.map(|until| ("until".to_owned(), Fresh::string(&until.to_string()))));
        Fresh::Object(members)
    }
}

/// The edits that accept rules on the line that holds a byte of the text, by a comment above it; `None` where none can stand
/// there. `written` is what the text has of suppressions.
#[must_use]
pub fn above(document: &Document, written: &[Suppression], at: u32, draft: &Draft<'_>) -> Option<Vec<Edit>> {
    let line = line_of(document, at)?;
    let is_comment = |known: &Suppression| known.kind == Kind::Comment && document.file().slice(known.at).contains(NEXT_LINE);
    if let Some(known) = written.iter().find(|known| is_comment(known) && draft.goes_into(known, line)) {
        let end = known.rules.last()?.at.end;
        let more: String = draft.rules.iter().map(|rule| format!(", {rule}")).collect();
        return Some(vec![Edit { span: Span::new(line.file, end, end), text: more }]);
    }
    let goes_on = |span: Span| span.start < line.start && line.start < span.end;
    if document.comments().iter().any(|comment| goes_on(*comment)) {
        return None;
    }
    if document.nodes().any(|node| node.is_string() && goes_on(node.span())) {
        return None;
    }
    let text = document.file().slice(line);
    let indent = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
    let comment = format!("{indent}{}{}", draft.comment(), line_break(document.file().text(), line));
    Some(vec![Edit { span: Span::new(line.file, line.start, line.start), text: comment }])
}

/// The line that holds a byte, without its end.
#[must_use]
pub fn line_of(document: &Document, at: u32) -> Option<Span> {
    let file = document.file();
    let (line, from) = file.line(file.position(at).line)?;
    Some(Span::new(file.id(), from, from + u32::try_from(line.len()).ok()?))
}

/// How a line ends; the last one as the one before.
fn line_break(text: &str, line: Span) -> &'static str {
    let breaks = ["\r\n", "\n", "\r"];
    let behind = breaks.into_iter().find(|known| text[line.end as usize..].starts_with(known));
    let before = || breaks.into_iter().find(|known| text[..line.start as usize].ends_with(known));
    behind.or_else(before).unwrap_or("\n")
}

/// The edits that accept rules in an object, by its metadata; `None` where there is no room for them in what it has.
#[must_use]
pub fn inside(document: &Document, written: &[Suppression], object: Span, draft: &Draft<'_>) -> Option<Vec<Edit>> {
    let node = document.at(object).filter(|node| node.is_object())?;
    if let Some(known) = written.iter().find(|known| known.kind == Kind::Metadata && draft.goes_into(known, object)) {
        let rule = document.at(known.at)?.get("rule")?;
        let before = known.rules.iter().map(|named| named.word.as_str());
        let all = before.chain(draft.rules.iter().map(|rule| &**rule)).map(Fresh::string).collect();
        return Some(vec![Edit { span: rule.span(), text: Fresh::Array(all).on_one_line() }]);
    }
    let member = |name: &str, value: Fresh| [(name.to_owned(), value)];
    let list = || Fresh::Array(vec![draft.entry()]);
    let said = || Fresh::Object(member("disable", list()).into());
    let is_object = |node: &Node<'_>| node.is_object();
    let Some(metadata) = node.get("metadata") else {
        let metadata = member("metadata", Fresh::Object(member(MARK, said()).into()));
        // In a template it belongs to what stands before the sections.
        return Some(match node.get("contentVersion") {
            Some(version) => insert_members_behind(node, &metadata, version),
            None => insert_members(node, &metadata),
        });
    };
    let Some(armlint) = Some(metadata).filter(is_object)?.get(MARK) else {
        return Some(insert_members(metadata, &member(MARK, said())));
    };
    match Some(armlint).filter(is_object)?.get("disable") {
        None => Some(insert_members(armlint, &member("disable", list()))),
        Some(disable) => disable.is_array().then(|| insert_item(disable, &draft.entry(), None)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::{Draft, above, inside};
    use crate::fix::apply;
    use crate::source::{Loaded, Sources};
    use crate::suppress::read;
    use crate::syntax::Document;

    /// The text with `a/b` and `c/d` accepted at the place where `x` stands, by a comment or by metadata.
    fn accepted(text: &str, by_comment: bool) -> Option<String> {
        let document = Document::parse(Sources::new().add("a.json", Loaded::utf8(text)));
        let (written, problems) = read(&document);
        assert!(problems.is_empty(), "{problems:?}");
        let rules: BTreeSet<Arc<str>> = ["c/d".into(), "a/b".into()].into();
        let draft = Draft { rules: &rules, reason: "why \"so\"", until: "2027-01-31".parse().ok() };
        let at = u32::try_from(text.find("\"x\"").unwrap()).unwrap();
        let edits = if by_comment {
            above(&document, &written, at, &draft)
        } else {
            let around = document.nodes().filter(|node| node.is_object() && node.span().start < at && at < node.span().end);
            inside(&document, &written, around.last().unwrap().span(), &draft)
        };
        Some(String::from_utf8(apply(document.file(), &edits?)).unwrap())
    }

    #[test]
    fn a_comment_is_written_as_the_lines_around_it_are() {
        let comment = "// armlint-disable-next-line a/b, c/d until 2027-01-31 -- why \"so\"";
        let table = [
            ("{\r\n\t\"x\": 1\r\n}", format!("{{\r\n\t{comment}\r\n\t\"x\": 1\r\n}}")),
            ("{ \"x\": 1 }", format!("{comment}\n{{ \"x\": 1 }}")),
            ("{\n  \"x\": 1 }", format!("{{\n  {comment}\n  \"x\": 1 }}")),
            ("{ /* a\n b */ \"x\": 1 }", String::new()),
            ("{ \"y\": \"a\nb\", \"x\": 1 }", String::new()),
            (
                "{\n// armlint-disable-next-line s/r until 2027-01-31 -- why \"so\"\n\"x\": 1 }",
                "{\n// armlint-disable-next-line s/r, a/b, c/d until 2027-01-31 -- why \"so\"\n\"x\": 1 }".to_owned(),
            ),
            (
                "{\n// armlint-disable-next-line s/r -- why \"so\"\n\"x\": 1 }",
                format!("{{\n// armlint-disable-next-line s/r -- why \"so\"\n{comment}\n\"x\": 1 }}"),
            ),
        ];
        for (text, expected) in table {
            assert_eq!(accepted(text, true).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn metadata_are_extended_where_there_are_any() {
        let entry = r#"{ "rule": ["a/b", "c/d"], "reason": "why \"so\"", "until": "2027-01-31" }"#;
        let table = [
            (r#"{ "x": 1 }"#, format!(r#"{{ "x": 1, "metadata": {{ "armlint": {{ "disable": [{entry}] }} }} }}"#)),
            (
                r#"{ "x": 1, "properties": {} }"#,
                format!(r#"{{ "x": 1, "metadata": {{ "armlint": {{ "disable": [{entry}] }} }}, "properties": {{}} }}"#),
            ),
            (
                r#"{ "Metadata": { "a": 1 }, "x": 1 }"#,
                format!(r#"{{ "Metadata": {{ "a": 1, "armlint": {{ "disable": [{entry}] }} }}, "x": 1 }}"#),
            ),
            (
                r#"{ "x": 1, "metadata": { "armlint": { "disable": [{ "rule": "s/r" }] } } }"#,
                format!(r#"{{ "x": 1, "metadata": {{ "armlint": {{ "disable": [{{ "rule": "s/r" }}, {entry}] }} }} }}"#),
            ),
            (
                r#"{ "x": 1, "metadata": { "armlint": { "disable": [{ "rule": "s/r", "until": "2027-01-31", "reason": "why \"so\"" }] } } }"#,
                r#"{ "x": 1, "metadata": { "armlint": { "disable": [{ "rule": ["s/r", "a/b", "c/d"], "until": "2027-01-31", "reason": "why \"so\"" }] } } }"#.to_owned(),
            ),
            (r#"{ "x": 1, "metadata": "[parameters('m')]" }"#, String::new()),
        ];
        for (text, expected) in table {
            assert_eq!(accepted(text, false).unwrap_or_default(), expected, "{text}");
        }
    }
}
