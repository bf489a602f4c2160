"""Small documents in many languages, written for these tests: (name, language, text)."""

import unicodedata

ENGLISH = [
    (
        "The chip maker said its new processor doubles the speed of machine learning, and its "
        "shares rose 4% after the market opened."
    ),
    (
        "Lawmakers approved a new policy on data privacy; the law asks every company to report how "
        "it trains its software."
    ),
    (
        "Markets fell. The central bank raised rates, the bank said, and shares of every bank in "
        "the market fell and fell again."
    ),
    (
        "A policy for chips, a policy for software, a policy for data: the government wants the "
        "market to follow its policy."
    ),
    (
        "The start-up's founders didn't expect the market's reaction: it's up 12.5%, they've said, "
        "and O’Neill can’t explain it."
    ),
    (
        "Regulators in the U.S. and the E.U. will review the merger; the company's shares lost "
        "$3.20 in early trading."
    ),
    (
        "Open-source software runs on 9 out of 10 servers, says a report by e-mail from "
        "info@example.org (see https://example.org/report?id=42)."
    ),
    "NEW RULES FOR SELF-DRIVING CARS: THE MINISTRY WANTS SENSORS, MAPS AND SOFTWARE TO BE TESTED.",
    "the bank the market the bank the market the bank",
    (
        "Naïve façade, résumé, coöperate, Zoë's café: English words with marks; plain ones beside "
        "them: naive facade resume cooperate."
    ),
    (
        "Oil prices and bond yields rose together, while technology shares were mixed and the "
        "policy debate went on."
    ),
    "snake_case_names, __dunder__ and x1 y22 z333 v1.0.3 are words to a programmer.",
]

OTHERS = [
    ("ar", "ارتفعت أسعار الأسهم في السوق بعد أن أعلن البنك المركزي سياسة جديدة بنسبة ٣٫٥٪."),
    ("ar", "تُعِدُّ الحُكُومَةُ قَانُونًا جَدِيدًا لِلتِّقْنِيَّةِ، والبــــنك ينتظر."),
    ("bn", "সরকার নতুন প্রযুক্তি নীতি ঘোষণা করেছে এবং বাজারে শেয়ারের দাম ৫ শতাংশ বেড়েছে।"),
    ("zh", "政府公布了新的技术政策，股市上涨了3.5%，银行股领涨。"),
    ("zh", "中央銀行今天宣布降息，科技公司的股價隨即上升。"),
    ("cs", "Vláda schválila nový zákon o umělé inteligenci; příliš žluťoučký kůň na trhu neuspěl."),
    ("da", "Regeringen støtter små virksomheder, og børsen på Åboulevarden lukkede højere i går."),
    (
        "nl",
        "De regering wil één beleid voor de markt; IJsland, België en ’s-Hertogenbosch doen mee.",
    ),
    ("fi", "Hallitus päätti uudesta tekniikasta, ja Helsingin pörssi nousi jyrkästi yöllä."),
    ("fr", "L'été dernier, l’État a fixé le prix de l'électricité ; les marchés n'ont pas réagi."),
    ("fr", "Cœur, Noël, naïf, ÆTHER, ŒUVRE, ça et là : le garçon achète des actions à 3 €."),
    ("de", "Die Große Koalition beschließt ein Gesetz über Künstliche Intelligenz; Aktien fallen."),
    ("de", "STRAẞE, STRASSE und Straße; Öl, Äpfel, Übermaß – „Börse“ und ‚Markt‘."),
    (
        "el",
        (
            "Η ΚΥΒΕΡΝΗΣΗ ΑΛΛΑΞΕ ΤΟΥΣ ΝΟΜΟΥΣ. ΟΔΟΣ, ΣΑΣ. 'ΑΣ' Σ ΣΣ ΑΣ1 Α.Σ ΑΣ’ΑΣ "
            "ΑΣ\u0301 Α\u00adΣ Α\u00adΣΑ"
        ),
    ),
    ("el", "Οι αγορές ανέβηκαν μετά την απόφαση της τράπεζας· άνθρωπος, ΐ ΰ ᾳ ὦ ᾼ ῼ ΌΣΟΣ."),
    ("he", "הַמֶּמְשָׁלָה הִכְרִיזָה עַל מְדִינִיּוּת חֲדָשָׁה לַשּׁוּק"),
    ("he", 'הבורסה בתל אביב עלתה ב־2% לאחר שמשרד האוצר פרסם דו"ח, וגם צה״ל.'),
    ("hi", "सरकार ने नई तकनीक नीति की घोषणा की और शेयर बाज़ार में ५% की वृद्धि हुई।"),
    ("hu", "A kormány törvényt hozott az űrtechnológiáról; árvíztűrő tükörfúrógép, ŐK és ŰR."),
    ("id", "Pemerintah mengumumkan kebijakan teknologi baru, dan harga saham di pasar naik."),
    (
        "it",
        "Il governo non può fermare l'intelligenza artificiale: perché il mercato è già più su?",
    ),
    ("ja", "政府は新しい技術政策を発表し、株式市場は上昇した。ガギグゲゴと々ー。"),
    ("ja", "ｿﾌﾄｳｪｱ ｶﾞｲﾄﾞ ﾊﾟｿｺﾝ と ＡＩ　１２３ の市場㍿㌔"),
    ("ko", "정부는 새로운 기술 정책을 발표했고 주식 시장은 3% 상승했다."),
    ("ko", unicodedata.normalize("NFD", "주식 시장과 기술 정책, 값 흙")),
    ("no", "Regjeringen gir støtte til grønn teknologi, og Oslo Børs åpnet høyere på Ås i år."),
    ("pl", "Rząd przyjął ustawę o sztucznej inteligencji, a giełda w Łodzi: zażółć gęślą jaźń."),
    ("pt", "O governo aprovou a política de inovação; as ações subiram, não há razão, disse João."),
    ("ro", "Guvernul a adoptat o lege, iar piața și bursa din București au crescut; şi ţara."),
    ("ru", "Правительство приняло закон о технологиях, рынок вырос на 3,5%; ёлка, йод, ЁЖ."),
    ("es", "El gobierno aprobó la ley; ¿subirá el mercado mañana? ¡Pingüino, corazón y ÑANDÚ!"),
    ("sw", "Serikali imetangaza sera mpya ya teknolojia, na bei za hisa zimepanda leo; ng'ombe."),
    ("sv", "Regeringen föreslår en ny lag om artificiell intelligens; börsen i Göteborg steg."),
    ("ta", "அரசு புதிய தொழில்நுட்பக் கொள்கையை அறிவித்தது, பங்குச் சந்தை உயர்ந்தது."),
    ("th", "รัฐบาลประกาศนโยบายเทคโนโลยีใหม่ และตลาดหุ้นปรับขึ้น ๓ เปอร์เซ็นต์ น้ำ"),
    ("tr", "İSTANBUL borsası IŞIK hızıyla yükseldi; ılımlı politika. Iğdır, İzmir, ı I i İ i̇"),
    (
        "uk",
        "Уряд ухвалив закон про технології, ринок зріс на п'ять відсотків; їжак, об’єкт, ҐАНОК.",
    ),
    ("vi", "Chính phủ công bố chính sách công nghệ mới, thị trường tăng điểm; Đường phố Huế."),
    ("vi", unicodedata.normalize("NFD", "Thị trường chứng khoán tăng điểm ở Đà Nẵng")),
    ("fa", "می\u200cخواهم کتاب\u200cها را بخرم؛ ۱۲۳"),
    ("hy", "ԿԱՌԱՎԱՐՈՒԹՅՈՒՆԸ եւ շուկան, և նոր օրենքը"),
    ("am", "መንግሥት አዲስ የቴክኖሎጂ ፖሊሲ አወጣ። ፩፪፫"),
]


def documents():
    """The English documents, then the others; a name is the language and a number."""
    seen = {}
    for language, text in [("en", text) for text in ENGLISH] + OTHERS:
        seen[language] = seen.get(language, 0) + 1
        yield f"{language}-{seen[language]}", language, text
