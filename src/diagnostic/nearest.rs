//! The name that was probably meant.

/// The candidate nearest to `name`, without case, when it is near enough to be what was meant: at most a third of the
/// letters, and less than half, were changed, lost, added or swapped with their neighbour. Of equally near ones the first.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    near(name, candidates).map(|(_, known)| known)
}

/// Whether `name` is none of the candidates, but one to three slips away from one of them, and no more than [`nearest`] forgives.
#[must_use]
pub fn is_slip<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> bool {
    near(name, candidates).is_some_and(|(distance, _)| (1..=3).contains(&distance))
}

fn near<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<(usize, &'c str)> {
    let folded = name.to_ascii_lowercase();
    let near = candidates.into_iter().map(|known| (strsim::osa_distance(&folded, &known.to_ascii_lowercase()), known));
    let (distance, known) = near.min_by_key(|(distance, _)| *distance)?;
    let letters = name.chars().count();
    (distance <= letters.max(3) / 3 && 2 * distance < letters.max(known.chars().count())).then_some((distance, known))
}

#[cfg(test)]
mod tests {
    use super::{is_slip, nearest};

    #[test]
    fn a_slip_is_found_and_what_is_far_from_everything_is_not() {
        let known = ["sku", "zones", "virtualNetworkType"];
        assert_eq!(nearest("zonse", known), Some("zones"), "a swap");
        assert_eq!(nearest("VirtualNetworkTyp", known), Some("virtualNetworkType"), "a lost letter, another case");
        assert_eq!(nearest("capacity", known), None);
        assert_eq!(nearest("evn", ["v", "env"]), Some("env"));
        assert_eq!(nearest("i", ["p"]), None, "another letter is another name");
        assert!(is_slip("zonse", known) && !is_slip("Zones", known), "the name itself is no slip of it");
        let long = ["Contoso.Gateway.Security.Protocols.Tls10"];
        assert_eq!(nearest("Contoso.Gateway.Security.Ciphers.Tls10", long), Some(long[0]));
        assert!(!is_slip("Contoso.Gateway.Security.Ciphers.Tls10", long), "more than three letters are another word");
    }
}
