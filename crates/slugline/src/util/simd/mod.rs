//! Inner loops compiled for the processor's instruction set: with `mmap.rs` the only place with `unsafe`.
//!
//! The loops are ordinary Rust. [`run`] only chooses the instruction set that they are compiled for; the
//! floating-point operations and their order stay the same (a multiplication and an addition are fused in
//! `eight` alone), so the results have the same bits on every machine.
#![allow(unsafe_code)]

mod eight;
mod four;

pub(crate) use eight::{Eight, EightWork, run_eights};
pub(crate) use four::Four;

#[cfg(target_arch = "x86_64")]
use std::sync::LazyLock;

/// A piece of work. Mark [`run`](Self::run) `#[inline(always)]`: code that is not inlined is compiled for the
/// baseline instruction set.
pub(crate) trait Work {
    /// The result.
    type Output;

    /// Does the work.
    fn run(self) -> Self::Output;
}

/// Does the work with the widest instructions that this processor has.
#[inline]
pub(crate) fn run<W: Work>(work: W) -> W::Output {
    struct Plain<W>(W);

    impl<W: Work> EightWork for Plain<W> {
        type Output = W::Output;

        #[inline(always)]
        fn run<V: Eight>(self) -> W::Output {
            self.0.run()
        }
    }

    run_eights(Plain(work))
}

/// Whether the processor has all features of the wide variant. Cached as one answer: each text asks four times,
/// and asking for each feature took one in a hundred instructions of a label.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn has_wide() -> bool {
    static WIDE: LazyLock<bool> = LazyLock::new(|| {
        std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("fma")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("bmi2")
            && std::arch::is_x86_feature_detected!("lzcnt")
            && std::arch::is_x86_feature_detected!("popcnt")
    });
    #[cfg(fuzzing)]
    if PORTABLE.load(std::sync::atomic::Ordering::Relaxed) {
        return false;
    }
    *WIDE
}

/// Whether loops are those of a processor without the wide instructions.
#[cfg(fuzzing)]
static PORTABLE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Does the work as a processor without the wide instructions does it: for fuzz targets, which compare the answers.
#[cfg(fuzzing)]
pub fn portable<T>(work: impl FnOnce() -> T) -> T {
    PORTABLE.store(true, std::sync::atomic::Ordering::Relaxed);
    let done = work();
    PORTABLE.store(false, std::sync::atomic::Ordering::Relaxed);
    done
}

/// The top bit of each byte; the first byte's is the lowest bit of the result.
#[inline(always)]
pub(crate) fn top_bits(bytes: &[u8; 64]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{__m128i, _mm_movemask_epi8};
        let sixteens: [[u8; 16]; 4] = bytemuck::cast(*bytes);
        let [a, b, c, d] = sixteens.map(|sixteen| {
            let sixteen: __m128i = bytemuck::cast(sixteen);
            // SAFETY: the instruction belongs to SSE2, which every x86-64 has; it works on a value
            // and touches no memory. Tested by `top_bits_agree`.
            unsafe { _mm_movemask_epi8(sixteen) }.cast_unsigned()
        });
        u64::from(a | b << 16) | u64::from(c | d << 16) << 32
    }
    #[cfg(not(target_arch = "x86_64"))]
    top_bits_portable(bytes)
}

/// As [`top_bits`], on any machine.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn top_bits_portable(bytes: &[u8; 64]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    let mut bits = 0;
    for (at, eight) in eights.iter().enumerate() {
        // Each bit times one bit of the factor lands in the top byte, and no two in the same place.
        let eight = u64::from_le_bytes(*eight) >> 7 & 0x0101_0101_0101_0101;
        bits |= (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (at * 8);
    }
    bits
}

/// Prefetches the cache line of `values[at]`. Without effect where there is no such value.
#[inline(always)]
pub(crate) fn prefetch<T>(values: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let address = values.as_ptr().wrapping_add(at);
        // SAFETY: a prefetch is a hint without visible effect, and an address that cannot be read raises no
        // fault (Intel SDM and AMD APM, PREFETCHh). So `at` is not checked, which would take longer than the
        // hint. Tested by every look-up.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, at);
}

/// Prefetches the beginning of a text, at most 512 bytes: the processor prefetches the rest of a text by itself, but
/// does not know which text is next.
#[inline(always)]
pub(crate) fn prefetch_start(text: &[u8]) {
    for at in (0..text.len().min(512)).step_by(64) {
        prefetch(text, at);
    }
}

/// The texts; while one is read, the beginning of the next is asked for.
#[inline]
pub(crate) fn prefetching<S: AsRef<str>>(texts: &[S]) -> impl ExactSizeIterator<Item = &str> {
    texts.iter().enumerate().map(|(position, text)| {
        if let Some(next) = texts.get(position + 1) {
            prefetch_start(next.as_ref().as_bytes());
        }
        text.as_ref()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn top_bits_agree(bytes in prop::collection::vec(any::<u8>(), 64)) {
            let bytes: [u8; 64] = bytes.as_slice().try_into().unwrap();
            prop_assert_eq!(top_bits(&bytes), top_bits_portable(&bytes));
        }
    }

    #[derive(Clone, Copy)]
    struct Dot<'a>(&'a [f64], &'a [f64]);

    impl Work for Dot<'_> {
        type Output = f64;

        #[inline(always)]
        fn run(self) -> f64 {
            self.0
                .iter()
                .zip(self.1)
                .fold(0.1, |sum, (a, b)| sum + a * b)
        }
    }

    #[test]
    fn both_ways_agree() {
        let a: Vec<f64> = (1..100).map(|n| 1.0 / f64::from(n)).collect();
        let b: Vec<f64> = (1..100).map(|n| f64::from(n).sqrt()).collect();
        let work = Dot(&a, &b);
        assert_eq!(run(work).to_bits(), work.run().to_bits());
        prefetch(&a, 3);
        prefetch(&a, 1000);
    }
}
