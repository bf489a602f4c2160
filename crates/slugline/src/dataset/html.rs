//! The text of HTML, without mark-up and with entities decoded.

use std::{borrow::Cow, cell::RefCell};

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, states::RawKind,
    },
};

/// The text of a whole page as it is displayed: without the head, with single spaces and line breaks.
pub(super) fn page(html: &str) -> String {
    let text = stripped(html, true);
    let mut lines = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line
            .split(|character: char| character.is_ascii_whitespace())
            .filter(|word| !word.is_empty())
            .collect();
        if !words.is_empty() {
            lines.push(words.join(" "));
        }
    }
    lines.join("\n")
}

/// The text of a cell, with its white space unchanged.
pub(super) fn fragment(html: &str) -> Cow<'_, str> {
    match html.contains(['<', '&']) {
        true => Cow::Owned(stripped(html, false)),
        false => Cow::Borrowed(html),
    }
}

fn stripped(html: &str, is_page: bool) -> String {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let start = html.trim_start();
    let tokenizer = Tokenizer::new(
        TextSink(RefCell::new(Text {
            is_page,
            is_xml: start.starts_with("<?xml") || start.contains("//DTD XHTML"),
            ..Text::default()
        })),
        html5ever::tokenizer::TokenizerOpts::default(),
    );
    while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.0.into_inner().read
}

/// The text so far, and the state of reading.
#[derive(Default)]
struct Text {
    read: String,
    /// The element whose content is left out, and its nesting depth.
    hidden: Option<(String, u32)>,
    /// Whether it is a page, in which a line break outside of preformatted text counts as a space.
    is_page: bool,
    preformatted: u32,
    /// Whether it is XHTML, in which an empty element may close itself.
    is_xml: bool,
}

struct TextSink(RefCell<Text>);

impl TokenSink for TextSink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut text = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(characters) if text.hidden.is_none() => {
                match text.is_page && text.preformatted == 0 {
                    true => text
                        .read
                        .extend(characters.chars().map(|character| match character {
                            '\n' => ' ',
                            other => other,
                        })),
                    false => text.read.push_str(&characters),
                }
            }
            Token::TagToken(tag) => return text.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Text {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let starts = tag.kind == TagKind::StartTag;
        let closes_itself = tag.self_closing && self.is_xml;
        if matches!(name, "pre" | "listing") {
            self.preformatted = match starts {
                true => self.preformatted.saturating_add(1),
                false => self.preformatted.saturating_sub(1),
            };
        }
        match &mut self.hidden {
            Some((hidden, depth)) if hidden == name => {
                match starts {
                    true => *depth += u32::from(!closes_itself),
                    false => *depth -= 1,
                }
                if *depth == 0 {
                    self.hidden = None;
                }
            }
            // The head ends where the body begins, with or without an end tag.
            Some((hidden, _)) if hidden == "head" && !in_head(name) => self.hidden = None,
            None if starts && is_hidden(name) && !closes_itself => {
                self.hidden = Some((name.to_owned(), 1));
            }
            _ => {}
        }
        if self.hidden.is_none() && breaks_line(name) {
            self.read.push('\n');
        } else if self.hidden.is_none() && matches!(name, "td" | "th" | "option") {
            self.read.push(' ');
        }
        match name {
            _ if !starts || closes_itself => TokenSinkResult::Continue,
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }
}

/// Whether an element's content is not displayed.
fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "script"
            | "style"
            | "template"
            | "iframe"
            | "noembed"
            | "noframes"
            | "svg"
            | "math"
            | "object"
            | "textarea"
            | "title"
            | "select"
            | "datalist"
            | "noscript"
    )
}

/// Whether an element belongs to the head.
fn in_head(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "title"
            | "meta"
            | "link"
            | "base"
            | "script"
            | "style"
            | "noscript"
            | "template"
            | "html"
    )
}

/// Whether a line ends before and after an element.
fn breaks_line(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "tr"
            | "ul"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_text() {
        let html = "<!DOCTYPE html><html><head><title>Not this</title><style>p { x: y }</style>\
                    <script>if (a < b) { '</p>' }</script></head>\n<body class=x><!-- nor this -->\
                    <h1>Caf&eacute;&nbsp;&amp; co</h1><p>One <b>two</b><i>three</i>\n  four.<p>Five&#33;\
                    <br/>Six<script>no</script></body></html>";
        assert_eq!(page(html), "Café\u{a0}& co\nOne twothree four.\nFive!\nSix");
        assert_eq!(page("<p>no head"), "no head");
        assert_eq!(
            page("<pre>one\n two</pre>three\nfour"),
            "one\ntwo\nthree four"
        );
        assert_eq!(page("<head><meta x><p>body"), "body");
        assert_eq!(page("<table><tr><td>a<td>b<tr><td>c</table>"), "a b\nc");
        assert_eq!(page(""), "");
        let xhtml = "<?xml version='1.0'?><html><head><script src='x'/><title/></head><body>a</body></html>";
        assert_eq!(page(xhtml), "a");
    }

    #[test]
    fn a_cell_keeps_what_is_no_mark_up() {
        for (html, text) in [
            ("plain  text\n", "plain  text\n"),
            ("a < b && c > d", "a < b && c > d"),
            ("AT&T &lt;b&gt;", "AT&T <b>"),
            ("<p>one</p>two", "\none\ntwo"),
            ("a<br>b", "a\nb"),
            ("a&#x1F600;&#0;", "a😀\u{fffd}"),
        ] {
            assert_eq!(fragment(html), text, "{html}");
        }
    }

    #[test]
    fn broken_mark_up_is_no_panic() {
        let html = "<div><p a='b\" c>x</p <script>y</scr <!-- z <![CDATA[ &am; &#xffffffff; </";
        for end in 0..html.len() {
            let _ = page(&html[..end]);
            let _ = page(&html[end..]);
        }
        let deep = "<div>".repeat(100_000);
        assert_eq!(page(&format!("{deep}x")), "x");
        let _ = page(&"<svg>".repeat(100_000));
        let _ = page(&"</svg>".repeat(1000));
    }
}
