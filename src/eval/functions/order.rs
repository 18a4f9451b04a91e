//! The order of strings that `less` and `greater` use: that of a culture, not of code points.
//!
//! `greater('A', 'a')` is true ("Comparison functions", the tables of greater and less): letters compare first without case,
//! and of two strings that differ only by case the one with the small letter comes first. Marks come before digits and
//! digits before letters, as in the root collation of Unicode (UTS 10, default table).

use std::cmp::Ordering;

/// The marks of ASCII in the order of the default table; what is not among them is a control character.
const MARKS: &str = "\t\n\u{b}\u{c}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// The order of two strings; `None` where letters outside ASCII decide, whose order is that of a table which is not here.
pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    if a == b {
        return Some(Ordering::Equal);
    }
    if !a.is_ascii() || !b.is_ascii() {
        return None;
    }
    let folded = a.bytes().map(weight).cmp(b.bytes().map(weight));
    let small_first = |text: &str| text.bytes().map(|byte| byte.is_ascii_uppercase()).collect::<Vec<_>>();
    Some(folded.then_with(|| small_first(a).cmp(&small_first(b))))
}

/// The place of a character among all of them, without case.
fn weight(byte: u8) -> (u8, u8) {
    let mark = MARKS.bytes().zip(0..).find(|&(mark, _)| mark == byte).map(|(_, at)| at);
    match (byte, mark) {
        (b'0'..=b'9', _) => (2, byte),
        (b'a'..=b'z' | b'A'..=b'Z', _) => (3, byte.to_ascii_lowercase()),
        (_, Some(at)) => (1, at),
        (_, None) => (0, byte),
    }
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::cmp::Ordering::{Equal, Greater, Less};

    #[test]
    fn letters_compare_without_case_before_their_case_does() {
        let cases = [
            ("A", "a", Some(Greater)),
            ("a", "B", Some(Less)),
            ("Test1", "Test2", Some(Less)),
            ("abc", "ABD", Some(Less)),
            ("a", "aa", Some(Less)),
            ("aB", "Ab", Some(Less)),
            ("9", "a", Some(Less)),
            ("_", "0", Some(Less)),
            ("é", "é", Some(Equal)),
            ("é", "f", None),
        ];
        for (a, b, order) in cases {
            assert_eq!(compare(a, b), order, "{a} {b}");
            assert_eq!(compare(b, a), order.map(std::cmp::Ordering::reverse), "{b} {a}");
        }
    }
}
