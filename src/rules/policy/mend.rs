//! Edits of a policy document in its file: the formatting of the XML stays, and what is new is escaped for the XML and for the
//! JSON around it.

use std::ops::Range as Bytes;

use super::document::PolicyDocument;
use crate::diagnostic::Edit;
use crate::policy_xml::{Kind, NodeIx, Range};
use crate::rules::mend::Trees;
use crate::rules::pattern::Pattern;
use crate::rules::select::Hit;
use crate::source::Span;
use crate::syntax::literal_part;

/// Writes other characters over a value of the document, or over those in it that a pattern finds: `None` where the value is
/// not written as its characters.
pub(in crate::rules) fn replace(hit: &Hit<'_>, pattern: Option<&Pattern>, to: &str, trees: &dyn Trees) -> Option<Edit> {
    let (document, _) = hit.policy?;
    let (text, at) = (hit.value.as_str()?, hit.value.origin.written);
    let written = document.written(at, trees)?;
    let found: Bytes<usize> = match pattern {
        Some(pattern) => pattern.find(text)?,
        None => 0..text.len(),
    };
    let span = if document.linked().is_some() {
        let (start, end) = (at.start + u32::try_from(found.start).ok()?, at.start + u32::try_from(found.end).ok()?);
        (written == text).then(|| Span::new(at.file, start, end))?
    } else {
        let (decoded, map) = literal_part(&written, at.file, at.start);
        (decoded == text).then(|| Some(map.span(u32::try_from(found.start).ok()?, u32::try_from(found.end).ok()?)))??
    };
    Some(Edit { span, text: document.escaped(&as_xml(to)) })
}

/// Puts XML into an element, before what it holds, on a line of its own where the element's content is on lines of its own.
pub(in crate::rules) fn insert(hit: &Hit<'_>, xml: &str, trees: &dyn Trees) -> Option<Edit> {
    let (document, node) = hit.policy?;
    document.insertion(node, xml, trees)
}

impl PolicyDocument {
    /// What stands in a file of the document.
    fn written(&self, at: Span, trees: &dyn Trees) -> Option<String> {
        match self.linked() {
            Some(file) => Some(file.slice(at).to_owned()),
            None => Some(trees.document(at.file)?.file().slice(at).to_owned()),
        }
    }

    /// Characters of the document as its file writes them.
    fn escaped(&self, xml: &str) -> String {
        if self.linked().is_some() {
            return xml.to_owned();
        }
        serde_json::Value::from(xml).to_string().trim_matches('"').to_owned()
    }

    fn insertion(&self, node: NodeIx, xml: &str, trees: &dyn Trees) -> Option<Edit> {
        let Kind::Element { name, head, .. } = &self.tree().get(node).kind else { return None };
        let (text, xml) = (self.script().text(), self.escaped(xml));
        let verbatim = |range: &Range| {
            let span = self.script().written(range)?;
            self.written(span, trees)
        };
        // White space is copied as the file writes it: as escapes, or as lines.
        let before = &text[..head.start as usize];
        let own_line = spaces_after(before, before.len() - trailing(before));
        let step = verbatim(&indent(text, &own_line)).unwrap_or_default();
        if text[..head.end as usize].ends_with("/>") {
            let start = text[..head.end as usize - 2].trim_end().len();
            let span = self.script().written(&(number(start)..head.end))?;
            let (line, name) = (verbatim(&own_line)?, self.script().slice(name));
            let inner = if line.is_empty() { String::new() } else { format!("{line}{step}") };
            return Some(Edit { span, text: format!(">{inner}{xml}{line}</{name}>") });
        }
        let gap = spaces_after(text, head.end as usize);
        let at = self.script().written(&(head.end..head.end))?;
        let closes = text[gap.end as usize..].starts_with("</");
        let line = verbatim(&gap)?;
        let text = if closes && !line.is_empty() { format!("{line}{step}{xml}") } else { format!("{line}{xml}") };
        Some(Edit { span: at, text })
    }
}

/// The indentation that ends the white space in a range.
fn indent(text: &str, spaces: &Range) -> Range {
    let white = &text[spaces.start as usize..spaces.end as usize];
    let start = white.rfind('\n').map_or(white.len(), |end| end + 1);
    spaces.start + number(start)..spaces.end
}

/// How many bytes of white space a text ends with.
fn trailing(text: &str) -> usize {
    text.len() - text.trim_end().len()
}

/// The white space from byte `from` on.
fn spaces_after(text: &str, from: usize) -> Range {
    let rest = &text[from..];
    number(from)..number(from + rest.len() - rest.trim_start().len())
}

fn as_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
