#!/bin/sh
# The main job from end to end against an embedded tenant: no login, no network, nothing to clean up. Leaves its
# results under target/demo/ and begins anew each time.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
"${CARGO:-cargo}" build --locked --quiet
lumsync="$target/debug/lumsync"

demo="$target/demo"
rm -rf "$demo"
mkdir -p "$demo"
cp fixtures/demo/tenant.jsonl fixtures/demo/hr-export.csv "$demo/"
cd "$demo"

# What the shell has set for a real tenant must not reach the demo.
unset LUMSYNC_BASE_URL LUMSYNC_ORGANIZATION_ID LUMSYNC_TOKEN LUMSYNC_CLIENT_ID LUMSYNC_CLIENT_SECRET \
    LUMSYNC_USER_EMAIL LUMSYNC_NOTIFY_URL LUMSYNC_LOG LUMSYNC_RPS
export LUMSYNC_STATE_DIR="$demo/state"

say() { printf '\n\033[1m== %s\033[0m\n' "$1"; }
show() { # runs lumsync, showing the command as one would type it; the log goes to a file
    printf '$ lumsync %s\n' "$*"
    "$lumsync" "$@" 2>>"$demo/log.txt"
}

say "1. What would tonight's HR export change?"
show plan hr-export.csv --date-format DD/MM/YYYY --sandbox tenant.jsonl -o plan.json

say "2. Do it, and leave a report for everybody"
show sync hr-export.csv --date-format DD/MM/YYYY --sandbox tenant.jsonl --rps unlimited --yes \
    --report run.html --report run.md --report run.csv --report run.json >sync.txt
tail -n 1 sync.txt

say "3. Again: nothing is left to do, and the exit code says so"
show plan hr-export.csv --date-format DD/MM/YYYY --sandbox tenant.jsonl --detailed-exitcode >again.txt
tail -n 1 again.txt

say "4. What ran here"
show runs

say "Where to look"
cat <<EOF
In $demo:
  run.html      the report: open it in a browser
  run.md        the same for a job summary; run.csv for a spreadsheet, run.json for a script
  plan.json     the plan, as lumsync apply would take it
  tenant.jsonl  the tenant after the run, a user a line
  state/runs/   what the run keeps: plan, journal, report
  log.txt       the log of all steps
EOF
