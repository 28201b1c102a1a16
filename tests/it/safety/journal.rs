//! What can't be written down is not sent.

use lumsync::execute::{Engine, Event, LookUp, Stop};
use lumsync::model::DesiredUsers;
use lumsync::plan::{Plan, Scope};
use lumsync::sandbox::{CallKind, Sandbox};
use tokio::sync::mpsc;

use crate::support::operator::{Operator, csv_of, people, tenant_of};
use crate::support::reader::reader;

/// A plan of three creates and a rename.
fn plan() -> Plan {
    let operator = Operator::of(&people(2));
    operator.csv(&csv_of(&people(5)).replace(",P1,", ",Pat,"));
    serde_json::from_value(operator.plan(&[])).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_whose_attempt_is_not_on_disk_never_leaves() {
    let plan = tokio::task::spawn_blocking(plan).await.unwrap();
    assert_eq!(plan.actions.len(), 4);
    let sandbox = Sandbox::start(tenant_of(&people(2))).await.unwrap();
    let reader = reader(&sandbox.base_url(), &sandbox.token(), 1, 1);
    let (events, mut heard) = mpsc::channel(8);
    let listening = tokio::spawn(async move {
        let (mut confirmed, mut results) = (0, Vec::new());
        while let Some(event) = heard.recv().await {
            match event {
                Event::AboutToSave(_, recorded) => {
                    recorded.confirm(if confirmed == 0 { Ok(()) } else { Err("no space left on device".to_owned()) });
                    confirmed += 1;
                }
                Event::Ended { outcome, .. } => results.push((outcome.result.as_str(), outcome.attempts)),
                Event::PhaseStarted { .. } | Event::Stopping { .. } => {}
            }
        }
        results
    });
    let (writer, stop, scope) = (reader.writer(), Stop::default(), Scope::default());
    let concurrency = 1;
    let look_up = LookUp::OnDoubt;
    let engine = Engine { reader: &reader, writer: &writer, concurrency, look_up, scope: &scope, stop: &stop, events };
    engine.apply(&plan, &DesiredUsers::default()).await;
    drop(engine);
    let saves = sandbox.traffic().iter().filter(|call| call.kind != CallKind::Get).count();
    assert_eq!(saves, 1);
    let results = listening.await.unwrap();
    assert_eq!(results, [("applied", 1), ("notAttempted", 0), ("notAttempted", 0), ("notAttempted", 0)]);
    assert!(stop.reason().is_some());
}
