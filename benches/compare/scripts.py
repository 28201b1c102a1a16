"""The whole job beside the scripts that people write today: 2,000 changes on a tenant of 3,000 users."""

import os
import sys
import tempfile
from pathlib import Path

from compare.applying import changes, sync
from compare.measure import run
from compare.tenant import tenant

PEERS = Path(__file__).parent / "peers"
CONCURRENCY = "16"


def measure(lumsync, users, change_count, latency_milliseconds, wanted):
    """(wall seconds, calls) by contender; each gets a tenant of its own, since each changes it."""

    def lumsync_run(served, path):
        cost, _, calls = sync(lumsync, served, path, "--rps", "unlimited", "--concurrency", CONCURRENCY)
        return cost, len(calls)

    def script(name, *arguments):
        def contender(served, path):
            cost = run([sys.executable, str(PEERS / name), path, *arguments], {**os.environ, **served.token_only()})
            return cost, len([call for call in served.traffic() if call["kind"] != "other"])
        return contender

    contenders = {
        "lumsync": lumsync_run,
        "httpx": script("httpx_script.py", CONCURRENCY),
        "wiki": script("wiki_script.py"),
    }
    results = {}
    for name in wanted:
        options = ("--users", str(users), "--mix", "external=100", "--latency", f"{latency_milliseconds}ms")
        with tenant(lumsync, *options) as served, tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/changes.csv"
            changes(served, change_count, path)
            before = len(served.traffic())
            cost, calls = contenders[name](served, path)
            results[name] = (cost.wall, calls - (before if name != "lumsync" else 0))
    return results
