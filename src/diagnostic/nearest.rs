//! The name that was probably meant.

/// The candidate nearest to `name`, without case, when it is near enough to be what was meant: at most a third of the
/// letters, and less than half, were changed, lost, added or swapped with their neighbour. Of equally near ones the first.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = name.to_ascii_lowercase();
    let near = candidates.into_iter().map(|known| (strsim::osa_distance(&folded, &known.to_ascii_lowercase()), known));
    let (distance, known) = near.min_by_key(|(distance, _)| *distance)?;
    let letters = name.chars().count();
    (distance <= letters.max(3) / 3 && 2 * distance < letters.max(known.chars().count())).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_found_and_what_is_far_from_everything_is_not() {
        let known = ["sku", "zones", "virtualNetworkType"];
        assert_eq!(nearest("zonse", known), Some("zones"), "a swap");
        assert_eq!(nearest("VirtualNetworkTyp", known), Some("virtualNetworkType"), "a lost letter, another case");
        assert_eq!(nearest("capacity", known), None);
        assert_eq!(nearest("evn", ["v", "env"]), Some("env"));
        assert_eq!(nearest("i", ["p"]), None, "another letter is another name");
    }
}
