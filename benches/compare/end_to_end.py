"""`lumsync plan` of a CSV against a served tenant, beside a loop that reads the same pages and throws them away."""

import json
import tempfile

from compare.measure import alternate, run
from compare.tenant import tenant

PAGE_SIZE = "1000"


def measure(programs, data, rounds):
    """The medians of `plan` and of the bare loop, and the seconds that the plan's listing took."""
    with tenant(programs.lumsync, *data.tenant_options()) as served, tempfile.TemporaryDirectory() as folder:
        listing = []

        def plan():
            report = f"{folder}/plan.json"
            cost = run([programs.lumsync, "plan", str(data.desired), "--rps", "unlimited", "--page-size", PAGE_SIZE,
                        "--state-dir", folder, "--output", "json", "-v", "-o", report],
                       {**served.token_only(), "LUMSYNC_LOG": "off"})
            return cost

        def bare():
            return run([programs.peers, "list", served.url, served.token, PAGE_SIZE])

        def listed():
            began = len(served.traffic())
            cost = plan()
            calls = [call["arrivedSeconds"] for call in served.traffic()[began:] if call["kind"] == "list"]
            listing.append((len(calls), calls[-1] - calls[0]))
            return cost

        costs = alternate({"lumsync": listed, "loop": bare}, rounds)
    seconds = sorted(span for _, span in listing)[len(listing) // 2]
    return {**costs, "listing_seconds": seconds, "pages": listing[-1][0],
            "plan": json.loads(costs["lumsync"].output)["summary"]}
