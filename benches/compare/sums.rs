//! What the sums are good for, on real corpora: forgetting, merging, leave-one-out, choice of alpha,
//! calibration, audit, text without labels.
//!
//! `cargo run --release -p slugline-benches --example sums -- DATA`, DATA being the folder with `ag_news`,
//! `20newsgroups`, `reuters21578` and `sms_spam`; what is absent is skipped. One thread; ratios of times are
//! medians of turns.

use std::{collections::BTreeMap, hint::black_box, path::Path, time::Instant};

use slugline::{
    Alpha, Auto, Examples, IdfOrder, Result, Scratch, TextClassifier, TextClassifierParams,
    Unlabelled,
    dataset::{ReadOptions, load, load_prior},
    evaluate::{Evaluation, cross_validate},
};

/// Texts and labels.
type Corpus = (Vec<String>, Vec<String>);

/// Turns of which the median is taken.
const TURNS: usize = 9;

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "data".into());
    let read = |name: &str| -> Result<Option<Corpus>> {
        let path = Path::new(&folder).join(format!("{name}.jsonl.gz"));
        if path.exists() {
            return load(&path, &ReadOptions::default()).map(Some);
        }
        println!("skipped: {} is not there", path.display());
        Ok(None)
    };
    let ag = (read("ag_news/train_subset")?, read("ag_news/test")?);
    let news = (
        read("20newsgroups/train_bydate60")?,
        read("20newsgroups/test_bydate40")?,
    );
    if let (Some(train), Some(test)) = &ag {
        forgetting(train)?;
        merging(train)?;
        audit(train)?;
        without_labels(train, test)?;
    }
    for (name, corpus) in [("AG News", &ag), ("20 Newsgroups", &news)] {
        if let (Some(train), Some(test)) = corpus {
            calibration(name, train, test)?;
        }
    }
    let more = [
        ("AG News", ag.0),
        ("20 Newsgroups", news.0),
        ("Reuters R8", read("reuters21578/r8_train")?),
        ("SMS spam", read("sms_spam/all")?),
    ];
    for (name, corpus) in &more {
        if let Some(corpus) = corpus {
            leave_one_out(name, corpus)?;
            alpha(name, corpus)?;
        }
    }
    Ok(())
}

fn params() -> TextClassifierParams {
    TextClassifier::params().threads(1)
}

fn exact() -> TextClassifierParams {
    params().idf_order(IdfOrder::AfterNorm)
}

/// Numbers below `n` in an order that a seed decides.
fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut state = seed * 7919 + 13;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut order: Vec<usize> = (0..n).collect();
    for at in (1..n).rev() {
        order.swap(at, next(at + 1));
    }
    order
}

fn pick((texts, labels): &Corpus, documents: &[usize]) -> Corpus {
    let of = |from: &[String]| documents.iter().map(|&at| from[at].clone()).collect();
    (of(texts), of(labels))
}

/// The largest relative difference between weights; infinite where the terms differ.
fn difference(a: &TextClassifier, b: &TextClassifier) -> f64 {
    if !a.vocabulary().iter().eq(b.vocabulary().iter()) {
        return f64::INFINITY;
    }
    let of_term = |term| {
        let (a, b) = (
            a.weights_of(term).unwrap_or_default(),
            b.weights_of(term).unwrap_or_default(),
        );
        let parts = a.iter().zip(&b);
        parts
            .map(|(a, b)| (a - b).abs() / a.abs().max(1.0))
            .fold(0.0, f64::max)
    };
    a.vocabulary().iter().map(of_term).fold(0.0, f64::max)
}

fn forgetting(train: &Corpus) -> Result<()> {
    let order = shuffled(train.0.len(), 1);
    let (gone, rest) = (pick(train, &order[..1000]), pick(train, &order[1000..]));
    let all = exact().fit(&Examples::new(&train.0, &train.1)?)?;
    let forgotten = all.forget(&Examples::new(&gone.0, &gone.1)?)?;
    let never = exact().fit(&Examples::new(&rest.0, &rest.1)?)?;
    println!(
        "AG News, 1,000 documents forgotten: weights differ by {:.0e}, files are {}",
        difference(&forgotten, &never),
        same(&forgotten, &never)?
    );
    Ok(())
}

fn merging(train: &Corpus) -> Result<()> {
    let all = exact().fit(&Examples::new(&train.0, &train.1)?)?;
    let order = shuffled(train.0.len(), 2);
    let shards = order
        .chunks(order.len().div_ceil(8))
        .map(|shard| {
            let (texts, labels) = pick(train, shard);
            exact().fit(&Examples::new(&texts, &labels)?)
        })
        .collect::<Result<Vec<_>>>()?;
    for seed in 0..3 {
        let order = shuffled(shards.len(), seed);
        let mut merged = shards[order[0]].clone();
        for &at in &order[1..] {
            merged = merged.merge(&shards[at])?;
        }
        println!(
            "AG News, 8 shards merged in order {order:?}: weights differ by {:.0e}, files are {}",
            difference(&merged, &all),
            same(&merged, &all)?
        );
    }
    Ok(())
}

fn same(a: &TextClassifier, b: &TextClassifier) -> Result<&'static str> {
    Ok(if a.to_bytes()? == b.to_bytes()? {
        "the same"
    } else {
        "not the same"
    })
}

/// A twentieth of the labels flipped: how many are among the first 8 % of the audit.
fn audit(train: &Corpus) -> Result<()> {
    let order = shuffled(train.0.len(), 3);
    let flipped = &order[..order.len() / 20];
    let mut labels = train.1.clone();
    let mut names = labels.clone();
    names.sort_unstable();
    names.dedup();
    for (n, &at) in flipped.iter().enumerate() {
        let own = names
            .iter()
            .position(|name| *name == labels[at])
            .unwrap_or(0);
        labels[at].clone_from(&names[(own + 1 + n % (names.len() - 1)) % names.len()]);
    }
    let audit = params().audit(&Examples::new(&train.0, &labels)?)?;
    let first = &audit.doubts[..train.0.len() * 8 / 100];
    let found = first
        .iter()
        .filter(|doubt| flipped.contains(&doubt.document))
        .count();
    println!(
        "AG News, {} labels flipped: {:.3} of them among the first 8 % of the audit",
        flipped.len(),
        found as f64 / flipped.len() as f64
    );
    Ok(())
}

fn evaluated(model: &TextClassifier, (texts, labels): &Corpus) -> Evaluation {
    let mut evaluation = Evaluation::new(model.labels());
    let mut scratch = Scratch::default();
    for (text, label) in texts.iter().zip(labels) {
        evaluation.add(label, &model.classify_with(&mut scratch, text));
    }
    evaluation
}

fn without_labels(train: &Corpus, test: &Corpus) -> Result<()> {
    let how = Unlabelled::default();
    let (mut alone, mut with) = (0.0, 0.0);
    for seed in 0..5 {
        let mut left: BTreeMap<&str, u32> =
            train.1.iter().map(|label| (label.as_str(), 20)).collect();
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for at in shuffled(train.0.len(), seed) {
            match left.get_mut(train.1[at].as_str()).filter(|left| **left > 0) {
                Some(left) => {
                    *left -= 1;
                    known.push(at);
                }
                None => unknown.push(at),
            }
        }
        let ((texts, labels), (rest, _)) = (pick(train, &known), pick(train, &unknown));
        let examples = Examples::new(&texts, &labels)?;
        alone += evaluated(&params().fit(&examples)?, test).accuracy() / 5.0;
        let learned = params().fit_semi_supervised(&examples, &rest, &how)?;
        with += evaluated(&learned.classifier, test).accuracy() / 5.0;
    }
    println!(
        "AG News, 20 labels a class, mean of 5: {alone:.3} alone, {with:.3} with the rest unlabelled"
    );
    let words =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/slugline/tests/ag_news_words.tsv");
    let none: Vec<String> = Vec::new();
    let learned = params().prior(load_prior(&words)?).fit_semi_supervised(
        &Examples::new(&none, &none)?,
        &train.0,
        &how,
    )?;
    println!(
        "AG News, ten words a class and no label: {:.3}",
        evaluated(&learned.classifier, test).accuracy()
    );
    Ok(())
}

fn calibration(name: &str, train: &Corpus, test: &Corpus) -> Result<()> {
    let auto = Auto::default().calibrate(true);
    let examples = Examples::new(&train.0, &train.1)?;
    let plain = evaluated(&params().fit(&examples)?, test).calibration_error();
    let chosen = params().fit_auto(&examples, auto)?;
    let calibrated = evaluated(&chosen, test).calibration_error();
    println!(
        "{name}, calibration error on the test part: {plain:.3} as it comes, {calibrated:.3} calibrated ({:.2} of it)",
        calibrated / plain
    );
    Ok(())
}

/// The median ratio of two pieces of work that take turns.
fn ratio(mut a: impl FnMut(), mut b: impl FnMut()) -> f64 {
    let seconds = |work: &mut dyn FnMut()| {
        let began = Instant::now();
        work();
        began.elapsed().as_secs_f64()
    };
    let mut ratios: Vec<f64> = (0..TURNS)
        .map(|_| seconds(&mut a) / seconds(&mut b))
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[TURNS / 2]
}

fn leave_one_out(name: &str, (texts, labels): &Corpus) -> Result<()> {
    let examples = Examples::new(texts, labels)?;
    let fit = || {
        black_box(params().fit(&examples).is_ok());
    };
    let audit = || {
        black_box(params().audit(&examples).is_ok());
    };
    params().audit(&examples)?;
    println!(
        "{name}: fitting, judging every document by the model without it and sorting take {:.2} of a fit",
        ratio(audit, fit)
    );
    Ok(())
}

fn alpha(name: &str, (texts, labels): &Corpus) -> Result<()> {
    let auto = Auto::default().alpha(true);
    let examples = Examples::new(texts, labels)?;
    let chosen = params().fit_auto(&examples, auto)?;
    let Alpha::Scalar(alpha) = chosen.settings().naive_bayes.alpha else {
        return Ok(());
    };
    let accuracy = |alpha: f64| -> Result<f64> {
        Ok(cross_validate(&params().alpha(alpha), &examples, 5)?.accuracy())
    };
    let mut best = (0.0, 0.0);
    for step in 0..20 {
        let tried = 10_f64.powf(f64::from(step).mul_add(4.0 / 19.0, -3.0));
        let found = accuracy(tried)?;
        if found > best.0 {
            best = (found, tried);
        }
    }
    let times = ratio(
        || {
            black_box(params().fit_auto(&examples, auto).is_ok());
        },
        || {
            black_box(params().fit(&examples).is_ok());
        },
    );
    println!(
        "{name}: alpha = {alpha:.3} (accuracy {:.4} over 5 folds; the best of 20 has {:.4}, {:.3}) in {times:.1} fits",
        accuracy(alpha)?,
        best.0,
        best.1
    );
    Ok(())
}
