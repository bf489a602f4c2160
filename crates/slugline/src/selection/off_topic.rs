//! Figures for the detection of documents about none of the topics.

use serde::Serialize;

/// Collects the evidence ([`Shares::evidence`](crate::Shares::evidence)) of documents that are known to be
/// about one of the topics, or about none.
///
/// ```
/// use slugline::evaluate::OffTopic;
///
/// let mut off_topic = OffTopic::default();
/// for (about_a_topic, evidence) in [(true, 0.9), (true, 0.4), (false, 0.1), (false, 0.5)] {
///     off_topic.add(about_a_topic, evidence);
/// }
/// let report = off_topic.report(Some(0.3)).expect("there are documents of both kinds");
/// assert_eq!((report.n, report.auroc), (2, 0.75));
/// // Of those about none, one is below the limit; of those about a topic, none.
/// assert_eq!((report.caught, report.lost), (Some(0.5), Some(0.0)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct OffTopic {
    topics: Vec<f64>,
    background: Vec<f64>,
}

/// The figures of [`OffTopic`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OffTopicReport {
    /// The number of documents about none of the topics.
    pub n: u64,
    /// The probability that a document about one of the topics has more evidence than one about none
    /// (the area under the receiver operating characteristic); equal evidence counts half.
    pub auroc: f64,
    /// The part of the documents about none whose evidence is below the limit.
    pub caught: Option<f64>,
    /// The part of the documents about one whose evidence is below the limit.
    pub lost: Option<f64>,
}

impl OffTopic {
    /// Adds a document about one of the topics (`true`) or about none.
    pub fn add(&mut self, about_a_topic: bool, evidence: f64) {
        match about_a_topic {
            true => self.topics.push(evidence),
            false => self.background.push(evidence),
        }
    }

    /// The figures for a limit of the evidence; none where one of the two kinds of documents is missing.
    pub fn report(&self, limit: Option<f64>) -> Option<OffTopicReport> {
        if self.topics.is_empty() || self.background.is_empty() {
            return None;
        }
        let (n, m) = (self.topics.len() as f64, self.background.len() as f64);
        let below = |of: &[f64], limit| of.iter().filter(|evidence| **evidence < limit).count();
        Some(OffTopicReport {
            n: self.background.len() as u64,
            auroc: self.wins() / (n * m),
            caught: limit.map(|limit| below(&self.background, limit) as f64 / m),
            lost: limit.map(|limit| below(&self.topics, limit) as f64 / n),
        })
    }

    /// The number of pairs of a document about a topic and one about none in which the first has more evidence.
    fn wins(&self) -> f64 {
        let mut background = self.background.clone();
        background.sort_by(f64::total_cmp);
        let of = |evidence: &f64| {
            let less = background.partition_point(|other| other < evidence);
            let not_more = background.partition_point(|other| other <= evidence);
            f64::midpoint(less as f64, not_more as f64)
        };
        self.topics.iter().map(of).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_by_hand() {
        let mut off_topic = OffTopic::default();
        assert_eq!(off_topic.report(None), None);
        for (about, evidence) in [(true, 3.0), (true, 1.0), (false, 1.0), (false, 0.0)] {
            off_topic.add(about, evidence);
        }
        let report = off_topic.report(Some(1.0)).unwrap();
        assert!((report.auroc - 3.5 / 4.0).abs() < 1e-15);
        assert_eq!(
            (report.caught, report.lost, report.n),
            (Some(0.5), Some(0.0), 2)
        );
    }
}
