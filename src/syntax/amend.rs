//! Members and elements put into a text and taken out of it: by edits that leave every other byte as it was, in the style in
//! which the text around them is written.

use super::scan;
use super::tree::{Document, Node};
use crate::diagnostic::Edit;
use crate::source::Span;

/// How deep lines are indented where nothing in the text tells.
const INDENT: &str = "  ";

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fresh {
    /// What has no parts, as it stands in a file: a string with its quotes and escapes, a number, a word.
    Text(String),
    /// An object.
    Object(Vec<(String, Fresh)>),
    /// An array.
    Array(Vec<Fresh>),
}

impl Fresh {
    /// A string.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self::Text(quoted(text))
    }

    /// On one line, as far apart as people write it.
    #[must_use]
    pub fn on_one_line(&self) -> String {
        let mut out = String::new();
        self.write(&Style { gap: " ".to_owned(), unit: String::new(), colon: ": ".to_owned() }, &mut out);
        out
    }

    fn write(&self, style: &Style, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Object(members) => style.list('{', '}', members, out, |(name, value), inner, out| {
                out.push_str(&quoted(name));
                out.push_str(&inner.colon);
                value.write(inner, out);
            }),
            Self::Array(items) => style.list('[', ']', items, out, |item, inner, out| item.write(inner, out)),
        }
    }
}

/// A string as JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// How the parts of an object or array are written.
#[derive(Debug, Clone)]
struct Style {
    /// What stands before a part: a line break and the indentation of the line, or the space between two parts of one line.
    gap: String,
    /// How much deeper the parts of a part are indented; nothing on one line.
    unit: String,
    /// What stands between the name and the value of a member.
    colon: String,
}

impl Style {
    /// Whether each part has a line of its own.
    fn is_of_lines(&self) -> bool {
        self.gap.contains(['\n', '\r'])
    }

    /// Writes an object or an array whose first character stands in a line of this style.
    fn list<T>(&self, open: char, close: char, parts: &[T], out: &mut String, write: impl Fn(&T, &Self, &mut String)) {
        let deeper = Self { gap: format!("{}{}", self.gap, self.unit), ..self.clone() };
        // On one line, people leave room inside of braces and none inside of brackets.
        let pad = if self.is_of_lines() {
            (deeper.gap.as_str(), self.gap.as_str())
        } else if open == '{' {
            (self.gap.as_str(), self.gap.as_str())
        } else {
            ("", "")
        };
        out.push(open);
        for (n, part) in parts.iter().enumerate() {
            out.push_str(if n == 0 { pad.0 } else { "," });
            if n > 0 {
                out.push_str(&deeper.gap);
            }
            write(part, &deeper, out);
        }
        if !parts.is_empty() {
            out.push_str(pad.1);
        }
        out.push(close);
    }
}

impl Document {
    /// The values from the outermost one to that which stands exactly at `span`; none where no value does.
    #[must_use]
    pub fn way_to(&self, span: Span) -> Vec<Node<'_>> {
        let mut way: Vec<Node<'_>> = self.root().filter(|root| root.span().contains(&span)).into_iter().collect();
        while let Some(last) = way.last().filter(|last| last.span() != span) {
            let inside = last.items().chain(last.members().map(|(_, value)| value));
            let Some(next) = inside.into_iter().find(|node| node.span().contains(&span)) else { return Vec::new() };
            way.push(next);
        }
        way
    }
}

/// The edits that put members into `object`: before its `properties`, where a resource has what is short, else behind the last.
#[must_use]
pub fn insert_members(object: Node<'_>, members: &[(String, Fresh)]) -> Vec<Edit> {
    let names: Vec<(Node<'_>, Node<'_>)> = object.members().collect();
    let long = names.iter().position(|(key, _)| key.string().is_some_and(|name| name.eq_ignore_ascii_case("properties")));
    members_into(object, members, long.and_then(|at| at.checked_sub(1)).map(|before| names[before].1))
}

/// The edits that put members into `object`, behind the member whose value is `after`.
#[must_use]
pub fn insert_members_behind(object: Node<'_>, members: &[(String, Fresh)], after: Node<'_>) -> Vec<Edit> {
    members_into(object, members, Some(after))
}

fn members_into(object: Node<'_>, members: &[(String, Fresh)], after: Option<Node<'_>>) -> Vec<Edit> {
    insert(object, after, |style, out| {
        for (n, (name, value)) in members.iter().enumerate() {
            if n > 0 {
                out.push(',');
                out.push_str(&style.gap);
            }
            out.push_str(&quoted(name));
            out.push_str(&style.colon);
            value.write(style, out);
        }
    })
}

/// The edits that put an element into `array`, behind the element `after`, else behind the last.
#[must_use]
pub fn insert_item(array: Node<'_>, value: &Fresh, after: Option<Node<'_>>) -> Vec<Edit> {
    insert(array, after, |style, out| value.write(style, out))
}

/// A member (with its name) or an element of an object or array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    start: usize,
    end: usize,
}

fn parts(around: Node<'_>) -> Vec<Part> {
    let part = |first: Node<'_>, last: Node<'_>| Part { start: first.span().start as usize, end: last.span().end as usize };
    let members = around.members().map(|(key, value)| part(key, value));
    members.chain(around.items().map(|item| part(item, item))).collect()
}

fn insert(around: Node<'_>, after: Option<Node<'_>>, write: impl Fn(&Style, &mut String)) -> Vec<Edit> {
    let text = around.document().file().text();
    let parts = parts(around);
    let wanted = |part: &&Part| after.is_some_and(|after| after.span().end as usize == part.end);
    let Some(beside) = parts.iter().find(wanted).or(parts.last()) else { return vec![fill(around, text, write)] };
    let style = style(around, text, beside, &parts);
    let mut new = style.gap.clone();
    write(&style, &mut new);
    let is_last = parts.last() == Some(beside);
    let next = scan::trivia(text.as_bytes(), beside.end);
    if text.as_bytes().get(next) == Some(&b',') {
        let at = if style.is_of_lines() { behind_comments(text, next + 1) } else { next + 1 };
        if !is_last {
            new.push(',');
        }
        return vec![edit(around, at, at, new)];
    }
    let at = if style.is_of_lines() { behind_comments(text, beside.end) } else { beside.end };
    if at == beside.end {
        return vec![edit(around, at, at, format!(",{new}"))];
    }
    vec![edit(around, beside.end, beside.end, ",".to_owned()), edit(around, at, at, new)]
}

/// The edit that puts the first part into an object or array.
fn fill(around: Node<'_>, text: &str, write: impl Fn(&Style, &mut String)) -> Edit {
    let span = around.span();
    let (open, close) = (span.start as usize + 1, (span.end as usize).saturating_sub(1));
    let comment = around.document().comments().iter().rev().find(|comment| span.contains(comment));
    let colon = colon(around.document());
    let line = line_start(text, open - 1);
    let (indent, alone) = (indentation(text, line), is_headed_alone(&text[line..open - 1]));
    let break_of_lines = text.find(['\n', '\r']).map(|at| line_break(text, at));
    match break_of_lines.filter(|_| alone || comment.is_some()) {
        Some(break_of_lines) => {
            let unit = unit(around.document(), text);
            let style = Style { gap: format!("{break_of_lines}{indent}{unit}"), unit, colon };
            let mut new = style.gap.clone();
            write(&style, &mut new);
            new.push_str(&format!("{break_of_lines}{indent}"));
            edit(around, comment.map_or(open, |comment| comment.end as usize), close, new)
        }
        None => {
            let room = if colon.ends_with(' ') { " " } else { "" };
            let style = Style { gap: room.to_owned(), unit: String::new(), colon };
            let pad = if around.is_object() { room } else { "" };
            let mut new = pad.to_owned();
            write(&style, &mut new);
            new.push_str(pad);
            edit(around, comment.map_or(open, |comment| comment.end as usize), close, new)
        }
    }
}

/// The style of the parts of `around`, told from the part that a new one is to stand behind.
fn style(around: Node<'_>, text: &str, beside: &Part, parts: &[Part]) -> Style {
    let colon = colon(around.document());
    let lead = lead(text, beside.start);
    if !lead.contains(['\n', '\r']) {
        let second = parts.get(1).map(|part| self::lead(text, part.start)).filter(|lead| !lead.contains(['\n', '\r']));
        let gap = second.unwrap_or(if colon.ends_with(' ') { " " } else { "" });
        return Style { gap: gap.to_owned(), unit: String::new(), colon };
    }
    let last = lead.rfind(['\n', '\r']).unwrap_or(0);
    let start = if lead[..=last].ends_with("\r\n") { last - 1 } else { last };
    let own = indentation(text, line_start(text, around.span().start as usize));
    let deeper = lead[last + 1..].strip_prefix(own).filter(|deeper| !deeper.is_empty());
    let unit = deeper.map_or_else(|| unit(around.document(), text), str::to_owned);
    Style { gap: lead[start..].to_owned(), unit, colon }
}

/// The white space that ends at a byte.
fn lead(text: &str, at: usize) -> &str {
    let before = &text[..at];
    &before[before.trim_end_matches([' ', '\t', '\n', '\r']).len()..]
}

/// How much deeper than the outermost brackets their parts are indented.
fn unit(document: &Document, text: &str) -> String {
    let first = document.root().and_then(|root| parts(root).first().copied());
    let indent = first.map(|part| indentation(text, line_start(text, part.start))).filter(|indent| !indent.is_empty());
    indent.unwrap_or(INDENT).to_owned()
}

/// What stands between names and values in this text.
fn colon(document: &Document) -> String {
    let first = document.root().and_then(|root| root.members().next());
    let between = first.and_then(|(key, value)| {
        document.file().text().get(key.span().end as usize..value.span().start as usize).filter(|between| between.len() <= 3)
    });
    between.filter(|between| between.trim_matches(' ') == ":").unwrap_or(": ").to_owned()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1)
}

/// The white space that a line starts with.
fn indentation(text: &str, line: usize) -> &str {
    let rest = &text[line..];
    &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()]
}

/// The line break at a byte.
fn line_break(text: &str, at: usize) -> &str {
    let len = if text[at..].starts_with("\r\n") { 2 } else { 1 };
    &text[at..at + len]
}

/// Whether what stands before a value on its line is at most the name of that value.
fn is_headed_alone(head: &str) -> bool {
    let head = head.trim();
    head.is_empty() || head.starts_with('"') && head[scan::string(head.as_bytes(), 0).end..].trim() == ":"
}

/// Behind the comments that end the line from `at` on; `at` where something else does, or there is none.
fn behind_comments(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut end, mut next) = (at, at);
    loop {
        match bytes.get(next) {
            Some(b' ' | b'\t') => next += 1,
            Some(b'/') => match scan::comment(bytes, next) {
                Some((behind, true)) => (end, next) = (behind, behind),
                _ => return at,
            },
            None | Some(b'\n' | b'\r') => return end,
            Some(_) => return at,
        }
    }
}

/// The edits that take the member whose value is `child`, or the element that it is, out of `around`: with one comma, and with
/// its lines where nothing else stands on them. Comments stay. `None` where it is no part of `around`.
#[must_use]
pub fn remove(around: Node<'_>, child: Node<'_>) -> Option<Vec<Edit>> {
    let text = around.document().file().text();
    let parts = parts(around);
    let at = parts.iter().position(|part| part.end == child.span().end as usize)?;
    let part = parts[at];
    let cut = |start: usize, end: usize| edit(around, start, end, String::new());
    let next = scan::trivia(text.as_bytes(), part.end);
    if text.as_bytes().get(next) == Some(&b',') {
        if !is_blank(&text[part.end..next]) {
            return Some(vec![cut(part.start, part.end), cut(next, next + 1)]);
        }
        let (start, end) = whole_lines(text, part.start, next + 1);
        return Some(vec![cut(start, end)]);
    }
    let Some(before) = at.checked_sub(1).map(|before| parts[before]) else {
        let (open, close) = (around.span().start as usize + 1, (around.span().end as usize).saturating_sub(1));
        if is_blank(&text[open..part.start]) && is_blank(&text[part.end..close]) {
            return Some(vec![cut(open, close)]);
        }
        let (start, end) = whole_lines(text, part.start, part.end);
        return Some(vec![cut(start, end)]);
    };
    let comma = scan::trivia(text.as_bytes(), before.end);
    if is_blank(&text[before.end..comma]) && is_blank(text.get(comma + 1..part.start)?) {
        return Some(vec![cut(before.end, part.end)]);
    }
    let (start, end) = whole_lines(text, part.start, part.end);
    Some(vec![cut(comma, comma + 1), cut(start, end)])
}

fn is_blank(text: &str) -> bool {
    text.trim_matches([' ', '\t', '\n', '\r']).is_empty()
}

/// The range with the rest of its lines where that is blank, else with the spaces that would then be too many.
fn whole_lines(text: &str, start: usize, end: usize) -> (usize, usize) {
    let line = line_start(text, start);
    let rest = &text[end..];
    let behind = end + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let ends_line = text.as_bytes().get(behind).is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
    match (is_blank(&text[line..start]), ends_line) {
        (true, true) if behind < text.len() => (line, behind + line_break(text, behind).len()),
        (_, true) => (start - lead(&text[line..start], start - line).len(), end),
        (_, false) => (start, behind),
    }
}

fn edit(around: Node<'_>, start: usize, end: usize, text: String) -> Edit {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Edit { span: Span::new(around.span().file, offset(start), offset(end)), text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
    use serde_json::{Value, json};

    use super::{Fresh, insert_item, insert_members, remove};
    use crate::diagnostic::Edit;
    use crate::source::{Loaded, Sources};
    use crate::syntax::{Document, Kind, Node};

    fn document(text: &str) -> Document {
        Document::parse(Sources::new().add("a.json", Loaded::utf8(text)))
    }

    fn applied(text: &str, mut edits: Vec<Edit>) -> String {
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        edits.into_iter().fold(text.to_owned(), |text, edit| {
            format!("{}{}{}", &text[..edit.span.start as usize], edit.text, &text[edit.span.end as usize..])
        })
    }

    fn json_of(node: Node<'_>) -> Value {
        match node.kind() {
            Kind::Object => {
                Value::Object(node.members().map(|(key, value)| (key.string().unwrap().into_owned(), json_of(value))).collect())
            }
            Kind::Array => node.items().map(json_of).collect(),
            _ => serde_json::from_str(node.raw()).unwrap(),
        }
    }

    /// The value at a JSON pointer.
    fn at<'d>(document: &'d Document, pointer: &str) -> Node<'d> {
        pointer
            .split('/')
            .skip(1)
            .fold(document.root().unwrap(), |node, name| node.get(name).or_else(|| node.items().nth(name.parse().ok()?)).unwrap())
    }

    fn with_member(text: &str, pointer: &str) -> String {
        let document = document(text);
        let value = Fresh::Object(vec![("x".to_owned(), Fresh::Array(vec![Fresh::Text("1".to_owned())]))]);
        applied(text, insert_members(at(&document, pointer), &[("new".to_owned(), value)]))
    }

    fn without(text: &str, pointer: &str) -> String {
        let document = document(text);
        let (around, _) = pointer.rsplit_once('/').unwrap();
        applied(text, remove(at(&document, around), at(&document, pointer)).unwrap())
    }

    #[test]
    fn a_value_is_found_by_its_place_and_so_is_the_way_to_it() {
        let document = document("{ \"a\": [1, { \"b\": \"[2]\" }] }");
        for node in document.nodes() {
            assert_eq!(document.at(node.span()).map(Node::raw), Some(node.raw()));
        }
        let inner = at(&document, "/a/1/b");
        let way: Vec<&str> = document.way_to(inner.span()).into_iter().skip(1).map(Node::raw).collect();
        assert_eq!(way, ["[1, { \"b\": \"[2]\" }]", "{ \"b\": \"[2]\" }", "\"[2]\""]);
        let part = crate::source::Span { start: inner.span().start + 2, end: inner.span().end - 2, ..inner.span() };
        assert!(document.at(part).is_none() && document.way_to(part).is_empty(), "a part of a string is no value");
    }

    #[test]
    fn a_new_member_is_written_as_its_neighbours_are() {
        let table = [
            ("{\n\t\"a\": 1\n}", "{\n\t\"a\": 1,\n\t\"new\": {\n\t\t\"x\": [\n\t\t\t1\n\t\t]\n\t}\n}"),
            ("{ \"a\": 1 }", "{ \"a\": 1, \"new\": { \"x\": [1] } }"),
            ("{\"a\":1}", "{\"a\":1,\"new\":{\"x\":[1]}}"),
            ("{\r\n \"a\": 1, // one\r\n}", "{\r\n \"a\": 1, // one\r\n \"new\": {\r\n  \"x\": [\r\n   1\r\n  ]\r\n }\r\n}"),
            ("{\n \"a\": 1 // one\n}", "{\n \"a\": 1, // one\n \"new\": {\n  \"x\": [\n   1\n  ]\n }\n}"),
            ("{\n \"a\": 1 /* one */\n}", "{\n \"a\": 1, /* one */\n \"new\": {\n  \"x\": [\n   1\n  ]\n }\n}"),
            ("{}", "{ \"new\": { \"x\": [1] } }"),
            ("{ // none\n}", "{ // none\n  \"new\": {\n    \"x\": [\n      1\n    ]\n  }\n}"),
        ];
        for (before, after) in table {
            assert_eq!(with_member(before, ""), after, "{before}");
        }
        let empty = "{\n   \"a\": {},\n   \"b\": { \"c\": {} }\n}";
        assert_eq!(
            with_member(empty, "/a"),
            empty.replace("\"a\": {}", "\"a\": {\n      \"new\": {\n         \"x\": [\n            1\n         ]\n      }\n   }")
        );
        assert_eq!(with_member(empty, "/b/c"), empty.replace("{} }", "{ \"new\": { \"x\": [1] } } }"));
    }

    #[test]
    fn what_is_taken_out_leaves_the_comments_and_the_lines_of_others() {
        let table = [
            ("{\n  \"a\": 1,\n  \"b\": 2\n}", "/a", "{\n  \"b\": 2\n}"),
            ("{\n  \"a\": 1,\n  \"b\": 2\n}", "/b", "{\n  \"a\": 1\n}"),
            ("{\n  \"a\": 1, // one\n  \"b\": 2 // two\n}", "/b", "{\n  \"a\": 1 // one\n  // two\n}"),
            ("{\n  \"a\": 1, // one\n  \"b\": 2\n}", "/a", "{\n  // one\n  \"b\": 2\n}"),
            ("{ \"a\": 1, \"b\": 2 }", "/a", "{ \"b\": 2 }"),
            ("{ \"a\": 1, \"b\": 2 }", "/b", "{ \"a\": 1 }"),
            ("{ \"a\": [1] }", "/a/0", "{ \"a\": [] }"),
            ("[\n  1, 2,\n  3\n]", "/1", "[\n  1,\n  3\n]"),
            ("{\n  \"a\": 1,\n}", "/a", "{\n}"),
            ("{ \"a\": 1 /* one */, \"b\": 2 }", "/a", "{  /* one */ \"b\": 2 }"),
        ];
        for (before, pointer, after) in table {
            assert_eq!(without(before, pointer), after, "{before} without {pointer}");
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(json!(null)), any::<i32>().prop_map(|n| json!(n)), "[a-z{},\"/]{0,4}".prop_map(|s| json!(s))];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                proptest::collection::btree_map("[a-d]{1,2}", inner, 0..4).prop_map(|members| json!(members)),
            ]
        })
    }

    /// Ways to write a value.
    fn written(value: &Value, layout: usize) -> String {
        let pretty = serde_json::to_string_pretty(value).unwrap();
        match layout {
            0 => pretty,
            1 => value.to_string(),
            2 => pretty.replace('\n', "\r\n"),
            3 => pretty.replace("  ", "\t"),
            4 => pretty.replace(",\n", ", // a, \"b\" }\n"),
            5 => pretty.replace(",\n", " /* [ */,\n").replace("{\n", "{ /* { */\n"),
            6 => pretty.replace("\n", " // end\n"),
            _ => pretty.replace("\n", " "),
        }
    }

    /// Every object and array in a value, by its pointer.
    fn containers(value: &Value, pointer: &str, out: &mut Vec<String>) {
        let inside: Vec<(String, &Value)> = match value {
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
            _ => return,
        };
        out.push(pointer.to_owned());
        inside.into_iter().for_each(|(name, value)| containers(value, &format!("{pointer}/{name}"), out));
    }

    proptest! {
        #[test]
        fn every_insertion_and_every_removal_leave_what_is_meant_and_nothing_else(
            value in values(), layout in 0..8_usize, pick in any::<prop::sample::Index>(), child in any::<prop::sample::Index>()
        ) {
            let text = written(&value, layout);
            let document = document(&text);
            let mut all = Vec::new();
            containers(&value, "", &mut all);
            if all.is_empty() { return Ok(()); }
            let pointer = &all[pick.index(all.len())];
            let around = at(&document, pointer);
            let new = Fresh::Object(vec![("x".to_owned(), Fresh::string("y\""))]);
            let inside: Vec<Node<'_>> = around.items().chain(around.members().map(|(_, value)| value)).collect();
            let chosen = (!inside.is_empty()).then(|| child.index(inside.len()));
            let mut more = value.clone();
            let place = more.pointer_mut(pointer).unwrap();
            let edits = match place {
                Value::Object(members) => {
                    members.insert("new".to_owned(), json!({ "x": "y\"" }));
                    insert_members(around, &[("new".to_owned(), new)])
                }
                _ => {
                    let items = place.as_array_mut().unwrap();
                    items.insert(chosen.map_or(0, |n| n + 1), json!({ "x": "y\"" }));
                    insert_item(around, &new, chosen.map(|n| inside[n]))
                }
            };
            let after = applied(&text, edits);
            let read = self::document(&after);
            prop_assert!(read.is_well_formed(), "{}\n->\n{}", text, after);
            prop_assert_eq!(json_of(read.root().unwrap()), more, "{}\n->\n{}", text, after);

            let Some(chosen) = chosen else { return Ok(()) };
            let mut less = value.clone();
            match less.pointer_mut(pointer).unwrap() {
                Value::Object(members) => { let key = members.keys().nth(chosen).unwrap().clone(); members.remove(&key); }
                items => { items.as_array_mut().unwrap().remove(chosen); }
            }
            let after = applied(&text, remove(around, inside[chosen]).unwrap());
            let read = self::document(&after);
            prop_assert!(read.is_well_formed(), "{}\n->\n{}", text, after);
            prop_assert_eq!(json_of(read.root().unwrap()), less, "{}\n->\n{}", text, after);
        }
    }
}
