"""`lumsync plan` of a CSV against a served tenant, and its listing beside a loop that throws the same pages away."""

import json
import tempfile

from compare.measure import alternate, run
from compare.tenant import tenant

PAGE_SIZE = "1000"


def measure(programs, data, rounds):
    """The medians of `plan`, of listing alone with the users kept, and of the bare loop; and the list's pages."""
    with tenant(programs.lumsync, *data.tenant_options()) as served, tempfile.TemporaryDirectory() as folder:

        def plan():
            report = f"{folder}/plan.json"
            return run([programs.lumsync, "plan", str(data.desired), "--rps", "unlimited", "--page-size", PAGE_SIZE,
                        "--state-dir", folder, "--output", "json", "-o", report],
                       {**served.token_only(), "LUMSYNC_LOG": "off"})

        def listing():
            return run([programs.list_users, served.url, served.token, PAGE_SIZE])

        def bare():
            return run([programs.peers, "list", served.url, served.token, PAGE_SIZE])

        costs = alternate({"lumsync": plan, "listing": listing, "loop": bare}, rounds)
    if costs["listing"].output.strip() != str(data.users):
        raise RuntimeError(f"{data.users} users are served, {costs['listing'].output.strip()} are listed")
    return {**costs, "pages": -(-data.users // int(PAGE_SIZE)), "plan": json.loads(costs["lumsync"].output)["summary"]}
