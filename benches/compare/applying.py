"""The pace of applying, measured at the server: what was asked for is reached, and never passed."""

import bisect
import csv
import tempfile

from compare.measure import run
from compare.tenant import tenant

USERS = 12_000
LATENCY = 0.030


def changes(served, count, path):
    """A CSV that gives so many of the tenant's users another last name."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("email", "firstName", "lastName"))
        for _, user in zip(range(count), _external(served)):
            writer.writerow((user["email"], user["firstName"], f"{user['lastName']}-Lind"))


def _external(served):
    return (user for user in served.users() if user.get("status") == "enabled" and user.get("firstName"))


def sync(lumsync, served, path, *options):
    """Applies a CSV; returns the cost and the calls that applying made."""
    before = len(served.traffic())
    with tempfile.TemporaryDirectory() as state:
        cost = run([lumsync, "sync", path, "--partial", "--yes", "--state-dir", state, "--output", "json",
                    "--page-size", "1000", *options], {**served.token_only(), "LUMSYNC_LOG": "off"})
    calls = served.traffic()[before:]
    return cost, [call for call in calls if call["kind"] in ("get", "save-update", "save-create")], calls


def measure(lumsync, options, change_count, tenant_options=()):
    """Arrival times of all the calls of applying, in seconds, and of all calls whatever."""
    arguments = ("--users", str(USERS), "--mix", "external=100", "--latency", f"{int(LATENCY * 1000)}ms")
    with tenant(lumsync, *arguments, *tenant_options) as served, tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/changes.csv"
        changes(served, change_count, path)
        _, applying, everything = sync(lumsync, served, path, *options)
    return applying, everything


def rate(calls):
    """Calls a second from the first to the last."""
    times = sorted(call["arrivedSeconds"] for call in calls)
    return (len(times) - 1) / (times[-1] - times[0])


def most_in_a_second(calls):
    """The most calls that arrived in any one second."""
    times = sorted(call["arrivedSeconds"] for call in calls)
    return max(bisect.bisect_left(times, first + 1.0) - index for index, first in enumerate(times))


def at_fixed_pace(lumsync, pace, seconds):
    """(achieved share of the pace, most calls in any second)"""
    applying, everything = measure(lumsync, ("--rps", str(pace)), max(int(pace * seconds / 2), 50))
    return rate(applying) / pace, most_in_a_second(everything)


def unlimited(lumsync, concurrency, seconds):
    """Achieved share of what the latency allows."""
    possible = concurrency / LATENCY
    count = min(int(possible * seconds / 2), USERS - 1000)
    applying, _ = measure(lumsync, ("--rps", "unlimited", "--concurrency", str(concurrency)), count)
    return rate(applying) / possible


def finding_a_limit(lumsync, limit, seconds, refusal="429"):
    """How `--rps auto` fares: seconds until 0.85 of the limit, share of it from then on, calls and refusals."""
    applying, everything = measure(lumsync, ("--rps", "auto", "--max-rps", "200"), int(limit * seconds / 2),
                                   ("--rate-limit", f"{limit}:{refusal}"))
    refused = [call for call in everything if call["status"] in (429, 400)]
    passed = sorted(call["arrivedSeconds"] for call in applying if call["status"] == 200)
    reached = next((now for index, now in enumerate(passed)
                    if index - bisect.bisect_left(passed, now - 1.0) + 1 >= 0.85 * limit), None)
    if reached is None:
        return None, 0.0, len(everything), len(refused)
    after = [now for now in passed if now > reached]
    share = len(after) / (after[-1] - reached) / limit
    return reached - passed[0], share, len(everything), len(refused)
