//! What goes into a log, with nothing left in it that a build service would take for a command.
//!
//! Azure Pipelines, TeamCity and the older form of GitHub Actions look for `##name[` anywhere in a line (Azure Pipelines,
//! "Logging commands": `##vso[area.action …]`), GitHub Actions for `::` at its start ("Workflow commands for GitHub
//! Actions"). Both may stand in a template that somebody else wrote.

use std::io::{self, Write};

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
    line: Vec<u8>,
}

impl<'w> Log<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out, line: Vec::new() }
    }

    fn pass_on(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let start = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let mut done = 0;
        if line[start..].starts_with(b"::") {
            self.out.write_all(&line[..start])?;
            self.out.write_all(b"<U+003A>")?;
            done = start + 1;
        }
        for mark in command_marks(&line) {
            self.out.write_all(&line[done..mark])?;
            self.out.write_all(b"<U+0023>")?;
            done = mark + 1;
        }
        self.out.write_all(&line[done..])
    }
}

impl Write for Log<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        for piece in text.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.pass_on()?;
            }
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.out.flush()
    }
}

/// Passes on JSON; what a build service or a terminal would obey is written as an escape, which every reader undoes.
///
/// It relies on being given each run of plain characters of a string as a whole, as serde_json does.
pub(super) struct Json<'w> {
    out: &'w mut dyn Write,
}

impl<'w> Json<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self { out }
    }

    fn escape(&mut self, text: &str) -> io::Result<()> {
        let mut marks = command_marks(text.as_bytes()).peekable();
        let mut done = 0;
        for (at, c) in text.char_indices() {
            let mark = marks.next_if_eq(&at).is_some();
            // Characters below are the structure of the document, or serde_json has escaped them.
            if mark || (c >= '\u{7f}' && is_hidden(c)) {
                self.out.write_all(&text.as_bytes()[done..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(self.out, "\\u{unit:04x}")?;
                }
                done = at + c.len_utf8();
            }
        }
        self.out.write_all(&text.as_bytes()[done..])
    }
}

impl Write for Json<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(text) {
            Ok(plain) if text.iter().any(|&byte| byte == b'#' || byte >= 0x7f) => self.escape(plain)?,
            _ => self.out.write_all(text)?,
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Json, Log};

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
        serde_json::to_writer_pretty(Json::new(&mut out), &[hostile]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(serde_json::from_str::<[String; 1]>(&text).unwrap(), [hostile]);
        assert!(!text.contains("##vso") && !text.contains("##[") && !text.contains(['\u{9b}', '\u{202e}', '\u{1b}']));
    }
}
