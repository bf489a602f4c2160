//! A dense row: weights as 16-bit integers, in steps of the row's own.

/// The numbers of a vector.
pub(super) const LANES: usize = 8;

/// Weights of a dense row, in steps.
pub(super) type Lanes = [i16; LANES];

/// Sums, or numbers that are added to them.
pub(super) type Sums = [f32; LANES];

/// The first lanes of a row, which hold a dense row's [`RowHead`]; in sums they are unused.
pub(super) const HEAD: usize = 4;

/// The factors of a dense row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RowHead {
    pub(super) idf: f32,
    /// The idf times the step of the row.
    pub(super) step: f32,
}

impl RowHead {
    #[inline(always)]
    pub(super) fn write(self, row: &mut Lanes) {
        let (idf, step) = (self.idf.to_bits(), self.step.to_bits());
        [row[0], row[1]] = [idf as i16, (idf >> 16) as i16];
        [row[2], row[3]] = [step as i16, (step >> 16) as i16];
    }

    #[inline(always)]
    pub(super) fn of(row: &Lanes) -> Self {
        let bits = |low: i16, high: i16| {
            u32::from(low.cast_unsigned()) | u32::from(high.cast_unsigned()) << 16
        };
        Self {
            idf: f32::from_bits(bits(row[0], row[1])),
            step: f32::from_bits(bits(row[2], row[3])),
        }
    }
}

/// The step in which the weights of a row are quantised.
#[derive(Clone, Copy)]
pub(super) struct QuantizationStep {
    /// The weight of the integer 1.
    pub(super) step: f64,
    per_weight: f64,
}

impl QuantizationStep {
    /// The step for weights from −`reach` to `reach`.
    #[inline(always)]
    pub(super) fn new(reach: f64) -> Self {
        const PART: f64 = 1.0 / i16::MAX as f64;
        // Large enough that products in single precision are not subnormal.
        let step = (reach * PART).max(1e-30);
        Self {
            step,
            per_weight: step.recip(),
        }
    }

    /// The integer whose weight is the nearest.
    #[inline(always)]
    pub(super) fn number(self, weight: f64) -> i16 {
        // Adding this rounds a number of up to 51 bits to an integer, which is then in the lowest bits. Such a loop
        // is vectorised; one of `as i16`, which checks its bounds, is not.
        const WHOLE: f64 = 1.5 * (1_u64 << 52) as f64;
        (weight * self.per_weight + WHOLE).to_bits() as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn weights_are_wrong_by_half_a_step(
            weights in prop::collection::vec(-9.0_f64..9.0, 1..20),
            scale in prop::sample::select(vec![1e-40, 1e-9, 1.0, 1e9]),
        ) {
            let weights: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
            let reach = weights.iter().fold(0.0, |most: f64, weight| most.max(weight.abs()));
            let step = QuantizationStep::new(reach);
            for weight in weights {
                let quantized = f64::from(step.number(weight)) * step.step;
                prop_assert!((quantized - weight).abs() <= step.step * (0.5 + 1e-9));
            }
        }
    }

    #[test]
    fn heads_lie_before_the_numbers() {
        let mut row = [7; LANES];
        let head = RowHead {
            idf: 1.5,
            step: -3e-20,
        };
        head.write(&mut row);
        assert_eq!(RowHead::of(&row), head);
        assert_eq!(row[HEAD..], [7; LANES - HEAD]);
    }
}
