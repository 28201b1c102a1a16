#!/bin/sh
# Checks that the package builds with the `rust-version` of Cargo.toml. Where that is the toolchain in use, everything
# else has shown it already.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}

version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
case "$(rustc --version)" in
"rustc $version."*) ;;
*)
    echo "Building with Rust $version (if it is missing: rustup toolchain install $version)"
    "$cargo" "+$version" check --quiet --locked --all-targets --target-dir "target/msrv"
    ;;
esac
