//! Widths on a terminal: measuring, cutting, padding and wrapping.

use std::{
    env,
    io::{self, IsTerminal},
};

use slugline::printable;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The minimum width of lines.
const LEAST: usize = 20;

/// The width of lines: that of `COLUMNS`, else of the terminal. None: the output goes to a program or a file,
/// and lines are not broken.
pub(crate) fn width() -> Option<usize> {
    let asked = env::var("COLUMNS").ok();
    let asked = asked.and_then(|columns| columns.trim().parse().ok());
    let of_terminal = || {
        let size = io::stdout()
            .is_terminal()
            .then(terminal_size::terminal_size)?;
        size.map(|(width, _)| usize::from(width.0))
    };
    let width: usize = asked.filter(|width| *width > 0).or_else(of_terminal)?;
    Some(width.max(LEAST))
}

/// Columns of a terminal that a text takes up.
pub(crate) fn wide(text: &str) -> usize {
    text.width()
}

/// As many of the characters as fit beside the ellipsis.
fn fitting(characters: impl Iterator<Item = char>, width: usize) -> impl Iterator<Item = char> {
    let mut left = width.saturating_sub(1);
    characters.take_while(move |character| {
        let takes = character.width().unwrap_or(0);
        let fits = takes <= left;
        left = left.saturating_sub(takes);
        fits
    })
}

/// The text with control characters escaped, cut at its end to `width` columns.
pub(crate) fn clip(text: &str, width: usize) -> String {
    let text = printable(text);
    if wide(&text) <= width {
        return text.into_owned();
    }
    let mut shown: String = fitting(text.chars(), width).collect();
    shown.truncate(shown.trim_end().len());
    shown.push('…');
    shown
}

/// As [`clip`], cut at the beginning: the end of a path tells most.
pub(crate) fn clip_start(text: &str, width: usize) -> String {
    let text = printable(text);
    if wide(&text) <= width {
        return text.into_owned();
    }
    let kept: Vec<char> = fitting(text.chars().rev(), width).collect();
    std::iter::once('…').chain(kept.into_iter().rev()).collect()
}

/// The text padded with blanks at its end to `width` columns.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(wide(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// The text padded with blanks at its beginning to `width` columns.
pub(crate) fn pad_start(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(wide(text));
    format!("{}{text}", " ".repeat(blanks))
}

/// Narrows the widest columns until all of them, with `others` more columns on the line, fit into the width;
/// none becomes narrower than `least`.
pub(crate) fn fit(columns: &mut [usize], others: usize, width: Option<usize>, least: usize) {
    let Some(width) = width else { return };
    while columns.iter().sum::<usize>() + others > width {
        let Some(widest) = columns.iter_mut().max() else {
            return;
        };
        if *widest <= least {
            return;
        }
        *widest -= 1;
    }
}

/// The width of the widest text.
pub(crate) fn widest<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> usize {
    let widths = texts
        .into_iter()
        .map(|text| wide(&printable(text.as_ref())));
    widths.max().unwrap_or(0)
}

/// The text wrapped at `width` columns; lines after the first are indented.
pub(crate) fn wrapped(text: &str, width: Option<usize>, indent: usize) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let indent = " ".repeat(indent);
    let options = textwrap::Options::new(width)
        .subsequent_indent(&indent)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_texts_fit_and_say_that_they_are_cut() {
        assert_eq!(clip("short", 5), "short");
        assert_eq!(clip("longer", 5), "long…");
        assert_eq!(clip("two words", 5), "two…");
        assert_eq!(clip("日本語の記事", 6), "日本…");
        assert_eq!(clip("a\u{1b}b", 20), "a\\u{1b}b");
        assert_eq!(clip_start("folder/news.csv:17", 8), "….csv:17");
        assert_eq!(clip_start("a", 8), "a");
        for width in 1..12 {
            assert!(wide(&clip("日本語 of mixed\u{7}", width)) <= width);
            assert!(wide(&clip_start("日本語 of mixed\u{7}", width)) <= width);
        }
    }

    #[test]
    fn the_widest_columns_give_way() {
        let mut columns = [40, 10, 30];
        fit(&mut columns, 10, Some(60), 8);
        assert_eq!(columns, [20, 10, 20]);
        fit(&mut columns, 100, Some(60), 8);
        assert_eq!(columns, [8, 8, 8]);
        let mut columns = [40];
        fit(&mut columns, 100, None, 8);
        assert_eq!(columns, [40]);
    }

    #[test]
    fn words_are_set_into_lines() {
        let text = "  markets (3): bank, shares, oil, prices";
        assert_eq!(wrapped(text, None, 4), text);
        assert_eq!(
            wrapped(text, Some(24), 4),
            "  markets (3): bank,\n    shares, oil, prices"
        );
        let long = wrapped(&"x".repeat(100), Some(24), 4);
        assert!(long.lines().all(|line| wide(line) <= 24), "{long}");
    }
}
