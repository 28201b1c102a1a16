"""A script in the style of the API's wiki: the public client, one user after the other, get, change, save."""

import csv
import json
import os
import sys
from urllib.request import urlopen

from lumapps.api import BaseClient
from lumapps.api.utils import DiscoveryCacheDict, set_discovery_cache

BASE_URL = os.environ["LUMSYNC_BASE_URL"]


class FromTenant(DiscoveryCacheDict):
    """The client would fetch its description of the API from the internet; the sandbox has one."""

    def get(self, key, raises=False):
        with urlopen(f"{BASE_URL}/_ah/api/discovery/v1/apis/lumsites/v1/rest") as answer:
            return json.load(answer)


set_discovery_cache(FromTenant())
client = BaseClient({"base_url": BASE_URL}, token=os.environ["LUMSYNC_TOKEN"])
users = {user["email"].lower(): user
         for user in client.iter_call("user", "list", maxResults=1000, showHidden=True, types=["external"])}
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        there = users.get(row["email"].lower())
        if there and there["lastName"] != row["lastName"]:
            user = client.get_call("user", "get", uid=there["uid"])
            user["lastName"] = row["lastName"]
            client.get_call("user", "save", body=user)
