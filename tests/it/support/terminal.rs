//! The binary on a terminal of its own, with a person who answers.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::workspace::Workspace;

/// How a conversation went.
#[derive(Debug)]
pub struct Conversation {
    pub said: String,
    /// How many of the questions were asked.
    pub asked: usize,
    pub code: i64,
}

/// Runs a command of the workspace and types each answer once its question is on the screen, in this order.
pub fn converse(workspace: &Workspace, arguments: &[&str], answers: &[(&str, &str)]) -> Conversation {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python/terminal.py");
    let lumsync = workspace.command(&[]);
    let mut python = Command::new("python3");
    python.arg(script).arg(serde_json::to_string(answers).unwrap()).arg(lumsync.get_program()).args(arguments);
    python.current_dir(workspace.folder()).env_clear();
    python.env("TERM", "xterm-256color").env("PYTHONDONTWRITEBYTECODE", "1");
    #[expect(clippy::disallowed_methods, reason = "python3 is found where the test's own shell finds it")]
    python.env("PATH", std::env::var_os("PATH").unwrap());
    python.envs(lumsync.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = python.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ended: Value = serde_json::from_slice(&output.stdout).unwrap();
    Conversation {
        said: ended["said"].as_str().unwrap().to_owned(),
        asked: usize::try_from(ended["asked"].as_u64().unwrap()).unwrap(),
        code: ended["code"].as_i64().unwrap(),
    }
}
