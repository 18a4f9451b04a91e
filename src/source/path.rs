//! Paths as they are shown: text with forward slashes, as typed, so that a report does not depend on where it was made.

/// The folder part of a path with its final slash; empty for a bare name.
#[must_use]
pub fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..=at])
}

/// The name part of a path.
#[must_use]
pub fn name(path: &str) -> &str {
    path.rfind('/').map_or(path, |at| &path[at + 1..])
}

/// The folder above a folder; both end with a slash or are empty. `None` above the root of an absolute path; how far a
/// relative one can be climbed, its text does not tell.
#[must_use]
pub fn above(path: &str) -> Option<String> {
    let inner = path.strip_suffix('/').unwrap_or(path);
    match name(inner) {
        "" if path == "/" => None,
        "" | ".." => Some(format!("{path}../")),
        "." => Some(format!("{}../", folder(inner))),
        _ => Some(folder(inner).to_owned()),
    }
}

/// `relative` seen from a folder, `.` and `..` resolved in the text; `None` for an absolute path or address.
#[must_use]
pub fn join(folder: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    if relative.starts_with('/') || relative.contains("://") {
        return None;
    }
    let (start, mut kept): (&str, Vec<&str>) = match folder.strip_prefix('/') {
        Some(rest) => ("/", segments(rest).collect()),
        None => ("", segments(folder).collect()),
    };
    for part in segments(&relative) {
        match (part, kept.last()) {
            (".", _) => {}
            ("..", Some(&last)) if last != ".." => {
                kept.pop();
                if last == "." {
                    kept.push("..");
                }
            }
            (part, _) => kept.push(part),
        }
    }
    Some(format!("{start}{}", kept.join("/")))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{above, join};

    #[test]
    fn links_are_resolved_in_the_text_of_the_path() {
        assert_eq!(join("infra/", "nested/x.json").as_deref(), Some("infra/nested/x.json"));
        assert_eq!(join("./infra/", "../shared/x.json").as_deref(), Some("./shared/x.json"));
        assert_eq!(join("./", "../x.json").as_deref(), Some("../x.json"));
        assert_eq!(join("", "x.json").as_deref(), Some("x.json"));
        assert_eq!(join("a/", "..\\..\\x.json").as_deref(), Some("../x.json"));
        assert_eq!(join("/srv/t/", "./x.json").as_deref(), Some("/srv/t/x.json"));
        assert_eq!(join("a/", "https://contoso.com/x.json"), None);
        assert_eq!(join("a/", "/etc/x.json"), None);
    }

    #[test]
    fn a_folder_is_climbed_in_the_text_of_its_path() {
        let climb = |start: &str| {
            let steps = std::iter::successors(Some(start.to_owned()), |folder| above(folder));
            steps.skip(1).take(3).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(climb("a/b/"), "a/  ../");
        assert_eq!(climb(""), "../ ../../ ../../../");
        assert_eq!(climb("./a/"), "./ ../ ../../");
        assert_eq!(climb("../a/"), "../ ../../ ../../../");
        assert_eq!(climb("/a/b/"), "/a/ /");
    }
}
