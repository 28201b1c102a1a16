#!/bin/sh
# Installs a Debian package in a bare Debian, uses it, removes it and purges it. Needs root and debootstrap.
#   packaging/try-deb.sh PACKAGE.deb
set -eu

package=$(realpath "$1")
debian=$(mktemp -d)
trap 'rm -rf "$debian" "$debian.log"' EXIT
say() { echo "  $*"; }

debootstrap --variant=minbase --include=adduser,ca-certificates bookworm "$debian" \
    http://deb.debian.org/debian >"$debian.log" 2>&1 || { tail "$debian.log" >&2; exit 1; }
# A temporary folder is its owner's alone; the root of a Debian is everybody's.
chmod 0755 "$debian"
inside() { chroot "$debian" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
cp "$package" "$debian/lumsync.deb"

inside dpkg -i /lumsync.deb >/dev/null
say "installs: $(inside lumsync --version)"

as_job() { inside setpriv --reuid lumsync --regid lumsync --clear-groups "$@"; }
inside sh -c 'printf "email,firstName,lastName\nnew@example.com,Nia,New\n" >/var/lib/lumsync/users.csv && chown lumsync: /var/lib/lumsync/users.csv'
as_job lumsync doctor --config /etc/lumsync/lumsync.toml --sandbox --state-dir /var/lib/lumsync -q
say "its account finds itself fit to run with the installed config file"
as_job lumsync sync /var/lib/lumsync/users.csv --partial --yes -q --sandbox --state-dir /var/lib/lumsync
as_job lumsync runs --state-dir /var/lib/lumsync | grep -q ' done: 1 created'
say "its account can run the job and keeps a record"
test "$(inside stat -c '%U:%G %a' /etc/lumsync/lumsync.toml)" = "root:lumsync 640"
test "$(inside stat -c '%U:%G %a' /var/lib/lumsync)" = "lumsync:lumsync 700"
say "config and state are the job's alone"

inside dpkg -i /lumsync.deb >/dev/null
say "installs over itself"
inside dpkg -r lumsync >/dev/null
test ! -e "$debian/usr/bin/lumsync" && test -e "$debian/etc/lumsync/lumsync.toml" && test -d "$debian/var/lib/lumsync/runs"
say "removal keeps config and record"
inside dpkg -P lumsync >/dev/null
test ! -e "$debian/etc/lumsync/lumsync.toml" && test ! -e "$debian/var/lib/lumsync"
say "purge keeps nothing"
