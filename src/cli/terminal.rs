//! What commands print to: standard output, whether it is coloured, and how wide it is.

use std::io::{self, BufWriter, IsTerminal, Write};

use super::args::ColorChoice;

/// What commands print to.
pub(super) struct Terminal {
    /// Standard output, buffered.
    pub(super) out: Box<dyn Write>,
    /// Whether to colour.
    pub(super) color: bool,
    /// Whether somebody sits before it.
    pub(super) interactive: bool,
    /// The width in columns.
    pub(super) width: usize,
}

impl Terminal {
    /// What there is, coloured as asked.
    pub(super) fn new(choice: ColorChoice) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            // NO_COLOR is set by any value ("no-color.org"), CLICOLOR_FORCE by any but 0 ("bixense.com/clicolors").
            ColorChoice::Auto => {
                std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && (is_terminal || set("CLICOLOR_FORCE"))
            }
        };
        let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = if is_terminal { columns.unwrap_or(80) } else { 100 };
        Self { out: Box::new(BufWriter::new(stdout)), color, interactive: is_terminal, width: width.clamp(40, 200) }
    }
}

impl Terminal {
    /// Empties the screen, where there is one.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        if !self.interactive {
            return Ok(());
        }
        self.out.write_all(b"\x1b[2J\x1b[3J\x1b[H")?;
        self.out.flush()
    }
}

/// Writes a line to standard error.
pub(super) fn warn(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
