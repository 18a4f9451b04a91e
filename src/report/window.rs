//! The few lines of the files that a diagnostic is about, cut to the width of the screen around its labels.
//!
//! miette reads these windows instead of the files: its work no longer grows with the length of a file or of a line
//! (where it gives up at column 65,536), and labels of several files can stand in one report.

use std::ops::Range;
use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::text::{columns, columns_of, is_plain, push_visible, visible, wrap};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{SourceFile, Sources};

/// How many lines are shown before and after a label.
const CONTEXT: u32 = 1;
/// How many labels besides the primary one are shown: a hundred resources with one defect fill no hundred screens.
pub(super) const MOST_LABELS: usize = 8;
/// How far tabs jump.
const TAB: usize = 4;
/// How many columns the text of a label gets at least, before the line is cut to make room for it.
const TEXT: usize = 32;
/// The columns of what stands between the middle of an underline and the text of its label: `╰── `.
const LEADER: usize = 4;

/// The windows of one diagnostic, one after the other in a text that stands in no file.
#[derive(Debug, Default)]
pub(super) struct Windows {
    text: String,
    windows: Vec<Window>,
    marks: Vec<Mark>,
}

/// Some lines of one file.
#[derive(Debug)]
struct Window {
    path: String,
    /// The number of its first line, from 1.
    first: u32,
    /// How many lines it has.
    count: usize,
    /// Where it stands in the text.
    range: Range<usize>,
}

/// A label in the text of the windows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where it stands in the text.
    pub(super) range: Range<usize>,
    /// What it says, in lines that fit.
    pub(super) text: String,
    /// Whether it is the one the diagnostic is about.
    pub(super) primary: bool,
    line: u32,
    column: u32,
}

/// A label on a line of its file. One that goes over several lines is shown on its first.
#[derive(Debug)]
struct Spot {
    file: Arc<SourceFile>,
    line: u32,
    /// The bytes of the line.
    range: Range<usize>,
    column: u32,
    text: String,
    primary: bool,
}

impl Spot {
    fn of(label: &Label, primary: bool, sources: &Sources) -> Option<Self> {
        let file = sources.get(label.span.file)?;
        let position = file.position(label.span.start);
        let (line, first) = file.line(position.line)?;
        let on_line = |byte: u32| {
            let mut byte = (byte.saturating_sub(first) as usize).min(line.len());
            while !line.is_char_boundary(byte) {
                byte -= 1;
            }
            byte
        };
        let range = on_line(label.span.start)..on_line(label.span.end);
        let text = visible(&label.text).into_owned();
        Some(Self { line: position.line, column: position.column, range, text, primary, file })
    }
}

impl Windows {
    /// The windows around the labels of `diagnostic`: first the one it is about, then others of its file, then the other
    /// files in the order of their labels. `width` is that of the screen, `ellipsis` stands where a line was cut.
    pub(super) fn of(diagnostic: &Diagnostic, sources: &Sources, width: usize, ellipsis: &str) -> Self {
        let mut spots: Vec<Spot> = Vec::with_capacity(1 + diagnostic.labels.len());
        let others = diagnostic.labels.iter().take(MOST_LABELS);
        let labels = std::iter::once((&diagnostic.primary, true)).chain(others.map(|label| (label, false)));
        for spot in labels.filter_map(|(label, primary)| Spot::of(label, primary, sources)) {
            match spots.iter_mut().find(|other| other.file.id() == spot.file.id() && same_place(other, &spot)) {
                Some(other) if other.text.is_empty() => other.text = spot.text,
                Some(other) if spot.text.is_empty() || other.text == spot.text => {}
                Some(other) => other.text = format!("{}; {}", other.text, spot.text),
                None => spots.push(spot),
            }
        }
        let files: Vec<_> = spots.iter().map(|spot| spot.file.id()).collect();
        let rank = |spot: &Spot| files.iter().position(|&file| file == spot.file.id());
        spots.sort_by_key(|spot| (rank(spot), spot.line, spot.range.start));

        let mut groups = Vec::new();
        let mut rest = spots.as_slice();
        while !rest.is_empty() {
            let (group, others) = rest.split_at(together(rest, width));
            groups.push(group);
            rest = others;
        }
        groups.sort_by_key(|group| !group.iter().any(|spot| spot.primary));
        let mut windows = Self::default();
        for group in groups {
            windows.add(group, width, ellipsis);
        }
        windows
    }

    /// The labels in the order of the text.
    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Adds a window around spots of one file that lie close together.
    fn add(&mut self, spots: &[Spot], width: usize, ellipsis: &str) {
        let (Some(first), Some(last)) = (spots.first(), spots.last()) else { return };
        let file = &first.file;
        let start = self.text.len();
        let numbers = first.line.saturating_sub(CONTEXT).max(1)..=last.line.saturating_add(CONTEXT);
        let mut count = 0;
        let room = room(width, *numbers.end());
        for number in numbers.clone() {
            let Some((line, _)) = file.line(number) else { break };
            count += 1;
            let here: Vec<&Spot> = spots.iter().filter(|spot| spot.line == number).collect();
            let cut = Cut::new(line, &here, room, ellipsis);
            for spot in here {
                let range = cut.at(spot.range.start)..cut.at(spot.range.end);
                let middle = columns(&cut.text[..range.start]) + columns(&cut.text[range.clone()]) / 2;
                let text = wrap(&spot.text, room.saturating_sub(middle + LEADER).max(TEXT / 2)).join("\n");
                let range = self.text.len() + range.start..self.text.len() + range.end;
                self.marks.push(Mark { range, text, primary: spot.primary, line: spot.line, column: spot.column });
            }
            self.text.push_str(&cut.text);
            self.text.push('\n');
        }
        let range = start..self.text.len();
        self.windows.push(Window { path: visible(file.path()).into_owned(), first: *numbers.start(), count, range });
    }
}

fn same_place(one: &Spot, other: &Spot) -> bool {
    one.line == other.line && one.range == other.range
}

/// The columns a line of source gets beside its number.
fn room(width: usize, last_line: u32) -> usize {
    let gutter = last_line.to_string().len() + " ".len() + " │ ".chars().count();
    width.saturating_sub(gutter).max(2 * TEXT)
}

/// How many of the spots, which are in order, share a window with the first: those of its file without a gap between
/// the lines they show, and on one line neither overlapping nor with a gap that does not fit on the screen.
fn together(spots: &[Spot], width: usize) -> usize {
    let Some(first) = spots.first() else { return 0 };
    let mut start_of_line = first;
    let mut previous = first;
    for (index, spot) in spots.iter().enumerate().skip(1) {
        let near = spot.file.id() == first.file.id() && spot.line - previous.line <= 2 * CONTEXT + 1;
        if !near {
            return index;
        }
        if spot.line != previous.line {
            start_of_line = spot;
        } else if spot.range.start < previous.range.end.max(previous.range.start + 1) {
            return index;
        } else if let Some((line, _)) = spot.file.line(spot.line) {
            let between = &line[start_of_line.range.start..spot.range.start];
            if columns_within(between, room(width, spot.line) / 2).is_none() {
                return index;
            }
        }
        previous = spot;
    }
    spots.len()
}

/// The columns that `line` takes, if they are at most `limit`. It looks at no more of the line than needed.
fn columns_within(line: &str, limit: usize) -> Option<usize> {
    if line.len() <= limit && is_plain(line) {
        return Some(line.len());
    }
    let mut taken = 0;
    for (index, c) in line.chars().enumerate() {
        taken += if c == '\t' { TAB } else { columns_of(c) };
        // Characters without a width do not end a line either, so they are counted as well.
        if taken > limit || index > TAB * limit {
            return None;
        }
    }
    Some(taken)
}

/// A line, or the part of it that fits, as it is shown.
struct Cut {
    text: String,
    /// For every character that is shown: its byte in the line, its byte in `text`; at last where both end. Empty where the
    /// line is shown as it is.
    places: Vec<(usize, usize)>,
}

impl Cut {
    /// As much of `line` around `spots` as fits into `room` columns.
    fn new(line: &str, spots: &[&Spot], room: usize, ellipsis: &str) -> Self {
        let from = start(line, spots, room, columns(ellipsis));
        if from == 0 && line.len() <= room && is_plain(line) {
            return Self { text: line.to_owned(), places: Vec::new() };
        }
        let mut cut = Self { text: String::new(), places: Vec::new() };
        if from > 0 {
            cut.text.push_str(ellipsis);
        }
        let mut taken = columns(&cut.text);
        let whole = columns_within(&line[from..], room.saturating_sub(taken)).is_some();
        let room = if whole { usize::MAX } else { room - columns(ellipsis) };
        for (index, (byte, c)) in line[from..].char_indices().enumerate() {
            let next = if c == '\t' { TAB - taken % TAB } else { columns_of(c) };
            if taken + next > room || index > TAB.saturating_mul(room) {
                break;
            }
            cut.places.push((from + byte, cut.text.len()));
            if c == '\t' {
                cut.text.extend(std::iter::repeat_n(' ', next));
            } else {
                push_visible(&mut cut.text, c);
            }
            taken += next;
        }
        cut.places.push((line.len(), cut.text.len()));
        if !whole {
            cut.text.push_str(ellipsis);
        }
        cut
    }

    /// Where the byte `at` of the line stands in the text; the nearest shown place if it does not.
    fn at(&self, at: usize) -> usize {
        if self.places.is_empty() {
            return at.min(self.text.len());
        }
        let index = self.places.partition_point(|&(byte, _)| byte < at);
        self.places.get(index).or(self.places.last()).map_or(0, |&(_, place)| place)
    }
}

/// The byte of `line` from which on it is shown: its start if the spots and what they say then fit, else some columns
/// before the first spot.
fn start(line: &str, spots: &[&Spot], room: usize, ellipsis: usize) -> usize {
    let Some(first) = spots.first() else { return 0 };
    let focus = first.range.start;
    let room = room - ellipsis;
    let needs = |spot: &&Spot| {
        let before = columns_within(&line[focus..spot.range.start], room).unwrap_or(room);
        let under = columns_within(&line[spot.range.clone()], room / 2).unwrap_or(room / 2);
        let text = (under / 2 + LEADER + columns(&spot.text).min(TEXT)) * usize::from(!spot.text.is_empty());
        before + under.max(text)
    };
    let needed = spots.iter().map(needs).max().unwrap_or(0).min(room);
    if columns_within(&line[..focus], room - needed).is_some() {
        return 0;
    }
    let lead = (room - needed).saturating_sub(ellipsis).min(room / 4);
    let mut taken = 0;
    let before = line[..focus].char_indices().rev().take(TAB * room).take_while(|&(_, c)| {
        taken += if c == '\t' { TAB } else { columns_of(c) };
        taken <= lead
    });
    before.last().map_or(focus, |(byte, _)| byte)
}

impl SourceCode for Windows {
    /// The window that holds `span`; without lines of context, where the label stands that is exactly `span`.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let asked = span.offset()..span.offset() + span.len();
        let holds = |window: &&Window| window.range.start <= asked.start && asked.end <= window.range.end;
        let window = self.windows.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let data = &self.text.as_bytes()[window.range.clone()];
        let range = SourceSpan::from(window.range.clone());
        let mark = self.marks.iter().find(|mark| before == 0 && mark.range == asked);
        let (line, column) = mark.map_or((window.first, 1), |mark| (mark.line, mark.column));
        let (line, column) = (line.saturating_sub(1) as usize, column.saturating_sub(1) as usize);
        let contents = MietteSpanContents::new_named(window.path.clone(), data, range, line, column, window.count);
        Ok(Box::new(contents))
    }
}
