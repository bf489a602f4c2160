//! slugline from Rust as a peer of `peers.py`: texts are read, then each line of the standard input
//! names a task, which is run and answered with its time. The protocol stands in `worker.py`.
//!
//! `cargo run --release -p slugline-benches --example peer -- TRAIN TEST FOLDER THREADS`

use std::{
    error::Error,
    fs,
    hint::black_box,
    io::{self, BufRead, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use slugline::{
    Examples, Language, Model, Scratch, TextClassifier, TextClassifierParams, Vectorizer,
    dataset::{ReadOptions, load},
};

/// Documents that are classified one at a time.
const SINGLE: usize = 300;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Peer {
    texts: Vec<String>,
    labels: Vec<String>,
    unseen: Vec<String>,
    folder: PathBuf,
    threads: usize,
    model: Option<TextClassifier>,
    stemmed: Option<TextClassifier>,
}

/// What was made in the timed part, and how long it took; it is dropped outside.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = Instant::now();
    let made = work();
    (made, began.elapsed().as_secs_f64())
}

fn fitted(model: Option<&TextClassifier>) -> Result<&TextClassifier> {
    Ok(model.ok_or("nothing is fitted yet")?)
}

impl Peer {
    /// The settings that all peers with the same method share.
    fn params(&self, stemmer: Option<Language>) -> TextClassifierParams {
        TextClassifier::params()
            .model(Model::Multinomial)
            .alpha(0.1)
            .sublinear_tf(false)
            .stemmer(stemmer)
            .threads(self.threads)
    }

    fn fit(&self, stemmer: Option<Language>) -> Result<(Option<TextClassifier>, f64)> {
        let params = self.params(stemmer);
        let fit = || params.fit(&Examples::new(&self.texts, &self.labels)?);
        let (model, seconds) = timed(fit);
        Ok((Some(model?), seconds))
    }

    fn model_file(&self) -> PathBuf {
        self.folder.join("model")
    }

    /// Runs a task: the seconds that it took.
    fn run(&mut self, task: &str) -> Result<f64> {
        Ok(match task {
            "fit" => {
                let (model, seconds) = self.fit(None)?;
                self.model = model;
                seconds
            }
            "fit_stems" => {
                let (model, seconds) = self.fit(Some(Language::English))?;
                self.stemmed = model;
                seconds
            }
            "predict" | "predict_stems" => {
                let model = fitted(match task {
                    "predict" => self.model.as_ref(),
                    _ => self.stemmed.as_ref(),
                })?;
                let (labels, seconds) = timed(|| model.predict(&self.unseen).map(|l| l.len()));
                labels?;
                seconds
            }
            "one" => {
                let model = fitted(self.model.as_ref())?;
                let mut scratch = Scratch::default();
                let mut times: Vec<f64> = self
                    .unseen
                    .iter()
                    .take(SINGLE)
                    .map(|text| {
                        timed(|| black_box(model.classify_with(&mut scratch, text).class())).1
                    })
                    .collect();
                times.sort_by(f64::total_cmp);
                times[times.len() / 2]
            }
            "vectorize" => {
                let params = Vectorizer::params().threads(self.threads);
                let (rows, seconds) = timed(|| params.fit_transform(&self.texts));
                let _ = rows?;
                seconds
            }
            "load" => {
                let path = self.model_file();
                let (label, seconds) = timed(|| {
                    TextClassifier::load(&path)
                        .map(|model| model.classify(&self.unseen[0]).label().to_owned())
                });
                label?;
                seconds
            }
            "save" => {
                fitted(self.model.as_ref())?.save(self.model_file())?;
                0.0
            }
            "answers" => {
                self.answers(fitted(self.model.as_ref())?, "answers")?;
                self.answers(fitted(self.stemmed.as_ref())?, "answers_stems")?;
                0.0
            }
            _ => return Err(format!("there is no task {task:?}").into()),
        })
    }

    /// Writes the labels of the unseen texts, a line each, and their probabilities.
    fn answers(&self, model: &TextClassifier, name: &str) -> Result<()> {
        let labels = model.predict(&self.unseen)?;
        fs::write(self.folder.join(name), labels.join("\n"))?;
        let bytes: Vec<u8> = model
            .predict_proba(&self.unseen)?
            .iter()
            .flat_map(|probability| probability.to_le_bytes())
            .collect();
        fs::write(self.folder.join(format!("{name}.f64")), bytes)?;
        Ok(())
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [train, test, folder, threads] = &arguments[..] else {
        return Err("usage: peer TRAIN TEST FOLDER THREADS (peers.py starts it)".into());
    };
    let (texts, labels) = load(Path::new(train), &ReadOptions::default())?;
    let (unseen, _) = load(Path::new(test), &ReadOptions::default())?;
    let mut peer = Peer {
        texts,
        labels,
        unseen,
        folder: folder.into(),
        threads: threads.parse()?,
        model: None,
        stemmed: None,
    };
    let tasks = [
        "fit",
        "predict",
        "one",
        "vectorize",
        "fit_stems",
        "predict_stems",
        "load",
    ];
    say(&serde_json::json!({ "tasks": tasks, "version": env!("CARGO_PKG_VERSION") }))?;
    for task in io::stdin().lock().lines() {
        say(&serde_json::json!({ "seconds": peer.run(&task?)? }))?;
    }
    Ok(())
}

fn say(answer: &serde_json::Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{answer}")?;
    out.flush()
}
