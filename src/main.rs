//! The `armlint` program.
fn main() {}
