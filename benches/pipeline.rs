//! Every stage from text to topic, in bytes of raw text a second: `cargo bench`.
//!
//! Text is generated (Zipf) or our own articles (`datasets/topics`); it is prepared outside the
//! timed part, with fixed seeds. Threads: 1, unless the name says otherwise.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

mod zipf;

use std::{hint::black_box, path::Path};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use slugline::{
    Language, Scratch, TextClassifier, Unit, Vectorizer,
    analyze::{Analyzer, AnalyzerParams, Scratch as Terms},
    dataset::{ReadOptions, load},
};
use zipf::Corpus;

/// Our own articles, by file name and line.
fn articles() -> Corpus {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/topics");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the repository has datasets/topics")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect();
    files.sort();
    let (mut texts, mut labels) = (Vec::new(), Vec::new());
    for file in files {
        let (more, of_them) = load(&file, &ReadOptions::default()).expect("our articles are whole");
        texts.extend(more);
        labels.extend(of_them);
    }
    Corpus { texts, labels }
}

fn corpora() -> [(&'static str, Corpus); 2] {
    [
        ("zipf", Corpus::zipf(1, 2_000, 150, 50_000, 4)),
        ("articles", articles()),
    ]
}

fn analysis(c: &mut Criterion) {
    let default = AnalyzerParams::default;
    let settings = [
        ("words", default()),
        (
            "bigrams",
            AnalyzerParams {
                ngram_range: (1, 2),
                ..default()
            },
        ),
        (
            "stems",
            AnalyzerParams {
                stemmer: Some(Language::English),
                ..default()
            },
        ),
        (
            "char_wb",
            AnalyzerParams {
                analyzer: Unit::CharWb,
                ngram_range: (2, 4),
                ..default()
            },
        ),
    ];
    for (name, corpus) in corpora() {
        let mut group = c.benchmark_group(format!("analyze/{name}"));
        group.throughput(Throughput::Bytes(corpus.bytes()));
        for (setting, params) in &settings {
            let analyzer = Analyzer::new(params.clone()).expect("the settings are valid");
            let mut scratch = Terms::default();
            group.bench_function(*setting, |b| {
                b.iter(|| {
                    let mut bytes = 0;
                    for text in &corpus.texts {
                        analyzer.for_each_term(text, &mut scratch, |term| bytes += term.len());
                    }
                    black_box(bytes)
                });
            });
        }
    }
}

fn fit(c: &mut Criterion) {
    for (name, corpus) in corpora() {
        let mut group = c.benchmark_group(format!("fit/{name}"));
        group
            .throughput(Throughput::Bytes(corpus.bytes()))
            .sample_size(20);
        group.bench_function("vectorizer", |b| {
            let params = Vectorizer::params().threads(1);
            b.iter(|| {
                params
                    .fit_transform(&corpus.texts)
                    .expect("there are terms")
            });
        });
        for threads in [1, 2] {
            group.bench_function(BenchmarkId::new("classifier", threads), |b| {
                let params = TextClassifier::params().threads(threads);
                b.iter(|| {
                    params
                        .fit(&corpus.texts, &corpus.labels)
                        .expect("there are terms")
                });
            });
        }
    }
}

fn classify(c: &mut Criterion) {
    for (name, corpus) in corpora() {
        let params = TextClassifier::params().threads(1);
        let model = params
            .fit(&corpus.texts, &corpus.labels)
            .expect("there are terms");
        let mut group = c.benchmark_group(format!("classify/{name}"));
        group.throughput(Throughput::Bytes(corpus.bytes()));
        group.bench_function("with_scratch", |b| {
            let mut scratch = Scratch::default();
            b.iter(|| {
                for text in &corpus.texts {
                    black_box(model.classify_with(&mut scratch, text).class());
                }
            });
        });
        for threads in [1, 2] {
            let model = model.clone().with_threads(threads);
            group.bench_function(BenchmarkId::new("predict", threads), |b| {
                b.iter(|| {
                    black_box(
                        model
                            .predict(&corpus.texts)
                            .expect("threads are granted")
                            .len(),
                    )
                });
            });
        }
        group.throughput(Throughput::Bytes(corpus.texts[0].len() as u64));
        group.bench_function("one", |b| {
            let mut scratch = Scratch::default();
            b.iter(|| model.classify_with(&mut scratch, &corpus.texts[0]).class());
        });
    }
}

fn model_file(c: &mut Criterion) {
    let corpus = Corpus::zipf(2, 5_000, 200, 200_000, 20);
    let model = TextClassifier::params()
        .fit(&corpus.texts, &corpus.labels)
        .expect("there are terms");
    let bytes = model.to_bytes().expect("little-endian");
    let mut group = c.benchmark_group("model_file");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function(BenchmarkId::new("read", model.vocabulary().len()), |b| {
        b.iter(|| TextClassifier::from_bytes(&bytes).expect("it was just written"));
    });
    group.finish();
}

criterion_group!(benches, analysis, fit, classify, model_file);
criterion_main!(benches);
