//! The `git` program: the one place that starts it.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// What git prints in a folder, or the first line of what it says where it fails.
///
/// # Errors
/// It cannot be started.
pub(super) fn git<'a>(folder: &Path, args: impl IntoIterator<Item = &'a str>) -> io::Result<Result<Vec<u8>, String>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(args).stdin(Stdio::null()).env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    let output = command.output()?;
    let said = || String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("it does not say why").to_owned();
    Ok(if output.status.success() { Ok(output.stdout) } else { Err(said()) })
}
