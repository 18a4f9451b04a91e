//! Resource ids that join even where a name stays unknown.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::value::{Shape, Text, Truth, Value, ValueKind};

/// The id of a resource: known pieces and symbols. Two ids that are certainly the same resource have the same canonical text.
#[derive(Debug, Clone)]
pub struct ResourceId {
    text: String,
    /// Up to which byte it is known.
    head: usize,
    /// From which byte on it is known.
    tail: usize,
}

impl ResourceId {
    /// The id that `value` is, or `None` for what cannot be an id (a number, `null`, an empty string).
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        match &value.kind {
            ValueKind::Str(text) if !text.is_empty() => Some(Self::written(text.to_string())),
            ValueKind::Unknown(unknown) => match &unknown.shape {
                Shape::Text(text) => Some(Self::of_text(text)),
                _ => Some(Self::written(format!("${{{}}}", unknown.symbol()))),
            },
            _ => None,
        }
    }

    /// The id that consists of these pieces.
    #[must_use]
    pub fn of_text(text: &Text) -> Self {
        Self::written(text.canonical())
    }

    /// The id of that canonical text.
    fn written(mut text: String) -> Self {
        text.truncate(text.trim_end_matches('/').len());
        text.make_ascii_lowercase();
        let bytes = text.as_bytes();
        let hole = memchr::memchr_iter(b'$', bytes).find(|at| bytes.get(at + 1) == Some(&b'{'));
        let (head, tail) = match hole {
            Some(head) => (head, memchr::memrchr(b'}', bytes).map_or(0, |at| at + 1)),
            None => (text.len(), 0),
        };
        Self { text, head, tail }
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is the same id as another: by its pieces where parts are unknown.
    #[must_use]
    pub fn is(&self, other: &Self) -> Truth {
        if self == other {
            return Truth::True;
        }
        let (end, other_end) = (&self.text[self.tail..], &other.text[other.tail..]);
        let (start, other_start) = (&self.text[..self.head], &other.text[..other.head]);
        let tails = || end.ends_with(other_end) || other_end.ends_with(end);
        let heads = || start.starts_with(other_start) || other_start.starts_with(start);
        let open = !(self.is_known() && other.is_known());
        if open && tails() && heads() { Truth::Unknown } else { Truth::False }
    }

    /// The id of the resource that many levels up: of `…/service/s/apis/a` one level up is `…/service/s`.
    #[must_use]
    pub fn ancestor(&self, levels: usize) -> Option<Self> {
        Some(Self::written(self.up(levels)?.to_owned()))
    }

    /// The canonical text of that id.
    pub(super) fn up(&self, levels: usize) -> Option<&str> {
        let mut depth = 0_usize;
        let mut slashes = self.text.bytes().enumerate().rev().filter(|(_, byte)| {
            // What is in braces is the name of something unknown, slashes and all.
            match byte {
                b'}' => depth += 1,
                b'{' => depth = depth.saturating_sub(1),
                _ => {}
            }
            *byte == b'/' && depth == 0
        });
        let (cut, _) = slashes.nth((2 * levels).checked_sub(1)?)?;
        Some(self.text[..cut].trim_end_matches('/'))
    }

    /// Whether this is the id of something inside the resource of another id. Unknown names are told apart by their expressions.
    #[must_use]
    pub fn is_inside(&self, other: &Self) -> bool {
        self.text.strip_prefix(&other.text).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The known characters behind its last slash and its last unknown part: two ids of which these differ are two ids, where
    /// both have a slash behind what is unknown.
    #[must_use]
    pub fn last_name(&self) -> Option<&str> {
        let tail = &self.text[self.text.rfind('}').map_or(0, |at| at + 1)..];
        tail.rsplit_once('/').map(|(_, name)| name)
    }

    /// Whether every part is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.head == self.text.len()
    }
}

/// Things by the last name of their id, so that those which another id may be are found without a look at the others.
#[derive(Debug)]
pub struct LastNames<T> {
    named: BTreeMap<Box<str>, Vec<T>>,
    /// Those whose last name is not known.
    open: Vec<T>,
}

impl<T> Default for LastNames<T> {
    fn default() -> Self {
        Self { named: BTreeMap::new(), open: Vec::new() }
    }
}

impl<T: Copy> LastNames<T> {
    /// Adds a thing of this last name, or one that may have any.
    pub fn add(&mut self, name: Option<&str>, one: T) {
        match name {
            Some(name) => self.named.entry(name.into()).or_default().push(one),
            None => self.open.push(one),
        }
    }

    /// All that may be meant by an id, and perhaps others.
    pub fn near(&self, id: &ResourceId) -> impl Iterator<Item = T> {
        let named: Vec<&Vec<T>> = match id.last_name() {
            Some(name) => self.named.get(name).into_iter().collect(),
            None => self.named.values().collect(),
        };
        named.into_iter().chain([&self.open]).flatten().copied()
    }
}

/// The full type of a child: `Microsoft.ApiManagement/service` and `apis` give `Microsoft.ApiManagement/service/apis`.
#[must_use]
pub fn full_type(parent: &str, child: &str) -> String {
    format!("{parent}/{child}")
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for ResourceId {}

impl PartialOrd for ResourceId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ResourceId;
    use crate::value::{Symbol, Text, Truth};

    /// An id of known pieces and holes, for which two letters stand.
    fn sketched(sketch: &str) -> ResourceId {
        let mut text = Text::new();
        for c in sketch.chars() {
            match c {
                '?' | '!' => text.push_hole(Symbol::new(c.to_string()), 0, None),
                known => text.push_known(known.encode_utf8(&mut [0; 4])),
            }
        }
        ResourceId::of_text(&text)
    }

    proptest! {
        /// Who looks for the ids that another one may be finds all of them by their last names.
        #[test]
        fn ids_with_other_last_names_are_others(one in "[/?!][/a-b?!]{0,6}", other in "[/?!][/a-b?!]{0,6}") {
            let (one, other) = (sketched(&one), sketched(&other));
            if let (Some(name), Some(other_name)) = (one.last_name(), other.last_name())
                && name != other_name
            {
                prop_assert_eq!(one.is(&other), Truth::False, "{} {}", one.as_str(), other.as_str());
            }
        }
    }

    fn id(group: Option<&str>, name: &str) -> ResourceId {
        let mut text = Text::new();
        text.push_known("/subscriptions/s/resourceGroups/");
        match group {
            Some(known) => text.push_known(known),
            None => text.push_hole(Symbol::new("resourceGroup().name"), 1, None),
        }
        text.push_known("/providers/Microsoft.Network/publicIPAddresses/");
        text.push_known(name);
        ResourceId::of_text(&text)
    }

    #[test]
    fn the_way_up_passes_over_slashes_in_unknown_names() {
        let mut text = Text::new();
        text.push_known("/providers/Microsoft.ApiManagement/service/");
        text.push_hole(Symbol::new("format('{0}/x', parameters('a/b'))"), 1, None);
        text.push_known("/apis/Orders");
        let api = ResourceId::of_text(&text);
        let service = api.ancestor(1).unwrap();
        assert!(service.as_str().ends_with('}') && api.is_inside(&service), "{service:?}");
        assert_eq!(api.last_name(), Some("orders"));
        assert_eq!((service.last_name(), api.ancestor(9)), (None, None));
    }

    #[test]
    fn ids_with_holes_differ_where_what_is_around_the_holes_does() {
        assert_eq!(id(None, "a").is(&id(None, "A")), Truth::True, "the same pieces, without case");
        assert_eq!(id(None, "a").is(&id(Some("g"), "a")), Truth::Unknown, "the group may be that one");
        assert_eq!(id(None, "a").is(&id(Some("g"), "b")), Truth::False, "the names differ");
        assert_eq!(id(Some("g"), "a").is(&id(Some("h"), "a")), Truth::False);
    }
}
