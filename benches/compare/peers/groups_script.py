"""A script with the public client: lists the members of each group, and adds who is missing, five users a call."""

import csv
import json
import os
import sys
from collections import defaultdict
from urllib.request import urlopen

from lumapps.api import LumAppsClient
from lumapps.api.utils import DiscoveryCacheDict, set_discovery_cache

BASE_URL = os.environ["LUMSYNC_BASE_URL"]


class FromTenant(DiscoveryCacheDict):
    """The client would fetch its description of the API from the internet; the sandbox has one."""

    def get(self, key, raises=False):
        with urlopen(f"{BASE_URL}/_ah/api/discovery/v1/apis/lumsites/v1/rest") as answer:
            return json.load(answer)


set_discovery_cache(FromTenant())
client = LumAppsClient(os.environ["LUMSYNC_ORGANIZATION_ID"], None, {"base_url": BASE_URL},
                       token=os.environ["LUMSYNC_TOKEN"])
groups = {group["name"]: group["id"] for group in client.iter_call("feed", "list", maxResults=100)}
wanted = defaultdict(list)
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        for name in row["groups"].split(";"):
            wanted[groups[name]].append(row["email"])
for group, emails in wanted.items():
    listed = client.iter_call("user", "list", maxResults=1000, showHidden=True, types=["external"], feeds=[group])
    members = {user["email"] for user in listed}
    client.add_users_to_group_skip_missing(group, [email for email in emails if email not in members])
