//! How the pace changes with the size of the text, of the vocabulary and of the set of classes, on
//! generated text (`zipf.rs`), with two threads: `cargo bench -p slugline-benches --bench growth`.
//!
//! `SLUGLINE_BENCH_GB=1 cargo bench -p slugline-benches --bench growth -- text` goes on to 1 GB of text,
//! for which it wants some 2.5 GB of memory.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

mod corpus;
mod zipf;

use corpus::Corpus;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use slugline::TextClassifier;
use zipf::Zipf;

const MB: u64 = 1_000_000;
/// Terms where another size grows.
const TERMS: usize = 50_000;
const CLASSES: usize = 4;

/// `--test` runs every bench once: the smallest sizes do.
fn sizes<T: Copy>(all: &[T]) -> Vec<T> {
    match std::env::args().any(|argument| argument == "--test") {
        true => all[..1].to_vec(),
        false => all.to_vec(),
    }
}

fn fitted(corpus: &Corpus, threads: usize) -> TextClassifier {
    TextClassifier::params()
        .threads(threads)
        .fit(&corpus.examples())
        .expect("there are terms")
}

fn fit(group: &mut BenchmarkGroup<WallTime>, size: u64, corpus: &Corpus) {
    group.throughput(Throughput::Bytes(corpus.bytes()));
    group.bench_function(BenchmarkId::new("fit", size), |b| {
        b.iter_with_large_drop(|| fitted(corpus, 2));
    });
}

/// Labels of many texts, on one thread: what grows is the work for a text, and threads part texts.
fn classify(
    group: &mut BenchmarkGroup<WallTime>,
    size: u64,
    model: &TextClassifier,
    corpus: &Corpus,
    throughput: Throughput,
) {
    group.throughput(throughput);
    group.bench_function(BenchmarkId::new("classify", size), |b| {
        b.iter(|| {
            model
                .predict_class(&corpus.texts)
                .expect("one thread can be had")
        });
    });
}

/// 1 MB to 64 MB, and on to as many GB as the environment asks for.
fn text(c: &mut Criterion) {
    let mut megabytes = vec![1, 4, 16, 64];
    if let Ok(gigabytes) = std::env::var("SLUGLINE_BENCH_GB") {
        let gigabytes: u64 = gigabytes
            .parse()
            .unwrap_or_else(|_| panic!("SLUGLINE_BENCH_GB={gigabytes}: a whole number is wanted"));
        megabytes.extend((1..=gigabytes).flat_map(|gb| [gb * 1_000 - 750, gb * 1_000]));
    }
    let mut group = c.benchmark_group("growth/text");
    group.sample_size(10);
    for size in sizes(&megabytes) {
        let corpus = Zipf::new(TERMS, CLASSES).corpus(size * MB);
        fit(&mut group, size, &corpus);
        let bytes = Throughput::Bytes(corpus.bytes());
        classify(&mut group, size, &fitted(&corpus, 1), &corpus, bytes);
    }
}

/// A vocabulary of a thousand to a million terms, all of which the model knows. In words a second,
/// since the words of a large vocabulary are longer.
fn terms(c: &mut Criterion) {
    let mut group = c.benchmark_group("growth/terms");
    group.sample_size(10);
    for size in sizes(&[1_000, 10_000, 100_000, 1_000_000]) {
        let mut zipf = Zipf::new(size, CLASSES);
        let unseen = zipf.corpus(4 * MB);
        let corpus = zipf.corpus(4 * MB);
        let model = fitted(&zipf.with_all_words(corpus), 1);
        assert_eq!(model.vocabulary().len(), size, "all words are known");
        let words = Throughput::Elements((unseen.texts.len() * zipf::LENGTH) as u64);
        classify(&mut group, size as u64, &model, &unseen, words);
        let bytes = model.to_bytes().expect("little-endian");
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(BenchmarkId::new("load", size), |b| {
            b.iter(|| TextClassifier::from_bytes(&bytes).expect("it was just written"));
        });
    }
}

/// Two to a thousand classes.
fn classes(c: &mut Criterion) {
    let mut group = c.benchmark_group("growth/classes");
    group.sample_size(10);
    for size in sizes(&[2, 10, 100, 1_000]) {
        let corpus = Zipf::new(TERMS, size).corpus(4 * MB);
        fit(&mut group, size as u64, &corpus);
        let bytes = Throughput::Bytes(corpus.bytes());
        classify(&mut group, size as u64, &fitted(&corpus, 1), &corpus, bytes);
    }
}

criterion_group!(benches, text, terms, classes);
criterion_main!(benches);
