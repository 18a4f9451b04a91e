//! From the text back to rules, each when it is asked for.

use std::sync::{Arc, OnceLock};

use super::{FINGERPRINT_LEN, PLACE_LEN, Packed, ZERO};
use crate::rules::condition::Predicate;
use crate::rules::policy::PolicyTable;
use crate::rules::rule::Rule;

/// Rules that are written down.
#[derive(Debug)]
pub(in crate::rules) struct Pack {
    /// Where each item ends in the text behind, in digits.
    ends: &'static [u8],
    /// The items.
    text: &'static str,
    /// How many rules there are.
    rules: usize,
    /// The strings that were asked for so far.
    strings: Box<[OnceLock<Arc<str>>]>,
    /// The conditions that were asked for so far.
    conditions: Box<[OnceLock<Option<Predicate>>]>,
}

/// A cursor in the text.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Reader {
    pack: &'static Pack,
    text: &'static str,
    at: usize,
}

impl Pack {
    /// Opens what was printed; `None` where nothing is.
    pub(in crate::rules) fn open(text: &'static str) -> Option<Self> {
        let (_, text) = text.split_at_checked(FINGERPRINT_LEN + 1)?;
        let count = |n: usize| place(text.as_bytes(), n);
        let (rules, strings, conditions) = (count(0)?, count(1)?, count(2)?);
        let (head, text) = text.split_at_checked((3 + rules + 1 + strings + conditions) * PLACE_LEN)?;
        let ends = &head.as_bytes()[3 * PLACE_LEN..];
        let (strings, conditions) = (unread(strings), unread(conditions));
        Some(Self { ends, text, rules, strings, conditions })
    }

    /// The rule of that number.
    pub(in crate::rules) fn rule(&'static self, n: usize) -> Option<Rule> {
        Rule::unpack(&mut self.reader(n).filter(|_| n < self.rules)?)
    }

    /// The table of policies.
    pub(in crate::rules) fn policies(&'static self) -> Option<PolicyTable> {
        PolicyTable::unpack(&mut self.reader(self.rules)?)
    }

    fn string(&'static self, n: usize) -> Option<Arc<str>> {
        let known = self.strings.get(n)?;
        if let Some(known) = known.get() {
            return Some(Arc::clone(known));
        }
        let text = self.item(self.rules + 1 + n)?;
        Some(Arc::clone(known.get_or_init(|| text.into())))
    }

    fn condition(&'static self, n: usize) -> Option<Predicate> {
        let read = || Predicate::unpack(&mut self.reader(self.rules + 1 + self.strings.len() + n)?);
        self.conditions.get(n)?.get_or_init(read).clone()
    }

    fn reader(&'static self, item: usize) -> Option<Reader> {
        Some(Reader { pack: self, text: self.item(item)?, at: 0 })
    }

    fn item(&self, n: usize) -> Option<&'static str> {
        let before = if n == 0 { 0 } else { place(self.ends, n - 1)? };
        self.text.get(before + 1..place(self.ends, n)?)
    }
}

impl Reader {
    /// The number that is written here.
    pub(in crate::rules) fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let digit = self.text.as_bytes().get(self.at)?.wrapping_sub(ZERO);
            self.at += 1;
            number |= u64::from(digit & 31).checked_shl(shift)?;
            if digit & 32 == 0 {
                return Some(number);
            }
            shift += 5;
        }
    }

    /// The string that is written here; the shared one where it comes more than once.
    pub(super) fn string(&mut self) -> Option<Arc<str>> {
        match self.length_or_item()? {
            Ok(length) => self.characters(length).map(Arc::from),
            Err(item) => self.pack.string(item),
        }
    }

    /// A number that is a length, or that of an item.
    fn length_or_item(&mut self) -> Option<Result<usize, usize>> {
        let number = self.number()?;
        let rest = usize::try_from(number >> 1).ok()?;
        Some(if number & 1 == 0 { Ok(rest) } else { Err(rest) })
    }

    /// So many bytes from here on.
    pub(super) fn characters(&mut self, length: usize) -> Option<&'static str> {
        let start = self.at;
        self.at = start.checked_add(length)?;
        self.text.get(start..self.at)
    }

    /// The condition of that number among those that come more than once.
    pub(super) fn condition(&mut self) -> Option<Predicate> {
        let n = usize::unpack(self)?;
        self.pack.condition(n)
    }
}

/// Room for what is not read yet.
fn unread<T>(count: usize) -> Box<[OnceLock<T>]> {
    std::iter::repeat_with(OnceLock::new).take(count).collect()
}

/// The place that is written as the `n`th of a list.
fn place(digits: &[u8], n: usize) -> Option<usize> {
    let digits = digits.get(n * PLACE_LEN..(n + 1) * PLACE_LEN)?;
    Some(digits.iter().rev().fold(0, |place, digit| place << 6 | usize::from(digit.wrapping_sub(ZERO))))
}
