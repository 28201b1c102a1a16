"""CPU of the shortest runs: nobody should wait for a command line."""

import tempfile

from compare.measure import alternate, run

TEN_ROWS = "email,firstName,lastName\n" + "".join(f"user{row}@example.com,Ann,Lee\n" for row in range(10))


def measure(lumsync, rounds):
    """The medians of `--version` and of `check` on ten rows."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(TEN_ROWS)
        file.flush()
        return alternate({"--version": lambda: run([lumsync, "--version"]),
                          "check": lambda: run([lumsync, "check", file.name])}, rounds)
