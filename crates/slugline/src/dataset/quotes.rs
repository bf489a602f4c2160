//! Finding the end of a table's row, with quotes as in RFC 4180.

/// The state of scanning one row.
#[derive(Debug, Clone)]
pub(super) struct Quotes {
    delimiter: u8,
    quoting: bool,
    at: At,
    /// The line of the row, from 0, on which the last quoted field begins.
    opened: usize,
}

/// The position of the next byte in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the beginning, where line breaks are blank lines.
    Row,
    Field,
    Plain,
    Quoted,
    /// After a quote in a quoted field: its end, or the first of two.
    Quote,
    /// After a quoted field, where only blanks may precede the delimiter.
    Closed,
}

/// The result of scanning a piece of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowPiece {
    /// The row ends after this many bytes; a line feed may follow a CR.
    End(usize),
    /// A quoted field goes on after the piece, or the row has not begun.
    GoesOn,
    /// Text follows the closing quote of a field.
    TextBehind,
}

impl Quotes {
    pub(super) fn new(delimiter: u8, quoting: bool) -> Self {
        Self {
            delimiter,
            quoting,
            at: At::Row,
            opened: 0,
        }
    }

    /// Whether what was read so far ends inside a quoted field.
    pub(super) fn is_open(&self) -> bool {
        self.at == At::Quoted
    }

    /// The line of the row, from 0, on which the last quoted field begins.
    pub(super) fn opened(&self) -> usize {
        self.opened
    }

    /// Scans bytes that begin on the row's line `line`.
    pub(super) fn read(&mut self, bytes: &[u8], mut line: usize) -> RowPiece {
        for (place, &byte) in bytes.iter().enumerate() {
            let line_break = matches!(byte, b'\r' | b'\n');
            self.at = match self.at {
                At::Row if line_break => At::Row,
                At::Field | At::Plain | At::Quote | At::Closed if line_break => {
                    return RowPiece::End(place + 1);
                }
                At::Row | At::Field if byte == b'"' && self.quoting => {
                    self.opened = line;
                    At::Quoted
                }
                At::Quoted if byte == b'"' => At::Quote,
                At::Quoted => {
                    line += usize::from(byte == b'\n');
                    At::Quoted
                }
                At::Quote if byte == b'"' => At::Quoted,
                _ if byte == self.delimiter => At::Field,
                At::Quote | At::Closed => match byte {
                    b' ' | b'\t' => At::Closed,
                    _ => return RowPiece::TextBehind,
                },
                At::Row | At::Field | At::Plain => At::Plain,
            };
        }
        RowPiece::GoesOn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> RowPiece {
        Quotes::new(b',', true).read(text.as_bytes(), 0)
    }

    #[test]
    fn rows_end_where_no_quote_is_open() {
        for (text, expected) in [
            ("a,b\nc", RowPiece::End(4)),
            ("a,b\r\nc", RowPiece::End(4)),
            ("\n\r\na\nb", RowPiece::End(5)),
            ("\"a\nb\",c\nd", RowPiece::End(8)),
            ("\"a\"\"\nb\"\nd", RowPiece::End(8)),
            ("\"a\" \t,\"b\" \n", RowPiece::End(11)),
            ("a\"b,c\"\n", RowPiece::End(7)),
            ("a, \"b\nc", RowPiece::End(6)),
            ("\"\"\n", RowPiece::End(3)),
            ("", RowPiece::GoesOn),
            ("\n\n", RowPiece::GoesOn),
            ("a,b", RowPiece::GoesOn),
            ("\"a\n", RowPiece::GoesOn),
            ("\"a\"b\n", RowPiece::TextBehind),
            ("x,\"a\" b\n", RowPiece::TextBehind),
            ("x,\"a\nb\"c\n", RowPiece::TextBehind),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
        let mut plain = Quotes::new(b',', false);
        assert_eq!(plain.read(b"\"a\nb\"", 0), RowPiece::End(3));
    }

    #[test]
    fn the_line_of_the_quote_is_known() {
        let mut quotes = Quotes::new(b',', true);
        assert_eq!(quotes.read(b"\"a\nb\",\"c\n", 0), RowPiece::GoesOn);
        assert!(quotes.is_open());
        assert_eq!(quotes.opened(), 1);
        assert_eq!(quotes.read(b"d\"\n", 2), RowPiece::End(3));
        assert_eq!(quotes.opened(), 1);
    }
}
