"""Documents that look for trouble, named by what they hold; the language is always "und".

Whatever is invisible, ambiguous or not plain text is written as an escape.
"""

HOSTILE = [
    # Nothing, or nearly nothing.
    ("empty", ""),
    ("spaces", "     "),
    ("one-space", " "),
    ("punctuation", "!?.,;:-()[]{}'\"/\\@#$%^&*+=<>|~`"),
    ("one-letter", "a"),
    ("two-letters", "ab"),
    ("single-letters", "a b c I x y z é 東 Ω"),
    ("underscores", "_ __ _a a_ a_b ___x___ \uff3f\uff3f \u203f\u203f"),
    ("stop-words", "The and of to in a is it"),
    # Numbers.
    ("digits", "7 42 007 3.14 1,000 1e9 0x1F \u0663\u0664 \u096b\u096c \u0e53\u0e54 \uff11\uff12"),
    (
        "numbers-not-decimal",
        (
            "x\u00b2 m\u00b3 \u00bd\u00bc \u2167\u2177 \u32bf \u2460\u2461 "
            "\u4e09\u5341 \u3007\u3021 \u0bf0\u0bf1 \u137b \U00010140\U00010141"
        ),
    ),
    ("digits-astral", "\U0001d7d8\U0001d7d9 \U00011066\U00011067 \U0001fbf1\U0001fbf2 \U000104a1"),
    # Case and compatibility.
    ("ligatures", "\ufb01ne o\ufb00er \ufb04uent \ufb06op \u0133 \u01c9 \ufb13"),
    ("sharp-s", "Stra\u00dfe STRA\u1e9eE \u1e9e \u00df \u017f\u017f"),
    (
        "math-letters",
        "\U0001d400\U0001d401\U0001d7d8 \U0001d5d4\U0001d5d5 \u210b\u212c \u211d\u2124",
    ),
    ("trade-marks", "Brand\u2122 \u2121 \u33c7 \u213b \u2100 \u1d2c\u1d2e \U0001f130\U0001f131"),
    ("angstrom", "\u212bb \u00c5b A\u030ab \u2126b \u03a9b \u212aK \u212a K \u00b5m \u03bcm"),
    ("titlecase-digraphs", "\u01c5ep \u01c4EP \u01c6ep \u01cbiva \u01f2 \u1f88\u1f98\u1fa8"),
    ("turkish-i", "I\u0307 \u0130 \u0131 i\u0307 \u0130\u0130 I\u0131\u0130i J\u030c \u012e\u0301"),
    (
        "final-sigma",
        (
            "\u03a3 \u03a3\u03a3 \u0391\u03a3 \u0391\u03a3\u0391 '\u0391\u03a3' \u0391\u03a3_ "
            "\u0391\u03a32 \u0391:\u03a3 \u0391\u03a3\u00b7\u0391 A\u03a3 \U0001d6a8\u03a3"
        ),
    ),
    (
        "final-sigma-ignorable",
        (
            "\u0391\u0301\u03a3\u0301 \u0391\u03a3\u0301\u0391 \u03a3\u0301 \u0391\u200d\u03a3 "
            "\u0391\u03a3\u02bc\u0391 \u0391\u03a3\ufeff \U0001f130\u03a3 \u01bb\u03a3"
        ),
    ),
    ("cherokee", "\u13a0\u13a1\u13f5 \uab70\uab71 \u13f8\u13f9"),
    ("georgian", "\u1c90\u1c91\u1cbf \u10d0\u10d1 \u10a0\u10a1 \u2d00\u2d01"),
    ("adlam", "\U0001e900\U0001e901 \U0001e922\U0001e923 \U0001e944 \U0001e950\U0001e951"),
    ("deseret", "\U00010400\U00010401 \U00010428\U00010429 \U000104b0\U000104d8 \U00016e40"),
    (
        "coptic-and-others",
        "\u2c80\u2c81 \u2c00\u2c30 \ua640\ua641 \u03e2\u03e3 \u04c0\u04cf \ua7ae",
    ),
    ("letters-not-cased", "\u00aa\u00ba \u02b0\u02b1 \u01c0\u01c1 \u2170 \u24b6\u24b7 \U0001f170"),
    ("small-caps", "\u1d00\u0299 \ua731 \u0262 \u1e9e\u1e9f \u0149 \u01f0 \u0390 \u1fe4"),
    # Marks.
    ("iota-subscript", "\u0391\u0345 \u03b1\u0345 \u0345 \u1fbc \u1fb3 \u1fbe"),
    ("marks-alone", "\u0301 \u0308\u0327 \u20dd \u093e \u094d \u05b8 \u064b \u0483"),
    (
        "marks-stacked",
        "e\u0301\u0323\u0302 o\u0302\u0301 \u1ed9 q\u0307\u0323 q\u0323\u0307 z\u0351",
    ),
    (
        "marks-spacing",
        "\u00e9 e\u0301 \u00b4 \u00a8 \u00b8 \u0384 \u1fbd \u203e \u00af \u02d8 \u2017",
    ),
    (
        "hangul",
        "\uac00\uac01\ud7a3 \u1100\u1161 \u1100\u1161\u11a8 \u3131\u314f \uffa1\uffc2 \u115f",
    ),
    (
        "indic-marks",
        "\u0915\u093c \u0958 \u09a1\u09bc \u09dc \u0b47\u0b56 \u0bca \u0dda \u0e33 \u0eb3",
    ),
    ("arabic-forms", "\ufefb \ufdfa \ufdf2 \u0622 \u0627\u0653 \u0640\u0640 \u0675 \u06d0"),
    # Joiners, format characters, other invisible ones.
    (
        "joiners",
        "\u0915\u094d\u200d\u0937 \u0915\u094d\u200c\u0937 ab\u200dcd ab\u200ccd \u200d\u200c",
    ),
    (
        "emoji",
        (
            "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd "
            "\U0001f1eb\U0001f1f7 #\ufe0f\u20e3 1\ufe0f\u20e3 \u2764\ufe0f ok\U0001f680go"
        ),
    ),
    ("soft-hyphen", "co\u00adop\u00aderate \u00ad a\u00ad b"),
    ("zero-width-space", "ab\u200bcd \u200b \u2060word\u2060join \u180eold"),
    ("direction-marks", "\u200eab\u200f \u202acd\u202c \u2066ef\u2069 \u061cgh"),
    ("byte-order-mark", "\ufeffmarket \ufeff po\ufefflicy"),
    # White space.
    (
        "no-break-spaces",
        "no\u00a0break  \u00a0\u00a0 narrow\u202fspace figure\u2007space\u3000wide",
    ),
    ("typographic-spaces", "a1\u2000b2\u2001\u2002c3\u2003\u2009d4\u200ae5\u205ff6\u1680g7"),
    ("line-separators", "one\u2028two\u2029three\u2028\u2028four"),
    ("information-separators", "aa\x1cbb\x1dcc\x1edd\x1fee\x1c\x1dff \x1f gg"),
    ("next-line", "left\x85right\x85\x85end\x0bvertical\x0cfeed"),
    ("tabs", "\tone\t\ttwo \t three\t"),
    ("line-ends", "one\r\ntwo\r\n\r\nthree\rfour\n\nfive\n"),
    ("spaces-around", "   around   the   words   "),
    ("single-controls", "aa\nbb\tcc\rdd\x0bee\x0cff"),
    # Controls and the ends of the code space.
    ("nul", "nul\x00in\x00side \x00 \x00\x00"),
    ("controls", "be\x07ll back\x08space esc\x1b[0m del\x7f \x80\x9f"),
    ("private-use", "\ue000\uf8ff \U000f0000\U0010fffd ab\ue000cd"),
    ("not-characters", "\ufffe\uffff ab\ufdd0cd \U0001fffe"),
    ("replacement", "bro\ufffdken \ufffd\ufffd"),
    ("last-code-point", "end\U0010ffff \U0010ffff"),
    ("unassigned", "\u0378 ab\u0378cd \U000e0fff"),
    ("tags", "\U000e0041\U000e0042 a\U000e0061b \ufe0f\ufe0e a\U000e0100b"),
    # Long, mixed, glued.
    ("long-word", "abcdefghijklmnopqrst" * 100),
    (
        "mixed-scripts",
        "Pay\u0440al \u0430pple ABC\u0393\u0394\u0416 \u4e2dABC\u6587 caf\u00e9\u0442 x\u4e00",
    ),
    ("glued", "one,two;three/four|five.six-seven\u2014eight\u2026nine\u00b7ten"),
    (
        "apostrophes",
        "don't DON'T l'\u00e9t\u00e9 O\u2019Neill rock'n'roll 'quoted' \u2018tis \u02bcn g\u02bch",
    ),
    ("contractions", "it's we're they\u2019ll I'd y'all 's 't s'"),
    ("repeated", "aa aa aa Aa AA \u00e3a a\u00e3 aa"),
    (
        "case-pairs",
        "\u00c9COLE \u00e9cole Ecole \u0401\u0416 \u0451\u0436 \u00d1 \u00f1 \u0152 \u0153 \u00c6",
    ),
    (
        "cjk-compatibility",
        "\uf900\uf901 \u2f00 \u3300 \u3392 \u2e80 \U0002f800 \u3042\u3099 \u309b",
    ),
    ("fullwidth", "\uff21\uff22\uff23 \uff41\uff42 \uff10\uff11 \uff01\uff1f \uffe5 \uff71\uff9e"),
    (
        "symbols",
        "\u00a9 \u00ae \u20ac \u00a3 \u2192 \u2200x \u2211 \u221e \u2022 \u25a0 \u266b \u2713",
    ),
    ("capture", "abc de f ghij klmno_p 12 345"),
    # MurmurHash3 gives the first word -2**31.
    ("lowest-hash", "orrmoneb market orrmoneb"),
]
