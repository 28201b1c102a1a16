"""Runs a DAG of packaging/airflow to its end and prints what became of its tasks, as JSON.

    run_dag.py DAG_ID [TENANT=APPROVE|REJECT …]
"""

import json
import sys
import threading
from types import SimpleNamespace

from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
from airflow.dag_processing.dagbag import DagBag
from airflow.models.hitl import HITLDetail
from airflow.models.pool import Pool
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import select


def answer(answers: dict[str, str], asked: set) -> None:
    """Answers each question as a person in the web interface would."""
    user = SimpleNamespace(get_id=lambda: "1", get_name=lambda: "reviewer")
    with create_session() as session:
        for detail in session.scalars(select(HITLDetail)).unique():
            ti = detail.task_instance
            tenant = next((name for name in answers if name in detail.subject), None)
            if ti.state != "awaiting_input" or tenant is None or ti.id in asked:
                continue
            asked.add(ti.id)
            payload = UpdateHITLDetailPayload(chosen_options=[answers[tenant]], params_input={})
            update_hitl_detail(ti.dag_id, ti.run_id, ti.task_id, payload, user, session, ti.map_index)


def answer_until(over: threading.Event, answers: dict[str, str]) -> None:
    asked: set = set()
    while not over.wait(0.3):
        answer(answers, asked)


def main() -> None:
    dag_id, *answers = sys.argv[1:]
    bag = DagBag()
    assert not bag.import_errors, bag.import_errors
    with create_session() as session:
        Pool.create_or_update_pool("lumsync", 2, "lumsync", include_deferred=False, session=session)
    over = threading.Event()
    person = threading.Thread(target=answer_until, args=(over, dict(text.split("=") for text in answers)))
    person.start()
    try:
        run = bag.dags[dag_id].test()
    finally:
        over.set()
        person.join()
    with create_session() as session:
        read = select(XComModel.task_id, XComModel.map_index, XComModel.key, XComModel.value)
        xcoms = session.execute(read.where(XComModel.run_id == run.run_id)).all()
        tasks = [
            {
                "task": ti.task_id,
                "index": ti.map_index,
                "name": ti.rendered_map_index,
                "state": ti.state,
                "tries": ti.try_number,
                "pool": ti.pool,
                "xcom": {
                    key: value
                    for task, index, key, value in xcoms
                    if (task, index) == (ti.task_id, ti.map_index)
                },
            }
            for ti in run.get_task_instances(session=session)
        ]
    print("\n" + json.dumps({"state": run.state, "run_id": run.run_id, "tasks": tasks}))


if __name__ == "__main__":
    main()
