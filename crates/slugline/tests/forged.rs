//! Forged model files: whatever a file says, loading it is an error, or using it costs no more than its size and that of
//! the text allow, and its answers agree. A test binary of its own, because its global allocator has a limit.
//!
//! A short run is part of the tests. A long one:
//!
//! `SLUGLINE_FORGED=100000 cargo test --release -p slugline --test forged -- --ignored --nocapture`

#![allow(
    unsafe_code,
    reason = "an allocator with a limit has to implement an unsafe trait"
)]

#[allow(dead_code, reason = "the tests of `it` use the rest")]
#[path = "it/corpora.rs"]
mod corpora;
#[path = "it/forged_file.rs"]
mod forged_file;
#[path = "it/signed.rs"]
mod signed;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    panic::{AssertUnwindSafe, catch_unwind},
    process,
    ptr::null_mut,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use corpora::{examples, fit, prior, texts};
use forged_file::{Chance, File, forged};
use signed::with_header;
use slugline::{
    Examples, IdfOrder, Language, NaiveBayes, Refine, Scratch, TextClassifier,
    TextClassifierParams, Unit, Words,
};

/// What a process may hold.
const MEMORY: usize = 1 << 30;
/// The processor time that a call may take: a second, where it was compiled to be fast.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });

/// Gives no more than [`MEMORY`]: a call that wants more ends the process.
struct Limited;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST_HELD: AtomicUsize = AtomicUsize::new(0);

impl Limited {
    /// Whether so many more bytes are to be had.
    fn take(bytes: usize) -> bool {
        let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
        MOST_HELD.fetch_max(held, Ordering::Relaxed);
        held <= MEMORY
    }
}

// SAFETY: every call is passed on to the system's allocator unchanged, or refused with a null pointer.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match Self::take(layout.size()) {
            true => unsafe { System.alloc(layout) },
            false => null_mut(),
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match Self::take(layout.size()) {
            true => unsafe { System.alloc_zeroed(layout) },
            false => null_mut(),
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        match Self::take(size) {
            true => unsafe { System.realloc(pointer, layout, size) },
            false => null_mut(),
        }
    }
}

#[global_allocator]
static ALLOCATOR: Limited = Limited;

/// One test at a time: the memory is that of all.
static ONE: Mutex<()> = Mutex::new(());

/// A model of each kind, and how it was made.
fn good() -> Vec<(&'static str, TextClassifier)> {
    let params = TextClassifier::params;
    let after = || params().idf_order(IdfOrder::AfterNorm);
    let full = after()
        .min_df(2)
        .background("technology".to_owned())
        .prior(prior());
    let calibrated = |model: TextClassifier| model.with_other_below(Some(0.01)).unwrap();
    vec![
        ("default", fit(&params())),
        ("n-grams", fit(&after().min_df(2).ngram_range(1, 2))),
        (
            "Bernoulli",
            fit(&params()
                .naive_bayes(NaiveBayes::bernoulli())
                .stemmer(Language::English)),
        ),
        (
            "no smoothing",
            fit(&params().naive_bayes(NaiveBayes::multinomial().alpha(0.0))),
        ),
        (
            "pattern",
            fit(&params().words(Words::Pattern(r"[a-z]+".into()))),
        ),
        (
            "vocabulary",
            fit(&params().vocabulary(["chip", "bank", "bill"])),
        ),
        ("background and prior", calibrated(fit(&full))),
        (
            "characters",
            fit(&after().analyzer(Unit::CharWb).ngram_range(2, 4)),
        ),
        (
            "level sums",
            fit(&params()
                .naive_bayes(NaiveBayes::multinomial())
                .level_class_sums(true)),
        ),
        ("refined", fit(&after().refine(Refine::default()))),
        ("20 labels", many_labels(&after(), 20)),
        ("70 labels", many_labels(&after(), 70)),
        ("90 labels, normalised", many_labels(&norm_weights(), 90)),
    ]
}

fn norm_weights() -> TextClassifierParams {
    TextClassifier::params().model(slugline::Model::Complement { norm: true })
}

fn many_labels(params: &TextClassifierParams, n: usize) -> TextClassifier {
    let text = |at: usize| format!("the bank common w{} w{} shared{}", at % n, at % 23, at % 3);
    let texts: Vec<String> = (0..n * 3).map(text).collect();
    let labels: Vec<String> = (0..n * 3)
        .map(|at| format!("label {:02}", at % n))
        .collect();
    params.fit(&examples(&texts, &labels)).unwrap()
}

/// The processor time of this process, as other programs may run beside it; where the system does not say, the time.
fn processor_time() -> Duration {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    /// Of a second.
    const TICKS: u64 = 100;
    let ticks = || -> Option<u64> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        // The name, which comes before, may hold anything.
        let mut numbers = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let [user, system] = [numbers.next()?, numbers.next()?].map(str::parse::<u64>);
        Some(user.ok()? + system.ok()?)
    };
    match ticks() {
        Some(ticks) => Duration::from_millis(ticks * 1000 / TICKS),
        None => BEGAN.get_or_init(Instant::now).elapsed(),
    }
}

/// What was done last, for whoever finds that it does not end.
static DOING: Mutex<Option<(String, Duration)>> = Mutex::new(None);

fn doing() -> std::sync::MutexGuard<'static, Option<(String, Duration)>> {
    DOING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the process where a call takes twenty times as long as it may.
fn watch() {
    thread::spawn(|| {
        loop {
            thread::sleep(Duration::from_secs(1));
            if let Some((what, since)) = &*doing()
                && processor_time() > *since + TIME * 10
            {
                eprintln!("{what} does not end");
                process::abort();
            }
        }
    });
}

/// Runs a call: no panic, and within [`TIME`].
fn run<R>(what: &str, faults: &mut Vec<String>, call: impl FnOnce() -> R) -> Option<R> {
    *doing() = Some((what.to_owned(), processor_time()));
    let done = catch_unwind(AssertUnwindSafe(call));
    let (_, since) = doing().take()?;
    let taken = processor_time().saturating_sub(since);
    let micros = taken.as_micros() as u64;
    if SLOWEST.fetch_max(micros, Ordering::Relaxed) < micros && micros > 100_000 {
        println!("{what}: {micros} us");
    }
    if taken > TIME {
        faults.push(format!("{what}: {taken:?}"));
    }
    if done.is_err() {
        faults.push(format!("{what}: panics"));
    }
    done.ok()
}

/// Microseconds of the slowest call.
static SLOWEST: AtomicU64 = AtomicU64::new(0);

/// Loads a file and uses the model in every way; returns whether it was accepted.
fn use_all(name: &str, file: &[u8], texts: &[String], faults: &mut Vec<String>) -> bool {
    let Some(Ok(model)) = run(&format!("{name}: load"), faults, || {
        TextClassifier::from_bytes(file)
    }) else {
        return false;
    };
    let model = model.with_threads(1);
    let call = |what: &str| format!("{name}: {what}");
    let alone = run(&call("classify"), faults, || {
        let mut scratch = Scratch::default();
        let label = |text| model.classify_with(&mut scratch, text).label().to_owned();
        texts
            .iter()
            .map(String::as_str)
            .map(label)
            .collect::<Vec<_>>()
    });
    // So much text that the packed weights are made.
    let bytes: usize = texts.iter().map(String::len).sum();
    let times = (100_000 / bytes.max(1)).clamp(2, 30);
    let many: Vec<&String> = texts.iter().cycle().take(texts.len() * times).collect();
    let together = run(&call("predict"), faults, || model.predict(&many).ok());
    if let (Some(alone), Some(Some(together))) = (&alone, &together) {
        let again = model.clone();
        for (at, (one, other)) in alone.iter().cycle().zip(together).enumerate() {
            if one != other {
                faults.push(format!(
                    "{name}: {one:?} alone and {other:?} together, text {}",
                    at % texts.len()
                ));
                break;
            }
        }
        // With tables now, where the first ones were found without.
        let with_tables = run(&call("classify again"), faults, || {
            texts
                .iter()
                .map(|text| again.classify(text).label().to_owned())
                .collect::<Vec<_>>()
        });
        if with_tables.as_ref() != Some(alone) {
            faults.push(format!("{name}: other labels with tables"));
        }
    }
    run(&call("shares"), faults, || {
        let mut scratch = Scratch::default();
        for text in texts {
            model.shares_with(&mut scratch, text);
        }
    });
    run(&call("explain"), faults, || model.explain(&texts[0]));
    run(&call("inspect"), faults, || {
        (
            model.top_terms_by_label(10).is_ok(),
            model.settings().to_json(),
        )
    });
    let label = model.labels()[0].clone();
    let new = ["a new chip for the bank", "common w1 shared1"];
    let labels = [label.as_str(), "new label"];
    let more = Examples::new(&new, &labels).expect("labels are not empty");
    for (what, change) in [
        (
            "update",
            &(|| model.partial_fit(&more)) as &dyn Fn() -> slugline::Result<TextClassifier>,
        ),
        ("forget", &|| {
            model.forget(&Examples::new(&new[..1], &labels[..1]).unwrap())
        }),
        ("merge", &|| model.merge(&model)),
    ] {
        let Some(Ok(changed)) = run(&call(what), faults, change) else {
            continue;
        };
        let again = run(&call(&format!("{what} and write")), faults, || {
            let bytes = changed.to_bytes()?;
            TextClassifier::from_bytes(&bytes)
        });
        if let Some(Err(error)) = again {
            faults.push(format!("{name}: cannot be read after {what}: {error}"));
        }
    }
    true
}

/// Forges `n` files of each kind of model in turn.
fn forge(n: usize, seed: u64, words: usize) {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    watch();
    let good = good();
    let files: Vec<(&str, File)> = good
        .iter()
        .map(|(name, model)| (*name, File::of(&model.to_bytes().unwrap())))
        .collect();
    let mut read: Vec<String> = texts().into_iter().map(str::to_owned).collect();
    read.extend(
        [
            "",
            "w1 w2 w3 common shared1",
            "bank bank bank",
            "ein ganz anderer Text",
        ]
        .map(String::from),
    );
    let mut chance = Chance(1);
    let known: Vec<&str> = texts()
        .into_iter()
        .flat_map(str::split_whitespace)
        .collect();
    let long: Vec<&str> = (0..words)
        .map(|_| known[chance.below(known.len())])
        .collect();
    read.push(long.join(" "));
    let mut faults = Vec::new();
    for (name, file) in &files {
        assert!(use_all(name, &file.bytes(), &read, &mut faults), "{name}");
    }
    assert!(faults.is_empty(), "good files: {faults:#?}");
    let began = Instant::now();
    let mut accepted = 0;
    for at in 0..n {
        let seed = seed + at as u64;
        let (name, file) = &files[seed as usize % files.len()];
        let forged = forged(file, &mut Chance(seed)).bytes();
        let before = faults.len();
        accepted += usize::from(use_all(
            &format!("seed {seed}, {name}"),
            &forged,
            &read,
            &mut faults,
        ));
        if faults.len() > before {
            let path = format!("{}/forged-{seed}.safetensors", env!("CARGO_TARGET_TMPDIR"));
            std::fs::write(path, &forged).unwrap();
        }
    }
    println!(
        "{n} forged files in {:?}, {accepted} of them accepted; the slowest call {} us, at most {} MB held",
        began.elapsed(),
        SLOWEST.load(Ordering::Relaxed),
        MOST_HELD.load(Ordering::Relaxed) >> 20,
    );
    assert!(
        faults.is_empty(),
        "{} faults: {:#?}",
        faults.len(),
        &faults[..faults.len().min(40)]
    );
    assert!(
        accepted * 20 > n && accepted < n,
        "{accepted} of {n} were accepted"
    );
}

#[test]
fn a_thousand_forged_files() {
    forge(1000, 0, 300);
}

#[test]
#[ignore = "takes an hour: see the head of this file"]
fn as_many_forged_files_as_are_asked_for() {
    let number = |name: &str, default: u64| {
        let given = std::env::var(name).ok();
        given.map_or(default, |given| given.parse().unwrap())
    };
    forge(
        number("SLUGLINE_FORGED", 100_000) as usize,
        number("SLUGLINE_SEED", 1 << 32),
        20_000,
    );
}

/// 20,000 terms and 200,000 labels in nine megabytes: no table of all terms and labels is made.
#[test]
fn many_terms_and_labels_in_a_small_file() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    watch();
    let texts: Vec<String> = (0..2000)
        .map(|at| {
            (0..10)
                .map(|n| format!("word{}", at * 10 + n))
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let labels: Vec<String> = (0..texts.len())
        .map(|at| format!("l{:07}", at % 40))
        .collect();
    for params in [
        TextClassifier::params().idf_order(IdfOrder::AfterNorm),
        TextClassifier::params()
            .naive_bayes(NaiveBayes::multinomial())
            .idf_order(IdfOrder::AfterNorm),
        TextClassifier::params().naive_bayes(NaiveBayes::bernoulli()),
    ] {
        let model = params.fit(&examples(&texts, &labels)).unwrap();
        let mut file = File::of(&model.to_bytes().unwrap()).with_labels(200_000);
        file.metadata["calibration"] =
            serde_json::json!({"temperature": 1.0, "by_length": true, "other_below": 0.1});
        let bytes = file.bytes();
        assert!(bytes.len() < 12_000_000, "{}", bytes.len());
        let mut faults = Vec::new();
        assert!(use_all("many", &bytes, &texts[..2], &mut faults));
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

/// Terms that share a row of weights: each would be packed by itself.
#[test]
fn rows_that_many_terms_share_are_refused() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut file = File::of(
        &many_labels(&TextClassifier::params(), 70)
            .to_bytes()
            .unwrap(),
    );
    let places = file.tensor("weights.places").unwrap();
    for place in places.data.chunks_exact_mut(4) {
        place.copy_from_slice(&(1_u32 << 31).to_le_bytes());
    }
    let error = TextClassifier::from_bytes(&file.bytes()).unwrap_err();
    assert!(error.to_string().contains("weights.places"), "{error}");
}

/// A range of n-grams without an end costs what the text has.
#[test]
fn ranges_of_ngrams_without_an_end() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    watch();
    let known = texts().join(" ");
    let words: Vec<&str> = known.split_whitespace().collect();
    let text: Vec<&str> = words.iter().copied().cycle().take(20_000).collect();
    let mut faults = Vec::new();
    for (name, unit) in [
        ("words", Unit::Word),
        ("char", Unit::Char),
        ("char_wb", Unit::CharWb),
    ] {
        let model = fit(&TextClassifier::params().analyzer(unit).ngram_range(1, 2));
        let mut file = File::of(&model.to_bytes().unwrap());
        file.metadata["params"]["features"]["analyzer"]["ngram_range"] =
            serde_json::json!([1, u64::MAX]);
        // Characters are more than words.
        let text = match unit {
            Unit::Word => text.join(" "),
            _ => text[..4000].join(" "),
        };
        let whole = text.replace(' ', "");
        for text in [text, whole] {
            assert!(use_all(name, &file.bytes(), &[text], &mut faults), "{name}");
        }
        // A caller's, too.
        let short: Vec<&str> = words.iter().copied().cycle().take(300).collect();
        let short = short.join(" ");
        let params = TextClassifier::params()
            .analyzer(unit)
            .ngram_range(1, usize::MAX);
        run(&format!("{name}: fit"), &mut faults, || {
            params
                .fit(&examples(&[short, "chip".into()], &["a", "b"]))
                .map(drop)
        });
    }
    assert!(faults.is_empty(), "{faults:#?}");
    for (min, max) in [(0, 1), (2, 1), (65, 65), (usize::MAX, usize::MAX)] {
        let error = TextClassifier::params()
            .ngram_range(min, max)
            .check()
            .unwrap_err();
        assert!(error.to_string().contains("ngram_range"), "{error}");
    }
}

/// A table of slots that was altered changes no answer.
#[test]
fn altered_slots_change_no_answer() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let model = fit(&TextClassifier::params());
    let good = File::of(&model.to_bytes().unwrap());
    let many: Vec<&str> = texts().into_iter().cycle().take(2000).collect();
    for case in 0..4 {
        let mut file = good.clone();
        let slots = file.tensor("terms.slots").unwrap();
        let n = slots.data.len();
        match case {
            0 => slots.data.rotate_left(8),
            1 => slots.data.rotate_left(n / 2),
            2 => slots
                .data
                .chunks_exact_mut(16)
                .for_each(|pair| pair.rotate_left(8)),
            // The halves of the hashes alone.
            _ => slots.data.chunks_exact_mut(8).for_each(|slot| {
                if slot != [0xFF; 8] {
                    slot[4..].reverse();
                }
            }),
        }
        assert_ne!(file.bytes(), good.bytes());
        let read = TextClassifier::from_bytes(&file.bytes()).unwrap();
        assert_eq!(read.to_bytes().unwrap(), model.to_bytes().unwrap());
        for text in texts() {
            assert_eq!(read.classify(text), model.classify(text));
        }
        assert_eq!(read.predict(&many).unwrap(), model.predict(&many).unwrap());
    }
}

/// A term that comes twice would be found under one id by one table, and under the other by another.
#[test]
fn terms_that_come_twice_are_refused() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    for given in [["aa", "bb", "cc"], ["cc", "aa", "bb"]] {
        let model = TextClassifier::params().vocabulary(given);
        let model = model
            .fit(&examples(&["aa bb", "cc bb"], &["x", "y"]))
            .unwrap();
        let mut file = File::of(&model.to_bytes().unwrap());
        let bytes = file.tensor("terms.bytes").unwrap();
        bytes.data.copy_within(0..2, 4);
        let error = TextClassifier::from_bytes(&file.bytes()).unwrap_err();
        assert!(
            error.to_string().contains("at positions 0 and 2"),
            "{error}"
        );
    }
}

/// Counts that are too large for their sum: an error, no overflow.
#[test]
fn forged_counts_do_not_overflow() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let model = fit(&TextClassifier::params().idf_order(IdfOrder::AfterNorm));
    let good = File::of(&model.to_bytes().unwrap());
    let with = |documents: u64, total: f64| {
        let mut file = good.clone();
        file.metadata["n_documents"] = documents.into();
        let df = file.tensor("df").unwrap();
        let n = df.data.len() / 8;
        df.set(1, vec![documents.to_le_bytes(); n]);
        file.tensor("total")
            .unwrap()
            .set(1, vec![total.to_le_bytes(); n]);
        TextClassifier::from_bytes(&file.bytes())
    };
    for documents in [(1 << 53) + 1, 1 << 63, u64::MAX] {
        let error = with(documents, 1.0).unwrap_err().to_string();
        assert!(error.contains("documents"), "{error}");
    }
    let most = with(1 << 53, 1.0).unwrap();
    let error = most.merge(&model).unwrap_err().to_string();
    assert!(error.contains("documents"), "{error}");
    assert!(most.partial_fit(&examples(&["chip"], &["policy"])).is_err());
    let large = with(1 << 52, 1e308).unwrap();
    let error = large.merge(&large).unwrap_err().to_string();
    assert!(error.contains("beyond the largest number"), "{error}");
}

/// A key that comes twice: of two headers a program may take either.
#[test]
fn keys_that_come_twice_are_refused() {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = fit(&TextClassifier::params()).to_bytes().unwrap();
    let file = File::of(&bytes);
    assert!(TextClassifier::from_bytes(&file.bytes()).is_ok());
    for at in 0..file.tensors.len() {
        let mut twice = file.clone();
        // As a reader sees it that takes the last of both, the file is whole.
        let mut first = twice.tensors[at].clone();
        let again = twice.tensors[at].clone();
        first.data.clear();
        first.shape = vec![0];
        twice.tensors.insert(at, first);
        let error = TextClassifier::from_bytes(&twice.bytes())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&again.name) && error.contains("twice"),
            "{error}"
        );
    }
    // The metadata, and the settings in it.
    let twice = |from: &str, to: &str| {
        with_header(&bytes, |header| {
            assert!(header.contains(from), "{from}");
            assert!(header.contains("checksum"), "{header}");
            header.replacen(from, to, 1)
        })
    };
    for (from, to) in [
        (
            r#"{"__metadata__":{"#,
            r#"{"__metadata__":{},"__metadata__":{"#,
        ),
        (r#"{"slugline":"#, r#"{"slugline":"{}","slugline":"#),
        (r#"\"format\":3"#, r#"\"format\":3,\"format\":3"#),
        (
            r#"\"lowercase\":true"#,
            r#"\"lowercase\":false,\"lowercase\":true"#,
        ),
    ] {
        let file = twice(from, to);
        assert!(TextClassifier::from_bytes(&file).is_err(), "{from}");
    }
}
