//! Tags, comments and entities of a policy document.

use std::collections::BTreeSet;

use super::fault::Fault;
use super::reader::{Reader, Refusal};
use super::script::number;
use super::tree::{Attribute, Kind, NodeIx, Range};

/// An element whose end tag has not come yet.
pub(super) struct Open {
    pub(super) node: NodeIx,
    pub(super) name: Range,
    /// Its last child so far.
    pub(super) last: Option<NodeIx>,
}

/// The entities that every document has.
const ENTITIES: [&str; 5] = ["lt", "gt", "amp", "quot", "apos"];

impl Reader<'_> {
    /// What starts with the `<` here.
    pub(super) fn markup(&mut self) -> Result<(), Refusal> {
        let rest = &self.bytes[self.at..];
        match rest.get(1) {
            Some(b'/') => self.end_tag(),
            Some(b'!') if rest.starts_with(b"<!--") => self.comment(),
            Some(b'!') if rest.starts_with(b"<![CDATA[") && !self.open.is_empty() => {
                let start = self.at;
                let end = self.find(start + 9, b"]]>")?;
                self.at = end + 3;
                self.add(Kind::Data(number(start + 9)..number(end)), number(start)..number(end + 3));
                Ok(())
            }
            Some(b'!') if rest.starts_with(b"<!DOCTYPE") => self.refuse(self.at, self.at + 9, Fault::Doctype),
            Some(b'?') => {
                let start = self.at;
                let end = self.find(start + 2, b"?>")?;
                self.at = end + 2;
                self.add(Kind::Comment, number(start)..number(self.at));
                Ok(())
            }
            _ => self.start_tag(),
        }
    }

    fn comment(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        let hyphens = self.find(start + 4, b"--")?;
        if self.bytes.get(hyphens + 2) != Some(&b'>') {
            return self.refuse(hyphens, hyphens + 2, Fault::Hyphens);
        }
        self.at = hyphens + 3;
        self.add(Kind::Comment, number(start)..number(self.at));
        Ok(())
    }

    /// The next place of `what` from byte `from` on.
    fn find(&self, from: usize, what: &[u8]) -> Result<usize, Refusal> {
        match self.bytes.get(from..).and_then(|rest| memchr::memmem::find(rest, what)) {
            Some(found) => Ok(from + found),
            None => self.refuse(self.at, from, self.unclosed()),
        }
    }

    fn end_tag(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.at += 2;
        let name = self.name()?;
        let Some(open) = self.open.pop() else { return self.refuse(start, self.at, Fault::LoneEnd) };
        let (opened, closed) = (self.script.slice(&open.name), self.script.slice(&name));
        if opened != closed {
            let at = self.script.position(open.name.start);
            let fault = Fault::Mismatch { open: opened.to_owned(), at, close: closed.to_owned() };
            return self.refuse(name.start as usize, name.end as usize, fault);
        }
        self.space();
        if self.peek() != Some(b'>') {
            return self.unexpected(Fault::NoTagEnd);
        }
        self.at += 1;
        self.tree.nodes[open.node.0 as usize].range.end = number(self.at);
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.at += 1;
        let name = self.name()?;
        self.depth(start)?;
        let first = number(self.tree.attributes.len());
        let closed = loop {
            let spaced = self.space();
            match self.peek() {
                Some(b'>') => break false,
                Some(b'/') if self.bytes.get(self.at + 1) == Some(&b'>') => break true,
                Some(b'/') => {
                    self.at += 1;
                    return self.unexpected(Fault::NoTagEnd);
                }
                None => return self.unexpected(Fault::NoTagEnd),
                Some(_) if !spaced => return self.unexpected(Fault::NoSpace),
                Some(_) => self.attribute()?,
            }
        };
        self.at += if closed { 2 } else { 1 };
        let attributes = first..number(self.tree.attributes.len());
        self.distinct(&attributes)?;
        let range = number(start)..number(self.at);
        let kind = Kind::Element { name: name.clone(), head: range.clone(), attributes: attributes.clone(), first: None };
        let node = self.add(kind, range);
        self.prefixes(node, &name, &attributes)?;
        if !closed {
            self.open.push(Open { node, name, last: None });
        }
        Ok(())
    }

    fn attribute(&mut self) -> Result<(), Refusal> {
        let name = self.name()?;
        self.space();
        if self.peek() != Some(b'=') {
            return self.unexpected(Fault::NoEquals);
        }
        self.at += 1;
        self.space();
        if self.bytes[self.at..].starts_with(b"{{") {
            return Err(Refusal::Unquoted(number(self.at)..number(self.at + 2)));
        }
        let Some(quote @ (b'"' | b'\'')) = self.peek() else { return self.unexpected(Fault::NoQuote) };
        self.at += 1;
        let start = self.at;
        let quote_from = |reader: &Self| memchr::memchr(quote, &reader.bytes[reader.at..]).map(|found| reader.at + found);
        let mut next = quote_from(self);
        while let Some(end) = next {
            let Some(found) = memchr::memchr3(b'<', b'&', b'@', &self.bytes[self.at..end]) else {
                self.tree.attributes.push(Attribute { name, value: number(start)..number(end) });
                self.at = end + 1;
                return Ok(());
            };
            self.at += found;
            match self.bytes[self.at] {
                b'<' => return self.refuse(self.at, self.at + 1, Fault::LessThan),
                b'&' => self.entity()?,
                _ => self.expression()?,
            }
            // An expression may hold the quote.
            if self.at > end {
                next = quote_from(self);
            }
        }
        self.refuse(start - 1, start, Fault::Quote)
    }

    /// A name: its first character is a letter, `_` or `:`.
    fn name(&mut self) -> Result<Range, Refusal> {
        let starts = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
        let goes_on = |c: char| starts(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}');
        let start = self.at;
        let rest = &self.text[start..];
        let len = rest.find(|c: char| !goes_on(c)).unwrap_or(rest.len());
        if self.script.hole(number(start + len)).is_some() {
            return Err(Refusal::Hole(number(start + len)));
        }
        match rest.chars().next() {
            Some(first) if !starts(first) => self.refuse(start, start + first.len_utf8(), Fault::Name(Some(first))),
            None => self.refuse(start.saturating_sub(1), start, Fault::Name(None)),
            Some(_) => {
                self.at += len;
                Ok(number(start)..number(self.at))
            }
        }
    }

    /// Steps over white space; whether there was any.
    fn space(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.at > start
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Refuses what stands here: a name as a whole, any other character by itself.
    fn unexpected<T>(&self, fault: fn(String) -> Fault) -> Result<T, Refusal> {
        if self.script.hole(number(self.at)).is_some() {
            return Err(Refusal::Hole(number(self.at)));
        }
        match token(&self.text[self.at..]) {
            Some(found) => self.refuse(self.at, self.at + found.len(), fault(found.to_owned())),
            None => self.refuse(self.at.saturating_sub(1), self.at, self.unclosed()),
        }
    }

    /// Steps over the entity or the character reference here.
    pub(super) fn entity(&mut self) -> Result<(), Refusal> {
        let rest = &self.text[self.at + 1..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '.' | '-' | '_');
        let len = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let (name, end) = (&rest[..len], self.at + len + 2);
        if !rest[len..].starts_with(';') || name.is_empty() {
            let named = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
            let name = if named { name.to_owned() } else { String::new() };
            return self.refuse(self.at, self.at + 1, Fault::Ampersand(name));
        }
        match name.strip_prefix('#') {
            Some(_) if super::content::referred(name).is_none() => {
                return self.refuse(self.at, end, Fault::Reference(name.to_owned()));
            }
            None if !ENTITIES.contains(&name) => return self.refuse(self.at, end, Fault::Entity(name.to_owned())),
            Some(_) | None => {}
        }
        self.at = end;
        Ok(())
    }

    /// That no two attributes have one name.
    fn distinct(&self, attributes: &Range) -> Result<(), Refusal> {
        let mut seen = BTreeSet::new();
        let all = &self.tree.attributes[attributes.start as usize..attributes.end as usize];
        if all.len() < 2 {
            return Ok(());
        }
        for attribute in all {
            let name = self.script.slice(&attribute.name);
            if !seen.insert(name) {
                let (start, end) = (attribute.name.start as usize, attribute.name.end as usize);
                return self.refuse(start, end, Fault::Duplicate(name.to_owned()));
            }
        }
        Ok(())
    }

    /// That every prefix in a start tag is declared there or around it. The raw form is held to it like the strict one.
    fn prefixes(&self, node: NodeIx, name: &Range, attributes: &Range) -> Result<(), Refusal> {
        let own = self.tree.attributes[attributes.start as usize..attributes.end as usize].iter();
        for name in std::iter::once(name).chain(own.map(|attribute| &attribute.name)) {
            let Some((prefix, _)) = self.script.slice(name).split_once(':') else { continue };
            let declares = |node: NodeIx| {
                let mut names = self.tree.attributes(node).iter().map(|attribute| self.script.slice(&attribute.name));
                names.any(|name| name.strip_prefix("xmlns:") == Some(prefix))
            };
            let known = matches!(prefix, "xml" | "xmlns") || std::iter::once(node).chain(self.tree.around(node)).any(declares);
            if !known {
                return self.refuse(name.start as usize, name.end as usize, Fault::Prefix(prefix.to_owned()));
            }
        }
        Ok(())
    }
}

/// What a text starts with: a name as a whole, any other character by itself.
pub(super) fn token(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let word = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))).unwrap_or(text.len());
    Some(&text[..if first.is_alphabetic() || first == '_' { word } else { first.len_utf8() }])
}
