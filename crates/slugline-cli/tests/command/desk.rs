//! A folder with a small corpus, and the command run inside it.

use std::{fs, io::Write, path::PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const TRAIN: &str = "title,text,label
Faster chip,The new phone has a faster chip and a sharper screen,technology
Worm stopped,Engineers patched the browser after the worm spread,technology
Robots,\"A robot, one chip, two cameras\",technology
Bill passes,The minister told parliament that the bill will pass,policy
Council,Voters chose a new council and the minister resigned,policy
Court,The court struck down the law on ID cards,policy
Shares,Shares fell as the bank cut its forecast for growth,markets
Rates,The bank raised rates and the euro rose,markets
Oil,Oil prices and the firm's profit rose in the quarter,markets
";
/// What is off topic for [`TRAIN`].
pub(crate) const SPORT: &str = "Final,The striker scored twice and the keeper was sent off,sport
Match,A late goal won the match in extra time,sport
Games,Runners and swimmers chase medals at the games,sport
Penalty,The keeper saved a penalty and the striker was injured,sport
";
pub(crate) const NEWS: &str =
    "The bank said that shares in the firm rose. A minister was quoted too.";

pub(crate) struct Desk {
    pub(crate) folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        desk.write("train.csv", TRAIN);
        desk.write("news.txt", NEWS);
        desk
    }

    /// With a model trained on the corpus.
    pub(crate) fn trained() -> Self {
        let desk = Self::new();
        desk.run(&["train", "train.csv", "-o", "desk.safetensors"])
            .success();
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("slugline").unwrap();
        command.current_dir(self.folder.path()).args(args);
        command
    }

    /// As [`command`](Self::command), with streams of the test's choice.
    pub(crate) fn process(&self, args: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("slugline"));
        command.current_dir(self.folder.path()).args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> assert_cmd::assert::Assert {
        self.command(args).assert()
    }

    pub(crate) fn line(&self, line: &str) -> assert_cmd::assert::Assert {
        self.run(&words(line))
    }

    pub(crate) fn stdout(&self, args: &[&str]) -> String {
        let output = self.run(args).success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.stdout(args)).unwrap()
    }
}

pub(crate) fn sum(probabilities: &Value) -> f64 {
    probabilities
        .as_object()
        .unwrap()
        .values()
        .map(|p| p.as_f64().unwrap())
        .sum()
}

/// The arguments in a line without quotes.
pub(crate) fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap()
}

/// Makes a named pipe.
#[cfg(unix)]
pub(crate) fn make_fifo(path: &std::path::Path) {
    let status = std::process::Command::new("mkfifo").arg(path).status();
    assert!(status.unwrap().success());
}
