#!/usr/bin/env python3
"""Breaks each promise of docs/reliability.md in turn, and shows that its test falls.

Each entry of tests/breakages.toml is one edit of src/ that breaks a promise, and the test that must notice it. The edits
are made in a copy of the work tree under target/breakages, never in the work tree itself: make one, build, run the one
test, take the edit back. Before that, all the tests concerned must pass without any edit. A test that still passes, an
edit that does not compile, and a test that is not there all fail the script.

Most tests of tests/it drive the program, so that it alone is built with an edit at first; where the test passes all the
same, it is built with the edit, too, and run again.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = "tests/breakages.toml"
SCRATCH = ROOT / "target" / "breakages"
COPY = SCRATCH / "copy"
# A broken program may never end; no test takes nearly so long.
LONGEST_TEST = 300
# As many as the rarest breakage needs to be noticed; nobody reads the smallest case.
CASES = {"PROPTEST_CASES": "400", "PROPTEST_MAX_SHRINK_ITERS": "0", "LUMSYNC_KILLS": "6", "LUMSYNC_CASES": "24"}


@dataclass
class Breakage:
    test: str
    file: str
    find: str
    put: str
    # Only root can make what the test needs; for others it passes whatever happens.
    needs_root: bool

    @property
    def is_unit_test(self) -> bool:
        return "::tests::" in self.test


@dataclass
class Ended:
    fell: bool
    seconds: float
    why: str


class TableError(Exception):
    """An entry that can't be carried out."""


def read_table() -> list[Breakage]:
    entries = tomllib.loads((ROOT / TABLE).read_text())["breakage"]
    fields = ("test", "file", "find", "put")
    return [Breakage(*(entry[field] for field in fields), entry.get("root", False)) for entry in entries]


def chosen(breakages: list[Breakage], only: list[str], shard: str | None) -> list[Breakage]:
    if only:
        breakages = [one for one in breakages if any(name in one.test for name in only)]
    if shard:
        part, parts = (int(number) for number in shard.split("/"))
        breakages = breakages[part - 1 :: parts]
    if os.geteuid() != 0:
        breakages = [one for one in breakages if not one.needs_root]
    if not breakages:
        sys.exit("no entry of the table is chosen")
    # Each kind of test is a build of its own.
    return sorted(breakages, key=lambda one: not one.is_unit_test)


def copy_work_tree() -> None:
    """Brings the copy up to date; what is as it was keeps its time, so that it is not built again."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    for path in list(COPY.rglob("*")) if COPY.exists() else []:
        if path.is_file() and str(path.relative_to(COPY)) not in names:
            path.unlink()
    for name in names:
        source, place = ROOT / name, COPY / name
        if not place.is_file() or place.read_bytes() != source.read_bytes():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            shutil.copy(source, place)


def run(command: list[str], longest: float | None = None) -> tuple[int, str]:
    """The exit code and all output of a command in the copy."""
    environment = {**CASES, **os.environ, "CARGO_TARGET_DIR": str(SCRATCH / "target"), "CARGO_TERM_COLOR": "never"}
    process = subprocess.Popen(
        command,
        cwd=COPY,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=longest)
    except BaseException:
        # Its servers and children with it.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return process.returncode, output


def build(*arguments: str) -> str | None:
    """Builds, and returns where the tests are, if any were built."""
    cargo = os.environ.get("CARGO", "cargo")
    code, output = run([cargo, *arguments, "--locked", "--message-format=json"])
    messages = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if code != 0:
        raise TableError("\n".join(one["message"]["rendered"] for one in messages if "message" in one) or output)
    built = [one["executable"] for one in messages if one.get("executable") and one["profile"]["test"]]
    return built[-1] if built else None


def build_program() -> None:
    build("build", "--bin", "lumsync")


def build_tests(is_unit_test: bool) -> str:
    return build("test", "--no-run", *(["--lib"] if is_unit_test else ["--test", "it"]))


def sound_tests(breakages: list[Breakage], is_unit_test: bool) -> Path | None:
    """The tests concerned, built without an edit; they must be there and pass."""
    names = sorted({one.test for one in breakages if one.is_unit_test == is_unit_test})
    if not names:
        return None
    print(f"{len(names)} tests of {'src' if is_unit_test else 'tests/it'} without an edit ...", flush=True)
    tests = SCRATCH / ("unit-tests" if is_unit_test else "tests")
    shutil.copy(build_tests(is_unit_test), tests)
    code, output = run([str(tests), "--exact", *names])
    if code != 0 or f"running {len(names)} test" not in output:
        sys.exit(f"{output}\nthe tests must be there and pass before anything is broken")
    return tests


def try_out(breakage: Breakage, sound: Path) -> Ended:
    place = COPY / breakage.file
    text = place.read_text()
    if text.count(breakage.find) != 1:
        raise TableError(f"`find` stands {text.count(breakage.find)} times in {breakage.file}")
    began = time.monotonic()
    place.write_text(text.replace(breakage.find, breakage.put))
    try:
        if breakage.is_unit_test:
            fell, why = run_test(breakage, build_tests(True))
        else:
            build_program()
            fell, why = run_test(breakage, str(sound))
            if not fell:
                fell, why = run_test(breakage, build_tests(False))
    finally:
        place.write_text(text)
    return Ended(fell, time.monotonic() - began, why)


def run_test(breakage: Breakage, tests: str) -> tuple[bool, str]:
    code, output = run([tests, "--exact", breakage.test], LONGEST_TEST)
    if "test result: FAILED. 0 passed; 1 failed" in output:
        return True, first_words_of_panic(output)
    return False, "it still passes" if code == 0 else f"it did not end as tests do (exit code {code}):\n{output}"


def first_words_of_panic(output: str) -> str:
    found = re.search(r"panicked at ([^\n]*):\n([^\n]*)", output)
    return f"{found[2][:150]} ({found[1]})" if found else ""


def try_all(breakages: list[Breakage], sound: dict[bool, Path | None]) -> list[tuple[Breakage, Ended]]:
    results = []
    for number, breakage in enumerate(breakages, 1):
        try:
            ended = try_out(breakage, sound[breakage.is_unit_test])
        except subprocess.TimeoutExpired:
            ended = Ended(False, LONGEST_TEST, f"it did not end within {LONGEST_TEST} s")
        except TableError as error:
            ended = Ended(False, 0, str(error))
        results.append((breakage, ended))
        word = "fell" if ended.fell else "DID NOT FALL"
        print(f"{number}/{len(breakages)} {word} {breakage.test} [{breakage.file}, {ended.seconds:.0f} s]", flush=True)
        print(f"    {ended.why}", flush=True)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="tests whose name holds this")
    parser.add_argument("--shard", metavar="K/N", help="the K-th of N parts")
    options = parser.parse_args()
    breakages = chosen(read_table(), options.only, options.shard)
    copy_work_tree()
    build_program()
    results = try_all(breakages, {kind: sound_tests(breakages, kind) for kind in (True, False)})
    print("\n| test | broken in | |\n| --- | --- | --- |")
    for breakage, ended in results:
        print(f"| {breakage.test} | {breakage.file} | {'fell' if ended.fell else '**did not fall**'} |")
    standing = sum(not ended.fell for _, ended in results)
    print(f"\n{len(results)} breakages, {standing} of them unnoticed")
    return min(standing, 1)


if __name__ == "__main__":
    sys.exit(main())
