#!/usr/bin/env bash
# Builds armlint, makes the files to judge, measures, and prints the goals with today's figures beside them.
#
# usage: benches/run.sh [--runs N] [--write]     --write also draws docs/performance.svg and docs/performance.csv
#
# Needs Rust and Python; compares with ripgrep where `rg` is on the path (or in $RG).
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --quiet
rustc --edition 2024 -O -o target/floor benches/floor/program.rs
exec python3 benches/run.py target/release/armlint target/floor "$@"
