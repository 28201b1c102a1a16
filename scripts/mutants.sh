#!/bin/sh
# Breaks src/plan and src/execute in every way that cargo-mutants knows, one at a time, and runs the tests that should
# notice; installs cargo-mutants where it is missing. Arguments are options of cargo-mutants, such as --shard 0/8.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}

"$cargo" mutants --version >/dev/null 2>&1 || "$cargo" install --quiet --locked --version 27.1.0 cargo-mutants
"$cargo" mutants --file 'src/plan/**/*.rs' --file 'src/execute/**/*.rs' --output target --baseline skip --timeout 300 "$@" -- \
    --lib --test it -- plan:: execute:: verbs:: safety::unclear safety::listing safety::journal safety::model
