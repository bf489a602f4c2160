//! The text below the help of each command. Examples are at most 60 columns wide, so that they can be copied
//! from any terminal; prose is one line, which is wrapped at the terminal's width.

pub(crate) const SLUGLINE: &str = "Examples:
  slugline classify article.txt
  slugline explain article.txt
  slugline train news.csv -o desk.safetensors
  slugline evaluate test.csv --model desk.safetensors
  slugline classify --model desk.safetensors \\
      --format json today.jsonl.gz

The exit status is 0 for success, 1 for a failure, 2 for invalid arguments. `slugline help COMMAND` describes a \
command.";

pub(crate) const CLASSIFY: &str = "Examples:
  slugline classify article.txt
  slugline classify --format json news.csv > topics.jsonl
  slugline classify --threshold 0.2 article.txt
  slugline classify --label-only --format csv \\
      news.jsonl > labels.csv
  zcat news.jsonl.gz |
      slugline classify --input-format jsonl -
  slugline classify --model desk.safetensors \\
      --text headline,body news.csv
  find texts -name '*.txt' |
      slugline classify --files-from -";

pub(crate) const TRAIN: &str = "Examples:
  slugline train news.csv -o desk.safetensors
  slugline train news.csv --text headline,body \\
      --label section -o desk.safetensors
  slugline train news.csv --prior terms.tsv \\
      --background other --calibrate -o desk.safetensors
  slugline train folders/ --ngram-range 1,2 --min-df 2 \\
      --stop-words english -o desk.safetensors
  slugline train news.csv --alpha auto \\
      --sublinear-tf auto -o desk.safetensors
  zcat archive.jsonl.gz |
      slugline train --memory 512M --input-format jsonl - \\
      -o desk.safetensors
  slugline train --describe topics.tsv \\
      --word-vectors words.npz \\
      --unlabelled archive.jsonl.gz -o desk.safetensors

`auto` chooses a setting on the data, by leave-one-out. The defaults are TF-IDF as in scikit-learn with \
sublinear tf, and complement naive Bayes with alpha 0.3. Text without labels is learned from as by `adapt`.";

pub(crate) const EVALUATE: &str = "Examples:
  slugline evaluate test.csv --model desk.safetensors
  slugline evaluate news.csv --folds 5 \\
      --naive-bayes multinomial --alpha 0.1
  slugline evaluate news.csv --folds 5 --alpha auto \\
      --calibrate

With --folds, `auto` settings are chosen in every fold, on its training documents.";

pub(crate) const EXPLAIN: &str = "Examples:
  slugline explain article.txt
  slugline explain article.txt --label policy \\
      --versus technology
  slugline explain --format json article.txt";

pub(crate) const INSPECT: &str = "Examples:
  slugline inspect
  slugline inspect desk.safetensors --top 20
  slugline inspect desk.safetensors --format json";

pub(crate) const MERGE: &str = "Example:
  slugline train monday.csv --idf-order after-norm \\
      -o monday.safetensors
  slugline train tuesday.csv --idf-order after-norm \\
      -o tuesday.safetensors
  slugline merge monday.safetensors tuesday.safetensors \\
      -o both.safetensors";

pub(crate) const UPDATE: &str = "Examples:
  slugline train monday.csv --idf-order after-norm \\
      -o desk.safetensors
  slugline update desk.safetensors tuesday.csv \\
      -o desk.safetensors
  slugline update desk.safetensors tuesday.csv \\
      --known-labels -o new.safetensors

The model must have exact sums (`slugline inspect` prints `merges exactly`): train it with \
`--idf-order after-norm`.";

pub(crate) const FORGET: &str = "Example:
  slugline forget desk.safetensors withdrawn.csv \\
      -o desk.safetensors

Texts and labels must be those of training: what they added to the sums is subtracted, and terms that no other \
document holds leave the vocabulary. The names of the training files stay in the model. The model must have \
exact sums, as for `update`.";

pub(crate) const AUDIT: &str = "Examples:
  slugline audit news.csv
  slugline audit news.csv --top 100 --ngram-range 1,2
  slugline audit news.csv --format csv > doubts.csv

Every document is scored by the model trained on all others (leave-one-out). The margin is the score of its \
label minus the highest score of another label: where it is negative, that model answers another label.";

pub(crate) const ADAPT: &str = "Examples:
  slugline adapt --model desk.safetensors \\
      archive.jsonl.gz -o archive.safetensors
  slugline adapt --model desk.safetensors today.csv \\
      --class-shares 0.5,0.3,0.2 -o today.safetensors

Semi-supervised, by expectation-maximisation: in each round the model estimates the probability of every label \
for every text, and is trained on the texts with these as weights. The shares of the labels are held \
(--class-shares), so that no label takes all; a warning says where the texts speak for others.";

pub(crate) const COMPLETIONS: &str = "Examples, for the start-up file of the shell:
  source <(slugline completions bash)
  source <(slugline completions zsh)    # after compinit
  slugline completions fish | source
  slugline completions powershell | Out-String |
      Invoke-Expression";

pub(crate) const MAN: &str = "Examples:
  slugline man train | man -l -
  slugline man --output ~/.local/share/man/man1";
