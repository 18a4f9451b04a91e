//! Keys that one object has twice.
//!
//! Keys are compared exactly, escapes resolved. Resource Manager does look up properties without case, but it first looks for the
//! exact spelling: a variable with the keys `True` and `true` is legal and both can be reached (PSRule.Rules.Azure issue 794).
//! Where two spellings clash (parameters, variables, outputs) is a question of what the object is, which the reader cannot know.

use std::borrow::Cow;

use super::escape;
use super::tree::{Kind, Raw};

/// Up to so many members, comparing each with each is faster than sorting.
const FEW: usize = 12;

/// Each key of `object` that it has before, with the first of its name: `(first, again)`, in the order of the text.
pub(super) fn keys(text: &str, nodes: &[Raw], object: u32) -> Vec<(u32, u32)> {
    let end = nodes[object as usize].next;
    let members = std::iter::successors(Some(object + 1), |&key| {
        let value = nodes.get(key as usize)?.next;
        Some(nodes.get(value as usize)?.next)
    });
    let members = members.take_while(|&key| key < end);

    let mut few = [(0, ""); FEW];
    let mut count = 0;
    for key in members.clone() {
        let raw = nodes[key as usize];
        if count == FEW || raw.kind == Kind::Escaped {
            return among_many(text, nodes, members);
        }
        few[count] = (key, raw.body(text));
        count += 1;
    }
    let few = &few[..count];
    let mut again = Vec::new();
    if differ(few.iter().map(|(_, name)| *name)) {
        return again;
    }
    for (at, (key, name)) in few.iter().enumerate() {
        if let Some((first, _)) = few[..at].iter().find(|(_, other)| other == name) {
            again.push((*first, *key));
        }
    }
    again
}

/// Whether all names certainly differ: by their lengths and ends, of which each sets a bit of its own.
fn differ<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let mut seen = 0_u64;
    let mut is_new = |name: &str| {
        let (first, last) = (name.bytes().next().map_or(0, u32::from), name.bytes().next_back().map_or(0, u32::from));
        let mixed = (name.len() as u32).wrapping_mul(7) ^ first.wrapping_mul(5) ^ last.wrapping_mul(11);
        let bit = 1_u64 << (mixed % u64::BITS);
        let is_new = seen & bit == 0;
        seen |= bit;
        is_new
    };
    { names }.all(&mut is_new)
}

fn among_many(text: &str, nodes: &[Raw], members: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut names: Vec<(Cow<'_, str>, u32)> = members
        .map(|key| {
            let raw = nodes[key as usize];
            let body = raw.body(text);
            (if raw.kind == Kind::Escaped { escape::decode(body).into() } else { body.into() }, key)
        })
        .collect();
    names.sort_unstable();
    let mut again = Vec::new();
    for group in names.chunk_by(|a, b| a.0 == b.0) {
        again.extend(group[1..].iter().map(|(_, key)| (group[0].1, *key)));
    }
    again.sort_unstable_by_key(|&(_, key)| key);
    again
}
