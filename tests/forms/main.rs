//! The document model from outside: however a template is written, split up, wrapped or encoded, and whatever values its
//! parameters get, it is judged for what it deploys.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test may stop at the first surprise")]

mod bad;
mod deployments;
mod environments;
mod loops;
mod rewrite;
mod same;
mod samples;
mod support;
