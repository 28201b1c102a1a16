//! The page that tells what became of each cell.

use std::fmt::Write;

use super::{Cell, Command, MIDDLE, Moments, Verdicts};

/// The page with a table for users and one for groups.
pub(super) fn text(faults: &[String], tables: &[(Moments, Verdicts); 2]) -> String {
    let mut text = String::from(INTRODUCTION);
    for (introduction, (moments, verdicts)) in [USERS, GROUPS].iter().zip(tables) {
        text += introduction;
        text += HEADER;
        write_table(&mut text, faults, moments, verdicts);
    }
    text
}

fn write_table(text: &mut String, faults: &[String], moments: Moments, verdicts: &Verdicts) {
    for fault in faults {
        for &(call, moments) in moments {
            let cells =
                moments.map(|moment| (Command::Sync, moment)).into_iter().chain([(Command::Apply, moments[MIDDLE])]);
            let verdict = |(command, moment)| {
                verdicts.get(&Cell { command, fault: fault.clone(), call, moment }).map(String::as_str)
            };
            let cells: Vec<_> = cells.map(verdict).collect();
            if cells.iter().any(Option::is_some) {
                let cells: Vec<_> = cells.into_iter().map(|cell| cell.unwrap_or("–")).collect();
                writeln!(text, "| `{fault}` | {call} | {} |", cells.join(" | ")).unwrap();
            }
        }
    }
}

const INTRODUCTION: &str = "\
# What lumsync does when something goes wrong

Written by the test `safety::matrix::no_fault_of_any_call_does_harm`, which runs the built binary once for each cell:
a job meets one fault on one call, as a `sync` and as an `apply` of a plan that was made before. Whatever the fault, no cell may

- leave a user that is neither as it was before nor, attribute by attribute, as the CSV wants it,
- make an account twice, or one that nobody wants,
- put a user into a group that neither the tenant nor the CSV had it in, or take one out that both have in it,
- report an outcome that is not true, or end with an exit code that does not fit,
- send a save, or a user to a group, that the journal does not account for,
- follow a redirect with the token.

After each cell a `sync` is run without the fault, and the tenant must be as the CSV wants it.

| cell | means |
| --- | --- |
| right | exit 0: everything was done and reported as done |
| N left alone, the rest right | exit 0: so many users could not be read, looked like others or like super admins, or were not to be found: they are reported as a conflict, protected or skipped, and the next run does the rest |
| stopped clean | exit 1, or 2 where the list shows a group as one that is not to be written to: nothing was written |
| N unseen, the rest right | exit 0: the tenant hid so many users from a list, or did not keep what it had confirmed, and nothing in its answers says so; the next run does the rest |
| N left, the rest right | exit 4: changes of so many users were not made, are reported as failed or drifted, and are made by the next run |

The faults are those of `lumsync sandbox` (see `docs/sandbox.md`); `first`, `middle` and `last` are calls of that kind.
";

const USERS: &str = "
## Users

Three creates, two updates, an enable and two disables.
";

const GROUPS: &str = "
## Groups

With `--groups exact`, six joins, one of them of a new user, and two leaves, in three groups of 225. `feed-members` is `user/list` with
`feeds`, `feed-save` is `feed/subscribers/save`.
";

const HEADER: &str = "
| fault | call | sync: first | middle | last | apply: middle |
| --- | --- | --- | --- | --- | --- |
";
