//! The order in which documents are visited: random, and the same every time.

/// Random numbers: SplitMix64 (Steele, Lea, Flood 2014).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Puts values into a random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            // The upper half of a product in place of a remainder; its bias is below 2^-32 for so few values.
            let other = (u128::from(self.next()) * (last as u128 + 1)) >> 64;
            values.swap(last, other as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_the_same_every_time_and_differ_from_pass_to_pass() {
        let orders = || {
            let (mut random, mut order) = (Random::new(7), (0..100_u32).collect::<Vec<_>>());
            [(); 2].map(|()| {
                random.shuffle(&mut order);
                order.clone()
            })
        };
        let [first, second] = orders();
        assert_eq!([first.clone(), second.clone()], orders());
        assert_ne!(first, second);
        let mut sorted = first.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        // Known numbers: a change of the generator would change every model.
        assert_eq!(Random::new(0).next(), 0xe220_a839_7b1d_cdaf);
    }
}
