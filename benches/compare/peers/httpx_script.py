"""The same job by hand with httpx: asynchronous, so many users at once."""

import asyncio
import csv
import os
import sys

import httpx

path, concurrency = sys.argv[1], int(sys.argv[2])
API = os.environ["LUMSYNC_BASE_URL"] + "/_ah/api/lumsites/v1"


async def listed(client):
    query = {"maxResults": 1000, "showHidden": "true", "types": "external",
             "fields": "cursor,more,items(uid,email,firstName,lastName,status)"}
    while True:
        page = (await client.get(f"{API}/user/list", params=query)).json()
        for user in page.get("items", []):
            yield user
        if not page.get("more"):
            return
        query["cursor"] = page["cursor"]


async def change(client, slots, uid, last_name):
    async with slots:
        answer = await client.get(f"{API}/user/get", params={"uid": uid})
        answer.raise_for_status()
        user = answer.json()
        user["lastName"] = last_name
        (await client.post(f"{API}/user/save", json=user)).raise_for_status()


async def main():
    headers = {"Authorization": f"Bearer {os.environ['LUMSYNC_TOKEN']}"}
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60, trust_env=False) as client:
        users = {user["email"].lower(): user async for user in listed(client)}
        slots = asyncio.Semaphore(concurrency)
        with open(path, newline="", encoding="utf-8") as file:
            rows = [(row, users.get(row["email"].lower())) for row in csv.DictReader(file)]
        await asyncio.gather(*(change(client, slots, there["uid"], row["lastName"])
                               for row, there in rows if there and there["lastName"] != row["lastName"]))


asyncio.run(main())
