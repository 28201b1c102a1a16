"""One command of lumsync for one tenant, its exit code as the state of a task."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

# docs/interface.md, "Exit codes".
DONE, USAGE, GUARDRAIL, PENDING = 0, 2, 3, 5
# Login, network or disk; applied in part; another run holds the lock; stopped by a signal.
TRY_AGAIN = {1: "it could not do it", 4: "applied in part", 6: "another run holds the lock"} | {
    code: "it was interrupted" for code in (129, 130, 143)
}
A_PERSON_HAS_TO_LOOK = {USAGE: "the settings or the CSV are wrong", GUARDRAIL: "a guardrail stopped it"}


class LumsyncOperator(BaseOperator):
    """Runs `check`, `plan`, `apply` or `sync` in a tenant's folder, which holds `lumsync.toml` and the CSV.

    Documents go to `artifacts/RUN_ID/TENANT/`: `plan.json` and `plan.html`, or `report.json` and `report.html`. The XCom
    `summary` has the exit code, the counts and the document's path, also of a task that fails.

    :param command: `check`, `plan`, `apply` (of the plan that a task before saved) or `sync`
    :param tenant: the tenant's folder; its name is the tenant's name
    :param artifacts: where documents are kept
    :param state_dir: lumsync's state dir; tenants may share one
    :param csv: the CSV, seen from the tenant's folder
    :param options: further options of the command
    :param binary: the program
    """

    template_fields: Sequence[str] = ("tenant", "artifacts", "state_dir", "csv", "options")
    ui_color = "#dfeaf4"

    def __init__(
        self,
        *,
        command: str,
        tenant: str,
        artifacts: str,
        state_dir: str | None = None,
        csv: str = "users.csv",
        options: Sequence[str] = (),
        binary: str = "lumsync",
        **kwargs,
    ) -> None:
        kwargs.setdefault("map_index_template", "{{ task.tenant_name }}")
        super().__init__(**kwargs)
        self.command = command
        self.tenant = tenant
        self.artifacts = artifacts
        self.state_dir = state_dir
        self.csv = csv
        self.options = options
        self.binary = binary
        self._process: subprocess.Popen[str] | None = None

    @property
    def tenant_name(self) -> str:
        return Path(self.tenant).name

    def execute(self, context) -> None:
        folder = Path(self.artifacts) / context["dag_run"].run_id / self.tenant_name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        document = self._document(folder)
        if document:
            # What an earlier try left says nothing about this one.
            document.unlink(missing_ok=True)
        code = self._run(self._arguments(folder))
        context["ti"].xcom_push(key="summary", value=self._summary(code, document))
        self._end(code)

    def on_kill(self) -> None:
        """Lets what is in flight end, which takes lumsync 30 seconds at most."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=40)

    def _document(self, folder: Path) -> Path | None:
        match self.command:
            case "check":
                return None
            case "plan":
                return folder / "plan.json"
            case "apply" | "sync":
                return folder / "report.json"
            case other:
                raise AirflowFailException(f"lumsync runs check, plan, apply or sync here, not {other!r}")

    def _arguments(self, folder: Path) -> list[str]:
        plan, report = str(folder / "plan.json"), str(folder / "report.json")
        own = {
            "check": [self.csv],
            "plan": [self.csv, "--out", plan, "--detailed-exitcode", "--report", str(folder / "plan.html")],
            "apply": [plan, "--csv", self.csv, "--report", report, "--report", str(folder / "report.html")],
            "sync": [self.csv, "--yes", "--report", report, "--report", str(folder / "report.html")],
        }[self.command]
        # The log of a task has other readers than a report: it names nobody.
        return [self.command, *own, *self.options, "--output", "none", "--log-format", "json"]

    def _run(self, arguments: list[str]) -> int:
        environment = {"LUMSYNC_LOG": "info,rows=off"} | os.environ
        if self.state_dir:
            environment["LUMSYNC_STATE_DIR"] = self.state_dir
        self.log.info("%s: %s %s", self.tenant_name, self.binary, " ".join(arguments))
        self._process = subprocess.Popen(
            [self.binary, *arguments],
            cwd=self.tenant,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        for line in self._process.stdout or ():
            self.log.info("%s", line.rstrip())
        return self._process.wait()

    def _summary(self, code: int, document: Path | None) -> dict:
        summary: dict = {"tenant": self.tenant_name, "exit_code": code}
        if document and document.exists():
            summary |= {"document": str(document), "counts": json.loads(document.read_text())["summary"]}
            self.log.info("Report: %s", document.with_suffix(".html"))
        return summary

    def _end(self, code: int) -> None:
        what = f"lumsync {self.command} for {self.tenant_name} ended with {code}"
        if code == DONE and self.command == "plan":
            raise AirflowSkipException(f"{what}: nothing to do")
        if code in (DONE, PENDING):
            return
        if code in TRY_AGAIN:
            raise AirflowException(f"{what}: {TRY_AGAIN[code]}")
        raise AirflowFailException(f"{what}: {A_PERSON_HAS_TO_LOOK.get(code, 'unknown')}")
