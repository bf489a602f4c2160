//! Word vectors as text: a line for each word.

use std::{fs::File, path::Path};

use super::{
    InvalidUtf8, ReadOptions, compression::decompress, lines::Lines, source::Source,
    utf8::Utf8Reader, word_vectors::WordVectors,
};
use crate::{
    error::{Error, Result},
    wording::count,
};

/// What divides the fields. Not white space in general: words of the web's text hold all kinds of it.
const BETWEEN: [char; 2] = [' ', '\t'];

/// Reads the vectors of the `wanted` words.
pub(super) fn read(
    path: &Path,
    options: &ReadOptions,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<WordVectors> {
    let name = path.to_string_lossy();
    let source = Source::new(&name, options);
    let file = File::open(path).map_err(|error| Error::io(path, error))?;
    let (input, _) =
        decompress(file, Some(path), source.limit()).map_err(|error| source.explain(1, error))?;
    // A word that is no text is nobody's; its line must not end the reading of all others.
    let mut lines = Lines::new(Utf8Reader::new(Box::new(input), InvalidUtf8::Replace));
    let mut found: Option<WordVectors> = None;
    let (mut promised, mut rows, mut dimensions) = (None, 0_u64, 0);
    while let Some((number, line)) = lines.next(&source)? {
        let line = line.trim_end_matches(BETWEEN);
        if number == 1 {
            (promised, dimensions) = match header(line) {
                Some((words, dimensions)) => (Some(words), dimensions),
                None => (None, line.split(BETWEEN).count() - 1),
            };
            if dimensions == 0 {
                return Err(source.error(
                    "no table of word vectors: expected lines of a word and its numbers, divided by spaces, or a \
                     file .npz",
                ));
            }
            if promised.is_some() {
                continue;
            }
        }
        rows += 1;
        let wrong = |why: String| source.record_error(number, why);
        let expected = || format!("expected a word and {}", count(dimensions, "number"));
        // From the right: the word itself may hold spaces.
        let mut fields = line.rsplitn(dimensions.saturating_add(1), BETWEEN);
        let vector: Vec<&str> = fields.by_ref().take(dimensions).collect();
        let word = match fields.next() {
            Some(word) if vector.len() == dimensions => word,
            _ => return Err(wrong(expected())),
        };
        if !wanted(word) {
            continue;
        }
        let numbers = vector.iter().rev().map(|number| number.parse::<f32>());
        let numbers: Result<Vec<f32>, _> = numbers.collect();
        let table = found.get_or_insert_with(|| WordVectors::empty(dimensions));
        match numbers {
            Ok(numbers) if table.add(word, &numbers) => {}
            _ => return Err(wrong(format!("no finite numbers: {}", expected()))),
        }
    }
    if promised.is_some_and(|promised| promised != rows) || rows == 0 {
        return Err(source.error(format!(
            "{}, expected {}: the file may be cut off",
            count(usize::try_from(rows).unwrap_or(usize::MAX), "word"),
            promised.map_or_else(|| "some".to_owned(), |promised| promised.to_string())
        )));
    }
    Ok(found.unwrap_or_else(|| WordVectors::empty(dimensions)))
}

/// The numbers of words and of dimensions, where the first line has these.
fn header(line: &str) -> Option<(u64, usize)> {
    let (words, dimensions) = line.split_once(BETWEEN)?;
    Some((words.parse().ok()?, dimensions.parse().ok()?))
}
