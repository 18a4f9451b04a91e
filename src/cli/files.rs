//! The file arguments, which commands share: what they name, with lists and standard input read.

use std::io;
use std::path::{Path, PathBuf};

use super::args::FileArgs;
use super::exit::Failure;
use crate::config::Search;
use crate::source::{self, Kept};

/// How many paths introduce the summary; a hook names more than anybody wants to read again.
const NAMED: usize = 4;

/// The name of standard input when nobody names it.
const STDIN: &str = "<stdin>";

/// What the file arguments mean.
pub(super) struct Files {
    pub(super) paths: Vec<PathBuf>,
    pub(super) given: Vec<Kept>,
    pub(super) discovery: source::Options,
    pub(super) parameters: Vec<String>,
    /// Where configurations are looked for.
    pub(super) search: Search,
    /// The paths as typed; empty where there are many.
    pub(super) subject: String,
}

/// Reads lists and standard input.
pub(super) fn files(args: &FileArgs) -> Result<Files, Failure> {
    let mut paths = args.paths.clone();
    if let Some(list) = &args.files_from {
        paths.extend(source::split_list(&listed(list)?));
    } else if paths.is_empty() {
        return Err(Failure::Usage(
            "no files or folders are named\n  name some: `armlint check infra`; `.` is this folder".to_owned(),
        ));
    }
    let typed: Vec<String> = args.paths.iter().take(NAMED + 1).map(|path| path.display().to_string()).collect();
    let mut given = Vec::new();
    if let Some(at) = paths.iter().position(|path| path == Path::new("-")) {
        paths.remove(at);
        let name = args.stdin_filename.clone().unwrap_or_else(|| STDIN.to_owned());
        let loaded = source::read_stream(io::stdin().lock()).map_err(|error| Failure::Usage(format!("{name}: {error}")))?;
        given.push(Kept { path: name, loaded, explicit: true });
    }
    Ok(Files {
        paths,
        given,
        discovery: source::Options { no_ignore: args.no_ignore, hidden: args.hidden },
        parameters: args.parameters.iter().map(|path| shown(path)).collect(),
        search: search(args),
        subject: if typed.len() > NAMED { String::new() } else { typed.join(" ") },
    })
}

/// Where configurations are looked for.
pub(super) fn search(args: &FileArgs) -> Search {
    match &args.config {
        Some(path) => Search::Only(shown(path)),
        None if args.no_config => Search::Nowhere,
        None => Search::Upwards,
    }
}

/// A path as it is shown.
pub(super) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The bytes of a `--files-from` list.
fn listed(list: &Path) -> Result<Vec<u8>, Failure> {
    source::read_list(list).map_err(|error| Failure::Usage(format!("--files-from {}: {error}", list.display())))
}
