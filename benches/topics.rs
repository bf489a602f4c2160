//! Our own articles (`datasets/topics`), by file name and line.

use std::path::Path;

use slugline::dataset::{Column, ReadOptions, load};

use crate::corpus::Corpus;

/// Whole articles: title and text.
pub(crate) fn articles() -> Corpus {
    read(&one_label())
}

/// Titles alone: some ten words each.
pub(crate) fn headlines() -> Corpus {
    read(&one_label().text([Column::Name("title".into())]))
}

/// Articles about two topics name both, the main one first.
fn one_label() -> ReadOptions {
    ReadOptions::default().first_label(true)
}

fn read(options: &ReadOptions) -> Corpus {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/topics");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the repository has datasets/topics")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "jsonl"))
        .collect();
    files.sort();
    let mut corpus = Corpus::default();
    for file in files {
        let (texts, labels) = load(&file, options).expect("our articles are whole");
        corpus.texts.extend(texts);
        corpus.labels.extend(labels);
    }
    corpus
}
