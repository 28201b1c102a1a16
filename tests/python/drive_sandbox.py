"""Drives a served sandbox with the public Python client of LumApps and prints, as JSON, what it saw.

Usage: drive_sandbox.py BASE_URL ORGANIZATION_ID CLIENT_ID CLIENT_SECRET USER_EMAIL SHORT_LIVED_BASE_URL

The first tenant is listed, read and written to; the second one's tokens run out at once.
"""

import json
import sys
from datetime import date
from urllib.request import Request, urlopen

from httpx import HTTPStatusError
from lumapps.api import LumAppsClient
from lumapps.api.base_client import BaseClient
from lumapps.api.errors import GetTokenError
from lumapps.api.utils import DiscoveryCacheDict, set_discovery_cache

FILTERS = {
    "default": {},
    "hidden": {"showHidden": True},
    "enabled": {"status": "enabled", "showHidden": True},
    "disabled": {"status": "disabled", "showHidden": True},
    "types": {"types": ["google", "okta"], "showHidden": True},
    "feeds": {"feeds": ["5000000000000002"], "showHidden": True},
    "registeredSince": {"registeredSince": (date.today() - date(2022, 1, 1)).days, "showHidden": True},
    "email": {"email": "JUERGEN.Weiss@example.org"},
    "query": {"query": "Weiß"},
    "firstName": {"firstName": "Hélène"},
    "lastName": {"lastName": "O'Connor"},
    "sorted": {"sortOrder": "-email", "showHidden": True},
    "fields": {"fields": "cursor,more,items(uid,email)", "showHidden": True},
}


def use_discovery_of(base_url):
    """The client would fetch the document from the public internet; it gets the sandbox's own instead."""

    class FromSandbox(DiscoveryCacheDict):
        def get(self, key, raises=False):
            with urlopen(f"{base_url}/_ah/api/discovery/v1/apis/lumsites/v1/rest") as answer:
                return json.load(answer)

    set_discovery_cache(FromSandbox())


def expire_tokens(base_url):
    urlopen(Request(f"{base_url}/_sandbox/expire-tokens", data=b"", method="POST")).close()


def status_of(call):
    try:
        call()
    except HTTPStatusError as error:
        return error.response.status_code
    except GetTokenError as error:
        return str(error)
    return 200


def lists(client):
    found = {name: list(client.iter_platform_users(maxResults=4, **dict(filters))) for name, filters in FILTERS.items()}
    two = [user["uid"] for user in found["hidden"][1:3]]
    found["ids"] = list(client.iter_platform_users(ids=two, showHidden=True))
    found["nobody"] = list(client.iter_platform_users(firstName="Nobody At All"))
    return found


def write(client):
    created = client.save_user(
        {
            "email": "Zoë.Ångström@example.org",
            "firstName": "Zoë",
            "lastName": "Ångström",
            "accountType": "external",
            "password": "not-kept-anywhere",
            "rePassword": "not-kept-anywhere",
        }
    )
    twice = status_of(lambda: client.save_user({**created, "uid": None, "id": None}))
    user = client.get_call("user/get", email="helene.daubigne@partner.example")
    user["lastName"] = "d'Aubigné-Roux"
    updated = client.save_user(user)
    user = client.get_call("user/get", uid=created["uid"])
    user["status"] = "disabled"
    disabled = client.save_user(user)
    return {"created": created, "twice": twice, "updated": updated, "disabled": disabled}


def groups(client):
    departments, book_club, engineering = "4900000000000002", "5000000000000011", "5000000000000007"
    emails = [user["email"] for user in client.iter_platform_users(showHidden=True)][:9]
    unknown = ["nobody@example.com", "no-one@example.com"]

    def members():
        return [user["email"] for user in client.iter_platform_users(feeds=[book_club], maxResults=2, showHidden=True)]

    def remove(users):
        return client.get_call(
            "feed/subscribers/save", body={"feed": book_club, "addedUsers": [], "removedUsers": users}
        )

    seen = {"emails": emails, "all": list(client.iter_call("feed/list", maxResults=5))}
    seen["types"] = [kind["name"] for kind in client.iter_platform_group_types()]
    seen["departments"] = [group["id"] for group in client.iter_groups(departments)]
    seen["one"] = client.get_group(book_club)
    seen["stopped"] = status_of(lambda: client.add_users_to_group(book_club, [emails[0], unknown[0], emails[1]]))
    seen["members_after_stop"] = members()
    seen["missing"] = client.add_users_to_group_skip_missing(book_club, [*emails[:3], unknown[0], *emails[3:], unknown[1]])
    seen["members"] = members()
    remove([emails[0], client.get_user(emails[1])["uid"]])
    seen["members_after_removal"] = members()
    seen["synchronized"] = status_of(lambda: client.add_user_to_group(engineering, emails[0]))
    return seen


def main():
    base_url, organization, client_id, client_secret, email, short_lived = sys.argv[1:]
    use_discovery_of(base_url)
    auth_info = {"client_id": client_id, "client_secret": client_secret}
    application = LumAppsClient(organization, None, {"base_url": base_url}, auth_info=auth_info)
    client = application.get_user_api(email)
    wrong = BaseClient({"base_url": base_url}, auth_info={**auth_info, "client_secret": "wrong"})

    seen = {"lists": lists(client)}
    seen["by_email"] = client.get_user("Admin@Example.com")
    seen["by_uid"] = client.get_user(seen["by_email"]["uid"])
    seen["unknown"] = client.get_user("nobody@example.com")
    seen["wrong_secret"] = status_of(lambda: wrong.get_new_client_as(email, organization).get_call("user/list"))
    seen["bad_token"] = status_of(lambda: BaseClient({"base_url": base_url}, token="made-up").get_call("user/list"))
    seen.update(write(client))
    seen["groups"] = groups(client)

    # A client that asks for its token itself gets a new one when the old one is refused, once.
    fresh = application.get_new_client_as(email, organization)
    fresh.get_call("user/get", email=email)
    expire_tokens(base_url)
    seen["after_expiry"] = fresh.get_call("user/get", email=email)["email"]
    expired = BaseClient({"base_url": short_lived}, auth_info=auth_info).get_new_client_as(email, organization)
    seen["always_expired"] = status_of(lambda: expired.get_call("user/get", email=email))

    seen["in_the_end"] = list(fresh.iter_call("user/list", maxResults=7, showHidden=True))
    json.dump(seen, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
