//! Texts printed on all cores, and written in their order.

use std::io::{self, Write};

use crate::threads;

/// How many things are printed before what came of them is written: little is held, and a reader who leaves early is noticed.
const BATCH: usize = 1024;
/// How many are printed at a time, which is worth a thread.
const PIECE: usize = 64;

/// Writes what `print` makes of each.
pub(super) fn each<T: Sync>(items: &[T], out: &mut dyn Write, print: impl Fn(&T, &mut String) + Sync) -> io::Result<()> {
    for batch in items.chunks(BATCH) {
        let pieces: Vec<&[T]> = batch.chunks(PIECE).collect();
        let texts = threads::share(&pieces, true, |piece| {
            let mut text = String::new();
            piece.iter().for_each(|item| print(item, &mut text));
            text
        });
        texts.iter().try_for_each(|text| out.write_all(text.as_bytes()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{BATCH, each};

    #[test]
    fn what_is_printed_on_all_cores_comes_in_order() {
        let items: Vec<usize> = (0..2 * BATCH + 3).collect();
        let mut out = Vec::new();
        each(&items, &mut out, |item, text| text.push_str(&format!("{item}\n"))).unwrap();
        let expected: String = items.iter().map(|item| format!("{item}\n")).collect();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
