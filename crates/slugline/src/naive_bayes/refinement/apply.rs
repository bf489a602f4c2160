//! The refined weights: those of naive Bayes, scaled, and the corrections.

use super::{correction::Correction, start::Start};
use crate::{
    naive_bayes::{
        class_rows::Builder,
        linear::{Linear, SPARSE, Sparse},
        weighing::FEW,
    },
    util::{huge_pages::Zeroed, pool::for_each_piece},
};

/// The scaled weights of naive Bayes and the corrections of all classes. Terms that few classes know and few are
/// corrected for keep sparse rows, if the model has any.
pub(super) fn apply(linear: &Linear, start: &Start, corrections: &[Correction]) -> Linear {
    let k = linear.n_classes();
    let centred = |weights: &mut [f64]| {
        let mean = mean(weights);
        for weight in weights {
            *weight = start.scale * (*weight - mean);
        }
    };
    let mut bias = linear.bias.to_vec();
    centred(&mut bias);
    for (bias, intercept) in bias.iter_mut().zip(&start.intercepts) {
        *bias += intercept;
    }
    for correction in corrections {
        correction.add_intercepts(&mut bias);
    }
    let view = linear.view();
    let dense_row = |term: usize, weights: &mut [f64]| {
        view.row(term).write(weights);
        centred(weights);
        for correction in corrections {
            correction.add(term, 1.0, weights);
        }
    };
    let Some(sparse) = &linear.sparse else {
        let mut dense = Zeroed::new(linear.n_terms() * k);
        for_each_piece(&mut dense, k, dense_row);
        return Linear::dense(bias, dense);
    };

    let mut places = Vec::with_capacity(linear.n_terms());
    let (mut dense_terms, mut of_term) = (Vec::new(), Vec::new());
    let mut differences = Builder::new(k);
    let (mut corrected_for, mut classes, mut numbers) = (Vec::new(), Vec::new(), Vec::<f64>::new());
    for (term, &place) in sparse.places.iter().enumerate() {
        let known = match place & SPARSE {
            0 => k,
            _ => sparse.differences.row((place & !SPARSE) as usize).0.len(),
        };
        let corrected: usize = corrections.iter().map(|all| all.count(term)).sum();
        if (known + corrected) * FEW > k {
            places.push(dense_terms.len() as u32);
            dense_terms.push(term);
            continue;
        }
        let (of_classes, own) = sparse.differences.row((place & !SPARSE) as usize);
        places.push(of_term.len() as u32 | SPARSE);
        // The mean of the parts of the classes is taken from these.
        of_term.push(start.scale * (-own.iter().sum::<f64>() / k as f64));
        corrected_for.clear();
        for correction in corrections {
            correction.for_each(term, |class, number| {
                corrected_for.push((class as u32, number));
            });
        }
        classes.clear();
        numbers.clear();
        let mut left = corrected_for.iter().copied().peekable();
        for (&class, number) in of_classes.iter().zip(own) {
            while let Some((before, number)) = left.next_if(|&(other, _)| other < class) {
                classes.push(before);
                numbers.push(number.into());
            }
            let same = left.next_if(|&(other, _)| other == class);
            classes.push(class);
            numbers.push(start.scale * number + same.map_or(0.0, |(_, number)| number.into()));
        }
        for (class, number) in left {
            classes.push(class);
            numbers.push(number.into());
        }
        differences.push(&classes, &numbers);
    }
    let mut of_class = sparse.of_class.to_vec();
    centred(&mut of_class);
    let mut dense = Zeroed::new(dense_terms.len() * k);
    for_each_piece(&mut dense, k, |row, weights| {
        dense_row(dense_terms[row], weights);
    });
    Linear {
        bias: bias.into(),
        dense: dense.into(),
        sparse: Some(Sparse {
            places: places.into(),
            of_class: of_class.into(),
            of_term: of_term.into(),
            differences: differences.finish(),
        }),
    }
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}
