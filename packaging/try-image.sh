#!/usr/bin/env bash
# Builds the image without a container engine: every step of packaging/Dockerfile as it stands, by buildah in a chroot.
# Then runs what came out of it as the image would, on a read-only root and without its rights. Needs root, buildah and
# debootstrap.
#
# The two base images come from registries that a build machine may not reach. A bare Debian stands for each: with this
# machine's Rust for the one, with certificates alone for the other.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
images() { buildah --root "$work/images" --runroot "$work/run" "$@"; }
leave() {
    mountpoint -q "$work/image" && umount "$work/image"
    rm -rf "$work"
}
trap leave EXIT
say() { echo "  $*"; }

# A folder as a local image of this name.
stand_in() {
    local container
    container=$(images from scratch)
    images copy --quiet "$container" "$2" / >/dev/null
    images config ${3:+--env "$3"} --env "${4:-LANG=C.UTF-8}" "$container"
    images commit --quiet --rm "$container" "$1" >/dev/null
}

say "stand-ins for the base images"
debootstrap --variant=minbase --include=ca-certificates bookworm "$work/debian" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
# Whom this machine trusts, its proxy's authority included.
cp /etc/ssl/certs/ca-certificates.crt "$work/debian/etc/ssl/certs/"
runtime=$(sed -n 's/^FROM \([^ ]*\)$/\1/p' packaging/Dockerfile)
stand_in "$runtime" "$work/debian"
chroot "$work/debian" sh -c "apt-get update -q && apt-get install -y -q --no-install-recommends gcc g++ make" \
    >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
mkdir -p "$work/debian/usr/local/cargo/bin"
cp -a "$(rustc --print sysroot)" "$work/debian/usr/local/rust"
rm -rf "$work/debian/usr/local/rust/share"
ln -s /usr/local/rust/bin/cargo /usr/local/rust/bin/rustc "$work/debian/usr/local/cargo/bin/"
settings=${CARGO_HOME:-$HOME/.cargo}/config.toml
if [ -f "$settings" ]; then cp "$settings" "$work/debian/usr/local/cargo/"; fi
build=$(sed -n 's/^FROM \([^ ]*\) AS build$/\1/p' packaging/Dockerfile)
# What is tried is that the steps work, not how fast their result is.
stand_in "$build" "$work/debian" \
    "PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" CARGO_HOME=/usr/local/cargo
rm -rf "$work/debian"

say "every step of the Dockerfile"
context=$work/context
mkdir "$context"
git ls-files -z | tar --null --files-from=- --create | tar --extract --directory "$context"
images build --pull-never --ignorefile packaging/Dockerfile.dockerignore --file packaging/Dockerfile --tag lumsync \
    --env CARGO_PROFILE_RELEASE_LTO=off --env CARGO_PROFILE_RELEASE_OPT_LEVEL=0 --env CARGO_INCREMENTAL=0 \
    ${CARGO_BUILD_JOBS:+--env "CARGO_BUILD_JOBS=$CARGO_BUILD_JOBS"} "$context" >"$work/log" 2>&1 ||
    { tail -n 40 "$work/log"; exit 1; }

say "the image's program, as its user, where it works"
container=$(images from --pull-never lumsync)
place=$(sed -n 's/^WORKDIR //p' packaging/Dockerfile | tail -n 1)
cp fixtures/demo/hr-export.csv fixtures/demo/tenant.jsonl "$context/"
chmod 0777 "$context" && chmod 0666 "$context/tenant.jsonl"
lumsync() { images run --user 65532:65532 --volume "$context:$place" "$container" -- /usr/bin/lumsync "$@"; }
lumsync --version
code=0
lumsync plan hr-export.csv --date-format DD/MM/YYYY --sandbox tenant.jsonl --detailed-exitcode -o plan.json >"$work/plan" || code=$?
test "$code" = 5
tail -n 1 "$work/plan"
images inspect --format '{{.OCIv1.Config.Entrypoint}} in {{.OCIv1.Config.WorkingDir}} as {{.OCIv1.Config.User}}' "$container"
