"""First memberships beside a script with the public client, and a night after them without a change."""

import csv
import json
import os
import sys
import tempfile
from pathlib import Path

from compare.applying import sync
from compare.measure import run
from compare.tenant import tenant

SCRIPT = Path(__file__).parent / "peers" / "groups_script.py"
CONCURRENCY = "16"
GROUPS = 40
GROUPS_OF_A_USER = 10


def measure(lumsync, users, latency_milliseconds):
    """(wall seconds, calls) by contender, each on a tenant of its own, and the calls of a night without changes."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/groups.csv"
        _write_csv(users, path)
        results = {}
        with _tenant(lumsync, users, latency_milliseconds, f"{folder}/first.jsonl") as served:
            options = ("--rps", "unlimited", "--concurrency", CONCURRENCY)
            cost, _, calls = sync(lumsync, served, path, *options)
            results["lumsync"] = (cost.wall, len(calls))
            quiet, _, calls = sync(lumsync, served, path, *options)
            results["quiet"] = (quiet.wall, len(calls))
            members = _members(served)
        with _tenant(lumsync, users, latency_milliseconds, f"{folder}/second.jsonl") as served:
            cost = run([sys.executable, str(SCRIPT), path], {**os.environ, **served.token_only()})
            results["script"] = (cost.wall, len([call for call in served.traffic() if call["kind"] != "other"]))
            if _members(served) != members:
                raise RuntimeError("lumsync and the script put different users into the groups")
    return results


def _members(served):
    """How many memberships the calls so far have made."""
    return sum(len(call["added"]) for call in served.traffic() if call["kind"] == "feed-save")


def _groups_of(user):
    return [f"Group {(user + place * GROUPS // GROUPS_OF_A_USER) % GROUPS}" for place in range(GROUPS_OF_A_USER)]


def _write_csv(users, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("email", "groups"))
        writer.writerows((f"u{user}@example.com", ";".join(_groups_of(user))) for user in range(users))


def _tenant(lumsync, users, latency_milliseconds, path):
    groups = [{"kind": "feed", "uid": str(9_000 + group), "id": str(9_000 + group), "name": f"Group {group}"}
              for group in range(GROUPS)]
    people = [{"uid": str(10_000 + user), "id": str(10_000 + user), "email": f"u{user}@example.com",
               "firstName": f"U{user}", "lastName": "Lee", "accountType": "external", "status": "enabled"}
              for user in range(users)]
    Path(path).write_text("".join(json.dumps(line) + "\n" for line in groups + people), encoding="utf-8")
    return tenant(lumsync, path, "--latency", f"{latency_milliseconds}ms")
