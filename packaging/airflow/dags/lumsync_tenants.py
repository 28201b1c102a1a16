"""A night of many tenants, each a folder with `lumsync.toml` and `users.csv`.

| DAG | does |
| --- | --- |
| `lumsync_nightly` | `check`, `plan` and `apply` for each tenant, then one overview of all |
| `lumsync_reviewed` | the same, and a person approves each plan before it is applied |

| Airflow variable | holds | default |
| --- | --- | --- |
| `lumsync_tenants` | the folder of tenants | `/srv/lumsync/tenants` |
| `lumsync_artifacts` | where plans and reports are kept, a folder for each run | `/var/lib/lumsync/artifacts` |
| `lumsync_state` | the state dir that all tenants share | `/var/lib/lumsync/state` |

The pool `lumsync` says how many commands run at a time: `airflow pools set lumsync 8 "lumsync"`.
"""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, TriggerRule, Variable, get_current_context, task, task_group
from airflow.sdk.exceptions import AirflowFailException
from lumsync_airflow.operator import LumsyncOperator

ARTIFACTS = "{{ var.value.get('lumsync_artifacts', '/var/lib/lumsync/artifacts') }}"
STATE = "{{ var.value.get('lumsync_state', '/var/lib/lumsync/state') }}"


@task
def tenants() -> list[str]:
    folder = Path(Variable.get("lumsync_tenants", "/srv/lumsync/tenants"))
    found = sorted(str(config.parent) for config in folder.glob("*/lumsync.toml"))
    if not found:
        raise AirflowFailException(f"no tenant in {folder}: each is a folder with lumsync.toml and users.csv")
    return found


def last_document(folder: Path) -> Path | None:
    return next((path for path in (folder / "report.json", folder / "plan.json") if path.exists()), None)


@task(trigger_rule=TriggerRule.ALL_DONE)
def overview(folders: list[str], artifacts: str) -> dict:
    """A row a tenant, those that need a person first. A run's report says more than the plan that it applied."""
    night = Path(artifacts) / get_current_context()["dag_run"].run_id
    left = {name: last_document(night / name) for name in (Path(folder).name for folder in folders)}
    documents = [str(document) for document in left.values() if document]
    page = night / "overview.html"
    if documents:
        subprocess.run(["lumsync", "report", *documents, "-o", page], check=True)
        print(f"Overview: {page}")
    # Whose settings or CSV are wrong has neither plan nor report.
    without = [name for name, document in left.items() if not document]
    return {"overview": str(page) if documents else None, "without_a_document": without}


def nightly(dag_id: str, *, schedule: str | None, is_reviewed: bool) -> DAG:
    with DAG(
        dag_id,
        schedule=schedule,
        start_date=datetime(2026, 1, 1),
        catchup=False,
        # Two nights at a time would wait for each other's locks.
        max_active_runs=1,
        default_args={"retries": 2},
        doc_md=__doc__,
        tags=["lumsync"],
    ) as dag:

        @task_group
        def night(tenant: str):
            def lumsync(command: str) -> LumsyncOperator:
                return LumsyncOperator(
                    task_id=command,
                    command=command,
                    tenant=tenant,
                    artifacts=ARTIFACTS,
                    state_dir=STATE,
                    pool="lumsync",
                )

            plan, apply = lumsync("plan"), lumsync("apply")
            lumsync("check") >> plan >> apply
            if is_reviewed:
                of_plan = "ti.xcom_pull(task_ids='night.plan', key='summary', map_indexes=ti.map_index)"
                approve = ApprovalOperator(
                    task_id="approve",
                    subject=f"Apply the plan of {{{{ {of_plan}['tenant'] }}}}?",
                    body=f"{{{{ {of_plan}['counts'] }}}}, in full in {{{{ {of_plan}['document'] }}}}",
                    # Airflow skips no task of a mapped group after a "Reject" that does not fail: the plan would be applied.
                    fail_on_reject=True,
                    # A plan is applied within a day of being made.
                    response_timeout=timedelta(hours=20),
                    retries=0,
                )
                plan >> approve >> apply

        folders = tenants()
        # A teardown hides no failure: the run's state is that of the tenants.
        night.expand(tenant=folders) >> overview(folders, ARTIFACTS).as_teardown()
    return dag


lumsync_nightly = nightly("lumsync_nightly", schedule="30 2 * * *", is_reviewed=False)
lumsync_reviewed = nightly("lumsync_reviewed", schedule=None, is_reviewed=True)
