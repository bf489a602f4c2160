//! The hash of the table in model files, so it never changes within a format version: a fixed function of the bytes, the
//! same on every machine. Tables in memory have seeds (`term_key`).

const K: u64 = 0x9E37_79B9_7F4A_7C15;

/// Multiply and fold eight bytes at a time (after wyhash, Wang Yi 2019, without a secret).
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut state = (bytes.len() as u64).wrapping_mul(K) ^ 0x2545_F491_4F6C_DD1D;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        state = mix(state ^ u64::from_le_bytes(*word));
    }
    let mut tail = [0; 8];
    tail[..rest.len()].copy_from_slice(rest);
    mix(state ^ u64::from_le_bytes(tail))
}

fn mix(value: u64) -> u64 {
    let product = u128::from(value) * u128::from(K);
    let (low, high) = (product as u64, (product >> 64) as u64);
    (low ^ high)
        .rotate_left(23)
        .wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn spreads_short_similar_words() {
        let low: HashSet<u64> = (0..50_000)
            .map(|n| hash(format!("w{n}").as_bytes()) >> 32)
            .collect();
        assert!(low.len() > 49_990, "{} distinct high halves", low.len());
    }

    #[test]
    fn is_frozen() {
        assert_eq!(hash(b""), 12_556_988_408_313_507_772);
        assert_eq!(hash("a naïve policy".as_bytes()), 5_950_665_882_680_195_940);
    }
}
