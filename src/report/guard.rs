//! What goes into a log, with nothing left in it that a build service would take for a command.
//!
//! Azure Pipelines, TeamCity and the older form of GitHub Actions look for `##name[` anywhere in a line (Azure Pipelines,
//! "Logging commands": `##vso[area.action …]`), GitHub Actions for `::` at its start ("Workflow commands for GitHub
//! Actions"). Both may stand in a template that somebody else wrote.

use std::io::{self, Write};

use serde::Serialize;

use super::text::is_hidden;

/// Whether `text` starts with `##name[`, the name being letters or nothing.
fn is_command(text: &[u8]) -> bool {
    text.strip_prefix(b"##").is_some_and(|rest| {
        let name = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        rest.get(name) == Some(&b'[')
    })
}

/// The second `#` of every command in `text`.
fn command_marks(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'#', text).filter(|&at| is_command(&text[at..])).map(|at| at + 1)
}

/// Passes on lines of plain text; the character that would make a command is spelt `<U+0023>`.
pub(super) struct Log<'w> {
    out: &'w mut dyn Write,
    /// The start of a line that has not ended yet.
    begun: Vec<u8>,
}

impl<'w> Log<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, begun: Vec::new() }
    }

    /// Passes on the line that has begun, without an end.
    fn end(&mut self) -> io::Result<()> {
        pass_on(&std::mem::take(&mut self.begun), self.out)
    }
}

/// Passes on lines of plain text.
pub(super) fn pass_on(lines: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let mut commands: Vec<usize> = command_marks(lines).collect();
    let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', lines).map(|at| at + 1));
    let words = starts
        .map(|start| start + lines[start..].iter().take_while(|byte| **byte != b'\n' && byte.is_ascii_whitespace()).count());
    commands.extend(words.filter(|word| lines[*word..].starts_with(b"::")));
    commands.sort_unstable();
    let mut done = 0;
    for at in commands {
        out.write_all(&lines[done..at])?;
        write!(out, "<U+{:04X}>", lines[at])?;
        done = at + 1;
    }
    out.write_all(&lines[done..])
}

impl Write for Log<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let (ended, begun) = text.split_at(memchr::memrchr(b'\n', text).map_or(0, |at| at + 1));
        if self.begun.is_empty() {
            pass_on(ended, self.out)?;
        } else if !ended.is_empty() {
            self.begun.extend_from_slice(ended);
            self.end()?;
        }
        self.begun.extend_from_slice(begun);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.end()?;
        self.out.flush()
    }
}

/// How many bytes of JSON are held before they are passed on.
const HELD: usize = 64 * 1024;

/// Passes on JSON; what a build service or a terminal would obey is written as an escape, which every reader undoes.
///
/// Lines are passed on as a whole: no command goes over the end of one, and many at a time are looked through at once.
pub(super) struct Json<'w> {
    out: &'w mut dyn Write,
    held: Vec<u8>,
    /// How many bytes are held before a line is looked for.
    full: usize,
}

/// Writes a value as a document with indented lines.
pub(super) fn pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut out = Json::new(out);
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.finish()
}

impl<'w> Json<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, held: Vec::with_capacity(HELD + HELD / 4), full: HELD }
    }

    /// Passes on what is still held.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.pass_on(self.held.len())
    }

    /// Passes on the first so many of the held bytes.
    fn pass_on(&mut self, end: usize) -> io::Result<()> {
        match std::str::from_utf8(&self.held[..end]) {
            Ok(text) => escape(text, self.out)?,
            Err(_) => self.out.write_all(&self.held[..end])?,
        }
        self.held.drain(..end);
        Ok(())
    }

    /// Passes on the held lines. One that does not end yet is held until it does, looked at ever more seldom.
    fn pass_lines_on(&mut self) -> io::Result<()> {
        let Some(end) = memchr::memrchr(b'\n', &self.held) else {
            self.full = 2 * self.held.len();
            return Ok(());
        };
        self.full = HELD;
        self.pass_on(end + 1)
    }
}

/// Passes on JSON with escapes for what would be obeyed.
pub(super) fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut obeyed: Vec<usize> = command_marks(text.as_bytes()).collect();
    // Characters below are the structure of the document, or serde_json has escaped them.
    let odd = |c: char| c >= '\u{7f}' && is_hidden(c);
    // NOTE: no early end, so that the compiler looks at many bytes at a time.
    if text.bytes().fold(false, |any, byte| any | (byte >= 0x7f)) {
        obeyed.extend(text.char_indices().filter(|(_, c)| odd(*c)).map(|(at, _)| at));
        obeyed.sort_unstable();
    }
    let mut done = 0;
    for at in obeyed {
        let Some(c) = text[at..].chars().next() else { break };
        out.write_all(&text.as_bytes()[done..at])?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        done = at + c.len_utf8();
    }
    out.write_all(&text.as_bytes()[done..])
}

impl Write for Json<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.write_all(text).map(|()| text.len())
    }

    fn write_all(&mut self, text: &[u8]) -> io::Result<()> {
        self.held.extend_from_slice(text);
        if self.held.len() < self.full { Ok(()) } else { self.pass_lines_on() }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Log, pretty};

    fn logged(text: &str) -> String {
        let mut out = Vec::new();
        let mut log = Log::new(&mut out);
        for byte in text.as_bytes() {
            log.write_all(&[*byte]).unwrap();
        }
        log.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn commands_of_build_services_are_spelt_out_in_a_log() {
        assert_eq!(logged("a ##vso[task.complete]\nb"), "a #<U+0023>vso[task.complete]\nb");
        assert_eq!(logged("###[error] ##teamcity[x]"), "###[error] #<U+0023>teamcity[x]".replace("###", "##<U+0023>"));
        assert_eq!(logged("x\n  ::error::y\n"), "x\n  <U+003A>:error::y\n");
        assert_eq!(logged("::a ##[b\n"), "<U+003A>:a #<U+0023>[b\n");
    }

    #[test]
    fn what_is_no_command_stays() {
        for text in ["## heading [x]", "##token##", "a::b", "\"::/0\"", "#[x]"] {
            assert_eq!(logged(text), text);
        }
    }

    #[test]
    fn escapes_in_json_are_undone_by_every_reader() {
        let hostile = "##vso[x] ###[y] \u{9b}2J \u{202e}\u{e0001} é \u{1b}";
        let mut out = Vec::new();
        pretty(&mut out, &[hostile]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(serde_json::from_str::<[String; 1]>(&text).unwrap(), [hostile]);
        assert!(!text.contains("##vso") && !text.contains("##[") && !text.contains(['\u{9b}', '\u{202e}', '\u{1b}']));
    }
}
