"""A tenant for the measurements: `lumsync sandbox` in a process of its own."""

import json
import os
import subprocess
import urllib.parse
import urllib.request
from contextlib import contextmanager

LIST_PATH = "/_ah/api/lumsites/v1/user/list"


class Tenant:
    """A running sandbox."""

    def __init__(self, process, settings):
        self.process = process
        self.url = settings["LUMSYNC_BASE_URL"]
        self.token = settings["LUMSYNC_TOKEN"]
        self.settings = settings

    def get(self, path, **query):
        """Asks for JSON."""
        address = f"{self.url}{path}?{urllib.parse.urlencode(query, doseq=True)}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)

    def traffic(self):
        """All calls so far, in the order of arrival."""
        return self.get("/_sandbox/traffic")

    def users(self):
        """Every user, page by page, with the attributes that a diff needs."""
        query = {"maxResults": 1000, "showHidden": "true",
                 "fields": "cursor,more,items(uid,email,firstName,lastName,status,isHidden)"}
        while True:
            page = self.get(LIST_PATH, **query)
            yield from page.get("items", [])
            if not page.get("more"):
                return
            query["cursor"] = page["cursor"]

    def token_only(self):
        """The environment of a client that holds a token: no call is spent on a login."""
        wanted = ("LUMSYNC_BASE_URL", "LUMSYNC_ORGANIZATION_ID", "LUMSYNC_TOKEN")
        return {name: self.settings[name] for name in wanted}

    def application(self):
        """The environment of a client that logs in as an application."""
        return {name: value for name, value in self.settings.items() if name != "LUMSYNC_TOKEN"}


@contextmanager
def tenant(lumsync, *options):
    """Serves a sandbox until the block ends."""
    process = subprocess.Popen([lumsync, "sandbox", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True, env={**os.environ, "RUST_LOG": "off"})
    try:
        yield Tenant(process, _read_settings(process))
    finally:
        process.terminate()
        process.wait(timeout=60)


def _read_settings(process):
    settings = {}
    for line in process.stdout:
        name, equals, value = line.strip().partition("=")
        if equals and name.startswith("LUMSYNC_"):
            settings[name] = value
        if name == "LUMSYNC_USER_EMAIL":
            return settings
    raise RuntimeError("the sandbox did not start")
