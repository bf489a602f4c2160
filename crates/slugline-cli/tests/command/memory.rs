//! Memory that runs out, and models that change.

use std::{fmt::Write, io::Read, process::Stdio};

use super::desk::{Desk, TRAIN};

/// Runs the command with this much address space, in kB; the exit status and standard error.
#[cfg(target_os = "linux")]
fn limited(desk: &Desk, kilobytes: usize, line: &str) -> (Option<i32>, String) {
    let program = assert_cmd::cargo::cargo_bin("slugline");
    let script = format!("ulimit -v {kilobytes}; exec \"$0\" {line}");
    let done = std::process::Command::new("sh")
        .current_dir(desk.folder.path())
        .args(["-c", &script])
        .arg(program)
        .output()
        .unwrap();
    (
        done.status.code(),
        String::from_utf8_lossy(&done.stderr).into_owned(),
    )
}

/// Text of many different words.
fn large() -> String {
    let mut data = String::from("text,label\n");
    let mut number = 1_u64;
    for row in 0..60_000 {
        for _ in 0..40 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            write!(data, "w{} ", number >> 44).unwrap();
        }
        writeln!(data, ",{}", ["a", "b", "c"][row % 3]).unwrap();
    }
    data
}

/// Everything that the bundled model needs, and the threads of the work, may be what is missing.
#[cfg(target_os = "linux")]
#[test]
fn too_little_memory_for_the_bundled_model() {
    let desk = Desk::trained();
    let mut told = 0;
    for line in [
        "classify train.csv --label-only --threads 1 -q",
        "explain train.csv -q",
        "evaluate train.csv -q",
        "inspect -q",
        "audit train.csv -q",
        "train train.csv -o other.safetensors -q",
    ] {
        for kilobytes in (24_000..60_000).step_by(1200) {
            let (status, said) = limited(&desk, kilobytes, line);
            match status {
                Some(0) => break,
                Some(1) => {
                    assert!(said.starts_with("slugline: error: "), "{line}: {said}");
                    assert_eq!(said.lines().count(), 1, "{line}: {said}");
                    assert!(!said.contains("--threads"), "{line}: {said}");
                    told += 1;
                }
                // The program itself cannot be loaded.
                Some(127) if said.contains("shared lib") => {}
                other => panic!("{line} with {kilobytes} kB: {other:?}: {said}"),
            }
        }
    }
    assert!(told > 20, "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn too_little_memory_is_a_failure_like_others() {
    let desk = Desk::trained();
    desk.write("large.csv", large());
    let before = std::fs::read(desk.path("desk.safetensors")).unwrap();
    let mut told = 0;
    for line in [
        "train large.csv -o desk.safetensors --threads 2",
        "train large.csv -o desk.safetensors --threads 1 --ngram-range 1,2",
        "train large.csv -o desk.safetensors --refine",
        "classify large.csv --model large.safetensors --format csv --threads 2",
        "evaluate large.csv --model large.safetensors",
        "evaluate large.csv --folds 3",
    ] {
        if line.contains("large.safetensors") && !desk.path("large.safetensors").exists() {
            desk.line("train large.csv -o large.safetensors").success();
        }
        for megabytes in [40, 60, 90, 130, 180, 250] {
            let (status, said) = limited(&desk, megabytes << 10, line);
            match status {
                Some(0) => {}
                Some(1) => {
                    // Without memory threads are refused, too.
                    let is_told = said.contains("out of memory")
                        || said.contains("emporarily unavailable")
                        || said.contains("annot allocate memory");
                    assert!(
                        is_told && said.contains("slugline: error: "),
                        "{line} {megabytes}: {said}"
                    );
                    told += 1;
                }
                other => panic!("{line} with {megabytes} MB: {other:?}: {said}"),
            }
        }
        if line.starts_with("train") {
            // Trained anew, or as it was.
            desk.line("inspect desk.safetensors").success();
        }
    }
    assert!(told > 6, "{told}");
    let names: Vec<String> = std::fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".slugline-"))
        .collect();
    assert!(names.is_empty(), "{names:?}");
    assert!(!before.is_empty());
}

/// A model that is in use is read, not mapped: whatever becomes of its file.
#[test]
fn a_model_may_change_while_it_answers() {
    for change in ["cut", "overwritten", "deleted"] {
        let desk = Desk::trained();
        let model = desk.path("desk.safetensors");
        let mut answering = desk
            .process(&[
                "classify",
                "-",
                "--input-format",
                "lines",
                "--model",
                "desk.safetensors",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = answering.stdin.take().unwrap();
        let mut output = answering.stdout.take().unwrap();
        let text = TRAIN.lines().nth(8).unwrap();
        let mut ask = |n: usize| -> String {
            for _ in 0..n {
                std::io::Write::write_all(&mut input, format!("{text}\n").as_bytes()).unwrap();
            }
            let mut answer = Vec::new();
            while String::from_utf8_lossy(&answer).matches('\n').count() < n {
                let mut buffer = [0; 4096];
                let read = output.read(&mut buffer).unwrap();
                assert!(read > 0, "{change}: the command has ended");
                answer.extend(&buffer[..read]);
            }
            let answer = String::from_utf8(answer).unwrap();
            answer
                .lines()
                .map(|line| line.split_once(' ').map_or(line, |(_, rest)| rest))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let before = ask(1);
        let size = std::fs::metadata(&model).unwrap().len() as usize;
        match change {
            "cut" => std::fs::File::options()
                .write(true)
                .open(&model)
                .unwrap()
                .set_len(0)
                .unwrap(),
            "deleted" => std::fs::remove_file(&model).unwrap(),
            _ => std::fs::write(&model, vec![0x3f; size]).unwrap(),
        }
        let after = ask(1);
        assert!(
            before.contains("markets") && after.contains("markets"),
            "{before} {after}"
        );
        drop(input);
        assert!(answering.wait().unwrap().success());
    }
}

#[test]
fn the_limits_of_expansion_are_flags() {
    use std::io::Write as _;
    let desk = Desk::trained();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&vec![b'\n'; 80 << 20]).unwrap();
    encoder.write_all(b"The bank raised rates\n").unwrap();
    desk.write("blank.txt.gz", encoder.finish().unwrap());
    let line = "classify blank.txt.gz --input-format lines --model desk.safetensors --label-only";
    let said = |more: &str| {
        let done = desk.line(&format!("{line}{more}"));
        let output = done.get_output();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (status, why) = said("");
    assert!(
        status == Some(1) && why.contains("(the limit --max-expansion)"),
        "{why}"
    );
    let (status, why) = said(" --max-expansion 5000 --max-expanded-bytes 1000000");
    assert!(
        status == Some(1) && why.contains("(the limit --max-expanded-bytes)"),
        "{why}"
    );
    assert_eq!(said(" --max-expansion 5000").0, Some(0));
}
