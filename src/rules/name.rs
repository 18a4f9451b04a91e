//! Where the name of a member is written: in quotes, before its value.

use std::ops::Range;

use crate::source::Span;

/// The bytes of the name `key` of the member whose value stands at `value`, quotes included; `None` where something else stands
/// before it, as it does before what an expression answers.
pub(super) fn before(text: &str, key: &str, value: Span) -> Option<Range<usize>> {
    let name = text.get(..value.start as usize)?.trim_end().strip_suffix(':')?.trim_end();
    let inside = name.strip_suffix('"')?;
    let quote = inside.rfind('"')?;
    inside[quote + 1..].eq_ignore_ascii_case(key).then_some(quote..name.len())
}
