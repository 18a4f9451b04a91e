//! Strings of which parts are unknown, and the canonical text of any value.

use std::fmt::Write as _;

use super::{Symbol, Unknown, Value, ValueKind};

/// A string of which parts are unknown. Its known characters lie in one piece of memory; two texts are equal where their pieces are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// The known characters, without what is between them.
    known: String,
    holes: Vec<Hole>,
}

/// Characters that only the deployment knows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hole {
    /// The byte of the known characters before which it is.
    at: usize,
    symbol: Symbol,
    least: usize,
    most: Option<usize>,
}

/// A piece of a partly known string. There is none without characters, and no two known ones are side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// These characters.
    Known(&'t str),
    /// Characters that only the deployment knows.
    Hole {
        /// What they are.
        symbol: &'t Symbol,
        /// The least number of characters.
        least: usize,
        /// The greatest number of characters, where one is known.
        most: Option<usize>,
    },
}

/// How many bytes are made room for when a text grows.
const LIKELY: usize = 64;

impl Text {
    /// A text without pieces.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same text, with room for so many more characters and holes.
    #[must_use]
    pub fn with_room_for(&self, characters: usize, holes: usize) -> Self {
        let mut known = String::with_capacity(self.known.len() + characters);
        known.push_str(&self.known);
        let mut all = Vec::with_capacity(self.holes.len() + holes);
        all.extend_from_slice(&self.holes);
        Self { known, holes: all }
    }

    /// Appends known characters.
    pub fn push_known(&mut self, text: &str) {
        if self.known.capacity() - self.known.len() < text.len() {
            // Texts grow piece by piece, and most end up as ids.
            self.known.reserve(text.len().max(LIKELY));
        }
        self.known.push_str(text);
    }

    /// Appends unknown characters; a hole without length is none.
    pub fn push_hole(&mut self, symbol: Symbol, least: usize, most: Option<usize>) {
        if most != Some(0) {
            self.holes.push(Hole { at: self.known.len(), symbol, least, most });
        }
    }

    /// Appends a value as `concat()` does: a string, or what is known of one. A known value that is no string is not appended.
    pub fn push_value(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::Str(text) => self.push_known(text),
            ValueKind::Unknown(unknown) => match &unknown.shape {
                super::Shape::Text(text) => self.push_text(text),
                _ => self.push_hole(unknown.symbol().clone(), 0, None),
            },
            _ => {}
        }
    }

    /// Appends another text.
    pub fn push_text(&mut self, other: &Self) {
        let start = self.known.len();
        self.push_known(&other.known);
        self.push_holes(&other.holes, 0, start);
    }

    /// Appends holes of another text, whose character at `from` is the one at `start` here.
    fn push_holes(&mut self, holes: &[Hole], from: usize, start: usize) {
        self.holes.reserve_exact(if self.holes.is_empty() { holes.len() } else { 0 });
        self.holes.extend(holes.iter().map(|hole| Hole { at: start + hole.at - from, ..hole.clone() }));
    }

    /// Appends another text part by part, as [`Text::split`] has them; `before` is called ahead of each, with its number.
    pub fn push_parts(&mut self, other: &Self, separator: char, mut before: impl FnMut(usize, &mut Self)) {
        let (mut from, mut holes) = (0, other.holes.as_slice());
        let ends = other.known.match_indices(separator).map(|(at, _)| at).chain([other.known.len()]);
        for (n, end) in ends.enumerate() {
            // A hole beside a separator is on the side where it was pushed, which is before it.
            let inside = holes.iter().take_while(|hole| hole.at <= end).count();
            before(n, self);
            let start = self.known.len();
            self.push_known(&other.known[from..end]);
            self.push_holes(&holes[..inside], from, start);
            (from, holes) = (end + separator.len_utf8(), &holes[inside..]);
        }
    }

    /// How many parts [`Text::split`] gives, by an ASCII separator.
    #[must_use]
    pub fn count_parts(&self, separator: u8) -> usize {
        self.known.bytes().filter(|byte| *byte == separator).count() + 1
    }

    /// Appends a piece of a text.
    pub fn push_piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Known(known) => self.push_known(known),
            Piece::Hole { symbol, least, most } => self.push_hole(symbol.clone(), least, most),
        }
    }

    /// The parts between separators that are known to stand there. A hole may hide more of them.
    #[must_use]
    pub fn split(&self, separator: char) -> Vec<Self> {
        let mut parts = Vec::with_capacity(self.known.matches(separator).count() + 1);
        let mut whole = Self::new();
        whole.push_parts(self, separator, |n, part| {
            if n > 0 {
                parts.push(std::mem::take(part));
            }
        });
        parts.push(whole);
        parts
    }

    /// The text as a value at `at`: a string where every piece is known, else an unknown for the reason `why`.
    #[must_use]
    pub fn into_value(self, why: &super::Why, at: crate::source::Span) -> Value {
        match self.known() {
            Some(known) => Value::string(known, at),
            None => Value::unknown(Unknown::text(why.clone(), self), at),
        }
    }

    /// The symbol of the text: of a lone hole that of the hole, else the pieces in backticks, a known `$` doubled so that
    /// no text is taken for a hole.
    #[must_use]
    pub fn symbol(&self) -> Symbol {
        if let (true, [hole]) = (self.known.is_empty(), self.holes.as_slice()) {
            return hole.symbol.clone();
        }
        let mut out = String::with_capacity(self.size() + 2);
        out.push('`');
        self.write(&mut out, |known, out| match known.contains('$') {
            true => out.push_str(&known.replace('$', "$$")),
            false => out.push_str(known),
        });
        out.push('`');
        Symbol::new(out)
    }

    /// The pieces in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> + Clone {
        let end = |n: usize| self.holes.get(n).map_or(self.known.len(), |hole| hole.at);
        (0..=self.holes.len()).flat_map(move |n| {
            let start = if n == 0 { 0 } else { end(n - 1) };
            let known = Some(&self.known[start..end(n)]).filter(|known| !known.is_empty()).map(Piece::Known);
            let hole =
                self.holes.get(n).map(|Hole { symbol, least, most, .. }| Piece::Hole { symbol, least: *least, most: *most });
            known.into_iter().chain(hole)
        })
    }

    /// How many pieces there are at most.
    #[must_use]
    pub fn count(&self) -> usize {
        2 * self.holes.len() + 1
    }

    /// Whether there is no piece.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.holes.is_empty()
    }

    /// The whole string, when every piece is known.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.holes.is_empty().then_some(&self.known)
    }

    /// All known characters, whatever is between them.
    #[must_use]
    pub fn known_characters(&self) -> &str {
        &self.known
    }

    /// The characters it certainly starts with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.known[..self.holes.first().map_or(self.known.len(), |hole| hole.at)]
    }

    /// The characters it certainly ends with.
    #[must_use]
    pub fn suffix(&self) -> &str {
        &self.known[self.holes.last().map_or(0, |hole| hole.at)..]
    }

    /// The least and, where known, the greatest number of characters (UTF-16 units, as Azure counts).
    #[must_use]
    pub fn length(&self) -> (usize, Option<usize>) {
        let units = if self.known.is_ascii() { self.known.len() } else { self.known.encode_utf16().count() };
        self.holes.iter().fold((units, Some(units)), |(low, high), hole| {
            (low.saturating_add(hole.least), high.zip(hole.most).map(|(a, b)| a.saturating_add(b)))
        })
    }

    /// The text with holes in braces, as a person would want to read it: `apim-{env}`.
    #[must_use]
    pub fn display(&self) -> String {
        self.pieces().fold(String::new(), |mut out, piece| {
            match piece {
                Piece::Known(text) => out.push_str(text),
                Piece::Hole { symbol, .. } => {
                    push_shown(symbol, &mut out);
                }
            }
            out
        })
    }

    /// The canonical text of the pieces: holes as symbols in `${…}`.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::with_capacity(self.size());
        self.write(&mut out, |known, out| out.push_str(known));
        out
    }

    fn write(&self, out: &mut String, known: impl Fn(&str, &mut String)) {
        let mut start = 0;
        for hole in &self.holes {
            known(&self.known[start..hole.at], out);
            out.push_str("${");
            out.push_str(hole.symbol.as_str());
            out.push('}');
            start = hole.at;
        }
        known(&self.known[start..], out);
    }

    /// How many bytes [`Text::canonical`] has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.known.len() + self.holes.iter().map(|hole| hole.symbol.as_str().len() + 3).sum::<usize>()
    }
}

impl<'t> FromIterator<Piece<'t>> for Text {
    fn from_iter<I: IntoIterator<Item = Piece<'t>>>(pieces: I) -> Self {
        let mut text = Self::new();
        pieces.into_iter().for_each(|piece| text.push_piece(piece));
        text
    }
}

/// Appends an unknown as people read it. Messages put names in backticks, and so has a name none of its own.
fn push_shown(symbol: &Symbol, out: &mut String) {
    out.push('{');
    let text = short(symbol);
    if text.contains('`') {
        out.push_str(&text.replace('`', "'"))
    } else {
        out.push_str(text)
    }
    out.push('}');
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
            _ => {
                let mut out = String::new();
                push_shown(self.symbol(), &mut out);
                out
            }
        }
    }
}

/// Appends `text` as a string literal of the expression language.
pub fn push_quoted(text: &str, out: &mut String) {
    out.push('\'');
    if text.as_bytes().contains(&b'\'') {
        out.push_str(&text.replace('\'', "''"));
    } else {
        out.push_str(text);
    }
    out.push('\'');
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
        ValueKind::Str(text) => push_quoted(text, out),
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
        ValueKind::Unknown(unknown) => out.push_str(unknown.symbol().as_str()),
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

    #[test]
    fn a_name_that_is_shown_has_no_backticks() {
        let mut group = Text::new();
        group.push_known("/resourceGroups/");
        group.push_hole(Symbol::new("resourceGroup().name"), 1, None);
        let mut name = Text::new();
        name.push_hole(Symbol::new(format!("uniquestring({})", group.symbol())), 13, Some(13));
        name.push_known("-apim");
        assert_eq!(name.display(), "{uniquestring('/resourceGroups/${resourceGroup().name}')}-apim");
    }
}
