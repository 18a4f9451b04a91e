//! From rules to the text.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FINGERPRINT_LEN, PLACE_LEN, Packed, ZERO};
use crate::rules::condition::Predicate;
use crate::rules::policy::PolicyTable;
use crate::rules::rule::Rule;

/// Writes down.
#[derive(Default)]
pub(in crate::rules) struct Printer {
    out: String,
    strings: Shared<Arc<str>>,
    /// Conditions by where they are in memory.
    conditions: Shared<usize>,
    /// The conditions that come more than once, as they are written down.
    listed: Vec<String>,
}

/// What may come more than once.
struct Shared<K> {
    /// How often each came, and how many others had come before it.
    met: BTreeMap<K, (usize, usize)>,
    /// The numbers of those that are items of their own.
    items: BTreeMap<K, usize>,
}

/// How something that may come more than once is to be written.
enum Met {
    /// Here, as it comes this once.
    Once,
    /// Not yet: it was met before, and nobody knows its number before everything was looked through.
    Again,
    /// By its number.
    Listed(usize),
}

impl<K> Default for Shared<K> {
    fn default() -> Self {
        Self { met: BTreeMap::new(), items: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> Shared<K> {
    fn meet(&mut self, key: K) -> Met {
        if let Some(item) = self.items.get(&key) {
            return Met::Listed(*item);
        }
        let before = self.met.len();
        let (count, _) = self.met.entry(key).and_modify(|(count, _)| *count += 1).or_insert((1, before));
        if *count > 1 && self.items.is_empty() { Met::Again } else { Met::Once }
    }

    /// What came more than once, in the order in which it came.
    fn several(&self) -> Vec<K> {
        let mut several: Vec<(usize, &K)> =
            self.met.iter().filter(|(_, (count, _))| *count > 1).map(|(key, (_, before))| (*before, key)).collect();
        several.sort_by_key(|(before, _)| *before);
        several.into_iter().map(|(_, key)| key.clone()).collect()
    }

    fn listed(several: &[K]) -> Self {
        Self { met: BTreeMap::new(), items: several.iter().cloned().zip(0..).collect() }
    }
}

/// The rules and the table of policies as one text.
pub(in crate::rules) fn print(fingerprint: u64, rules: &[Rule], policies: &PolicyTable) -> String {
    // What comes more than once is known when everything was written down.
    let mut draft = Printer::default();
    rules.iter().for_each(|rule| rule.pack(&mut draft));
    policies.pack(&mut draft);
    let (strings, conditions) = (draft.strings.several(), draft.conditions.several());
    let mut printer = Printer {
        strings: Shared::listed(&strings),
        conditions: Shared::listed(&conditions),
        listed: vec![String::new(); conditions.len()],
        ..Printer::default()
    };
    let mut items: Vec<String> = rules.iter().map(|rule| printer.item(|to| rule.pack(to))).collect();
    items.push(printer.item(|to| policies.pack(to)));
    items.extend(strings.iter().map(|text| text.to_string()));
    items.append(&mut printer.listed);
    let mut text = format!("{fingerprint:0FINGERPRINT_LEN$x}\n");
    [rules.len(), strings.len(), conditions.len()].iter().for_each(|count| push_place(&mut text, *count));
    let mut end = 0;
    for item in &items {
        end += 1 + item.len();
        push_place(&mut text, end);
    }
    items.iter().for_each(|item| text.extend(["\n", item]));
    text + "\n"
}

fn push_place(text: &mut String, place: usize) {
    text.extend((0..PLACE_LEN).map(|n| digit((place >> (6 * n)) & 63)));
}

fn digit(bits: usize) -> char {
    char::from(ZERO + u8::try_from(bits).unwrap_or(0))
}

impl Printer {
    /// What something is written down as.
    fn item(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let outer = std::mem::take(&mut self.out);
        write(self);
        std::mem::replace(&mut self.out, outer)
    }

    /// Writes something behind its length.
    pub(super) fn measured(&mut self, write: impl FnOnce(&mut Self)) {
        let part = self.item(write);
        self.number(part.len() as u64);
        self.out.push_str(&part);
    }

    /// Writes a number.
    pub(in crate::rules) fn number(&mut self, mut number: u64) {
        while number > 31 {
            self.out.push(digit((number & 31 | 32) as usize));
            number >>= 5;
        }
        self.out.push(digit(number as usize));
    }

    /// Writes a string, or its number where it comes more than once.
    pub(super) fn string(&mut self, text: &str) {
        match self.strings.meet(text.into()) {
            Met::Once => {
                self.number((text.len() as u64) << 1);
                self.out.push_str(text);
            }
            Met::Again => {}
            Met::Listed(item) => self.number((item as u64) << 1 | 1),
        }
    }

    /// Writes a condition, or behind `listed` its number where it comes more than once.
    pub(super) fn condition(&mut self, condition: &Predicate, listed: u64, whole: fn(&Predicate, &mut Self)) {
        let address = match condition {
            Predicate::All(parts) | Predicate::Any(parts) => parts.as_ptr().addr(),
            Predicate::Not(part) => Arc::as_ptr(part).addr(),
            Predicate::Leaf(leaf) => Arc::as_ptr(leaf).addr(),
        };
        match self.conditions.meet(address) {
            Met::Once => whole(condition, self),
            Met::Again => {}
            Met::Listed(item) => {
                self.number(listed);
                self.number(item as u64);
                if self.listed[item].is_empty() {
                    self.listed[item] = self.item(|to| whole(condition, to));
                }
            }
        }
    }
}
