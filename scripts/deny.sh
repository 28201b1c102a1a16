#!/bin/sh
# Checks licences, bans and sources of all dependencies by deny.toml; installs cargo-deny where it is missing.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}

"$cargo" deny --version >/dev/null 2>&1 || "$cargo" install --quiet --locked --version 0.20.2 --no-default-features cargo-deny
"$cargo" deny --locked check --hide-inclusion-graph licenses bans sources
