//! The few lines of the files that a diagnostic is about, cut to the width of the screen around its labels.
//!
//! What is drawn are these windows: the work does not grow with the length of a file or of a line, and labels of several files
//! can stand in one report.

use std::ops::Range;
use std::sync::Arc;

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

/// Some lines of one file.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) path: String,
    /// The line and the column of the label that it is about.
    pub(super) place: (u32, u32),
    /// The number of its first line, from 1.
    pub(super) first: u32,
    pub(super) lines: Vec<Line>,
}

/// A line as it is shown.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) text: String,
    /// The labels on it, in order.
    pub(super) marks: Vec<Mark>,
}

/// A label on a line.
#[derive(Debug)]
pub(super) struct Mark {
    /// The columns of the line, from 0.
    pub(super) columns: Range<usize>,
    /// Whether it is between two characters.
    pub(super) is_point: bool,
    /// What it says, in lines that fit.
    pub(super) text: Vec<String>,
    /// Whether it is the one the diagnostic is about.
    pub(super) primary: bool,
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

/// The windows around the labels of `diagnostic`: first the one it is about, then others of its file, then the other files in
/// the order of their labels. `width` is that of the screen, `ellipsis` stands where a line was cut.
pub(super) fn windows(diagnostic: &Diagnostic, sources: &Sources, width: usize, ellipsis: &str) -> Vec<Window> {
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
    groups.into_iter().filter_map(|group| Window::around(group, width, ellipsis)).collect()
}

impl Window {
    /// The window around spots of one file that lie close together.
    fn around(spots: &[Spot], width: usize, ellipsis: &str) -> Option<Self> {
        let (first, last) = (spots.first()?, spots.last()?);
        let about = spots.iter().find(|spot| spot.primary).unwrap_or(first);
        let numbers = first.line.saturating_sub(CONTEXT).max(1)..=last.line.saturating_add(CONTEXT);
        let room = room(width, *numbers.end());
        let start = *numbers.start();
        let lines = numbers.map_while(|number| {
            let (line, _) = first.file.line(number)?;
            Some(Line::around(spots.iter().filter(|spot| spot.line == number), line, room, ellipsis))
        });
        let lines = lines.collect();
        Some(Self { path: visible(first.file.path()).into_owned(), place: (about.line, about.column), first: start, lines })
    }

    /// The number of its last line.
    pub(super) fn last(&self) -> u32 {
        let more = self.lines.len().saturating_sub(1);
        self.first.saturating_add(u32::try_from(more).unwrap_or(u32::MAX))
    }
}

impl Line {
    /// As much of a line around the spots on it as there is room for.
    fn around<'s>(spots: impl Iterator<Item = &'s Spot>, line: &str, room: usize, ellipsis: &str) -> Self {
        let here: Vec<&Spot> = spots.collect();
        let cut = Cut::new(line, &here, room, ellipsis);
        let marks = here.iter().map(|spot| {
            let range = cut.at(spot.range.start)..cut.at(spot.range.end);
            let start = columns(&cut.text[..range.start]);
            let under = columns(&cut.text[range.clone()]);
            let fits = room.saturating_sub(start + under / 2 + LEADER).max(TEXT / 2);
            let text = if spot.text.is_empty() { Vec::new() } else { wrap(&spot.text, fits) };
            let text = text.into_iter().map(str::to_owned).collect();
            Mark { columns: start..start + under, is_point: range.is_empty(), text, primary: spot.primary }
        });
        let marks = marks.collect();
        Self { text: cut.text, marks }
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
    /// For every character that is shown: its byte in the line, its byte in `text`; at last where both end. None where the
    /// text is the line.
    places: Option<Vec<(usize, usize)>>,
}

impl Cut {
    /// As much of `line` around `spots` as fits into `room` columns.
    fn new(line: &str, spots: &[&Spot], room: usize, ellipsis: &str) -> Self {
        let from = start(line, spots, room, columns(ellipsis));
        if from == 0 && line.len() <= room && is_plain(line) {
            return Self { text: line.to_owned(), places: None };
        }
        let mut text = String::new();
        let mut places = Vec::new();
        if from > 0 {
            text.push_str(ellipsis);
        }
        let mut taken = columns(&text);
        let whole = columns_within(&line[from..], room.saturating_sub(taken)).is_some();
        let room = if whole { usize::MAX } else { room - columns(ellipsis) };
        for (index, (byte, c)) in line[from..].char_indices().enumerate() {
            let next = if c == '\t' { TAB - taken % TAB } else { columns_of(c) };
            if taken + next > room || index > TAB.saturating_mul(room) {
                break;
            }
            places.push((from + byte, text.len()));
            if c == '\t' {
                text.extend(std::iter::repeat_n(' ', next));
            } else {
                push_visible(&mut text, c);
            }
            taken += next;
        }
        places.push((line.len(), text.len()));
        if !whole {
            text.push_str(ellipsis);
        }
        Self { text, places: Some(places) }
    }

    /// Where the byte `at` of the line stands in the text; the nearest shown place if it does not.
    fn at(&self, at: usize) -> usize {
        let Some(places) = &self.places else { return at };
        let index = places.partition_point(|&(byte, _)| byte < at);
        places.get(index).or(places.last()).map_or(0, |&(_, place)| place)
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
