"""From two flat CSVs to counted differences: lumsync's loader and plan beside other programs, on two threads each."""

import json
import sys
from pathlib import Path

from compare.measure import alternate, run

PEERS = Path(__file__).parent / "peers"
NAMES = {
    "csv": "reading both with the bare `csv` crate",
    "lumsync": "**lumsync**: full validation, diff, plan",
    "duckdb": "DuckDB, full outer join",
    "polars": "Polars, full outer join",
    "csv-diff": "`csv-diff` crate (no folding of case)",
    "python": "Python dictionaries",
}


def contenders(programs, data, wanted):
    """What runs on these files, by name."""
    wide = [str(data.desired), str(data.remote)]
    narrow = [str(data.desired), str(data.remote_narrow)]

    def script(name):
        return [sys.executable, str(PEERS / name), *wide]

    commands = {
        "csv": [programs.peers, "read-csv", *wide],
        "lumsync": [programs.flat_plan, *wide],
        "duckdb": script("duckdb_join.py"),
        "polars": script("polars_join.py"),
        "csv-diff": [programs.peers, "csv-diff", *narrow],
        "python": script("dictionaries.py"),
    }
    return {name: (lambda command=command: run(command)) for name, command in commands.items() if name in wanted}


def measure(programs, data, rounds, wanted=tuple(NAMES)):
    """The medians by name, once everybody has found the same differences."""
    costs = alternate(contenders(programs, data, wanted), rounds)
    _compare_counts({name: json.loads(costs[name].output) for name in ("lumsync", "duckdb", "polars", "python")
                     if name in costs})
    return costs


def _compare_counts(counts):
    """The plan's figures in the terms of a join."""
    plan = counts.pop("lumsync")
    ours = {
        "joiners": plan["create"] + plan["skipped"],
        "equal": plan["unchanged"],
        "renamed": plan["update"],
        "switched": plan["enable"] + plan["disable"],
    }
    for name, theirs in counts.items():
        expected = {**theirs, "switched": theirs["switched"] + theirs["absent"]}
        if any(ours[key] != expected[key] for key in ours):
            raise RuntimeError(f"lumsync finds {ours}, {name} finds {theirs}")
