#!/bin/sh
# Builds the documentation as a book under target/book; installs mdbook where it is missing.
set -eu
cd "$(dirname "$0")/.."

command -v mdbook >/dev/null 2>&1 ||
    "${CARGO:-cargo}" install --quiet --locked --version 0.5.4 --no-default-features --features search mdbook
mdbook build docs --dest-dir "$PWD/target/book"
echo "The book is $PWD/target/book/index.html"
