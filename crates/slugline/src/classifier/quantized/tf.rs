//! Term frequencies of counts, by a table.

/// Counts below this have their tf in a table.
const SMALL: usize = 256;

/// The weighting of a count.
#[derive(Debug)]
pub(super) struct Tf {
    /// The tf of small counts, which nearly all are.
    small: [f32; SMALL],
    binary: bool,
    sublinear: bool,
}

impl Tf {
    pub(super) fn new(binary: bool, sublinear: bool) -> Self {
        let mut tf = Self {
            small: [0.0; SMALL],
            binary,
            sublinear,
        };
        tf.small = std::array::from_fn(|count| tf.compute(count as u32));
        tf
    }

    #[cold]
    fn compute(&self, count: u32) -> f32 {
        match count {
            0 => 0.0,
            _ if self.binary => 1.0,
            _ if self.sublinear => (f64::from(count).ln() + 1.0) as f32,
            _ => f64::from(count) as f32,
        }
    }

    #[inline(always)]
    pub(super) fn of(&self, count: u32) -> f32 {
        match self.small.get(count as usize) {
            Some(&tf) => tf,
            None => self.compute(count),
        }
    }
}
