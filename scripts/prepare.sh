#!/bin/sh
# Installs what the tests drive beside Rust: a headless browser with a narrow and a wide font, promtool, a Pushgateway,
# Python's venv, Node, ssh-keygen. Does nothing where all of it is there.
set -eu

missing=""
need() { # command, Debian package
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need_font() { # family, Debian package
    fc-list -q "$1" 2>/dev/null || missing="$missing $2"
}
need chromium chromium
need fc-list fontconfig
need_font "Roboto Condensed" fonts-roboto-unhinted
need_font "DejaVu Sans Mono" fonts-dejavu-core
need promtool prometheus
need prometheus-pushgateway prometheus-pushgateway
need man man-db
need python3 python3
need node nodejs
need npm npm
need ssh-keygen openssh-client
python3 -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3-venv"

[ -z "$missing" ] && exit 0
echo "Installing$missing"
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo"
else
    echo "Not root, and no sudo: install these Debian packages and run again:$missing" >&2
    exit 1
fi
# The packages may bring services; none of them is wanted.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
$as_root apt-get update -q
# shellcheck disable=SC2086 # one word a package
$as_root apt-get install -y -q --no-install-recommends $missing
