#!/bin/sh
# Builds the Debian package; prints its path. PROFILE=dev takes the debug build, which is there sooner.
set -eu
cd "$(dirname "$0")/.."

profile=${PROFILE:-release}
"${CARGO:-cargo}" build --locked --quiet --profile "$profile" --bin lumsync
case "$profile" in
dev) binary=target/debug/lumsync ;;
*) binary=target/$profile/lumsync ;;
esac
sh packaging/extras.sh "$binary" target/packaging
"${CARGO:-cargo}" deb --no-build --quiet --profile "$profile" --strip --output target/packaging/lumsync.deb >/dev/null
echo target/packaging/lumsync.deb
