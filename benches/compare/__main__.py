"""`make bench`: measures lumsync beside other programs on the same work, and writes what came out.

`BENCH_SIZE=small` takes less than two minutes and leaves the documentation alone; `BENCH_SIZE=full`, the default,
takes a quarter of an hour, and fails when a target is missed. `--only flat,applying` measures some parts, and prints them
without writing.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from compare import applying, data, end_to_end, flat, memberships, page, plot, scripts, startup, targets
from compare.targets import at_least, at_most

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "bench"


@dataclass(frozen=True)
class Programs:
    """What is measured."""

    lumsync: str
    flat_plan: str
    list_users: str
    peers: str


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    main: int
    others: tuple
    rounds: int
    paces: tuple
    concurrencies: tuple
    limits: tuple
    apply_seconds: int
    limit_seconds: int
    scripts: tuple
    memberships: tuple
    contenders: tuple


SIZES = {
    "small": Size(50_000, (10_000,), 3, (100,), (32,), (40,), 4, 30, (300, 100, 5, ("lumsync", "httpx", "wiki")),
                  (100, 5), tuple(flat.NAMES)),
    "full": Size(1_000_000, (10_000, 100_000, 3_000_000), 5, (20, 100, 500), (8, 32, 64), (15, 40, 120), 10, 75,
                 (3000, 2000, 20, ("lumsync", "httpx", "wiki")), (3000, 20), tuple(flat.NAMES)),
}


PARTS = ("flat", "sizes", "loader", "applying", "scripts", "memberships", "startup", "parts")


def build():
    """Release builds of everything; nothing is measured that was not optimised."""
    run = lambda *command: subprocess.run(command, check=True, cwd=ROOT)
    run("cargo", "build", "--release", "--locked", "--bin", "lumsync", "--example", "flat_plan",
        "--example", "list_users")
    run("cargo", "build", "--release", "--locked", "--manifest-path", "benches/peers/Cargo.toml", "--target-dir",
        str(WORK / "peers"))
    release = ROOT / "target" / "release"
    return Programs(str(release / "lumsync"), str(release / "examples" / "flat_plan"),
                    str(release / "examples" / "list_users"),
                    str(WORK / "peers" / "release" / "lumsync-peers"))


def count(number):
    return f"{number:,}"


def flat_part(programs, size):
    main = flat.measure(programs, data.make(programs.lumsync, size.main, WORK), size.rounds, size.contenders)
    duckdb = main["duckdb"]
    rows = [(flat.NAMES[name], f"{cost.wall:.2f}", f"{cost.wall / duckdb.wall:.2f}", f"{cost.cpu:.2f}",
             f"{cost.cpu / duckdb.cpu:.2f}", f"{cost.peak:.0f}", f"{cost.peak / duckdb.peak:.2f}")
            for name, cost in sorted(main.items(), key=lambda item: item[1].wall)]
    header = (f"{count(size.main)} rows × {count(size.main)} users", "wall s", "÷ DuckDB", "CPU s", "÷ DuckDB",
              "peak MiB", "÷ DuckDB")
    ours, what = main["lumsync"], f"plan of {count(size.main)} × {count(size.main)} from flat CSVs"
    aims = [at_most(f"{what}: wall ÷ DuckDB", 1, ours.wall / duckdb.wall),
            at_most(f"{what}: wall ÷ DuckDB, the ambition", 0.5, ours.wall / duckdb.wall, is_ambition=True),
            at_most(f"{what}: memory ÷ DuckDB", 0.667, ours.peak / duckdb.peak)]
    return page.table(header, rows), aims, main


def sizes_part(programs, size, main_flat):
    """Cost against size, flat and end to end."""
    by_size, served = {size.main: main_flat}, {}
    for users in sorted({size.main, *size.others}):
        files = data.make(programs.lumsync, users, WORK)
        rounds = size.rounds if users <= size.main else 2
        if users not in by_size:
            wanted = ("lumsync", "duckdb", "polars") if users > size.main else size.contenders
            by_size[users] = flat.measure(programs, files, rounds, wanted)
        served[users] = end_to_end.measure(programs, files, min(rounds, 3))
    return dict(sorted(by_size.items())), served


def served_table(size, by_size, served):
    rows = []
    for users, figures in served.items():
        ours, listing, loop = (figures[name] for name in ("lumsync", "listing", "loop"))
        duckdb = by_size[users]["duckdb"]
        rows.append((count(users), count(figures["pages"]), f"{ours.wall:.2f}", f"{ours.cpu:.2f}",
                     f"{ours.cpu / duckdb.cpu:.2f}", f"{listing.wall:.2f}", f"{loop.wall:.2f}",
                     f"{listing.wall / loop.wall:.2f}", f"{ours.peak:.0f}"))
    main, users = served[size.main], count(size.main)
    aims = [at_most(f"served plan of {users}: CPU ÷ DuckDB's on the flat files", 3,
                    main["lumsync"].cpu / by_size[size.main]["duckdb"].cpu),
            at_most(f"listing {users} users ÷ bare loop", 1.25, main["listing"].wall / main["loop"].wall),
            at_most(f"served plan of {users}: peak", 450, main["lumsync"].peak, " MiB")]
    return page.table(("users = rows", "pages", "wall s", "CPU s", "CPU ÷ DuckDB", "listing s", "bare loop s",
                       "listing ÷ loop", "peak MiB"), rows), aims


def draw(by_size, served):
    folder = ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)

    def series(value):
        names = ("lumsync", "duckdb", "polars", "csv-diff", "python")
        short = dict(zip(names, ("lumsync", "DuckDB", "Polars", "csv-diff", "Python")))
        return {short[name]: [(users, value(costs[name])) for users, costs in by_size.items() if name in costs]
                for name in names}

    plot.log_log("Two flat CSVs to counted differences: CPU", "seconds of CPU", series(lambda cost: cost.cpu),
                 folder / "performance-cpu.svg")
    memory = series(lambda cost: cost.peak)
    memory["lumsync plan"] = [(users, figures["lumsync"].peak) for users, figures in served.items()]
    plot.log_log("Peak memory", "MiB", memory, folder / "performance-memory.svg")


def applying_part(programs, size):
    rows, aims = [], []
    for pace in size.paces:
        name = f"`--rps {pace}`"
        share, most = applying.at_fixed_pace(programs.lumsync, pace, size.apply_seconds)
        rows.append((name, f"{share:.3f} of the pace", f"most in any second: {most}"))
        aims += [at_least(f"{name}: share of the pace", 0.97, share),
                 at_most(f"{name}: most calls in any second", pace, most)]
    for concurrency in size.concurrencies:
        name = f"`--rps unlimited --concurrency {concurrency}`"
        share = applying.unlimited(programs.lumsync, concurrency, size.apply_seconds)
        rows.append((name, f"{share:.3f} of concurrency ÷ latency", ""))
        aims.append(at_least(f"{name}: share of concurrency ÷ latency", 0.9, share))
    for limit in size.limits:
        name = f"`--rps auto`, the server allows {limit}"
        reached, share, calls, refused = applying.finding_a_limit(programs.lumsync, limit, size.limit_seconds)
        seconds = float("inf") if reached is None else reached
        reached = "not reached" if reached is None else f"0.85 of it after {reached:.1f} s"
        rows.append((name, f"{share:.3f} of the limit after that", f"{reached}; {refused} refusals in {calls} calls"))
        aims += [at_most(f"{name}: until 0.85 of it", 20, seconds, " s"),
                 at_least(f"{name}: share of it from then on", 0.9, share),
                 at_most(f"{name}: refusals in 50 calls", 1, 50 * refused / calls)]
    return page.table(("30 ms latency", "achieved", "seen at the server"), rows), aims


def scripts_part(programs, size):
    users, changes, latency, wanted = size.scripts
    results = scripts.measure(programs.lumsync, users, changes, latency, wanted)
    names = {"lumsync": "lumsync sync", "httpx": "asynchronous script with `httpx`",
             "wiki": "script with the public client, as in the API's wiki"}
    wall, ours = results["lumsync"]
    rows = [(names[name], f"{seconds:.1f}", f"{seconds / wall:.1f}", count(calls))
            for name, (seconds, calls) in results.items()]
    # With as many calls, a script can only be outrun by the calls under way and by what it needs beside the latency.
    slow, slow_calls = results["wiki"]
    possible = int(scripts.CONCURRENCY) * slow / (slow_calls * latency / 1000)
    aims = [at_least(f"script of the wiki ÷ lumsync: wall ({possible:.1f} is possible)", 30, slow / wall,
                     is_ambition=True),
            at_least("the same, as a share of what is possible", 0.85, slow / wall / possible),
            at_most("lumsync's calls ÷ the script's", 1, ours / results["wiki"][1]),
            at_least("asynchronous script ÷ lumsync: wall", 1, results["httpx"][0] / wall)]
    header = f"{count(changes)} changes, {count(users)} users, {latency} ms latency, concurrency {scripts.CONCURRENCY}"
    return page.table((header, "wall s", "÷ lumsync", "calls"), rows), aims


def memberships_part(programs, size):
    users, latency = size.memberships
    results = memberships.measure(programs.lumsync, users, latency)
    names = {"lumsync": "lumsync sync", "script": "script with the public client, 5 users a call",
             "quiet": "lumsync sync of the same CSV again: nothing to change"}
    wall, calls = results["lumsync"]
    rows = [(what, f"{results[name][0]:.1f}", f"{results[name][0] / wall:.2f}", count(results[name][1]))
            for name, what in names.items()]
    groups, of_user = memberships.GROUPS, memberships.GROUPS_OF_A_USER
    lists = 1 + -(-users // 1000) + groups
    saves = groups * -(-users * of_user // groups // 50)
    aims = [at_most(f"{count(users * of_user)} first memberships in {groups} groups: calls", lists + saves, calls),
            at_least("the public client's calls ÷ lumsync's", 9, results["script"][1] / calls),
            at_least("the public client ÷ lumsync: wall", 30, results["script"][0] / wall),
            at_most("a night without a change of groups: calls", lists, results["quiet"][1])]
    header = (f"{count(users * of_user)} memberships of {count(users)} users in {groups} groups, {latency} ms latency, "
              f"concurrency {memberships.CONCURRENCY}")
    return page.table((header, "wall s", "÷ lumsync", "calls"), rows), aims


def startup_part(programs, size):
    costs = startup.measure(programs.lumsync, size.rounds * 4)
    size_of_file = Path(programs.lumsync).stat().st_size / 2**20
    rows = [(f"`lumsync {name}`", f"{cost.cpu * 1000:.1f}") for name, cost in costs.items()]
    aims = [at_most(f"`lumsync {name}`: CPU", 10, cost.cpu * 1000, " ms") for name, cost in costs.items()]
    return page.table((f"one file of {size_of_file:.0f} MiB", "CPU ms"), rows), aims


def loader_part(size):
    command = ("cargo", "bench", "--locked", "--bench", "loader", "--", str(size.main))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    ratios = re.findall(r"^(\w+) cells.*speed ratio: records ([0-9.]+)", done.stdout, re.MULTILINE)
    if not ratios:
        raise RuntimeError(done.stderr)
    aims = [at_least(f"loader, {cells.lower()} cells: speed ÷ the `csv` crate's `records()`", 0.15, float(ratio))
            for cells, ratio in ratios]
    return f"```text\n{done.stdout.strip()}\n```", aims


def parts_part():
    command = ("cargo", "bench", "--locked", "--bench", "parts")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    lines = [line.rstrip() for line in done.stdout.splitlines() if line.strip() and not line.startswith("Timer")]
    return "```text\n" + "\n".join(lines) + "\n```", []


def machine():
    load = " ".join(f"{figure:.1f}" for figure in os.getloadavg())
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, load when it began: {load}."


def main():
    arguments = argparse.ArgumentParser(prog="make bench")
    arguments.add_argument("--only", default=",".join(PARTS))
    parts = arguments.parse_args().only.split(",")
    name = os.environ.get("BENCH_SIZE", "full")
    size = SIZES[name]
    WORK.mkdir(parents=True, exist_ok=True)
    programs = build()
    figures, aims = [machine()], []

    def note(title, text, new_aims):
        print(f"\n{title}\n\n{text}", flush=True)
        figures.append(f"### {title}\n\n{text}")
        aims.extend(new_aims)

    if "flat" in parts or "sizes" in parts:
        *text_and_aims, main_flat = flat_part(programs, size)
        note("From two flat CSVs to a plan", *text_and_aims)
    if "sizes" in parts:
        by_size, served = sizes_part(programs, size, main_flat)
        note("`lumsync plan` against a served tenant", *served_table(size, by_size, served))
        if name == "full":
            draw(by_size, served)
    if "loader" in parts:
        note("The loader beside the `csv` crate", *loader_part(size))
    if "applying" in parts:
        note("Applying", *applying_part(programs, size))
    if "scripts" in parts:
        note("Beside scripts", *scripts_part(programs, size))
    if "memberships" in parts:
        note("Memberships of groups", *memberships_part(programs, size))
    if "startup" in parts:
        note("Start-up", *startup_part(programs, size))
    if "parts" in parts:
        note("The parts by themselves", *parts_part())
    # What is aimed at is aimed at for a million users.
    if name != "full":
        return 0
    judgement = targets.table(aims)
    print(f"\nTargets\n\n{judgement}", flush=True)
    if len(parts) == len(PARTS):
        figures.insert(1, f"### Targets\n\n{judgement}")
        page.replace(ROOT / "docs" / "performance.md", "\n\n".join(figures))
    missed = targets.missed(aims)
    return f"missed: {'; '.join(missed)}" if missed else 0


if __name__ == "__main__":
    sys.exit(main())
