//! Positions in a text: bytes in Rust, characters in Python.

/// Byte positions of a text as character positions.
pub(crate) struct Characters {
    /// None where every character is one byte.
    before: Option<Vec<usize>>,
}

impl Characters {
    pub(crate) fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self { before: None };
        }
        let mut before = vec![0; text.len() + 1];
        let mut count = 0;
        for (at, character) in text.char_indices() {
            before[at..at + character.len_utf8()].fill(count);
            count += 1;
        }
        before[text.len()] = count;
        Self {
            before: Some(before),
        }
    }

    pub(crate) fn before(&self, byte: usize) -> usize {
        match &self.before {
            None => byte,
            Some(before) => before.get(byte).copied().unwrap_or(byte),
        }
    }
}
