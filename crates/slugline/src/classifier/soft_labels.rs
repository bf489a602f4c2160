//! Labelled texts whose labels have probabilities (soft labels).

use ndarray::ArrayView2;

use super::{
    examples::Examples,
    labels::{ClassShare, empty_label},
};
use crate::error::{Error, Result, same_length};

/// How far the probabilities of a text may be from a sum of 1.
const ABOUT_ONE: f64 = 1e-3;

/// What probabilities of the labels of a text are.
pub(crate) const PROBABILITIES: &str = "numbers from 0 to 1 whose sum is 1";

/// Whether these are [`PROBABILITIES`].
pub(crate) fn are_probabilities(numbers: impl Iterator<Item = f64>) -> bool {
    let mut sum = 0.0;
    for p in numbers {
        if p.is_nan() || p < 0.0 {
            return false;
        }
        sum += p;
    }
    (sum - 1.0_f64).abs() <= ABOUT_ONE
}

/// The most likely of labels: the first of equals, [`None`] where none has a probability above 0.
pub(crate) fn most_likely<L>(parts: impl IntoIterator<Item = (L, f64)>) -> Option<L> {
    let mut largest = (0.0, None);
    for (label, p) in parts {
        if p > largest.0 {
            largest = (p, Some(label));
        }
    }
    largest.1
}

/// For each label the texts that have it in part, and the most likely label of each text.
struct SoftLabels {
    shares: Vec<ClassShare>,
    targets: Vec<usize>,
}

impl SoftLabels {
    fn new(labels: usize, texts: usize) -> Self {
        Self {
            shares: vec![ClassShare::new(); labels],
            targets: Vec::with_capacity(texts),
        }
    }

    /// Adds the next text, with the probabilities of labels in ascending order; false where they are none.
    fn add(&mut self, parts: impl Iterator<Item = (usize, f64)> + Clone) -> bool {
        let text = self.targets.len();
        for (class, p) in parts.clone().filter(|&(_, p)| p > 0.0) {
            self.shares[class].push((text, p));
        }
        self.targets
            .push(most_likely(parts.clone()).unwrap_or_default());
        are_probabilities(parts.map(|(_, p)| p))
    }
}

impl<'a, S> Examples<'a, S> {
    /// Texts and the probability of each label for each of them (soft labels), as a slower classifier, a language
    /// model or several annotators give them: `probabilities` are texts × labels, each row of sum 1 (to within 0.001).
    ///
    /// A text adds to the sums of every label: its weight times the label's probability times its row. The number of
    /// texts of a label is the sum of its probabilities; document frequencies count every text once. So probabilities
    /// of 0 and 1 give what [`numbered`](Self::numbered) labels give, bit for bit. With
    /// [exact sums](crate::IdfOrder::AfterNorm), products below 1e-9 count as 0.
    /// [`with_label_probabilities`](Self::with_label_probabilities) takes the labels of each text by name.
    ///
    /// A label that no text has becomes a label of the model, too. What needs one label for each text (refinement,
    /// calibration, the choice of settings, audit, cross-validation, training out of core) is refused.
    ///
    /// ```
    /// use ndarray::array;
    /// use slugline::{Examples, TextClassifier};
    ///
    /// let texts = ["chips and code", "votes on bills", "votes on chips"];
    /// let labels = ["technology", "policy"];
    /// let probabilities = array![[1.0, 0.0], [0.0, 1.0], [0.4, 0.6]];
    /// let model = TextClassifier::params().fit(&Examples::with_probabilities(&texts, &labels, &probabilities.view())?)?;
    /// assert_eq!(model.class_count(), [1.6, 1.4]); // policy, technology
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Length`] where the shape differs from texts × labels; [`Error::Parameter`] for labels that are empty
    /// or equal, and for a row with a number that is negative or not finite, or of another sum.
    pub fn with_probabilities<L: AsRef<str>>(
        texts: &'a [S],
        labels: &[L],
        probabilities: &ArrayView2<'_, f64>,
    ) -> Result<Self> {
        let (rows, columns) = probabilities.dim();
        same_length(
            "rows of probabilities (one for each text)",
            texts.len(),
            rows,
        )?;
        same_length(
            "columns of probabilities (one for each label)",
            labels.len(),
            columns,
        )?;
        // The columns in the order of their labels.
        let mut order: Vec<usize> = (0..columns).collect();
        order.sort_by(|&a, &b| labels[a].as_ref().cmp(labels[b].as_ref()));
        let sorted = order
            .iter()
            .map(|&column| labels[column].as_ref().to_owned());
        let labels: Vec<String> = sorted.collect();
        if labels.first().is_some_and(String::is_empty) {
            return Err(empty_label(order[0]));
        }
        if let Some([label, ..]) = labels.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::parameter(
                "labels",
                format!("{label:?} twice"),
                "each label once",
            ));
        }
        let mut soft = SoftLabels::new(columns, rows);
        for (text, row) in probabilities.rows().into_iter().enumerate() {
            if !soft.add(order.iter().map(|&column| row[column]).enumerate()) {
                return Err(Error::parameter(
                    "probabilities",
                    format!("{row} for text {text}"),
                    PROBABILITIES,
                ));
            }
        }
        Ok(Self::of_shares(texts, labels, soft.targets, soft.shares))
    }

    /// As [`with_probabilities`](Self::with_probabilities), with the labels of each text and their probabilities by
    /// name: those that a text does not name have probability 0. A text with one certain label has that label, with
    /// probability 1.
    ///
    /// ```
    /// use slugline::{Examples, TextClassifier};
    ///
    /// let texts = ["chips and code", "votes on chips"];
    /// let labels = [vec![("technology", 1.0)], vec![("technology", 0.4), ("policy", 0.6)]];
    /// let model = TextClassifier::params().fit(&Examples::with_label_probabilities(&texts, &labels)?)?;
    /// assert_eq!(model.class_count(), [0.6, 1.4]); // policy, technology
    /// # Ok::<(), slugline::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Length`] where the lengths differ; [`Error::Parameter`] for a label that is empty or that a text names
    /// twice, and for numbers that are negative, not finite, or of another sum than 1 (to within 0.001).
    pub fn with_label_probabilities<L: AsRef<str>>(
        texts: &'a [S],
        probabilities: &[Vec<(L, f64)>],
    ) -> Result<Self> {
        same_length(
            "probabilities (those of the labels of each text)",
            texts.len(),
            probabilities.len(),
        )?;
        let all = probabilities.iter().flatten();
        let mut labels: Vec<&str> = all.map(|(label, _)| label.as_ref()).collect();
        labels.sort_unstable();
        labels.dedup();
        if labels.first().is_some_and(|label| label.is_empty()) {
            let holds =
                |of_text: &Vec<(L, f64)>| of_text.iter().any(|(l, _)| l.as_ref().is_empty());
            return Err(empty_label(
                probabilities.iter().position(holds).unwrap_or(0),
            ));
        }
        let mut soft = SoftLabels::new(labels.len(), texts.len());
        let mut parts = Vec::new();
        for (text, of_text) in probabilities.iter().enumerate() {
            parts.clear();
            parts.extend(of_text.iter().map(|(label, p)| {
                let class = labels.partition_point(|other| *other < label.as_ref());
                (class, *p)
            }));
            parts.sort_unstable_by_key(|&(class, _)| class);
            let wrong = |what: String, expected| {
                Err(Error::parameter(
                    "probabilities",
                    format!("{what} for text {text}"),
                    expected,
                ))
            };
            if let Some([(class, _), _]) = parts.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return wrong(format!("{:?} twice", labels[*class]), "each label once");
            }
            if !soft.add(parts.iter().copied()) {
                let named = of_text.iter().map(|(label, p)| (label.as_ref(), *p));
                return wrong(listed(named), PROBABILITIES);
            }
        }
        let labels = labels.into_iter().map(str::to_owned).collect();
        Ok(Self::of_shares(texts, labels, soft.targets, soft.shares))
    }
}

/// Labels and their probabilities, for a message.
pub(crate) fn listed<'l>(parts: impl Iterator<Item = (&'l str, f64)>) -> String {
    let parts: Vec<String> = parts.map(|(label, p)| format!("{label:?}: {p}")).collect();
    format!("{{{}}}", parts.join(", "))
}
