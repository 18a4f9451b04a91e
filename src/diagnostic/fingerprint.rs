//! What a diagnostic is about, as a number that survives editing: the identity that baselines and code-scanning services
//! compare from one run to the next.

use std::collections::BTreeMap;
use std::fmt;

use super::{Diagnostic, Run};
use crate::source::{FileId, Sources};

/// The identity of a diagnostic: the same when lines move, properties are reordered, other resources are added or the
/// file is renamed. It is printed as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// That of some texts in this order.
    #[must_use]
    pub fn of(fields: &[&str]) -> Self {
        let mut hash = Fnv::new();
        for field in fields {
            hash.field(field);
        }
        Self(hash.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// FNV-1a with 128 bits (draft-eastlake-fnv, "The FNV Non-Cryptographic Hash Algorithm"). It tells apart; it does not protect.
struct Fnv(u128);

impl Fnv {
    const PRIME: u128 = (1 << 88) + 0x13b;

    fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    fn bytes(&mut self, bytes: impl IntoIterator<Item = u8>) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(Self::PRIME);
        }
    }

    /// Adds a field. It ends with a byte that no UTF-8 text holds, so that `ab` + `c` is not `a` + `bc`.
    fn field(&mut self, text: &str) {
        self.bytes(text.bytes().chain([0xff]));
    }

    /// Adds a field whose ASCII case says nothing.
    fn field_without_case(&mut self, text: &str) {
        self.bytes(text.bytes().map(|byte| byte.to_ascii_lowercase()).chain([0xff]));
    }
}

impl Diagnostic {
    /// Its fingerprint: of rule, resource type, resource name and property path, or, where it is about no resource, of
    /// rule, message and the text it points at.
    ///
    /// Two diagnostics of one file may have the same one; [`fingerprints`] tells them apart.
    #[must_use]
    pub fn fingerprint(&self, sources: &Sources) -> Fingerprint {
        let mut hash = Fnv::new();
        hash.field(&self.rule);
        if let Some(resource) = &self.resource {
            hash.field_without_case(&resource.resource_type);
            hash.field_without_case(&resource.name);
            hash.field_without_case(&self.path);
        } else {
            hash.field(&self.message);
            if let Some(file) = sources.get(self.primary.span.file) {
                hash.field(file.slice(self.primary.span));
            }
        }
        Fingerprint(hash.0)
    }
}

/// The fingerprints of all the diagnostics of a run, in the order given.
///
/// Where several of one file would be the same, the second and later ones in the order of the file take in their number.
/// Give everything that was found, suppressed or not: then suppressing one does not change the others.
#[must_use]
pub fn fingerprints(diagnostics: &[&Diagnostic], sources: &Sources) -> Vec<Fingerprint> {
    let mut prints: Vec<Fingerprint> = diagnostics.iter().map(|diagnostic| diagnostic.fingerprint(sources)).collect();
    let mut order: Vec<usize> = (0..diagnostics.len()).collect();
    order.sort_by_key(|&index| diagnostics[index].primary.span);
    let mut seen: BTreeMap<(FileId, Fingerprint), u64> = BTreeMap::new();
    for index in order {
        let count = seen.entry((diagnostics[index].primary.span.file, prints[index])).or_default();
        if *count > 0 {
            let mut hash = Fnv(prints[index].0);
            hash.bytes(count.to_le_bytes());
            prints[index] = Fingerprint(hash.0);
        }
        *count += 1;
    }
    prints
}

/// The fingerprints of everything in a run, list by list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprints {
    /// Those of [`Run::diagnostics`].
    pub diagnostics: Vec<Fingerprint>,
    /// Those of [`Run::undecided`].
    pub undecided: Vec<Fingerprint>,
    /// Those of [`Run::suppressed`].
    pub suppressed: Vec<Fingerprint>,
}

impl Run {
    /// The fingerprints of everything that was found.
    #[must_use]
    pub fn fingerprints(&self) -> Fingerprints {
        let suppressed = self.suppressed.iter().map(|suppressed| &suppressed.diagnostic);
        let untouched = self.untouched.iter().flat_map(|untouched| &untouched.diagnostics);
        let all: Vec<&Diagnostic> = self.diagnostics.iter().chain(&self.undecided).chain(suppressed).chain(untouched).collect();
        let mut diagnostics = fingerprints(&all, &self.sources);
        let mut undecided = diagnostics.split_off(self.diagnostics.len());
        let mut suppressed = undecided.split_off(self.undecided.len());
        suppressed.truncate(self.suppressed.len());
        Fingerprints { diagnostics, undecided, suppressed }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fnv, fingerprints};
    use crate::diagnostic::{Diagnostic, Label, ResourceRef, Severity};
    use crate::source::{Loaded, Sources, Span};

    fn about(sources: &Sources, text: &str, name: &str) -> Diagnostic {
        let file = sources.add("a.json", Loaded::utf8(text));
        let start = u32::try_from(text.find("2019").unwrap()).unwrap();
        let span = Span::new(file.id(), start, start + 4);
        let mut diagnostic = Diagnostic::new("s/r", Severity::Error, format!("at {start}"), Label::new(span, ""));
        diagnostic.resource = Some(ResourceRef {
            file: file.id(),
            resource_type: "Microsoft.ApiManagement/service".to_owned(),
            name: name.to_owned(),
            symbolic_name: None,
            pointer: format!("/resources/{start}"),
        });
        diagnostic.path = "apiVersion".to_owned();
        diagnostic
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // The test vectors of draft-eastlake-fnv, FNV-1a 128: the empty string and "foobar".
        assert_eq!(Fnv::new().0, 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        let mut hash = Fnv::new();
        hash.bytes(*b"foobar");
        assert_eq!(hash.0, 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn moved_lines_and_other_letter_case_are_the_same_diagnostic() {
        let sources = Sources::new();
        let one = about(&sources, "2019", "apim");
        let mut two = about(&sources, "\n\n   2019", "APIM");
        two.resource.as_mut().unwrap().resource_type.make_ascii_lowercase();
        assert_eq!(one.fingerprint(&sources), two.fingerprint(&sources));
        assert_ne!(one.fingerprint(&sources), about(&sources, "2019", "apim2").fingerprint(&sources));
    }

    #[test]
    fn twins_of_one_file_are_told_apart_by_their_order_in_the_file() {
        let sources = Sources::new();
        let first = about(&sources, "2019 2019", "apim");
        let mut second = first.clone();
        second.primary.span = Span::new(first.primary.span.file, 5, 9);
        let forth = fingerprints(&[&first, &second], &sources);
        let back = fingerprints(&[&second, &first], &sources);
        assert_ne!(forth[0], forth[1]);
        assert_eq!(forth, [back[1], back[0]], "the order of the list does not matter");
        let elsewhere = about(&sources, "2019", "apim");
        assert_eq!(fingerprints(&[&first, &elsewhere], &sources)[1], forth[0], "files do not number each other");
    }

    #[test]
    fn without_a_resource_the_text_pointed_at_counts() {
        let sources = Sources::new();
        let mut one = about(&sources, "{ 2019 }", "");
        one.resource = None;
        one.message = "same".to_owned();
        let mut two = about(&sources, "  { 2019, 2020 }", "");
        two.resource = None;
        two.message = "same".to_owned();
        assert_eq!(one.fingerprint(&sources), two.fingerprint(&sources));
        two.primary.span = Span::new(two.primary.span.file, 10, 14);
        assert_ne!(one.fingerprint(&sources), two.fingerprint(&sources));
    }
}
