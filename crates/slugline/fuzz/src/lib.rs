//! What the fuzz targets share: the start of a process, documents, edits of files, model files.

pub mod documents;
pub mod edits;
pub mod models;
pub mod reference;
pub mod streams;

/// Prepares the process; each target calls it first.
///
/// # Panics
/// Where rayon has a global pool already.
pub fn init() {
    // libFuzzer's hook ends the process at every panic, also at one of a stemmer or decoder of another project, which
    // the library catches. One that is not caught still ends it.
    drop(std::panic::take_hook());
    // All work on this thread: to hand it to another takes longer than the work.
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .expect("no pool before this one");
}

/// Does the work with the loops of a processor without AVX2.
pub fn portable<T>(work: impl FnOnce() -> T) -> T {
    // Without the flag (an editor, clippy) there is only one way.
    #[cfg(fuzzing)]
    return slugline::portable(work);
    #[cfg(not(fuzzing))]
    work()
}
