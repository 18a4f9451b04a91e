//! Since when lines are in a file, as its git repository knows it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::git::git;

/// Since when a line is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Somebody wrote it then: seconds since 1970.
    At(i64),
    /// It is not committed yet.
    Uncommitted,
    /// Nobody can tell: there is no repository, or not all of its history.
    Unknown,
}

/// Since when some lines of a file are there, in their order. Lines are counted from 1, and end with a line feed.
#[must_use]
pub fn blame(file: &Path, lines: &[usize]) -> Vec<Written> {
    let real = fs::canonicalize(file).ok();
    let place = real.as_deref().and_then(|real| Some((real.parent()?, real.file_name()?.to_str()?)));
    let all = |written| vec![written; lines.len()];
    let Some((folder, name)) = place else { return all(Written::Unknown) };
    let ranges: Vec<String> = lines.iter().map(|line| format!("{line},{line}")).collect();
    let ranges = ranges.iter().flat_map(|range| ["-L", range.as_str()]);
    // What was only indented anew is as old as it was, and lines are those of the file, whatever shows it.
    let args = ["blame", "--porcelain", "-w", "--no-textconv"].into_iter().chain(ranges).chain(["--", name]);
    match git(folder, args) {
        Ok(Ok(printed)) => {
            let found = read(&String::from_utf8_lossy(&printed));
            let is_cut_off = found.values().any(|(_, ends)| *ends) && is_shallow(folder);
            let written = |line| match found.get(line) {
                Some((written, ends)) if !(*ends && is_cut_off) => *written,
                Some(_) | None => Written::Unknown,
            };
            lines.iter().map(written).collect()
        }
        // A file that is new, or a repository without any commit.
        Ok(Err(said)) if said.contains("no such path") || said.contains("HEAD") => all(Written::Uncommitted),
        Ok(Err(_)) | Err(_) => all(Written::Unknown),
    }
}

/// Whether a repository does not have all of its history, so that its oldest commits seem to have written everything.
fn is_shallow(folder: &Path) -> bool {
    matches!(git(folder, ["rev-parse", "--is-shallow-repository"]), Ok(Ok(said)) if said.starts_with(b"true"))
}

/// Reads `git blame --porcelain`: by the line, since when it is there and whether the history ends there.
fn read(printed: &str) -> BTreeMap<usize, (Written, bool)> {
    let mut commits: BTreeMap<&str, (Written, bool)> = BTreeMap::new();
    let mut lines = BTreeMap::new();
    let (mut commit, mut line) = ("", 0);
    for text in printed.lines() {
        let mut words = text.split(' ');
        match (words.next().unwrap_or_default(), words.next(), words.next()) {
            (start, ..) if start.starts_with('\t') => {
                lines.extend(commits.get(commit).map(|known| (line, *known)));
            }
            ("author-time", Some(seconds), _) => {
                let at = seconds.parse().map_or(Written::Unknown, Written::At);
                let is_commit = commit.bytes().any(|byte| byte != b'0');
                commits.entry(commit).or_insert((Written::Unknown, false)).0 = if is_commit { at } else { Written::Uncommitted };
            }
            ("boundary", ..) => commits.entry(commit).or_insert((Written::Unknown, false)).1 = true,
            (id, Some(_), Some(now)) if id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                (commit, line) = (id, now.parse().unwrap_or(0));
            }
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Written, read};

    #[test]
    fn each_line_has_the_time_of_its_commit_told_once() {
        let (one, two, none) = ("1".repeat(40), "ab".repeat(20), "0".repeat(40));
        let printed = format!(
            "{one} 3 2 1\nauthor A B\nauthor-time 100\nauthor-tz +0200\nboundary\nsummary {two} 1 9\nfilename a\n\t{two} 5 5\n\
             {two} 7 4 1\nauthor-time 200\nfilename a\n\tx\n{one} 9 7 1\n\ty\n{none} 8 8 1\nauthor-time 300\n\tz\n"
        );
        let told: Vec<(usize, (Written, bool))> = read(&printed).into_iter().collect();
        let expected = [
            (2, (Written::At(100), true)),
            (4, (Written::At(200), false)),
            (7, (Written::At(100), true)),
            (8, (Written::Uncommitted, false)),
        ];
        assert_eq!(told, expected);
    }
}
