//! Words that were chosen to lie close together in a hash table whose seeds are known, for tests.

/// Seeds that somebody may know: those of slugline before it chose any by chance.
const KNOWN: [u64; 2] = [0x2D35_8DCC_AA6C_78A5, 0x8BB8_4B93_962E_ACC9];

/// `n` distinct words of eight letters that lie in a sixty-fourth of every table that is large enough for them.
pub(crate) fn flooded(n: usize) -> Vec<String> {
    let together = together(n);
    words_of(n, |word| {
        let low = word.try_into().map_or(0, u64::from_le_bytes);
        together(folded(low ^ KNOWN[0], (0x18 << 56) ^ KNOWN[1]))
    })
}

/// `n` distinct pairs of numbers that lie close together in the same way.
#[cfg(test)]
pub(crate) fn flooded_pairs(n: usize) -> Vec<(u32, u32)> {
    let together = together(n);
    let pairs = (0..1 << 14).flat_map(|first| (0..1 << 14).map(move |second| (first, second)));
    let close = |&(first, second): &(u32, u32)| {
        let pair = u64::from(first) << 32 | u64::from(second);
        together(folded(pair ^ KNOWN[0], KNOWN[1]))
    };
    pairs.filter(close).take(n).collect()
}

/// `n` distinct words of lower-case letters for which `close` holds.
pub(crate) fn words_of(n: usize, close: impl Fn(&[u8]) -> bool) -> Vec<String> {
    let words = words().filter(|word| close(word.as_bytes()));
    words.take(n).collect()
}

/// Distinct words of eight letters that look like chance.
pub(crate) fn words() -> impl Iterator<Item = String> {
    const ALL: u64 = 26_u64.pow(8);
    // A step that has no divisor in common with their number, so that none comes twice.
    (0..ALL).map(|n| {
        let mut number = (n * 129_140_163_001 + 7) % ALL;
        let letter = |_| {
            let letter = char::from(b'a' + (number % 26) as u8);
            number /= 26;
            letter
        };
        (0..8).map(letter).collect()
    })
}

/// Whether a hash is of that part.
fn together(n: usize) -> impl Fn(u64) -> bool {
    let slots = (n * 4).next_power_of_two();
    move |hash| (hash >> 20) as usize & (slots - 1) < slots / 64
}

fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}
