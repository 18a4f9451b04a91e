//! Texts with values in braces: `service {self.name} has {found}`.

use std::sync::Arc;

use super::packed::packed;
use super::rule::{Place, Subject};

/// A text cut at its braces.
#[derive(Debug, Clone)]
pub(super) struct Wording {
    parts: Box<[Part]>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(Arc<str>),
    Blank(Blank),
}

/// What can stand in braces.
#[derive(Debug, Clone)]
pub(super) enum Blank {
    /// `{self.name}`, `{ip.name}`
    Name(Subject),
    /// `{self.type}`
    Type(Subject),
    /// `{found}`: the value at the place that it is about.
    Found,
    /// `{key}`: the last name on the way to that place.
    Key,
    /// `{failing}`: the names of the properties that decided, without what stands before their last dot.
    Failing,
    /// `{nearest}`: of the names that a fix may write there or that a `near` asks for, the one that was probably meant.
    Nearest,
    /// `{expected}`: what the failing question wants.
    Expected,
    /// `{asOf}`: the date of the run.
    AsOf,
    /// `{option.strict}`
    Option(usize),
    /// A value that the report names.
    Value(Place),
}

packed! {
    struct Wording { parts }
    enum Part { Text(text), Blank(blank) }
    enum Blank {
        Name(subject), Type(subject), Found, Key, Failing, Nearest, Expected, AsOf, Option(option), Value(place)
    }
}

impl Wording {
    /// Cuts `text`; `resolve` says what a name in braces is. What stands in double braces stands for itself, braces and all.
    /// `Err` is the name that nothing resolves, with its place in `text`.
    pub(super) fn parse(text: &str, mut resolve: impl FnMut(&str) -> Option<Blank>) -> Result<Self, (usize, String)> {
        let mut parts = Vec::new();
        let mut at = 0;
        let mut from = 0;
        while let Some(open) = text[from..].find('{').map(|found| from + found) {
            if text[open..].starts_with("{{") {
                from = text[open..].find("}}").map_or(text.len(), |close| open + close + 2);
                continue;
            }
            let Some(close) = text[open..].find('}').map(|found| open + found) else { break };
            let name = &text[open + 1..close];
            let Some(blank) = resolve(name) else { return Err((open, name.to_owned())) };
            if open > at {
                parts.push(Part::Text(text[at..open].into()));
            }
            parts.push(Part::Blank(blank));
            at = close + 1;
            from = at;
        }
        if at < text.len() {
            parts.push(Part::Text(text[at..].into()));
        }
        Ok(Self { parts: parts.into() })
    }

    /// The text with its blanks filled.
    pub(super) fn fill(&self, mut fill: impl FnMut(&Blank) -> String) -> String {
        self.parts.iter().fold(String::new(), |mut out, part| {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Blank(blank) => out.push_str(&fill(blank)),
            }
            out
        })
    }
}
