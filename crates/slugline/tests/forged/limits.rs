//! What a process may hold, and how long a call may take.

#![allow(
    unsafe_code,
    reason = "an allocator with a limit has to implement an unsafe trait"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    panic::{AssertUnwindSafe, catch_unwind},
    process,
    ptr::null_mut,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What a process may hold.
const MEMORY: usize = 1 << 30;
/// The processor time that a call may take: a second, where it was compiled to be fast.
const TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });

/// Gives no more than [`MEMORY`]: a call that wants more ends the process.
struct Limited;

static HELD: AtomicUsize = AtomicUsize::new(0);
pub(super) static MOST_HELD: AtomicUsize = AtomicUsize::new(0);

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
pub(super) static ONE: Mutex<()> = Mutex::new(());

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

fn doing() -> MutexGuard<'static, Option<(String, Duration)>> {
    DOING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the process where a call takes twenty times as long as it may.
pub(super) fn watch() {
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
pub(super) fn run<R>(what: &str, faults: &mut Vec<String>, call: impl FnOnce() -> R) -> Option<R> {
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
pub(super) static SLOWEST: AtomicU64 = AtomicU64::new(0);
