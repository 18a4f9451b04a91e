//! What is printed on all cores, and written in its order.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::guard;
use crate::threads;

/// How many things are printed before what came of them is written: little is held, and a reader who leaves early is noticed.
const BATCH: usize = 1024;
/// How many are printed at a time.
const PIECE: usize = 16;
/// More of them are worth a thread.
const WORTH: usize = 64;

/// Writes what `print` makes of each: lines of a log.
pub(super) fn lines<T: Sync>(
    items: &[T],
    out: &mut dyn Write,
    print: impl Fn(&T, &mut dyn Write) -> io::Result<()> + Sync,
) -> io::Result<()> {
    each(items, out, |_, piece| {
        let mut text = Vec::new();
        piece.iter().try_for_each(|item| print(item, &mut text))?;
        let mut guarded = Vec::with_capacity(text.len());
        guard::pass_on(&text, &mut guarded)?;
        Ok(guarded)
    })
}

/// Writes what `make` makes of each: an array that stands so deep in a document of indented lines.
pub(super) fn array<T: Sync, J: Serialize>(
    items: &[T],
    depth: usize,
    out: &mut dyn Write,
    make: impl Fn(&T) -> J + Sync,
) -> io::Result<()> {
    if items.is_empty() {
        return out.write_all(b"[]");
    }
    each(items, out, |at, piece| {
        let mut text = Vec::new();
        let mut format = PrettyFormatter::new();
        (0..=depth).try_for_each(|_| format.begin_array(&mut io::sink()))?;
        for (n, item) in piece.iter().enumerate() {
            text.push(if at + n == 0 { b'[' } else { b',' });
            end_line(depth + 1, &mut text)?;
            make(item).serialize(&mut Serializer::with_formatter(&mut text, format.clone()))?;
        }
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        let mut guarded = Vec::with_capacity(text.len());
        guard::escape(&text, &mut guarded)?;
        Ok(guarded)
    })?;
    end_line(depth, out)?;
    out.write_all(b"]")
}

fn end_line(depth: usize, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "\n{:1$}", "", 2 * depth)
}

/// Writes what `print` makes of pieces of the whole; it is told with which item a piece begins.
fn each<T: Sync>(items: &[T], out: &mut dyn Write, print: impl Fn(usize, &[T]) -> io::Result<Vec<u8>> + Sync) -> io::Result<()> {
    for (n, batch) in items.chunks(BATCH).enumerate() {
        let pieces: Vec<(usize, &[T])> =
            batch.chunks(PIECE).enumerate().map(|(m, piece)| (n * BATCH + m * PIECE, piece)).collect();
        for text in threads::share(&pieces, batch.len() > WORTH, |(at, piece)| print(*at, piece)) {
            out.write_all(&text?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{BATCH, array, lines};
    use crate::report::guard::pretty;

    #[test]
    fn what_is_printed_on_all_cores_comes_in_order() {
        let items: Vec<usize> = (0..2 * BATCH + 3).collect();
        let mut out = Vec::new();
        lines(&items, &mut out, |item, text| writeln!(text, "{item}")).unwrap();
        let expected: String = items.iter().map(|item| format!("{item}\n")).collect();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn an_array_in_pieces_is_one_that_was_written_at_once() {
        for count in [0, 1, 2, BATCH + 3] {
            let items: Vec<usize> = (0..count).collect();
            let make = |n: &usize| serde_json::json!({ "n": [n, "##vso[x]"], "none": [] });
            let (mut whole, mut pieces) = (Vec::new(), b"[\n  [\n    ".to_vec());
            pretty(&mut whole, &[[items.iter().map(make).collect::<Vec<_>>()]]).unwrap();
            array(&items, 2, &mut pieces, make).unwrap();
            pieces.extend_from_slice(b"\n  ]\n]\n");
            assert_eq!(String::from_utf8(pieces).unwrap(), String::from_utf8(whole).unwrap());
        }
    }
}
