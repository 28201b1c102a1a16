#!/bin/sh
# Lets a built lumsync write what is installed beside it: manual pages, completions, a config file.
#   packaging/extras.sh BINARY FOLDER
set -eu

binary=$1
folder=$2
rm -rf "$folder"
mkdir -p "$folder/completions"
"$binary" man --dir "$folder/man"
"$binary" completions bash >"$folder/completions/lumsync.bash"
"$binary" completions zsh >"$folder/completions/_lumsync"
"$binary" completions fish >"$folder/completions/lumsync.fish"
"$binary" init -q "$folder/lumsync.toml"
