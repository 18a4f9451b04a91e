//! Brackets that do not match, are one too many, or are not there.
//!
//! They are judged by indentation first and by what follows second, as a person would.

use crate::diagnostic::Label;

use super::problems::{Fault, found, found_len};
use super::reader::{Frame, Reader, offset};
use super::scan;
use super::tree::Kind;

impl Reader<'_> {
    /// A bracket opens where a key should stand: the object before it was not closed, or the key was forgotten.
    pub(super) fn bracket_as_key(&mut self, due: bool) {
        let in_array = self.open.iter().rev().nth(1).is_some_and(|parent| !parent.object);
        let wanted = self.wanted(due);
        if in_array && self.bytes[self.pos] == b'{' && self.sibling_starts() {
            let opening = self.opening();
            self.fault(self.pos, self.pos + 1, |reader| {
                Fault::new(
                    format!("expected {wanted}, found `{{`"),
                    "a new object starts here",
                    "close the object before it with `}`",
                )
                .with(reader.span(opening, opening + 1), "this `{` is not closed")
            });
            self.close_at(self.before);
            self.set_due(false);
        } else {
            if due || self.tell_once() {
                self.fault_found(wanted, "write a key in double quotes and a colon before it");
            }
            self.set_due(true);
            self.skip_balanced();
        }
    }

    /// Whether the object at the reader is followed by what follows an element of an array.
    fn sibling_starts(&mut self) -> bool {
        if !self.may_look_ahead() {
            return false;
        }
        let Some(end) = scan::balanced(self.bytes, self.pos) else { return false };
        let at = scan::trivia(self.bytes, end);
        match self.bytes.get(at) {
            Some(b']') => true,
            Some(b',') => self.bytes.get(scan::trivia(self.bytes, at + 1)) != Some(&b'"'),
            _ => false,
        }
    }

    fn may_look_ahead(&mut self) -> bool {
        let may = self.lookaheads > 0;
        self.lookaheads = self.lookaheads.saturating_sub(1);
        may
    }

    /// Where the innermost open bracket stands.
    fn opening(&self) -> usize {
        self.open.last().map_or(0, |frame| self.nodes[frame.node as usize].start as usize)
    }

    /// A colon stands behind an element of an array.
    pub(super) fn colon_in_array(&mut self) {
        if self.take_up_object() {
            return;
        }
        if self.tell_once() {
            let opening = self.opening();
            self.fault(self.pos, self.pos + 1, |reader| {
                let help = "write `{` and `}` around members, or remove the key";
                Fault::new("expected `,` or `]` after this value, found `:`", "keys stand in objects only", help)
                    .with(reader.span(opening, opening + 1), "this array holds it")
            });
        }
        self.pos += 1;
        self.skip_junk();
    }

    /// `{ … }, "key": …` inside an array: the brace came too early. Reopens the object and reads the key again as its member.
    fn take_up_object(&mut self) -> bool {
        let Some(array) = self.open.last().copied().filter(|_| self.may_look_ahead()) else { return false };
        let (mut object, mut key) = (None, array.node + 1);
        while (self.nodes[key as usize].next as usize) < self.nodes.len() {
            object = Some(key);
            key = self.nodes[key as usize].next;
        }
        let (Some(object), Kind::Plain | Kind::Escaped) = (object, self.nodes[key as usize].kind) else { return false };
        let raw = self.nodes[object as usize];
        if raw.kind != Kind::Object {
            return false;
        }
        self.fault(self.pos, self.pos + 1, |reader| {
            let help = "remove the bracket that closes the object too early";
            Fault::new("expected `,` or `]` after this value, found `:`", "this member stands outside its object", help)
                .with(reader.span(raw.end as usize - 1, raw.end as usize), "the object ends here")
        });
        self.pos = self.nodes[key as usize].start as usize;
        self.nodes.truncate(key as usize);
        self.open.push(Frame { node: object, object: true, due: false, told: false });
        true
    }

    /// A closing bracket of the other kind: a slip of the hand, the end of something further out, or one too many.
    pub(super) fn closer_fault(&mut self) {
        let closer = self.bytes[self.pos];
        let Some((inner, &top)) = self.open.iter().enumerate().next_back() else { return };
        let outer = self.open.iter().rposition(|frame| frame.closer() == closer);
        let opening = self.opening();
        let wanted = char::from(top.closer());
        let closer = char::from(closer);
        let bracket = if top.object { "this `{` is not closed" } else { "this `[` is not closed" };
        let mismatch = |reader: &Self, help: String| {
            Fault::new(format!("expected `{wanted}`, found `{closer}`"), "does not match", help)
                .with(reader.span(opening, opening + 1), bracket)
        };
        let outer_fits = outer.is_some_and(|outer| self.fits(outer));
        // Indentation tells nothing where the line of the outer bracket is indented alike.
        let alike = || outer.is_some_and(|outer| self.indented_as(self.nodes[self.open[outer].node as usize].start as usize));
        let ends_inner = match (outer_fits, self.fits(inner)) {
            (false, true) => true,
            (true, false) => self.indented_as(opening) && !alike(),
            _ => self.indented_as(opening),
        };
        if ends_inner {
            self.fault(self.pos, self.pos + 1, |reader| mismatch(reader, format!("write `{wanted}`")));
            self.close();
        } else if let Some(outer) = outer.filter(|_| outer_fits) {
            self.fault(self.pos, self.pos + 1, |reader| mismatch(reader, format!("add `{wanted}` before it")));
            while self.open.len() > outer + 1 {
                self.close_at(self.before);
            }
        } else {
            self.fault(self.pos, self.pos + 1, |_| {
                Fault::new(format!("expected `{wanted}`, found `{closer}`"), "closes nothing that is open here", "remove it")
            });
            self.pos += 1;
        }
    }

    /// Whether the bracket at the reader is the first of its line and indented as the line of `opening`.
    fn indented_as(&self, opening: usize) -> bool {
        match (scan::indentation(self.bytes, self.pos), scan::indentation(self.bytes, opening)) {
            (Some((closer, true)), Some((opener, _))) => closer == opener && self.bytes[opening..self.pos].contains(&b'\n'),
            _ => false,
        }
    }

    /// Whether what follows the bracket at the reader could follow the end of the open bracket of that index.
    fn fits(&self, index: usize) -> bool {
        let at = scan::trivia(self.bytes, self.pos + 1);
        let next = self.bytes.get(at).copied();
        let Some(parent) = index.checked_sub(1).map(|parent| self.open[parent]) else { return next.is_none() };
        match next {
            None => true,
            Some(b',') => {
                let at = scan::trivia(self.bytes, at + 1);
                match self.bytes.get(at) {
                    Some(b'"') => parent.object == scan::string_is_key(self.bytes, at),
                    Some(b'{' | b'[') => !parent.object,
                    Some(&byte) => byte == parent.closer() || !parent.object,
                    None => true,
                }
            }
            Some(byte) => byte == parent.closer(),
        }
    }

    /// The text ends while brackets are open.
    pub(super) fn eof(&mut self) {
        if !std::mem::replace(&mut self.ended, true) {
            let (opening, wanted) = (self.opening(), char::from(self.open.last().map_or(b'}', |frame| frame.closer())));
            self.fault(self.before, self.before, |reader| {
                let help = match reader.open.len() {
                    1 => format!("add `{wanted}`, or remove the bracket that opens"),
                    many => {
                        format!("close the {many} brackets that are open, or look for one that was closed in the wrong place")
                    }
                };
                let mut fault = Fault::new(format!("expected `{wanted}`, found the end of the file"), "the file ends here", help)
                    .with(reader.span(opening, opening + 1), "this one is never closed");
                fault.also.extend(reader.closed_elsewhere());
                fault
            });
        }
        while !self.open.is_empty() {
            self.close_at(self.before);
        }
    }

    /// The first bracket that is closed by one indented less: where a closing bracket was probably forgotten.
    fn closed_elsewhere(&self) -> Option<Label> {
        let open: Vec<u32> = self.open.iter().map(|frame| frame.node).collect();
        let suspects = self.nodes.iter().enumerate().filter(|(index, node)| {
            matches!(node.kind, Kind::Object | Kind::Array) && !open.contains(&offset(*index)) && node.end > node.start + 1
        });
        let outdented = suspects.filter(|(_, node)| {
            let opener = scan::indentation(self.bytes, node.start as usize);
            let closer = scan::indentation(self.bytes, node.end as usize - 1);
            matches!((opener, closer), (Some((opener, _)), Some((closer, true))) if closer < opener)
        });
        let (_, first) = outdented.min_by_key(|(_, node)| node.end)?;
        let start = first.start as usize;
        Some(Label::new(self.span(start, start + 1), "by its indentation, this one is closed by another's bracket"))
    }

    /// Something stands behind the outermost value. Whether that value was taken up again, because a brace closed it too early.
    pub(super) fn trailing(&mut self) -> bool {
        let Some(root) = self.nodes.first().copied() else { return false };
        let Some(byte) = self.trivia() else { return false };
        if root.kind == Kind::Missing || self.ended {
            return false;
        }
        let end = self.pos + found_len(self.text, self.pos);
        self.fault(self.pos, end, |reader| {
            let help = if matches!(byte, b'}' | b']') {
                "remove it; it closes nothing"
            } else {
                "remove what follows, or the bracket that ends the outermost value too early"
            };
            Fault::new(
                format!("expected the end of the file, found {}", found(reader.text, reader.pos)),
                "not expected here",
                help,
            )
            .with(reader.span(root.end as usize - 1, root.end as usize), "the outermost value ends here")
        });
        let key = if byte == b',' { scan::trivia(self.bytes, self.pos + 1) } else { self.pos };
        let goes_on = root.kind == Kind::Object && self.bytes.get(key) == Some(&b'"') && scan::string_is_key(self.bytes, key);
        if goes_on {
            self.pos = key;
            self.open.push(Frame { node: 0, object: true, due: false, told: false });
        }
        goes_on
    }
}
