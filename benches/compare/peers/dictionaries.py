"""Plain Python: both files into dictionaries by address, then compared."""

import csv
import json
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {row["email"].strip().lower(): row for row in csv.DictReader(file)}


desired, remote = (read(path) for path in sys.argv[1:])
counts = dict.fromkeys(("joiners", "leavers", "absent", "switched", "renamed", "equal"), 0)
for key, row in desired.items():
    there = remote.get(key)
    if there is None:
        counts["joiners"] += 1
    elif row["status"] != there["status"]:
        counts["switched"] += 1
    elif (row["firstName"], row["lastName"]) != (there["firstName"], there["lastName"]):
        counts["renamed"] += 1
    else:
        counts["equal"] += 1
for key, there in remote.items():
    if key not in desired:
        counts["leavers"] += 1
        counts["absent"] += there["status"] == "enabled"
print(json.dumps(counts))
