//! What changes as a unified diff that `git apply` and `patch` accept.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

/// How many lines around a change tell where it is.
const CONTEXT: usize = 3;

/// The patch that makes `after` of the file at `path`, which is seen from the folder that the patch is applied in, or from the root.
/// Nothing where nothing changes.
///
/// It is bytes: lines end with LF alone, whatever stands before it, and what is no UTF-8 stays as it is.
#[must_use]
pub fn patch(path: &str, before: &[u8], after: &[u8]) -> Vec<u8> {
    let (old, new): (Vec<&[u8]>, Vec<&[u8]>) = (lines(before).collect(), lines(after).collect());
    let groups = group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT);
    let mut out = Vec::new();
    if groups.is_empty() {
        return out;
    }
    for (sign, side) in [("---", 'a'), ("+++", 'b')] {
        out.extend_from_slice(format!("{sign} {}\n", name(side, path)).as_bytes());
    }
    for group in &groups {
        out.extend_from_slice(head(group).as_bytes());
        for op in group {
            let (was, is) = (&old[op.old_range()], &new[op.new_range()]);
            match op.tag() {
                DiffTag::Equal => was.iter().for_each(|line| write(b' ', line, &mut out)),
                DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                    was.iter().for_each(|line| write(b'-', line, &mut out));
                    is.iter().for_each(|line| write(b'+', line, &mut out));
                }
            }
        }
    }
    out
}

/// The lines with their ends, as Git counts them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

fn write(sign: u8, line: &[u8], out: &mut Vec<u8>) {
    out.push(sign);
    out.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        out.extend_from_slice(b"\n\\ No newline at end of file\n");
    }
}

/// `@@ -1,4 +1,5 @@`: where the lines of a group stand before and after.
fn head(group: &[DiffOp]) -> String {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return String::new() };
    let old = range(first.old_range().start, last.old_range().end);
    let new = range(first.new_range().start, last.new_range().end);
    format!("@@ -{old} +{new} @@\n")
}

/// The first line from 1, or the one before it where there is none, and how many there are.
fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        len => format!("{},{len}", start + 1),
    }
}

/// The path as Git writes it in a patch: in quotes where a character would end it, with a tab behind where it has spaces.
fn name(side: char, path: &str) -> String {
    let path = format!("{side}/{}", path.strip_prefix("./").unwrap_or(path).trim_start_matches('/'));
    if path.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) {
        let mut quoted = String::from('"');
        for c in path.chars() {
            match c {
                '"' | '\\' => quoted.extend(['\\', c]),
                c if c.is_control() => quoted.push_str(&format!("\\{:03o}", u32::from(c))),
                c => quoted.push(c),
            }
        }
        quoted.push('"');
        return quoted;
    }
    if path.contains(' ') { format!("{path}\t") } else { path }
}

#[cfg(test)]
mod tests {
    use super::patch;

    fn shown(path: &str, before: &str, after: &str) -> String {
        String::from_utf8(patch(path, before.as_bytes(), after.as_bytes())).unwrap()
    }

    #[test]
    fn a_patch_shows_three_lines_around_a_change_and_every_line_end_as_it_is() {
        let before = "1\n2\n3\n4\n5\r\n6\n7\n8\n9";
        assert_eq!(
            shown("./a b.json", before, &before.replace("5\r", "five\r")),
            "--- a/a b.json\t\n+++ b/a b.json\t\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\r\n+five\r\n 6\n 7\n 8\n"
        );
        assert_eq!(
            shown("x", "1\n2", "1\n3"),
            "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+3\n\\ No newline at end of file\n"
        );
        assert_eq!(shown("/srv/a", "1", "2").lines().next(), Some("--- a/srv/a"), "as `patch -d /` takes it");
        assert_eq!(shown("a\"b\n", "1", "1\n2\n").lines().next(), Some("--- \"a/a\\\"b\\012\""));
    }

    #[test]
    fn nothing_changed_is_no_patch() {
        assert_eq!(shown("x", "1\n", "1\n"), "");
    }
}
