//! Messages for malformed JSON, without the parser's terms.

use serde_json::error::Category;

/// The maximum length of an unknown message that is quoted.
const QUOTED_CHARS: usize = 120;

/// Messages of `serde_json`, and their replacements.
const WORDS: [(&str, &str); 24] = [
    (
        "EOF while parsing an object",
        "the JSON object is not closed: expected }",
    ),
    (
        "EOF while parsing a list",
        "an array is not closed: expected ]",
    ),
    (
        "EOF while parsing a string",
        "a string is not closed: expected \"",
    ),
    (
        "EOF while parsing a value",
        "the object ends where a value is expected",
    ),
    ("expected `:`", "expected : between a key and its value"),
    (
        "expected `,` or `]`",
        "expected , before the next element of an array, or ] at its end",
    ),
    (
        "expected `,` or `}`",
        "expected , before the next key, or } at the end of the object",
    ),
    (
        "expected ident",
        "expected true, false or null, or text in double quotes",
    ),
    (
        "expected value",
        "expected a value: text in double quotes, a number, true, false, null, [ or {",
    ),
    ("expected `\"`", "expected a key in double quotes"),
    ("expected double quote", "expected a key in double quotes"),
    (
        "invalid escape",
        "a backslash before a character that has no escape: write \\\\ for a backslash",
    ),
    (
        "invalid number",
        "this is no number as JSON writes it, such as 1, -2.5 or 1e3",
    ),
    ("number out of range", "the number is too large"),
    (
        "invalid unicode code point",
        "\\u is followed by a number that is no character",
    ),
    (
        "control character",
        "a line break, tab or other control character inside a string: write \\n, \\t or \\u00…",
    ),
    ("key must be a string", "expected a key in double quotes"),
    (
        "lone leading surrogate",
        "\\ud800 to \\udbff is half a character: expected the other half, \\udc00 to \\udfff, behind it",
    ),
    (
        "unexpected end of hex escape",
        "half a character: expected another \\u behind this one",
    ),
    (
        "trailing comma",
        "a comma behind the last one: leave it out",
    ),
    (
        "trailing characters",
        "something stands behind the object's }",
    ),
    (
        "recursion limit",
        "arrays or objects lie too deep in each other: at most 128 levels are read",
    ),
    (
        "invalid type",
        "this is no JSON object, such as {\"text\": …, \"label\": …}",
    ),
    ("duplicate field", "a key stands twice in the object"),
];

/// The message for an object that could not be parsed; `expected` describes the content of such a file.
pub(super) fn json_fault(object: &str, error: &serde_json::Error, expected: &str) -> String {
    let line = object.split('\n').nth(error.line().saturating_sub(1));
    let line = line.unwrap_or(object);
    // serde_json counts bytes; the message counts characters.
    let bytes = error.column().min(line.len());
    let before = String::from_utf8_lossy(&line.as_bytes()[..bytes]);
    let column = before.chars().count();
    let place = match error.line() {
        0 | 1 => format!("column {column}"),
        line => format!("line {line} of the object, column {column}"),
    };
    let message = error.to_string();
    let what = message
        .rsplit_once(" at line ")
        .map_or(&*message, |(what, _)| what);
    let known = WORDS.iter().find(|(theirs, _)| what.starts_with(theirs));
    let what = match known {
        // An open string ends at the line's end; its beginning is more helpful.
        Some((_, ours)) => (*ours).to_owned(),
        None if error.classify() == Category::Data => {
            "this is not what was expected here".to_owned()
        }
        None => what.chars().take(QUOTED_CHARS).collect(),
    };
    format!("{place}: {what} ({expected})")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No message of the parser itself is passed on.
    #[test]
    fn every_break_of_a_line_has_words() {
        let fault = |line: &str| {
            let error = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(line);
            json_fault(line, &error.unwrap_err(), "objects")
        };
        let cases = [
            (
                "{\"text\": \"a\"",
                "column 12: the JSON object is not closed: expected }",
            ),
            ("{\"text\": [1, 2", "an array is not closed: expected ]"),
            ("{\"text\": \"a", "column 11: a string is not closed"),
            ("{\"text\":", "the object ends where a value is expected"),
            ("{\"text\" \"a\"}", "expected : between"),
            ("{\"t\": [1 2]}", "expected , before the next element"),
            ("{\"t\": 1 \"u\": 2}", "expected , before the next key"),
            ("{\"t\": nil}", "expected true, false or null"),
            ("{\"t\": 'a'}", "expected a value: text in double quotes"),
            ("{t: 1}", "expected a key in double quotes"),
            ("{\"t\": \"\\q\"}", "a backslash before"),
            ("{\"t\": 1.}", "no number as JSON writes it"),
            ("{\"t\": 1e999}", "the number is too large"),
            ("{\"t\": \"a\tb\"}", "control character inside a string"),
            ("{\"t\": \"\\ud800\"}", "half a character"),
            ("{\"t\": \"\\ud800\\u0041\"}", "half a character"),
            ("{\"t\": 1,}", "a comma behind the last one"),
            ("{\"t\": 1} x", "something stands behind the object's }"),
            ("[{\"t\": 1}]", "this is no JSON object, such as"),
            ("\"text\"", "this is no JSON object, such as"),
            ("12", "this is no JSON object, such as"),
        ];
        for (line, expected) in cases {
            let why = fault(line);
            assert!(why.contains(expected), "{line}: {why}");
            for jargon in [
                "EOF",
                "parsing",
                "ident",
                "trailing",
                "invalid type",
                "recursion",
            ] {
                assert!(!why.contains(jargon), "{line}: {why}");
            }
        }
        let deep = format!("{{\"a\": {}", "[".repeat(200));
        assert!(fault(&deep).contains("at most 128 levels"));
        // Characters, not bytes.
        assert!(
            fault("{\"é€\": ").starts_with("column 7: "),
            "{}",
            fault("{\"é€\": ")
        );
    }
}
