//! API versions and dates, and which of two is older.

use std::cmp::Ordering;

/// An API version: a date, and whether it is a pre-release of what has that date. A plain date is one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    date: (u16, u8, u8),
    pre_release: bool,
}

impl Version {
    /// Reads `2021-01-01` or `2021-01-01-preview` (any word behind the date makes it a pre-release), without case. Of a date
    /// with a time (`2024-05-01T12:00:00+00:00`) the date counts.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, suffix) = text.split_at_checked(10)?;
        let bytes = date.as_bytes();
        let shaped =
            bytes.iter().enumerate().all(|(n, byte)| if n == 4 || n == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
        if !shaped {
            return None;
        }
        let (year, month, day) = (date[..4].parse().ok()?, date[5..7].parse().ok()?, date[8..].parse().ok()?);
        let pre_release = match suffix.strip_prefix('-') {
            Some(word) if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) => true,
            None if suffix.is_empty() || is_time(suffix) => false,
            Some(_) | None => return None,
        };
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Self { date: (year, month, day), pre_release })
    }
}

/// Whether a text goes on from a date to a time (RFC 3339 section 5.6).
fn is_time(text: &str) -> bool {
    let rest = text.strip_prefix(['T', 't', ' ']);
    rest.is_some_and(|time| time.starts_with(|c: char| c.is_ascii_digit()) && time.contains(':'))
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.date.cmp(&other.date).then_with(|| other.pre_release.cmp(&self.pre_release))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_ordered_by_date_and_a_preview_is_older_than_what_it_previews() {
        let ascending =
            ["2014-02-14-preview", "2014-02-14", "2019-12-01-Preview", "2019-12-01", "2021-01-01-preview", "2021-08-01"];
        let versions: Vec<_> = ascending.iter().map(|text| Version::parse(text).unwrap()).collect();
        assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    }

    #[test]
    fn what_is_no_version_is_neither_older_nor_newer() {
        for text in
            ["", "2021", "2021-13-01", "2021-01-32", "2021-01-01preview", "2021-01-01-", "2021/01/01", "latest", "2021-01-0é"]
        {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
