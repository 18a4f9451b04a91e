//! How an excerpt is drawn: the message behind the sign of its severity, and each window in a frame, the places marked under
//! its lines and what is to be said of them at the ends of their stems.

use std::fmt::Write;

use owo_colors::Style;

use super::window::{Line, Mark, Window};

/// What drawings are made of.
#[derive(Debug)]
pub(super) struct Strokes {
    across: char,
    wall: char,
    /// The wall beside what is no line of the file.
    dotted: char,
    top: char,
    bottom: char,
    /// Where the text of a label begins that goes on below.
    side: char,
    underline: char,
    /// Where the stem of a label hangs from its underline.
    joint: char,
    /// Marks a place between two characters.
    point: char,
    /// The signs of severities.
    pub(super) error: &'static str,
    pub(super) warning: &'static str,
    pub(super) note: &'static str,
    /// Stands where a line was cut.
    pub(super) ellipsis: &'static str,
    /// Parts what stands on one line.
    pub(super) dot: &'static str,
}

impl Strokes {
    pub(super) const UNICODE: Self = Self {
        across: '─',
        wall: '│',
        dotted: '·',
        top: '╭',
        bottom: '╰',
        side: '┤',
        underline: '─',
        joint: '┬',
        point: '▲',
        error: "×",
        warning: "⚠",
        note: "☞",
        ellipsis: "…",
        dot: " · ",
    };

    pub(super) const ASCII: Self = Self {
        across: '-',
        wall: '|',
        dotted: ':',
        top: ',',
        bottom: '`',
        side: '|',
        underline: '^',
        joint: '|',
        point: '^',
        error: "x",
        warning: "!",
        note: "-",
        ellipsis: "...",
        dot: "; ",
    };
}

/// The colours of drawings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colors {
    pub(super) error: Style,
    pub(super) warning: Style,
    pub(super) note: Style,
    pub(super) help: Style,
    path: Style,
    number: Style,
}

impl Colors {
    /// Those that every terminal has.
    pub(super) fn ansi() -> Self {
        let plain = Style::new();
        Self {
            error: plain.red(),
            warning: plain.yellow(),
            note: plain.cyan(),
            help: plain.cyan(),
            path: plain.cyan().underline().bold(),
            number: plain.dimmed(),
        }
    }

    /// None at all.
    pub(super) fn none() -> Self {
        let plain = Style::new();
        Self { error: plain, warning: plain, note: plain, help: plain, path: plain, number: plain }
    }
}

/// Draws in the style of one severity.
#[derive(Clone, Copy)]
pub(super) struct Pen<'p> {
    pub(super) strokes: &'p Strokes,
    pub(super) colors: &'p Colors,
    /// Of the severity: what it is about is marked in it.
    pub(super) style: Style,
}

/// Where the mark of a label is under its line, in columns.
struct Underline {
    start: usize,
    end: usize,
}

impl Underline {
    /// Where the stem hangs.
    fn stem(&self) -> usize {
        usize::midpoint(self.start, self.end)
    }
}

impl Pen<'_> {
    /// The lines of a message, the first behind a sign.
    pub(super) fn message(self, sign: &str, lines: &[&str], out: &mut String) {
        for (number, line) in lines.iter().enumerate() {
            let start = out.len();
            let is_end = number + 1 == lines.len() && line.is_empty();
            if !is_end {
                out.push_str("  ");
                painted(self.style, out, |out| if number == 0 { out.push_str(sign) } else { out.push(self.strokes.wall) });
                out.push(' ');
                out.push_str(line);
            }
            end_line(start, out);
        }
    }

    /// A window in its frame, with the place it is about at its head.
    pub(super) fn window(self, window: &Window, out: &mut String) {
        let digits = window.last().checked_ilog10().unwrap_or(0) as usize + 1;
        spaces(digits + 2, out);
        out.extend([self.strokes.top, self.strokes.across, '[']);
        let (line, column) = window.place;
        painted(self.colors.path, out, |out| write(out, format_args!("{}:{line}:{column}", window.path)));
        out.push_str("]\n");
        for (number, line) in (window.first..).zip(&window.lines) {
            let start = out.len();
            out.push(' ');
            painted(self.colors.number, out, |out| write(out, format_args!("{number:digits$}")));
            out.extend([' ', self.strokes.wall, ' ']);
            out.push_str(&line.text);
            end_line(start, out);
            if !line.marks.is_empty() {
                self.marks(line, digits, out);
            }
        }
        spaces(digits + 2, out);
        out.push(self.strokes.bottom);
        repeat(self.strokes.across, 4, out);
        out.push('\n');
    }

    /// What is marked on a line, and what is said of it: the last first, so that the stems of the others go on.
    fn marks(self, line: &Line, digits: usize, out: &mut String) {
        self.beside(digits, out);
        let mut places: Vec<Underline> = Vec::with_capacity(line.marks.len());
        for mark in &line.marks {
            let taken = places.last().map_or(0, |place| place.end);
            let place = underline(mark, taken);
            painted(self.style_of(mark), out, |out| {
                spaces(place.start - taken, out);
                repeat(self.strokes.underline, place.stem() - place.start, out);
                out.push(match mark {
                    _ if mark.is_point => self.strokes.point,
                    _ if mark.text.is_empty() => self.strokes.underline,
                    _ => self.strokes.joint,
                });
                repeat(self.strokes.underline, place.end - place.stem() - 1, out);
            });
            places.push(place);
        }
        out.push('\n');
        for (which, mark) in line.marks.iter().enumerate().rev() {
            for (row, text) in mark.text.iter().enumerate() {
                let start = out.len();
                self.beside(digits, out);
                self.stems(line, &places[..=which], out);
                let style = self.style_of(mark);
                painted(style, out, |out| {
                    let Strokes { wall, bottom, side, across, .. } = *self.strokes;
                    let last = mark.text.len() == 1;
                    out.extend(if row > 0 { [' ', ' ', wall] } else { [bottom, across, if last { across } else { side }] });
                    out.push(' ');
                    painted(style, out, |out| out.push_str(text));
                });
                end_line(start, out);
            }
        }
    }

    /// The stems of the marks at all but the last of these places, up to where that one's own is.
    fn stems(self, line: &Line, places: &[Underline], out: &mut String) {
        let mut column = 0;
        for (n, (mark, place)) in line.marks.iter().zip(places).enumerate() {
            spaces(place.stem() - column, out);
            if n + 1 < places.len() {
                painted(self.style_of(mark), out, |out| out.push(self.strokes.wall));
            }
            column = place.stem() + 1;
        }
    }

    /// What stands to the left of what is no line of the file.
    fn beside(self, digits: usize, out: &mut String) {
        spaces(digits + 2, out);
        out.extend([self.strokes.dotted, ' ']);
    }

    fn style_of(self, mark: &Mark) -> Style {
        if mark.primary { self.style } else { self.colors.help }
    }
}

/// Where a mark is drawn: at least one column wide, and after what is taken.
fn underline(mark: &Mark, taken: usize) -> Underline {
    let start = mark.columns.start.max(taken);
    Underline { start, end: mark.columns.end.max(start + 1) }
}

/// What `draw` draws, in a style.
pub(super) fn painted(style: Style, out: &mut String, draw: impl FnOnce(&mut String)) {
    if style.is_plain() {
        return draw(out);
    }
    write(out, format_args!("{}", style.prefix_formatter()));
    draw(out);
    write(out, format_args!("{}", style.suffix_formatter()));
}

/// Ends the line that starts at a byte of a text; there is nothing to see at its end.
fn end_line(start: usize, out: &mut String) {
    let length = out[start..].trim_end().len();
    out.truncate(start + length);
    out.push('\n');
}

fn write(out: &mut String, what: std::fmt::Arguments<'_>) {
    // NOTE: a string takes everything.
    let _ = out.write_fmt(what);
}

fn spaces(count: usize, out: &mut String) {
    repeat(' ', count, out);
}

fn repeat(what: char, count: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(what, count));
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use miette::{
        GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
        SpanContents, ThemeCharacters, ThemeStyles,
    };
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{Colors, Pen, Strokes};
    use crate::diagnostic::{Diagnostic, Label, Severity};
    use crate::report::text::columns;
    use crate::report::window::{Line, Window, windows};
    use crate::source::{Loaded, Sources, Span};

    /// A message and a window, as miette asks for them.
    #[derive(Debug)]
    struct Shown {
        message: String,
        text: String,
        window: Window,
    }

    impl Shown {
        fn new(message: &[&str], window: Window) -> Self {
            let text = window.lines.iter().flat_map(|line| [line.text.as_str(), "\n"]).collect();
            Self { message: message.join("\n"), text, window }
        }

        /// The bytes of each mark, what it says, and whether it is the one it is all about.
        fn marks(&self) -> Vec<(usize, usize, Option<String>, bool)> {
            let mut from = 0;
            let mut marks = Vec::new();
            for line in &self.window.lines {
                for mark in &line.marks {
                    let (start, end) = (byte(line, mark.columns.start), byte(line, mark.columns.end));
                    let says = (!mark.text.is_empty()).then(|| mark.text.join("\n"));
                    marks.push((from + start, end - start, says, mark.primary));
                }
                from += line.text.len() + 1;
            }
            marks
        }

        fn drawn(&self, strokes: &Strokes, colors: &Colors) -> String {
            let mut characters = if strokes.wall == '│' { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
            characters.error = strokes.error.to_owned();
            let mut styles = if colors.help.is_plain() { ThemeStyles::none() } else { ThemeStyles::ansi() };
            styles.highlights =
                self.marks().iter().map(|(.., primary)| if *primary { colors.error } else { colors.help }).collect();
            let handler = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
                .without_syntax_highlighting()
                .with_wrap_lines(false);
            let mut drawn = String::new();
            handler.render_report(&mut drawn, self).unwrap();
            drawn.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
        }
    }

    /// The byte of a line at which a column starts.
    fn byte(line: &Line, column: usize) -> usize {
        let mut ends = line.text.char_indices().map(|(at, _)| at).chain([line.text.len()]);
        ends.find(|at| columns(&line.text[..*at]) >= column).unwrap()
    }

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.message)
        }
    }

    impl std::error::Error for Shown {}

    impl miette::Diagnostic for Shown {
        fn source_code(&self) -> Option<&dyn SourceCode> {
            Some(self)
        }

        fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
            let label = |(start, len, text, primary)| {
                if primary { LabeledSpan::new_primary_with_span(text, (start, len)) } else { LabeledSpan::new(text, start, len) }
            };
            Some(Box::new(self.marks().into_iter().map(label)))
        }
    }

    impl SourceCode for Shown {
        fn read_span<'a>(
            &'a self,
            _: &SourceSpan,
            before: usize,
            _: usize,
        ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
            let Window { path, place, first, lines } = &self.window;
            let (line, column) = if before == 0 { *place } else { (*first, 1) };
            let (line, column) = (line as usize - 1, column as usize - 1);
            let all = SourceSpan::from(0..self.text.len());
            Ok(Box::new(MietteSpanContents::new_named(path.clone(), self.text.as_bytes(), all, line, column, lines.len())))
        }
    }

    proptest! {
        /// Wherever the labels are, what is drawn is what miette draws.
        #[test]
        fn drawings_are_those_of_miette(
            text in "([ -~\té中👍]{0,30}\n|x{0,150}\n){0,12}",
            places in proptest::collection::vec((0_u32..200, 0_u32..20, "([a-z ]{0,30}|[a-z ]{100})"), 1..5),
            message in proptest::collection::vec("[a-z]{0,9}", 1..3),
        ) {
            let sources = Sources::new();
            let file = sources.add("a.json", Loaded::utf8(text));
            let mut labels =
                places.iter().map(|(start, len, says)| Label::new(Span::new(file.id(), *start, *start + *len), says.as_str()));
            let mut diagnostic = Diagnostic::new("s/r", Severity::Error, "it is wrong", labels.next().unwrap());
            diagnostic.labels = labels.collect();
            let message: Vec<&str> = message.iter().map(String::as_str).collect();
            for window in windows(&diagnostic, &sources, 80, "…") {
                let shown = Shown::new(&message, window);
                for (strokes, colors) in [(Strokes::UNICODE, Colors::none()), (Strokes::ASCII, Colors::ansi())] {
                    let pen = Pen { strokes: &strokes, colors: &colors, style: colors.error };
                    let mut drawn = String::new();
                    pen.message(strokes.error, &message, &mut drawn);
                    pen.window(&shown.window, &mut drawn);
                    prop_assert_eq!(drawn, shown.drawn(&strokes, &colors));
                }
            }
        }
    }
}
