//! Strings of which parts are unknown, and the canonical text of any value.

use std::fmt::Write as _;

use super::{Symbol, Unknown, Value, ValueKind};

/// A string made of known and unknown pieces, in normal form: no empty known piece, no two known pieces side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    pieces: Vec<Piece>,
}

/// A piece of a partly known string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These characters.
    Known(String),
    /// Characters that only the deployment knows.
    Hole {
        /// What they are.
        symbol: Symbol,
        /// The least number of characters.
        least: usize,
        /// The greatest number of characters, where one is known.
        most: Option<usize>,
    },
}

impl Text {
    /// A text without pieces.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends known characters.
    pub fn push_known(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(Piece::Known(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Known(text.into())),
        }
    }

    /// Appends unknown characters.
    pub fn push_hole(&mut self, symbol: Symbol, least: usize, most: Option<usize>) {
        self.pieces.push(Piece::Hole { symbol, least, most });
    }

    /// Appends a value as `concat()` does: a string, or what is known of one. A known value that is no string is not appended.
    pub fn push_value(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::Str(text) => self.push_known(text),
            ValueKind::Unknown(unknown) => match &unknown.shape {
                super::Shape::Text(text) => self.push_text(text),
                _ => self.push_hole(unknown.symbol.clone(), 0, None),
            },
            _ => {}
        }
    }

    /// The parts between separators that are known to stand there. A hole may hide more of them.
    #[must_use]
    pub fn split(&self, separator: char) -> Vec<Self> {
        let mut parts = vec![Self::new()];
        for piece in &self.pieces {
            match piece {
                Piece::Known(text) => {
                    for (n, part) in text.split(separator).enumerate() {
                        if n > 0 {
                            parts.push(Self::new());
                        }
                        if let Some(last) = parts.last_mut() {
                            last.push_known(part);
                        }
                    }
                }
                hole @ Piece::Hole { .. } => {
                    if let Some(last) = parts.last_mut() {
                        last.pieces.push(hole.clone());
                    }
                }
            }
        }
        parts
    }

    /// The text as a value at `at`: a string where every piece is known, else an unknown for the reason `why`.
    #[must_use]
    pub fn into_value(self, why: &super::Why, at: crate::source::Span) -> Value {
        match self.known() {
            Some(known) => Value::string(known, at),
            None => {
                let symbol = self.symbol();
                Value::unknown(Unknown { why: why.clone(), symbol, shape: super::Shape::Text(self) }, at)
            }
        }
    }

    /// The symbol of the text: of a lone hole that of the hole, else the pieces in backticks, a known `$` doubled so that
    /// no text is taken for a hole.
    #[must_use]
    pub fn symbol(&self) -> Symbol {
        if let [Piece::Hole { symbol, .. }] = self.pieces.as_slice() {
            return symbol.clone();
        }
        let mut out = String::from("`");
        for piece in &self.pieces {
            let _ = match piece {
                Piece::Known(text) => write!(out, "{}", text.replace('$', "$$")),
                Piece::Hole { symbol, .. } => write!(out, "${{{symbol}}}"),
            };
        }
        out.push('`');
        Symbol::new(out)
    }

    /// Appends another text.
    pub fn push_text(&mut self, other: &Self) {
        for piece in &other.pieces {
            match piece {
                Piece::Known(text) => self.push_known(text),
                hole @ Piece::Hole { .. } => self.pieces.push(hole.clone()),
            }
        }
    }

    /// The pieces in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The whole string, when every piece is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// The characters it certainly starts with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Known(text)) => text,
            _ => "",
        }
    }

    /// The characters it certainly ends with.
    #[must_use]
    pub fn suffix(&self) -> &str {
        match self.pieces.last() {
            Some(Piece::Known(text)) => text,
            _ => "",
        }
    }

    /// The least and, where known, the greatest number of characters (UTF-16 units, as Azure counts).
    #[must_use]
    pub fn length(&self) -> (usize, Option<usize>) {
        self.pieces.iter().fold((0, Some(0)), |(low, high), piece| {
            let (least, most) = match piece {
                Piece::Known(text) => {
                    let units = text.encode_utf16().count();
                    (units, Some(units))
                }
                Piece::Hole { least, most, .. } => (*least, *most),
            };
            (low + least, high.zip(most).map(|(a, b)| a + b))
        })
    }

    /// The text with holes in braces, as a person would want to read it: `apim-{env}`.
    #[must_use]
    pub fn display(&self) -> String {
        self.pieces.iter().fold(String::new(), |mut out, piece| {
            match piece {
                Piece::Known(text) => out.push_str(text),
                Piece::Hole { symbol, .. } => {
                    let _ = write!(out, "{{{}}}", short(symbol));
                }
            }
            out
        })
    }

    /// The canonical text of the pieces: holes as symbols in `${…}`.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.pieces.iter().fold(String::new(), |mut out, piece| {
            match piece {
                Piece::Known(text) => out.push_str(text),
                Piece::Hole { symbol, .. } => {
                    let _ = write!(out, "${{{symbol}}}");
                }
            }
            out
        })
    }
}

/// `parameters('env')` reads better as `env`, and anything without the deployment that it is local to.
fn short(symbol: &Symbol) -> &str {
    let text = symbol.as_str();
    let call = text.rsplit_once(':').map_or(text, |(_, call)| call);
    ["parameters('", "variables('"]
        .iter()
        .find_map(|head| call.strip_prefix(head)?.strip_suffix("')"))
        .filter(|name| !name.contains('\''))
        .unwrap_or_else(|| text.strip_prefix('/').and_then(|local| local.split_once(':')).map_or(text, |(_, call)| call))
}

impl Unknown {
    /// What a person would call it: its pieces where it is a partly known string, else its symbol.
    #[must_use]
    pub fn display(&self) -> String {
        match &self.shape {
            super::Shape::Text(text) => text.display(),
            _ => format!("{{{}}}", short(&self.symbol)),
        }
    }
}

/// Appends the canonical text of `value`.
pub(super) fn write_canonical(value: &Value, out: &mut String) {
    match &value.kind {
        ValueKind::Null => out.push_str("null"),
        ValueKind::Bool(known) => out.push_str(if *known { "true" } else { "false" }),
        ValueKind::Int(known) => {
            let _ = write!(out, "{known}");
        }
        ValueKind::Float(known) => {
            let _ = write!(out, "{known:?}");
        }
        ValueKind::Str(text) => {
            out.push('\'');
            out.push_str(&text.replace('\'', "''"));
            out.push('\'');
        }
        ValueKind::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        ValueKind::Object(object) => {
            out.push('{');
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by(|a, b| a.0.cmp(b.0));
            for (n, (key, member)) in members.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                let _ = write!(out, "{:?}:", key.as_str().to_ascii_lowercase());
                write_canonical(member, out);
            }
            out.push('}');
        }
        ValueKind::Unknown(unknown) => out.push_str(unknown.symbol.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Symbol, Text};

    #[test]
    fn pieces_merge_into_one_normal_form() {
        let mut inner = Text::new();
        inner.push_known("b");
        inner.push_hole(Symbol::new("parameters('env')"), 0, None);
        let mut text = Text::new();
        text.push_known("a");
        text.push_text(&inner);
        assert_eq!(text.prefix(), "ab");
        assert_eq!(text.display(), "ab{env}");
        assert_eq!(text.canonical(), "ab${parameters('env')}");
        assert_eq!(text.length(), (2, None));
    }
}
