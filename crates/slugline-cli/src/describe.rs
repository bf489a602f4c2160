//! Labels that are described in words, and text without labels: what `train` learns from beside labelled data.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use slugline::{
    Prior, SemiSupervised, TextClassifierParams, Unlabelled,
    dataset::{Description, LabelUse, ReadOptions, WordVectors, load_descriptions},
    wording::count,
};

use crate::{
    adapt,
    failure::Failure,
    input::{self, Reading},
    labelled::Labelled,
    outputs::Files,
    progress::Progress,
    say,
};

/// Descriptions of labels and text without labels.
#[derive(Debug, Args)]
#[command(next_help_heading = "Descriptions and text without labels")]
pub(crate) struct DescribeArgs {
    /// Text without labels to learn from, too: text files, or data sets, whose labels are not read; may be given
    /// several times. With --describe or --prior it is enough, and DATA may be left out
    #[arg(long, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) unlabelled: Vec<PathBuf>,
    /// Describe labels: a table (tabs, or commas in .csv) with the columns label and description; a label may have
    /// several rows. Words near a description speak for its label, as those of --prior do
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "word_vectors")]
    describe: Option<PathBuf>,
    /// Vectors of words: text as word2vec, GloVe and fastText write it, or the .npz that Python's slugline.describe
    /// saves. A description that has no vector in it has the mean of its words'
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "describe")]
    word_vectors: Option<PathBuf>,
    /// Weight that a word shares among the described labels, as --prior counts weights [default: 2]
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "describe",
        allow_negative_numbers = true
    )]
    describe_strength: Option<f64>,
    /// How much of it goes to the nearest label: the factor of cosines in a softmax [default: 15]
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "describe",
        allow_negative_numbers = true
    )]
    describe_sharpness: Option<f64>,
    /// Share of each label in the text without labels: uniform, learned (as in DATA), free (estimated in every round:
    /// one label may take all), or numbers in the sorted order of the labels [default: uniform]
    #[arg(long, value_name = "SHARES", requires = "unlabelled")]
    class_shares: Option<String>,
    /// Weight of a text without a label, where a labelled document has 1 [default: 1]
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "unlabelled",
        allow_negative_numbers = true
    )]
    unlabelled_weight: Option<f64>,
    /// Maximum number of rounds over the text without labels [default: 25]
    #[arg(long, value_name = "N", requires = "unlabelled")]
    rounds: Option<usize>,
}

impl DescribeArgs {
    /// The files that these flags name.
    pub(crate) fn files(&self, files: &mut Files) {
        files.read_all("text", &self.unlabelled);
        for (what, path) in [
            ("descriptions", &self.describe),
            ("word vectors", &self.word_vectors),
        ] {
            if let Some(path) = path {
                files.read(what, path);
            }
        }
    }

    /// Whether any of this is asked for.
    pub(crate) fn is_given(&self) -> bool {
        self.describe.is_some() || !self.unlabelled.is_empty()
    }

    /// How text without labels is learned from.
    pub(crate) fn how(&self) -> Result<Unlabelled, Failure> {
        let mut how = Unlabelled::default();
        if let Some(shares) = &self.class_shares {
            how = how.class_shares(adapt::class_shares(shares)?);
        }
        if let Some(weight) = self.unlabelled_weight {
            if !(weight > 0.0 && weight.is_finite()) {
                return Err(Failure::usage(format!(
                    "--unlabelled-weight is {weight}: expected a finite number above 0"
                )));
            }
            how = how.weight(weight);
        }
        if let Some(rounds) = self.rounds {
            how = how.rounds(rounds);
        }
        Ok(how)
    }

    /// The descriptions; none where none are asked for.
    pub(crate) fn descriptions(&self) -> Result<Vec<Description>, Failure> {
        match &self.describe {
            Some(path) => Ok(load_descriptions(path)?),
            None => Ok(Vec::new()),
        }
    }

    /// The prior that the descriptions and word vectors make of the terms of the texts.
    pub(crate) fn prior<'t>(
        &self,
        descriptions: &[Description],
        params: &TextClassifierParams,
        options: &ReadOptions,
        texts: impl Iterator<Item = &'t String>,
    ) -> Result<Prior, Failure> {
        let Some(path) = &self.word_vectors else {
            return Ok(Prior::new());
        };
        let mut features = params.features.clone();
        // Stems are no words: words have vectors, and are stemmed as terms of the prior.
        features.text.stemmer = None;
        let texts: Vec<&String> = texts.collect();
        let fitted = features.fit(&texts)?;
        let terms: Vec<&str> = fitted.vocabulary().iter().collect();
        let vectors = {
            let _progress = Progress::working(format!("reading {}", say::shown(path)));
            let is_term = |word: &str| fitted.vocabulary().id(word).is_some();
            WordVectors::load_for_with(path, options, descriptions, is_term)?
        };
        let known = terms.iter().filter(|term| vectors.get(term).is_some());
        let known = known.count();
        if known == 0 {
            return Err(Failure::work(format!(
                "{}: it has a vector for no term of the texts, of which there are {}: expected vectors of words \
                 of their language, in lower case",
                say::shown(path),
                terms.len()
            )));
        }
        say::note(format_args!(
            "--word-vectors: {known} of {} have a vector",
            count(terms.len(), "term")
        ));
        let strength = self.describe_strength.unwrap_or(2.0);
        let sharpness = self.describe_sharpness.unwrap_or(15.0);
        Ok(vectors.describe(descriptions, &terms, strength, sharpness)?)
    }

    /// The labelled records of `data`, and the texts without labels.
    pub(crate) fn load(
        &self,
        data: &[PathBuf],
        reading: &mut Reading,
    ) -> Result<(Labelled, Vec<String>), Failure> {
        let read = self.read(data, reading);
        // After a failure, too.
        let told = reading.finish();
        let read = read?;
        told.map(|()| read)
    }

    fn read(
        &self,
        data: &[PathBuf],
        reading: &mut Reading,
    ) -> Result<(Labelled, Vec<String>), Failure> {
        let (mut labelled, mut texts) = (Labelled::default(), Vec::new());
        input::read_each(data, reading, |record| {
            labelled.push(record, false);
            Ok(())
        })?;
        let options = reading.options.clone();
        reading.options = options.label(None).labels(LabelUse::Ignored);
        input::read_each(&self.unlabelled, reading, |record| {
            texts.push(record.text);
            Ok(())
        })?;
        for (paths, is_empty) in [
            (data, labelled.texts.is_empty()),
            (&self.unlabelled, texts.is_empty()),
        ] {
            if is_empty && !paths.is_empty() {
                return Err(Failure::work(format!(
                    "{}: no records",
                    input::names(paths)
                )));
            }
        }
        Ok((labelled, texts))
    }
}

/// Tells how learning from text without labels went.
pub(crate) fn tell(learned: &SemiSupervised, n: usize) {
    say::note(format_args!(
        "read {} without labels in {}",
        count(n, "text"),
        count(learned.rounds, "round")
    ));
    adapt::tell(learned, learned.classifier.labels());
}
