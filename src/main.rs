//! The `armlint` program: hands the arguments to the library and its answer to the shell.

use std::process::ExitCode;

/// A template comes to thousands of small pieces of memory, on several threads: see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    armlint::cli::run(std::env::args_os())
}
