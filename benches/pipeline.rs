//! Every stage from text to topic, in bytes of raw text a second: `cargo bench -p slugline-benches --bench pipeline`.
//!
//! On three kinds of text (headlines, articles, the scripts of 24 languages), which are prepared outside
//! the timed part. Threads: 1, unless the name says otherwise.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

mod corpus;
mod scripts;
mod topics;

use std::hint::black_box;

use corpus::Corpus;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use slugline::{
    Counts, Language, Refine, Scratch, TextClassifier, Tfidf, TfidfParams, Unit, Vectorizer,
    Vocabulary,
    text::{Analyzer, AnalyzerParams},
};

fn corpora() -> [(&'static str, Corpus); 3] {
    [
        ("headlines", topics::headlines()),
        ("articles", topics::articles()),
        ("scripts", scripts::scripts(40)),
    ]
}

/// Runs a stage on each kind of text, in a group of its own that counts the bytes of text.
fn on_each(c: &mut Criterion, stage: &str, run: impl Fn(&mut BenchmarkGroup<WallTime>, &Corpus)) {
    for (kind, corpus) in corpora() {
        let mut group = c.benchmark_group(format!("{stage}/{kind}"));
        group
            .throughput(Throughput::Bytes(corpus.bytes()))
            .sample_size(20);
        run(&mut group, &corpus);
    }
}

fn words() -> Analyzer {
    Analyzer::new(AnalyzerParams::default()).expect("the default is valid")
}

fn learned(corpus: &Corpus) -> Counts {
    Counts::learn(&words(), &corpus.texts, 1).expect("there are terms")
}

fn analysis(c: &mut Criterion) {
    let default = AnalyzerParams::default;
    let settings = [
        ("words", default()),
        ("bigrams", default().ngram_range(1, 2)),
        ("stems", default().stemmer(Language::English)),
        (
            "char_wb",
            default().analyzer(Unit::CharWb).ngram_range(2, 4),
        ),
    ];
    on_each(c, "analyze", |group, corpus| {
        for (setting, params) in &settings {
            let analyzer = Analyzer::new(params.clone()).expect("the settings are valid");
            let mut scratch = Scratch::default();
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
    });
}

/// Learning comes with counting, in one pass: the vocabulary alone is made of terms that are given.
fn vocabulary(c: &mut Criterion) {
    on_each(c, "vocabulary", |group, corpus| {
        let analyzer = words();
        let vocabulary = learned(corpus).vocabulary;
        let terms: Vec<&str> = vocabulary.iter().collect();
        let found: Vec<String> = corpus
            .texts
            .iter()
            .flat_map(|text| analyzer.terms(text))
            .collect();
        group.bench_function("learn", |b| b.iter(|| learned(corpus)));
        group.bench_function("look_up", |b| {
            b.iter(|| found.iter().filter_map(|term| vocabulary.id(term)).max());
        });
        // Of the bytes of the terms: the text plays no part.
        let bytes = terms.iter().map(|term| term.len() as u64).sum();
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function("given", |b| {
            b.iter(|| Vocabulary::new(&terms).expect("the terms are distinct"));
        });
    });
}

fn counts(c: &mut Criterion) {
    on_each(c, "counts", |group, corpus| {
        let analyzer = words();
        let vocabulary = learned(corpus).vocabulary;
        group.bench_function("of_known", |b| {
            b.iter(|| {
                Counts::of_known(&analyzer, &vocabulary, &corpus.texts, 1)
                    .expect("threads are granted")
            });
        });
    });
}

fn tfidf(c: &mut Criterion) {
    on_each(c, "tfidf", |group, corpus| {
        let counts = learned(corpus).rows;
        let rows = Vectorizer::count_params()
            .fit_transform(&corpus.texts)
            .expect("there are terms")
            .1;
        group.bench_function("fit", |b| {
            b.iter(|| Tfidf::fit(TfidfParams::default(), &counts));
        });
        let tfidf = Tfidf::fit(TfidfParams::default(), &counts);
        group.bench_function("transform", |b| {
            b.iter_batched(
                || rows.clone(),
                |rows| tfidf.transform(rows).expect("the columns are the same"),
                BatchSize::LargeInput,
            );
        });
    });
}

fn fit(c: &mut Criterion) {
    on_each(c, "fit", |group, corpus| {
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
                b.iter(|| params.fit(&corpus.examples()).expect("there are terms"));
            });
        }
    });
}

fn classify(c: &mut Criterion) {
    on_each(c, "classify", |group, corpus| {
        let model = TextClassifier::params()
            .threads(1)
            .fit(&corpus.examples())
            .expect("there are terms");
        group.bench_function("many", |b| {
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
                    let labels = model.predict(&corpus.texts);
                    black_box(labels.expect("threads are granted").len())
                });
            });
        }
        group.throughput(Throughput::Bytes(corpus.texts[0].len() as u64));
        group.bench_function("one", |b| {
            let mut scratch = Scratch::default();
            b.iter(|| model.classify_with(&mut scratch, &corpus.texts[0]).class());
        });
    });
}

fn load(c: &mut Criterion) {
    on_each(c, "load", |group, corpus| {
        let model = TextClassifier::params()
            .fit(&corpus.examples())
            .expect("there are terms");
        let bytes = model.to_bytes().expect("little-endian");
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("bytes", |b| {
            b.iter(|| TextClassifier::from_bytes(&bytes).expect("it was just written"));
        });
    });
}

/// Terms of several words or characters, from learning to labels.
fn ngrams(c: &mut Criterion) {
    let params = || TextClassifier::params().threads(1);
    let settings = [
        ("words_1_2", params().ngram_range(1, 2)),
        ("words_1_3", params().ngram_range(1, 3)),
        (
            "stems_1_2",
            params().stemmer(Language::English).ngram_range(1, 2),
        ),
        (
            "char_wb_3_5",
            params().analyzer(Unit::CharWb).ngram_range(3, 5),
        ),
    ];
    on_each(c, "ngrams", |group, corpus| {
        group.sample_size(10);
        for (name, params) in &settings {
            group.bench_function(BenchmarkId::new("fit", name), |b| {
                b.iter(|| params.fit(&corpus.examples()).expect("there are terms"));
            });
            let model = params.fit(&corpus.examples()).expect("there are terms");
            group.bench_function(BenchmarkId::new("fit_first_predict", name), |b| {
                // What the fit still has need not be made.
                b.iter_batched(
                    || params.fit(&corpus.examples()).expect("there are terms"),
                    |model| model.predict(&corpus.texts).map(|labels| labels.len()),
                    BatchSize::LargeInput,
                );
            });
            group.bench_function(BenchmarkId::new("first_predict", name), |b| {
                // What a model makes for many texts it makes once.
                let bytes = model.to_bytes().expect("little-endian");
                let load = || TextClassifier::from_bytes(&bytes).expect("it was just written");
                b.iter_batched(
                    || load().with_threads(1),
                    |model| model.predict(&corpus.texts).map(|labels| labels.len()),
                    BatchSize::LargeInput,
                );
            });
            group.bench_function(BenchmarkId::new("predict", name), |b| {
                b.iter(|| model.predict(&corpus.texts).map(|labels| labels.len()));
            });
            group.bench_function(BenchmarkId::new("scores", name), |b| {
                b.iter(|| model.joint_log_likelihood(&corpus.texts));
            });
            group.bench_function(BenchmarkId::new("one", name), |b| {
                let mut scratch = Scratch::default();
                b.iter(|| model.classify_with(&mut scratch, &corpus.texts[0]).class());
            });
        }
    });
}

fn refine(c: &mut Criterion) {
    on_each(c, "refine", |group, corpus| {
        group.sample_size(10);
        for (name, refine) in [("without", None), ("with", Some(Refine::default()))] {
            let params = TextClassifier::params().threads(1).refine(refine);
            group.bench_function(name, |b| {
                b.iter(|| params.fit(&corpus.examples()).expect("there are terms"));
            });
        }
    });
}

criterion_group!(
    benches, analysis, vocabulary, counts, tfidf, fit, classify, ngrams, refine, load
);
criterion_main!(benches);
