//! The builder methods that vectoriser and classifier share, so that each option is documented once.

/// Adds the builder methods to a type; `$features` is its field of type `VectorizerParams`, empty for that type
/// itself.
macro_rules! text_options {
    ($type:ty, $($features:ident)?) => {
        impl $type {
            /// Lower-case the text first (default true).
            pub fn lowercase(mut self, lowercase: bool) -> Self {
                self$(.$features)?.text.lowercase = lowercase;
                self
            }

            /// Remove accents (default: leave them).
            pub fn strip_accents(mut self, strip: impl Into<Option<StripAccents>>) -> Self {
                self$(.$features)?.text.strip_accents = strip.into();
                self
            }

            /// Make terms of words, of characters, or of characters inside words (default words).
            pub fn analyzer(mut self, analyzer: Unit) -> Self {
                self$(.$features)?.text.analyzer = analyzer;
                self
            }

            /// The definition of a word (default scikit-learn's).
            pub fn words(mut self, words: Words) -> Self {
                self$(.$features)?.text.words = words;
                self
            }

            /// Leave out these words (default none).
            pub fn stop_words(mut self, stop_words: StopWords) -> Self {
                self$(.$features)?.text.stop_words = stop_words;
                self
            }

            /// Stem the words of a language (default: leave them).
            pub fn stemmer(mut self, stemmer: impl Into<Option<Language>>) -> Self {
                self$(.$features)?.text.stemmer = stemmer.into();
                self
            }

            /// Set the smallest and the largest n of the n-grams (default 1 and 1).
            pub fn ngram_range(mut self, min: usize, max: usize) -> Self {
                self$(.$features)?.text.ngram_range = (min, max);
                self
            }

            /// Leave out terms in fewer documents: a count, or a fraction (default 1).
            pub fn min_df(mut self, min_df: impl Into<DocumentFrequency>) -> Self {
                self$(.$features)?.pruning.min_df = min_df.into();
                self
            }

            /// Leave out terms in more documents: a count, or a fraction (default 1.0).
            pub fn max_df(mut self, max_df: impl Into<DocumentFrequency>) -> Self {
                self$(.$features)?.pruning.max_df = max_df.into();
                self
            }

            /// Keep this many terms at most, those with the highest total counts (default all).
            pub fn max_features(mut self, max_features: impl Into<Option<usize>>) -> Self {
                self$(.$features)?.pruning.max_features = max_features.into();
                self
            }

            /// Leave out terms that hold one of these words (default none). An entry of several words stands for
            /// these words side by side.
            ///
            /// Stop words are removed from the text before n-grams are made, which joins words that are not
            /// neighbours: without `of`, "bank of england" has the pair `bank england`. This removes the
            /// n-grams `of`, `bank of` and `of england` instead, and makes none. Words are compared as the
            /// analysis gives them (case, accents, stems); terms of a [`Prior`](crate::Prior) are left
            /// out likewise. As with `min_df`, a given vocabulary stays as it is.
            ///
            /// ```
            /// use slugline::{StopWords, Vectorizer};
            ///
            /// let params = Vectorizer::params().ngram_range(2, 2);
            /// let (texts, words) = (["the bank of england votes"], StopWords::Language("english".into()));
            /// let without = params.clone().without_terms(words.clone()).fit(&texts)?;
            /// assert!(without.vocabulary().iter().eq(["england votes"]));
            /// let stopped = params.stop_words(words).fit(&texts)?;
            /// assert!(stopped.vocabulary().iter().eq(["bank england", "england votes"]));
            /// # Ok::<(), slugline::Error>(())
            /// ```
            pub fn without_terms(mut self, words: StopWords) -> Self {
                self$(.$features)?.without_terms = words;
                self
            }

            /// Leave out terms that hold a number, a word of digits alone (default false).
            pub fn without_numbers(mut self, without_numbers: bool) -> Self {
                self$(.$features)?.without_numbers = without_numbers;
                self
            }

            /// Use these terms, in this order, instead of learning them. Pruning does not apply.
            pub fn vocabulary<S: Into<String>>(mut self, terms: impl IntoIterator<Item = S>) -> Self {
                self$(.$features)?.vocabulary = Some(terms.into_iter().map(Into::into).collect());
                self
            }

            /// Count a term once in a document, however often it occurs (default false).
            pub fn binary(mut self, binary: bool) -> Self {
                self$(.$features)?.binary = binary;
                self
            }

            /// The norm to which a row is scaled (default l2).
            pub fn norm(mut self, norm: impl Into<Option<Norm>>) -> Self {
                self$(.$features)?.tfidf.norm = norm.into();
                self
            }

            /// Weigh terms by inverse document frequency (default true).
            pub fn use_idf(mut self, use_idf: bool) -> Self {
                self$(.$features)?.tfidf.use_idf = use_idf;
                self
            }

            /// Smooth idf by one document that holds every term (default true).
            pub fn smooth_idf(mut self, smooth_idf: bool) -> Self {
                self$(.$features)?.tfidf.smooth_idf = smooth_idf;
                self
            }

            /// Use 1 + ln(count) instead of the count (default false).
            pub fn sublinear_tf(mut self, sublinear_tf: bool) -> Self {
                self$(.$features)?.tfidf.sublinear_tf = sublinear_tf;
                self
            }

            /// Use this many threads for work on many documents; 0 (default) is one for each
            /// processor. Results are the same bits for any number.
            pub fn threads(mut self, threads: usize) -> Self {
                self$(.$features)?.threads = threads;
                self
            }
        }
    };
}
pub(crate) use text_options;
