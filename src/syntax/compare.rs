//! What a text holds that another one does not: trees are compared, so that neither spaces nor the order of members and elements
//! make a difference.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::tree::{Document, Kind, Node};
use crate::source::Span;

/// The places of `new` that `old` does not have, each as small as it can be told.
///
/// A value that differs is told where it differs, a new member with its key. Where something is gone, that is the bracket that
/// opens what held it, and every string that names what is gone: `[parameters('gone')]`. A text that cannot be read is new as a
/// whole, unless it is the same.
#[must_use]
pub fn changes(old: &Document, new: &Document) -> Vec<Span> {
    let (Some(before), Some(after)) = (old.root(), new.root()) else { return vec![new.whole()] };
    if old.file.text() == new.file.text() {
        return Vec::new();
    }
    if !new.is_well_formed() {
        return vec![new.whole()];
    }
    let sums = (sums(old), sums(new));
    let mut comparison = Comparison { old: &sums.0, new: &sums.1, changed: Vec::new(), gone: BTreeSet::new() };
    comparison.values(before, after);
    let Comparison { mut changed, gone, .. } = comparison;
    if !gone.is_empty() {
        changed.extend(new.nodes().filter(|node| node.string().is_some_and(|text| names(&text, &gone))).map(Node::span));
    }
    changed
}

/// Whether a text is one of some names, or an expression that holds one of them as a string.
fn names(text: &str, names: &BTreeSet<String>) -> bool {
    names.contains(text) || text.split('\'').skip(1).step_by(2).any(|literal| names.contains(literal))
}

/// What each key and value of a document comes to as a number: equal where they mean the same.
fn sums(document: &Document) -> Vec<u64> {
    let mut sums = vec![0; document.nodes.len()];
    // Parts stand behind what they are parts of.
    for index in (0..document.nodes.len()).rev() {
        let node = document.node(index);
        let of = |part: Node<'_>| sums[part.index()];
        let mut hasher = DefaultHasher::new();
        match node.kind() {
            // The order of members says nothing.
            Kind::Object => {
                node.members().fold(0_u64, |sum, (key, value)| sum.wrapping_add(pair(of(key), of(value)))).hash(&mut hasher)
            }
            Kind::Array => node.items().for_each(|item| of(item).hash(&mut hasher)),
            Kind::Plain | Kind::Escaped => node.string().hash(&mut hasher),
            Kind::Null | Kind::True | Kind::False | Kind::Number | Kind::Missing => node.raw().hash(&mut hasher),
        }
        node.is_string().hash(&mut hasher);
        (node.is_array(), node.is_object()).hash(&mut hasher);
        sums[index] = hasher.finish();
    }
    sums
}

fn pair(key: u64, value: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (key, value).hash(&mut hasher);
    hasher.finish()
}

struct Comparison<'s> {
    old: &'s [u64],
    new: &'s [u64],
    changed: Vec<Span>,
    /// The names of the members that are gone.
    gone: BTreeSet<String>,
}

impl Comparison<'_> {
    /// Compares two values. The reader limits how deep that goes.
    fn values(&mut self, old: Node<'_>, new: Node<'_>) {
        if self.old[old.index()] == self.new[new.index()] {
            return;
        }
        match (old.kind(), new.kind()) {
            (Kind::Object, Kind::Object) => self.members(old, new),
            (Kind::Array, Kind::Array) => self.items(old, new),
            _ => self.changed.push(new.span()),
        }
    }

    fn members(&mut self, old: Node<'_>, new: Node<'_>) {
        let mut known: BTreeMap<Cow<'_, str>, Vec<Node<'_>>> = BTreeMap::new();
        for (key, value) in old.members() {
            known.entry(key.string().unwrap_or_default()).or_default().push(value);
        }
        for (key, value) in new.members() {
            match known.get_mut(&key.string().unwrap_or_default()).and_then(Vec::pop) {
                Some(before) => self.values(before, value),
                None => self.changed.push(Span { end: value.span().end, ..key.span() }),
            }
        }
        let gone: Vec<String> =
            known.into_iter().filter(|(_, left)| !left.is_empty()).map(|(name, _)| name.into_owned()).collect();
        if !gone.is_empty() {
            self.opening(new);
            self.gone.extend(gone);
        }
    }

    /// Elements that are the same are so wherever they stand. Of the others, those of one name are compared, then those left over
    /// in their order.
    fn items(&mut self, old: Node<'_>, new: Node<'_>) {
        let mut known: BTreeMap<u64, Vec<Node<'_>>> = BTreeMap::new();
        for item in old.items() {
            known.entry(self.old[item.index()]).or_default().push(item);
        }
        let is_new = |item: &Node<'_>| known.get_mut(&self.new[item.index()]).and_then(Vec::pop).is_none();
        let mut fresh: Vec<Node<'_>> = new.items().filter(is_new).collect();
        let mut left: Vec<Node<'_>> = known.into_values().flatten().collect();
        left.sort_by_key(|item| item.span().start);
        let mut by_name: BTreeMap<u64, Vec<Node<'_>>> = BTreeMap::new();
        for item in left.iter().rev() {
            if let Some(name) = item.get("name") {
                by_name.entry(self.old[name.index()]).or_default().push(*item);
            }
        }
        let mut paired = BTreeSet::new();
        fresh.retain(|item| {
            let of_name = item.get("name").and_then(|name| by_name.get_mut(&self.new[name.index()]));
            let Some(before) = of_name.and_then(Vec::pop) else { return true };
            paired.insert(before.index());
            self.values(before, *item);
            false
        });
        left.retain(|item| !paired.contains(&item.index()));
        let mut left = left.into_iter();
        for item in fresh {
            match left.next() {
                Some(before) => self.values(before, item),
                None => self.changed.push(item.span()),
            }
        }
        if left.next().is_some() {
            self.opening(new);
        }
    }

    fn opening(&mut self, node: Node<'_>) {
        let span = node.span();
        self.changed.push(Span { end: span.start + 1, ..span });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::super::tests::parse;
    use super::changes;

    /// What of `new` is told as changed.
    fn told(old: &str, new: &str) -> Vec<String> {
        let (old, new) = (parse(old), parse(new));
        changes(&old, &new).into_iter().map(|span| new.file().slice(span).to_owned()).collect()
    }

    #[test]
    fn what_differs_is_told_at_the_very_place() {
        assert_eq!(told(r#"{"a": {"b": 1, "c": 2}}"#, r#"{"a": {"b": 1, "c": 3}}"#), ["3"]);
        assert_eq!(told(r#"{"a": 1}"#, r#"{"b": [2], "a": 1}"#), [r#""b": [2]"#]);
        assert_eq!(told(r#"{"a": "1"}"#, r#"{"a": 1}"#), ["1"], "a string is no number");
        assert_eq!(told(r#"{"a": []}"#, r#"{"a": {}}"#), ["{}"]);
    }

    #[test]
    fn the_way_it_is_written_says_nothing() {
        assert_eq!(told(r#"{"a":1,"b":["x"]}"#, "{\r\n\t\"b\": [ \"\\u0078\" ], // why\r\n\t\"a\": 1\r\n}"), [""; 0]);
        assert_eq!(told("[{}, 1, 2]", "[2, {}, 1]"), [""; 0]);
    }

    #[test]
    fn an_element_is_compared_with_that_of_its_name_wherever_it_stands() {
        let old = r#"[{"name": "a", "v": 1}, {"name": "b", "v": 1}]"#;
        let new = r#"[{"name": "c", "v": 1}, {"name": "b", "v": 2}, {"name": "a", "v": 1}]"#;
        assert_eq!(told(old, new), ["2", r#"{"name": "c", "v": 1}"#]);
    }

    #[test]
    fn what_is_gone_is_told_where_it_was_and_where_it_is_named() {
        let old = r#"{"variables": {"x": 1, "y": 2}, "a": "[add(variables('x'), 1)]", "b": "x y", "c": "[variables('y')]"}"#;
        let new = r#"{"variables": {"y": 2}, "a": "[add(variables('x'), 1)]", "b": "x y", "c": "[variables('y')]"}"#;
        assert_eq!(told(old, new), ["{", r#""[add(variables('x'), 1)]""#]);
        assert_eq!(told("[1, 2]", "[2]"), ["["]);
    }

    #[test]
    fn a_text_that_became_unreadable_is_new_as_a_whole() {
        assert_eq!(told(r#"{"a": 1}"#, r#"{"a": 1"#), [r#"{"a": 1"#]);
        assert_eq!(told(r#"{"a": 1"#, r#"{"a": 1"#), [""; 0], "it was so before");
        assert_eq!(told("", "{}"), ["{}"]);
    }

    proptest! {
        #[test]
        fn nothing_changes_when_members_and_elements_change_places(values in proptest::collection::vec("[a-c]{0,2}", 0..6)) {
            let text = |values: &mut dyn Iterator<Item = (usize, &String)>| {
                let members: Vec<String> = values.map(|(n, value)| format!("\"{n}\": [\"{value}\", {n}]")).collect();
                format!("{{ {} }}", members.join(", "))
            };
            let forth = text(&mut values.iter().enumerate());
            let back = text(&mut values.iter().enumerate().rev());
            prop_assert_eq!(told(&forth, &back), Vec::<String>::new());
        }
    }
}
