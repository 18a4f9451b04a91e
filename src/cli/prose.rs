//! The prose of a rule, as far as a terminal shows it: headings, paragraphs, list items, and lines that stay as they are.

/// A part of a section.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Lines that are wrapped anew.
    Paragraph(String),
    /// An item of a list.
    Item(String),
    /// Code and tables.
    Verbatim(Vec<String>),
}

/// The sections of a Markdown text with their headings, from the first of the second level on.
pub(super) fn sections(prose: &str) -> Vec<(String, Vec<Block>)> {
    let mut sections: Vec<(String, Vec<Block>)> = Vec::new();
    let mut fenced = false;
    let mut apart = true;
    for line in prose.lines() {
        if let Some(heading) = line.strip_prefix("## ").filter(|_| !fenced) {
            sections.push((heading.trim().to_owned(), Vec::new()));
            apart = true;
            continue;
        }
        let Some((_, blocks)) = sections.last_mut() else { continue };
        let fence = line.starts_with("```");
        fenced ^= fence;
        if fence || (line.trim().is_empty() && !fenced) {
            apart = true;
        } else {
            push(blocks, line, fenced || line.starts_with('|'), apart);
            apart = false;
        }
    }
    sections
}

/// Adds a line to a section: to its last block, or `apart` as a new one.
fn push(blocks: &mut Vec<Block>, line: &str, verbatim: bool, apart: bool) {
    let item = ["- ", "* "].iter().find_map(|mark| line.trim_start().strip_prefix(mark)).filter(|_| !verbatim);
    let text = item.unwrap_or(line).trim();
    match blocks.last_mut().filter(|_| !apart && item.is_none()) {
        Some(Block::Paragraph(before) | Block::Item(before)) if !verbatim => {
            before.push(' ');
            before.push_str(text);
        }
        Some(Block::Verbatim(lines)) if verbatim => lines.push(line.to_owned()),
        Some(_) | None if verbatim => blocks.push(Block::Verbatim(vec![line.to_owned()])),
        Some(_) | None if item.is_some() => blocks.push(Block::Item(text.to_owned())),
        Some(_) | None => blocks.push(Block::Paragraph(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, sections};

    #[test]
    fn prose_is_cut_into_what_a_terminal_can_show() {
        let text = |text: &str| text.to_owned();
        let what = vec![
            Block::Paragraph(text("one two")),
            Block::Item(text("a b")),
            Block::Item(text("c")),
            Block::Verbatim(vec![text("{"), text(""), text("}")]),
            Block::Verbatim(vec![text("| x |")]),
        ];
        assert_eq!(
            sections("# name\n\nnot shown\n\n## What\n\none\ntwo\n\n- a\n  b\n- c\n\n```json\n{\n\n}\n```\n| x |\n## Why\n"),
            [(text("What"), what), (text("Why"), Vec::new())]
        );
    }
}
