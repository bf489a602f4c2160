//! Options that the model would ignore are errors.

use slugline::Model;

use super::EngineArgs;
use crate::failure::Failure;

impl EngineArgs {
    /// Fails where an option was given that the model would ignore.
    pub(super) fn check_model(&self, model: Model) -> Result<(), Failure> {
        const CHOSEN: &str =
            "--naive-bayes auto may choose a model that ignores it: name the model";
        const IN_RANGE: &str = "--alpha auto chooses no value below 1e-10";
        const OF_BERNOULLI: &str = "it is an option of --naive-bayes bernoulli";
        const OF_COMPLEMENT: &str = "it is an option of --naive-bayes complement";
        const OF_MULTINOMIAL: &str = "it is an option of --naive-bayes multinomial";
        const NO_PRIOR: &str =
            "the complement model has no class prior: choose another with --naive-bayes";
        // With these options every term that is present has a weight above 0.
        const PRESENCE: &str =
            "the Bernoulli model uses only which terms are present: choose another --binarize";

        let bernoulli = matches!(model, Model::Bernoulli { .. });
        let complement = matches!(model, Model::Complement { .. });
        let presence = model
            == Model::Bernoulli {
                binarize: Some(0.0),
            };
        let auto = self.auto();
        // Given, flag, ignored, why.
        let options = [
            (
                self.norm_weights,
                "--norm-weights",
                auto.naive_bayes,
                CHOSEN,
            ),
            (
                self.no_fit_prior,
                "--no-fit-prior",
                auto.naive_bayes,
                CHOSEN,
            ),
            (
                self.class_prior.is_some(),
                "--class-prior",
                auto.naive_bayes,
                CHOSEN,
            ),
            (
                self.level_class_sums,
                "--level-class-sums",
                auto.naive_bayes,
                CHOSEN,
            ),
            (
                self.force_alpha.is_some(),
                "--force-alpha",
                auto.alpha,
                IN_RANGE,
            ),
            (auto.norm, "--norm auto", bernoulli, PRESENCE),
            (
                auto.sublinear_tf,
                "--sublinear-tf=auto",
                bernoulli,
                PRESENCE,
            ),
            (
                self.norm_weights,
                "--norm-weights",
                !complement,
                OF_COMPLEMENT,
            ),
            (
                self.binarize.is_some(),
                "--binarize",
                !bernoulli,
                OF_BERNOULLI,
            ),
            (
                self.level_class_sums,
                "--level-class-sums",
                bernoulli || complement,
                OF_MULTINOMIAL,
            ),
            (self.no_fit_prior, "--no-fit-prior", complement, NO_PRIOR),
            (
                self.class_prior.is_some(),
                "--class-prior",
                complement,
                NO_PRIOR,
            ),
            (self.binary, "--binary", presence, PRESENCE),
            (self.norm.is_some(), "--norm", presence, PRESENCE),
            (self.no_idf, "--no-idf", presence, PRESENCE),
            (self.no_smooth_idf, "--no-smooth-idf", presence, PRESENCE),
            (
                self.sublinear_tf.is_some(),
                "--sublinear-tf",
                presence,
                PRESENCE,
            ),
            (self.idf_order.is_some(), "--idf-order", presence, PRESENCE),
        ];
        match options
            .iter()
            .find(|(given, _, ignored, _)| *given && *ignored)
        {
            None => Ok(()),
            Some((_, flag, _, why)) => Err(Failure::usage(format!("{flag} has no effect: {why}"))),
        }
    }
}
