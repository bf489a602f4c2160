//! linfa as a peer of `peers.py`: texts are read, then each line of the standard input names a task,
//! which is run and answered with its time. The protocol stands in `worker.py`.
//!
//! linfa-bayes takes dense rows alone, so that they go through it in blocks: the whole of AG News
//! would take 4 GB. How its numbers differ from scikit-learn's stands in `benches/README.md`.

use std::{
    error::Error,
    fs,
    hint::black_box,
    io::{self, BufRead, Write},
    path::PathBuf,
    time::Instant,
};

use linfa::{
    DatasetBase, ParamGuard,
    traits::{FitWith, Predict, Transformer},
};
use linfa_bayes::MultinomialNb;
use linfa_preprocessing::{
    norm_scaling::NormScaler,
    tf_idf_vectorization::{FittedTfIdfVectorizer, TfIdfVectorizer},
};
use ndarray::{Array1, Array2, ArrayView1};
use sprs::CsMat;

/// Documents that are classified one at a time.
const SINGLE: usize = 300;
/// Rows that are dense at the same time.
const BLOCK: usize = 256;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Model {
    vectorizer: FittedTfIdfVectorizer,
    bayes: MultinomialNb<f64, usize>,
}

struct Peer {
    texts: Array1<String>,
    targets: Array1<usize>,
    classes: Vec<String>,
    unseen: Array1<String>,
    folder: PathBuf,
    model: Option<Model>,
}

/// Rows from `start` on, dense and of length 1.
fn block(rows: &CsMat<f64>, start: usize) -> Array2<f64> {
    let end = (start + BLOCK).min(rows.rows());
    NormScaler::l2().transform(rows.slice_outer(start..end).to_owned().to_dense())
}

fn vectorized(texts: &Array1<String>) -> Result<(FittedTfIdfVectorizer, CsMat<f64>)> {
    // Without Unicode's decomposition the words are scikit-learn's.
    let vectorizer = TfIdfVectorizer::default().normalize(false).fit(texts)?;
    let rows = vectorizer.transform(texts)?;
    Ok((vectorizer, rows))
}

impl Model {
    fn fit(texts: &Array1<String>, targets: &Array1<usize>) -> Result<Self> {
        let (vectorizer, rows) = vectorized(texts)?;
        let params = MultinomialNb::params().alpha(0.1).check()?;
        let mut bayes = None;
        for start in (0..texts.len()).step_by(BLOCK) {
            let rows = block(&rows, start);
            let targets = targets.slice(ndarray::s![start..start + rows.nrows()]);
            bayes = Some(params.fit_with(bayes, &DatasetBase::new(rows, targets.to_owned()))?);
        }
        let bayes = bayes.ok_or("there are no texts")?;
        Ok(Self { vectorizer, bayes })
    }

    fn predict(&self, texts: ArrayView1<String>) -> Result<Vec<usize>> {
        let rows = self.vectorizer.transform(&texts)?;
        let mut classes = Vec::with_capacity(texts.len());
        for start in (0..texts.len()).step_by(BLOCK) {
            let found: Array1<usize> = self.bayes.predict(&block(&rows, start));
            classes.extend(found);
        }
        Ok(classes)
    }
}

impl Peer {
    /// Runs a task: the seconds that it took.
    fn run(&mut self, task: &str) -> Result<f64> {
        let began = Instant::now();
        let model = self.model.as_ref().ok_or("nothing is fitted yet");
        match task {
            "fit" => {
                let model = Model::fit(&self.texts, &self.targets)?;
                let seconds = began.elapsed().as_secs_f64();
                self.model = Some(model);
                return Ok(seconds);
            }
            "predict" => {
                black_box(model?.predict(self.unseen.view())?);
            }
            "one" => {
                let model = model?;
                let mut times = Vec::new();
                for at in 0..SINGLE.min(self.unseen.len()) {
                    let began = Instant::now();
                    black_box(model.predict(self.unseen.slice(ndarray::s![at..=at]))?);
                    times.push(began.elapsed().as_secs_f64());
                }
                times.sort_by(f64::total_cmp);
                return Ok(times[times.len() / 2]);
            }
            "vectorize" => {
                let (_, rows) = vectorized(&self.texts)?;
                for start in (0..rows.rows()).step_by(BLOCK) {
                    black_box(block(&rows, start));
                }
            }
            "answers" => {
                let classes = model?.predict(self.unseen.view())?;
                let labels: Vec<&str> = classes.iter().map(|&c| &*self.classes[c]).collect();
                fs::write(self.folder.join("answers"), labels.join("\n"))?;
            }
            _ => return Err(format!("there is no task {task:?}").into()),
        }
        Ok(began.elapsed().as_secs_f64())
    }
}

fn read(path: &str) -> Result<(Vec<String>, Vec<String>)> {
    let (mut texts, mut labels) = (Vec::new(), Vec::new());
    for line in io::BufReader::new(fs::File::open(path)?).lines() {
        let record: serde_json::Value = serde_json::from_str(&line?)?;
        let field = |key: &str| record[key].as_str().ok_or("text and label are wanted");
        texts.push(field("text")?.to_owned());
        labels.push(field("label")?.to_owned());
    }
    Ok((texts, labels))
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [train, test, folder, _] = &arguments[..] else {
        return Err(
            "usage: slugline-compare-linfa TRAIN TEST FOLDER 1 (peers.py starts it)".into(),
        );
    };
    let (texts, labels) = read(train)?;
    let mut classes = labels.clone();
    classes.sort();
    classes.dedup();
    let targets = labels
        .iter()
        .map(|label| classes.partition_point(|class| class < label))
        .collect();
    let mut peer = Peer {
        texts: texts.into(),
        targets,
        classes,
        unseen: read(test)?.0.into(),
        folder: folder.into(),
        model: None,
    };
    let tasks = ["fit", "predict", "one", "vectorize"];
    say(&serde_json::json!({ "tasks": tasks, "version": "0.8.1" }))?;
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
