//! The question before a write, in words of consequence.

use std::io::{self, BufRead, Write};

use crate::model::visible;
use crate::plan::PlanSummary;

/// What the operator said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Yes,
    /// Anything else, the end of the input included.
    No,
}

/// Asks whether the plan may be applied. Where people lose access, a mere `y` does not do: the words to type say how
/// many.
pub fn ask(summary: &PlanSummary, input: &mut dyn BufRead, output: &mut dyn Write) -> io::Result<Answer> {
    write!(output, "{} ", question(summary))?;
    output.flush()?;
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(if is_consent(summary, line.trim()) { Answer::Yes } else { Answer::No })
}

/// Asks on the terminal; nothing at the end of the input.
pub fn read_answer(question: &str) -> io::Result<Option<String>> {
    let mut output = io::stderr();
    write!(output, "{}", visible(question))?;
    output.flush()?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}

fn question(summary: &PlanSummary) -> String {
    let changes = summary.changes();
    let rest = changes - summary.disable;
    let other = match rest {
        0 => String::new(),
        1 => "1 other change will be made. ".to_owned(),
        _ => format!("{rest} other changes will be made. "),
    };
    match summary.disable {
        0 if changes == 1 => "Apply 1 change? [y/N]".to_owned(),
        0 => format!("Apply {changes} changes? [y/N]"),
        1 => format!("1 person will lose access now. {other}Type `disable 1` to go on:"),
        disables => format!("{disables} people will lose access now. {other}Type `disable {disables}` to go on:"),
    }
}

fn is_consent(summary: &PlanSummary, line: &str) -> bool {
    match summary.disable {
        0 => ["y", "yes"].iter().any(|word| line.eq_ignore_ascii_case(word)),
        disables => line.split_whitespace().eq(["disable", &disables.to_string()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(create: u64, disable: u64, typed: &str) -> (String, Answer) {
        let summary = PlanSummary { create, disable, ..PlanSummary::default() };
        let mut output = Vec::new();
        let answer = ask(&summary, &mut typed.as_bytes(), &mut output).unwrap();
        (String::from_utf8(output).unwrap(), answer)
    }

    #[test]
    fn people_who_lose_access_are_named_by_number_and_need_more_than_a_yes() {
        let (question, answer) = asked(15, 3, "y\n");
        assert_eq!(
            question,
            "3 people will lose access now. 15 other changes will be made. Type `disable 3` to go on: "
        );
        assert_eq!(answer, Answer::No);
        assert_eq!(asked(15, 3, "disable 2\n").1, Answer::No);
        assert_eq!(asked(15, 3, "disable 3\n").1, Answer::Yes);
        assert_eq!(asked(0, 1, "").0, "1 person will lose access now. Type `disable 1` to go on: ");
    }

    #[test]
    fn without_a_disable_yes_is_enough_and_silence_means_no() {
        assert_eq!(asked(15, 0, "Y\n"), ("Apply 15 changes? [y/N] ".to_owned(), Answer::Yes));
        assert_eq!(asked(1, 0, "yes"), ("Apply 1 change? [y/N] ".to_owned(), Answer::Yes));
        for typed in ["", "\n", "n\n", "disable 0\n"] {
            assert_eq!(asked(15, 0, typed).1, Answer::No, "{typed:?}");
        }
    }
}
