//! Functions by name, and the name that somebody may have meant.

use std::sync::OnceLock;

use super::{Function, GROUPS, resource};
use crate::value::name_hash;

/// How many buckets the names are spread over.
const BUCKETS: usize = 512;

/// The functions, by a number that a few bytes of the name give.
static TABLE: OnceLock<Vec<Vec<&'static Function>>> = OnceLock::new();

/// The function of that name, without case. Every other name that starts with `list` is an operation of some resource.
pub(in crate::eval) fn find(name: &str) -> Option<&'static Function> {
    let table = TABLE.get_or_init(|| {
        let mut table = vec![Vec::new(); BUCKETS];
        for function in all() {
            table[bucket(function.name)].push(function);
        }
        table
    });
    let is = |function: &&&Function| function.name == name || function.name.eq_ignore_ascii_case(name);
    let found = table[bucket(name)].iter().find(is).copied();
    let is_list = || name.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("list"));
    found.or_else(|| is_list().then_some(&resource::LIST))
}

/// The names of all functions.
pub(in crate::eval) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|function| function.name)
}

fn all() -> impl Iterator<Item = &'static Function> {
    GROUPS.iter().copied().flatten()
}

fn bucket(name: &str) -> usize {
    (name_hash(name) >> 16) as usize % BUCKETS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{find, names};

    #[test]
    fn every_function_is_found_by_its_name_in_any_case_and_exists_once() {
        let all: BTreeSet<_> = names().map(str::to_ascii_lowercase).collect();
        assert_eq!(all.len(), names().count());
        for name in names() {
            assert_eq!(find(&name.to_ascii_uppercase()).map(|function| function.name), Some(name));
        }
        assert!(find("listKeys").is_some() && find("lis").is_none() && find("").is_none());
    }
}
