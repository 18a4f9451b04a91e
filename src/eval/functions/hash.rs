//! `uniqueString` and `guid`: hashes of their arguments, bit for bit as Azure computes them.
//!
//! Neither algorithm is documented; both were found by comparing with published results of the real service.

use uuid::Uuid;

use crate::eval::symbol::of_call;
use crate::value::{Type, Value};

use super::partial::{self, one_hole};
use super::{Args, Fault, FaultKind, Function, Run};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "uniqueString", arity: (1, usize::MAX), run: Run::Partial(Some(Type::String), unique_string) },
    Function { name: "guid", arity: (1, usize::MAX), run: Run::Partial(Some(Type::String), guid) },
];

/// The namespace of `guid`'s version 5 UUIDs.
const NAMESPACE: Uuid = Uuid::from_u128(0x11fb_06fb_712d_4ddd_98c7_e71b_bd58_8830);

fn unique_string(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    match joined(args)? {
        Some(joined) => Ok(Some(Value::string(base32(murmur(joined.as_bytes())), args.call))),
        None => Ok(Some(partial::text(args, one_hole(of_call(args.name, args.values), 13, Some(13))))),
    }
}

fn guid(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    match joined(args)? {
        Some(joined) => Ok(Some(Value::string(Uuid::new_v5(&NAMESPACE, joined.as_bytes()).to_string(), args.call))),
        None => Ok(Some(partial::text(args, one_hole(of_call(args.name, args.values), 36, Some(36))))),
    }
}

/// The arguments joined by `-`, where all are known.
fn joined(args: &Args<'_>) -> Result<Option<String>, Fault> {
    let mut joined = String::new();
    let mut known = true;
    for (n, value) in args.values.iter().enumerate() {
        match (value.as_str(), value.type_of()) {
            (Some(part), _) => {
                if n > 0 {
                    joined.push('-');
                }
                joined.push_str(part);
            }
            (None, None | Some(Type::String)) => known = false,
            (None, Some(_)) => return Err(args.wrong_type(n, "a string")),
        }
    }
    if joined.len() > partial::MAX_TEXT {
        return Err(args.fault(FaultKind::InvalidArguments, 0, "is too long"));
    }
    Ok(known.then_some(joined))
}

/// A 64-bit variant of Murmur: two 32-bit lanes, seed 0.
fn murmur(bytes: &[u8]) -> u64 {
    const C1: u32 = 0x239b_961b;
    const C2: u32 = 0xab0e_9789;
    let word = |four: &[u8]| four.iter().rev().fold(0_u32, |word, &byte| word << 8 | u32::from(byte));
    let first = |k: u32| k.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2);
    let second = |k: u32| k.wrapping_mul(C2).rotate_left(17).wrapping_mul(C1);
    let (mut h1, mut h2) = (0_u32, 0_u32);
    let blocks = bytes.chunks_exact(8);
    let tail = blocks.remainder();
    for block in blocks {
        h1 = (h1 ^ first(word(&block[..4]))).rotate_left(19).wrapping_add(h2);
        h1 = h1.wrapping_mul(5).wrapping_add(0x561c_cd1b);
        h2 = (h2 ^ second(word(&block[4..]))).rotate_left(13).wrapping_add(h1);
        h2 = h2.wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    let (head, rest) = tail.split_at(tail.len().min(4));
    h1 ^= first(word(head));
    h2 ^= second(word(rest));
    #[allow(clippy::cast_possible_truncation, reason = "the algorithm counts the length in 32 bits")]
    let length = bytes.len() as u32;
    h1 ^= length;
    h2 ^= length;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    h1 = finish(h1);
    h2 = finish(h2);
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    u64::from(h2) << 32 | u64::from(h1)
}

fn finish(mut h: u32) -> u32 {
    h = (h ^ h >> 16).wrapping_mul(0x85eb_ca6b);
    h = (h ^ h >> 13).wrapping_mul(0xc2b2_ae35);
    h ^ h >> 16
}

/// Thirteen digits of five bits from the top down; the last one holds the four bits that are left.
fn base32(hash: u64) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let wide = u128::from(hash) << 1;
    (0..13).map(|n| char::from(DIGITS[(wide >> (60 - 5 * n) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::super::trial::{fault, s, shown, unknown};
    use super::FaultKind;

    #[test]
    fn unique_string_gives_azures_digits() {
        // (arguments, what the service or its own compiler's tests print)
        for (arguments, expected) in [
            (vec!["asd", "asdf", "asdf"], "iizpqit7ih3cc"),
            (vec!["snap", "crackle", "pop"], "byghxckddilkc"),
            (vec!["/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myRg"], "js26ofeqkqeve"),
            (vec!["hello", "world"], "a7wkljktk6wne"),
            (vec!["é"], "5i6hbiqzwuby6"),
        ] {
            let values: Vec<_> = arguments.iter().map(|text| s(text)).collect();
            assert_eq!(shown("uniqueString", &values), format!("'{expected}'"), "of {arguments:?}");
        }
    }

    #[test]
    fn guid_gives_azures_uuids() {
        assert_eq!(shown("guid", &[s("asdf")]), "'228d27cc-6fdb-5934-b7ac-1efccebade04'");
        assert_eq!(shown("guid", &[s("foo"), s("bar"), s("baz")]), "'2ed86837-7c7c-5eaa-9864-dd077fd19b0d'");
    }

    #[test]
    fn a_hash_of_an_unknown_has_a_known_length() {
        assert_eq!(shown("uniqueString", &[s("a"), unknown("p")]), "text ${uniquestring('a',p)} of 13..13");
        assert_eq!(shown("guid", &[unknown("p")]), "text ${guid(p)} of 36..36");
    }

    #[test]
    fn a_hash_of_a_number_is_a_fault_even_beside_an_unknown() {
        assert_eq!(fault("guid", &[unknown("p"), super::super::trial::i(1)]), FaultKind::Type);
    }
}
