#!/bin/sh
# Installs a built lumsync with its manual pages and completions.
#   DESTDIR  put before every path, for packagers
#   PREFIX   /usr/local unless set
#   BINARY   target/release/lumsync unless set
set -eu
cd "$(dirname "$0")/.."

root=${DESTDIR:-}${PREFIX:-/usr/local}
binary=${BINARY:-target/release/lumsync}
extras=$(mktemp -d)
trap 'rm -rf "$extras"' EXIT
sh packaging/extras.sh "$binary" "$extras"

install -D -m 0755 "$binary" "$root/bin/lumsync"
install -d "$root/share/man/man1"
install -m 0644 "$extras"/man/*.1 "$root/share/man/man1/"
install -D -m 0644 "$extras/completions/lumsync.bash" "$root/share/bash-completion/completions/lumsync"
install -D -m 0644 "$extras/completions/_lumsync" "$root/share/zsh/site-functions/_lumsync"
install -D -m 0644 "$extras/completions/lumsync.fish" "$root/share/fish/vendor_completions.d/lumsync.fish"
echo "Installed lumsync to $root/bin. Next: lumsync init, then lumsync doctor."
