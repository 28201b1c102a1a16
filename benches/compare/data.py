"""The files that are compared: made by seed, kept under target/bench, never committed."""

import csv
import json
import multiprocessing
import random
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from compare.tenant import tenant

SEED = 7
COLUMNS = ("email", "uid", "firstName", "lastName", "status", "isHidden")


@dataclass(frozen=True)
class Data:
    """A tenant's users and a desired state that differs from them in a few of a hundred."""

    users: int
    desired: Path
    remote: Path
    #: The remote users with the columns of the desired state, for peers that compare whole rows.
    remote_narrow: Path

    def tenant_options(self):
        """What makes the sandbox hold the same users."""
        return ("--users", str(self.users), "--seed", str(SEED), "--mix", "external=100")


def make(lumsync, users, folder):
    """Makes the files of a size unless they are there.

    In a process of its own: a program that is started counts its parent's memory as its own first peak.
    """
    data = Data(users, *(folder / f"{name}-{users}.csv" for name in ("desired", "remote", "narrow")))
    if not all(path.exists() for path in (data.desired, data.remote, data.remote_narrow)):
        maker = multiprocessing.get_context("spawn").Process(target=_write, args=(lumsync, data))
        maker.start()
        maker.join()
        if maker.exitcode != 0:
            raise RuntimeError(f"the data of {users} users could not be made")
    return data


def _write(lumsync, data):
    chance = random.Random(SEED)
    wanted = []
    with tenant(lumsync, *data.tenant_options()) as served, \
            _rows(data.remote, COLUMNS) as remote, _rows(data.remote_narrow, _wide_to_narrow(COLUMNS)) as narrow:
        for user in served.users():
            row = [_cell(user.get(column)) for column in COLUMNS]
            remote(row)
            narrow(_wide_to_narrow(row))
            wanted.extend(_wish(_wide_to_narrow(row), chance))
    # A directory's export knows nothing of the order in which a tenant lists its users.
    chance.shuffle(wanted)
    with _rows(data.desired, _wide_to_narrow(COLUMNS)) as desired:
        for row in wanted:
            desired(row)


def _wish(row, chance):
    """What becomes of a user: 1% leave, 1% each get another first or last name, 0.5% are closed, 1% join."""
    email, first, last, status = row
    fate = chance.random()
    if fate < 0.01:
        return []
    if fate < 0.02:
        return [(email, f"{first}-Maria", last, status)]
    if fate < 0.03:
        return [(email, first, f"{last}-Lind", status)]
    if fate < 0.035:
        return [(email, first, last, "disabled")]
    if fate < 0.085:
        return [(email.upper(), first, last, status)]
    if fate < 0.095:
        joining = (f"new.{email.lower()}", f"Neo {first}", f"Nova {last}", "enabled")
        return [(email, first, last, status), joining]
    return [(email, first, last, status)]


def _wide_to_narrow(row):
    email, _, first, last, status, _ = row
    return (email, first, last, status)


def _cell(value):
    if value is None:
        return ""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else json.dumps(value)


class _rows:
    """A CSV under construction, which gets its name when it is whole."""

    def __init__(self, path, header):
        self.path = path
        self.unfinished = path.with_suffix(".part")
        self.header = header

    def __enter__(self):
        self.file = open(self.unfinished, "w", newline="", encoding="utf-8")
        writer = csv.writer(self.file, lineterminator="\n")
        writer.writerow(self.header)
        return writer.writerow

    def __exit__(self, kind, *_):
        self.file.close()
        if kind is None:
            self.unfinished.rename(self.path)
