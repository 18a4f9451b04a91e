//! The command line: as typed, as meant, and the exit code.
