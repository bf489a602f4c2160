//! The programs in `examples/` run and print what they say. `cargo test` builds them before it runs the
//! tests; with `--test it` add `--examples`.

use std::{env, path::PathBuf, process::Command};

/// Where cargo puts the compiled example: `target/<profile>/examples`, beside the tests in
/// `target/<profile>/deps`.
fn path(name: &str) -> PathBuf {
    let mut path = env::current_exe().expect("a test has a path");
    path.pop();
    path.pop();
    path.push("examples");
    path.push(format!("{name}{}", env::consts::EXE_SUFFIX));
    path
}

/// What the example prints.
fn run(name: &str) -> String {
    let path = path(name);
    let done = Command::new(&path).output().unwrap_or_else(|error| {
        panic!(
            "{}: {error}; `cargo test` builds the examples",
            path.display()
        )
    });
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {}\n{errors}", done.status);
    String::from_utf8(done.stdout).expect("it prints text")
}

/// Fails unless the example prints these lines, in this order, perhaps with others between them.
fn prints(name: &str, lines: &[&str]) {
    let output = run(name);
    let mut printed = output.lines();
    for line in lines {
        assert!(
            printed.any(|other| other.trim() == *line),
            "{name} does not print {line:?} (or not in this place):\n{output}"
        );
    }
}

#[cfg(feature = "topics")]
#[test]
fn classify() {
    let topic = |label: &str, text: &str| format!("{label}: {text}");
    prints(
        "classify",
        &[
            &topic(
                "technology",
                "The phone maker showed a chip that runs a language model without the cloud.",
            ),
            &topic(
                "policy",
                "Parliament passed a bill that obliges ministers to publish their meetings with lobbyists.",
            ),
            &topic(
                "markets",
                "Shares fell and bond yields rose after the central bank's warning on inflation.",
            ),
            &topic(
                "other",
                "Fold in the eggs, add the flour and bake the cake for half an hour.",
            ),
        ],
    );
}

#[test]
fn train_and_save() {
    prints(
        "train_and_save",
        &[
            "accuracy 1.00",
            "macro F1 1.00",
            "sport 0.558",
            "weather 0.442",
        ],
    );
}

#[test]
fn explain() {
    prints(
        "explain",
        &[
            "art, score 1.035",
            "+0.000 bias",
            "+0.499 paint (painting)",
            "-0.442 choir (choir)",
            "music: pianist 0.531",
        ],
    );
}

#[test]
fn update_and_forget() {
    prints(
        "update_and_forget",
        &[
            "updated equals trained: true",
            "forgot equals never seen: true",
            "merged equals trained: true",
            "refused: true",
        ],
    );
}

#[test]
fn out_of_core() {
    prints(
        "out_of_core",
        &[
            "5000 documents",
            "0 terms left out for want of memory",
            "same bits: true",
            "air",
        ],
    );
}

#[cfg(feature = "linfa")]
#[test]
fn linfa() {
    prints("linfa", &["animals ships", "2 × 14, 4 values"]);
}
