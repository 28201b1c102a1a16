"""A script in the style of the API's wiki: the public client, one user after the other, get, change, save."""

import csv
import os
import sys

from lumapps.api import BaseClient

base_url = os.environ["LUMSYNC_BASE_URL"]
client = BaseClient(
    {"base_url": base_url},
    token=os.environ["LUMSYNC_TOKEN"],
)
users = {user["email"].lower(): user
         for user in client.iter_call("user", "list", maxResults=1000, showHidden=True, types=["external"])}
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        there = users.get(row["email"].lower())
        if there and there["lastName"] != row["lastName"]:
            user = client.get_call("user", "get", email=there["email"])
            user["lastName"] = row["lastName"]
            client.get_call("user", "save", body=user)
