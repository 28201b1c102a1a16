"""Runs whole programs and takes down what they cost: wall clock, CPU of user and system, peak memory."""

import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """Of one run, or the medians of several. Seconds and MiB."""

    wall: float
    cpu: float
    peak: float
    output: str = ""


def run(command, environment=None, ok_codes=(0,)):
    """Runs a program to its end. Its peak memory is the operating system's own account of the finished process."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                                   env={**os.environ, **(environment or {})})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode not in ok_codes:
            raise RuntimeError(f"{command} ended with {process.returncode}:\n{errors.read()[-2000:]}")
        return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.read())


def median(costs):
    """The medians of several runs; the output is the last one's."""
    middle = [statistics.median(getattr(cost, part) for cost in costs) for part in ("wall", "cpu", "peak")]
    return Cost(*middle, output=costs[-1].output)


def alternate(contenders, rounds):
    """Runs every contender once a round, so that a busy moment of the machine hits all of them alike.

    `contenders` maps names to functions that return a Cost. Returns the medians by name.
    """
    costs = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            costs[name].append(contender())
    return {name: median(of_name) for name, of_name in costs.items()}
