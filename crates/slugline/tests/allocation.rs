//! A test binary of its own, because its global allocator counts allocations: classification makes none once its
//! buffers have grown.

#![allow(
    unsafe_code,
    reason = "a counting allocator has to implement an unsafe trait"
)]

#[allow(dead_code, reason = "the tests of `it` use the rest")]
#[path = "it/corpora.rs"]
mod corpora;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use slugline::{Language, NaiveBayes, Scratch, StopWords, StripAccents, TextClassifier, Unit};

struct Counting;

thread_local! {
    /// Allocations of this thread alone: other tests run beside it.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn none_after_warm_up() {
    let params = TextClassifier::params;
    let variants = [
        params(),
        params()
            .ngram_range(1, 3)
            .strip_accents(StripAccents::Unicode),
        params().analyzer(Unit::CharWb).ngram_range(2, 4),
        params()
            .stemmer(Language::English)
            .stop_words(StopWords::Language("english".into()))
            .naive_bayes(NaiveBayes::bernoulli()),
    ];
    for params in variants {
        let model = corpora::fit(&params);
        let mut scratch = Scratch::default();
        let texts: Vec<String> = corpora::texts()
            .iter()
            .map(|text| text.repeat(20))
            .collect();
        for text in &texts {
            model.shares_with(&mut scratch, text);
        }
        let before = ALLOCATIONS.get();
        for text in &texts {
            assert!(model.classify_with(&mut scratch, text).probability() > 0.0);
            assert!(model.shares_with(&mut scratch, text).coverage() <= 1.0);
        }
        assert_eq!(ALLOCATIONS.get() - before, 0, "{params:?}");
    }
}
