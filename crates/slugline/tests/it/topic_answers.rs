//! What the bundled model answers: short texts, long ones, and news of others where it is at hand.

use serde_json::Value;
use slugline::{
    Scratch, TextClassifier,
    evaluate::{Evaluation, OffTopic},
};

use super::real;

/// The records of a file of `datasets`; none in a crate that was downloaded without it.
fn records(name: &str) -> Option<Vec<Value>> {
    let lines = std::fs::read_to_string(real::datasets(name)?).unwrap();
    let records = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    Some(records.collect())
}

fn answer(model: &TextClassifier, text: &str) -> String {
    let mut scratch = Scratch::default();
    model.label_or_other_with(&mut scratch, text).to_owned()
}

#[test]
fn everyday_news() {
    let cases = [
        (
            "technology",
            "The update fixes a flaw in the browser and speeds up the phone's camera app.",
        ),
        (
            "policy",
            "Ministers lost a vote in parliament after rebels backed the opposition's amendment.",
        ),
        (
            "markets",
            "Shares in the retailer fell after it warned that profits would miss forecasts.",
        ),
        (
            "other",
            "The striker scored twice before half-time and the visitors never looked like coming \
             back into the match, their fifth defeat of the season.",
        ),
        (
            "other",
            "Whisk the eggs with the sugar, fold in the flour and bake the cake for forty minutes.",
        ),
        ("other", ""),
        (
            "other",
            "Zamek na skale otwarty jest dla zwiedzających od wtorku do niedzieli.",
        ),
    ];
    let mut scratch = Scratch::default();
    for (label, text) in cases {
        let shares = slugline::topics().shares_with(&mut scratch, text);
        assert_eq!(shares.label_or_other(), label, "{text} {shares:?}");
    }
}

/// An article of two topics: both must show.
#[test]
fn a_cloud_provider_obeys_a_new_law() {
    let article = "Cloud firm's Chinese partner tells customers to stop using unapproved VPNs\n\
        The company that runs the American firm's data centres in Beijing has written to its \
        customers: software that gets round the country's internet filter must be deleted, or \
        their servers will be switched off. The government made it a crime this year to offer a \
        virtual private network without a licence from the ministry. Officials want tighter \
        control of information before the Communist Party's congress in the autumn, and human \
        rights groups accused the company of helping the authorities to silence critics. A \
        spokesman said that its partner had to obey local laws.";
    let mut scratch = Scratch::default();
    let shares = slugline::topics().shares_with(&mut scratch, article);
    let labels: Vec<&str> = shares
        .at_least(0.2)
        .iter()
        .map(|(label, _)| *label)
        .collect();
    assert!(
        labels.contains(&"technology") && labels.contains(&"policy"),
        "{shares:?}"
    );
    assert!(!shares.is_other());
}

/// `datasets/headlines.jsonl`: 60 about one topic each, 40 about none.
#[test]
fn headlines_and_posts() {
    let Some(headlines) = records("headlines.jsonl") else {
        return;
    };
    let (model, mut right) = (slugline::topics(), 0);
    for headline in &headlines {
        let text = headline["text"].as_str().unwrap();
        let (found, label) = (answer(model, text), headline["label"].as_str().unwrap());
        if found == label {
            right += 1;
        } else {
            println!("{found} instead of {label}: {text}");
        }
    }
    println!("{right} of {}", headlines.len());
    assert_eq!(headlines.len(), 100);
    assert!(right >= 90);
}

/// A word with two meanings is not enough to be sure, and words of every day are about nothing.
#[test]
fn a_few_words_are_not_sure_of_themselves() {
    let model = slugline::topics();
    let mut scratch = Scratch::default();
    for text in [
        "Minister resigns over texts",
        "$TSLA to the moon",
        "Good morning!",
        "https://t.co/x7Jd02kQ",
        "let x = vec![1, 2, 3];",
        "apple",
        "The chip was cold",
        "bank",
        "What a match, what a night",
    ] {
        let verdict = model.classify_with(&mut scratch, text);
        assert!(verdict.probability() < 0.9, "{text} {verdict:?}");
    }
    for text in [
        "Good morning!",
        "https://t.co/x7Jd02kQ",
        "What a match, what a night",
    ] {
        assert_eq!(answer(model, text), "other", "{text}");
    }
    assert_eq!(answer(model, "Minister resigns over texts"), "policy");
    // Stop words elsewhere, words of the news here.
    for term in ["bill", "interest rates", "operating system", "un"] {
        assert!(model.vocabulary().id(term).is_some(), "{term}");
    }
    assert_eq!(answer(model, "Bill passes after long debate"), "policy");
}

/// Laws about a technology that hit companies (`datasets/laws.jsonl`, and the article that this project was made for):
/// never `other`, technology and policy are both there, and there are reasons for both.
fn is_of_technology_and_policy(text: &str) {
    let model = slugline::topics();
    let mut scratch = Scratch::default();
    let shares = model.shares_with(&mut scratch, text);
    let label = shares.label_or_other();
    assert!(matches!(label, "technology" | "policy"), "{label} {text}");
    let of = |label| shares.by_label().find(|(own, _)| *own == label).unwrap().1;
    assert!(of("technology") >= 0.2 && of("policy") >= 0.2, "{shares:?}");
    assert!(
        of("markets") < of("technology").min(of("policy")),
        "{shares:?}"
    );
    assert!(shares.verdict().probability() < 0.997, "{shares:?}");
    let explanation = model
        .explain_label(text, "technology", Some("policy"))
        .unwrap();
    for sign in [1.0, -1.0] {
        let strong = explanation
            .reasons
            .iter()
            .filter(|reason| reason.contribution * sign > 0.03);
        assert!(strong.count() >= 5, "{explanation:?}");
    }
}

#[test]
fn laws_about_technology() {
    let Some(laws) = records("laws.jsonl") else {
        return;
    };
    assert_eq!(laws.len(), 5);
    for law in laws {
        let part = |key: &str| law[key].as_str().unwrap().to_owned();
        is_of_technology_and_policy(&format!("{}\n{}", part("title"), part("text")));
    }
}

#[test]
fn the_article_that_this_project_was_made_for() {
    if let Some(path) = real::corpus("seed_article/article.txt") {
        is_of_technology_and_policy(&std::fs::read_to_string(path).unwrap());
    }
}

/// News that the model has not seen, of two newsrooms: the best of the three topics, the label as answered, `other`.
#[test]
fn news_of_others() {
    let of_ag = |label: &str| match label {
        "World" => "policy",
        "Business" => "markets",
        "Sci/Tech" => "technology",
        _ => "other",
    };
    let own = |label: &str| match label {
        "markets" => "markets",
        "policy" => "policy",
        "technology" => "technology",
        _ => "other",
    };
    // Best of the three, lost to `other`, calibration error.
    news("ag_news/test.jsonl.gz", of_ag, [0.845, 0.03, 0.04]);
    news("arise_news/all.jsonl.gz", own, [0.88, 0.02, 0.06]);
}

fn news(file: &str, topic: fn(&str) -> &'static str, [least, most_lost, most_off]: [f64; 3]) {
    let Some((texts, labels)) = real::read_corpus(file) else {
        return;
    };
    let model = slugline::topics();
    let mut scratch = Scratch::default();
    let mut evaluation = Evaluation::new(model.labels());
    let mut off_topic = OffTopic::default();
    let (mut answered, mut sport, mut caught) = (0.0, 0.0, 0.0);
    for (text, label) in texts.iter().zip(&labels) {
        let label = topic(label);
        let shares = model.shares_with(&mut scratch, text);
        off_topic.add(label != "other", shares.evidence());
        if label == "other" {
            sport += 1.0;
            caught += f64::from(u8::from(shares.is_other()));
            continue;
        }
        evaluation.add(label, shares.verdict());
        answered += f64::from(u8::from(shares.label_or_other() == label));
    }
    let accuracy = evaluation.accuracy();
    let lost = accuracy - answered / evaluation.n() as f64;
    let error = evaluation.calibration_error();
    println!("{file}: {accuracy:.4}, lost {lost:.4}, ECE {error:.4}, other {caught} of {sport}");
    assert!(accuracy >= least && lost <= most_lost && error <= most_off);
    if sport > 0.0 {
        let report = off_topic.report(model.calibration().other_below).unwrap();
        println!("{report:?}");
        assert!(caught >= 0.93 * sport && report.auroc >= 0.975);
    }
}
