"""Runs many tenants at once on this machine and prints what they cost, as a Markdown table.

    python3 benches/side_by_side.py LUMSYNC [USERS]

Each tenant is a sandbox of its own with USERS users (500), 20 of whom get another name, at the usual pace of 10 calls a
second. All share a state dir and a metrics folder. Memory and CPU are the operating system's account of the lumsync
processes that sync; the sandboxes run beside them and are not counted, but take part of the machine.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from compare.page import table  # noqa: E402
from compare.tenant import tenant  # noqa: E402

COUNTS = (1, 5, 10, 25, 50)
UPDATES = 20


def write_csv(lumsync, folder, environment):
    """The tenant's users, some of them with another last name."""
    command = [lumsync, "export", "-q", "-o", "users.csv", "--columns", "email,lastName"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    with open(folder / "users.csv", newline="") as file:
        header, *rows = csv.reader(file)
    for row in rows[:UPDATES]:
        row[1] = "Lind"
    with open(folder / "users.csv", "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def side_by_side(lumsync, count, users):
    """Wall clock, CPU of each, and the largest and the sum of the peaks."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as served:
        scratch = Path(scratch)
        (scratch / "metrics").mkdir()
        runs = []
        for number in range(count):
            folder = scratch / str(number)
            folder.mkdir()
            own = served.enter_context(tenant(lumsync, "--users", str(users), "--seed", str(number)))
            environment = {**os.environ, **own.application(), "LUMSYNC_STATE_DIR": str(scratch / "state"),
                           "LUMSYNC_METRICS_FILE": str(scratch / "metrics")}
            write_csv(lumsync, folder, environment)
            runs.append((folder, environment))
        began = time.monotonic()
        command = [lumsync, "sync", "users.csv", "--yes", "-q"]
        running = [subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
                   for folder, environment in runs]
        costs = []
        for process in running:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise RuntimeError(f"a run of {count} ended with {process.returncode}")
            costs.append((usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
        wall = time.monotonic() - began
        written = len(list((scratch / "metrics").iterdir()))
        if written != count:
            raise RuntimeError(f"{count} tenants left {written} files of metrics")
    return wall, sum(cpu for cpu, _ in costs) / count, max(peak for _, peak in costs), sum(peak for _, peak in costs)


def main():
    lumsync = str(Path(sys.argv[1]).resolve())
    users = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{os.cpu_count()} processors, load when it began: {load}.\n")
    rows = []
    for count in COUNTS:
        wall, cpu, peak, peaks = side_by_side(lumsync, count, users)
        rows.append([str(count), f"{wall:.1f}", f"{cpu * 1000:.0f}", f"{peak:.0f}", f"{peaks:.0f}"])
    print(table(["runs at once", "until all had ended (s)", "CPU of each (ms)", "largest peak (MiB)",
                 "sum of peaks (MiB)"], rows))


if __name__ == "__main__":
    main()
