//! Made-up text in the scripts of 24 languages: words of pieces of their writing, drawn by Zipf's law.
//! It means nothing, but its bytes are those that case folding, word boundaries and non-ASCII keys
//! meet. The same text every time.

use crate::corpus::{Chance, Corpus};

/// A language: the pieces that its words are made of, how many a word has, what parts words.
struct Language {
    name: &'static str,
    pieces: &'static str,
    length: (usize, usize),
    gap: &'static str,
}

const fn language(name: &'static str, pieces: &'static str) -> Language {
    Language {
        name,
        pieces,
        length: (2, 8),
        gap: " ",
    }
}

/// Written without spaces: a word is a short run, and a run of words is one word for the analyzer.
const fn unspaced(name: &'static str, pieces: &'static str) -> Language {
    Language {
        name,
        pieces,
        length: (1, 2),
        gap: "",
    }
}

const LANGUAGES: [Language; 24] = [
    language("Amharic", "ሀ ለ ሐ መ ሰ ረ ቀ በ ተ ነ አ ከ ወ ዘ የ ደ ገ ጠ ፈ ሁ ሉ ሙ ሩ ኢ"),
    language(
        "Arabic",
        "ا ب ت ث ج ح خ د ر ز س ش ص ط ع غ ف ق ك ل م ن ه و ي ة ال",
    ),
    language(
        "Armenian",
        "ա բ գ դ ե զ է ը թ ի լ խ կ հ մ ն շ ո պ ս վ տ ր ք Ա Հ",
    ),
    language(
        "Bengali",
        "ক কা কি কু খ গ গা চ জ ত তা তি দ ন না নি প ব বা ম মা য র রা ল শ স হ",
    ),
    unspaced(
        "Chinese",
        "的 一 是 不 了 人 我 在 有 他 这 中 大 来 上 国 和 地 到 以 说 时 要 就 出 会",
    ),
    language(
        "Czech",
        "a á b c č d e é ě h i í k l m n o p r ř s š t u ů v y ý z ž P S",
    ),
    language(
        "English",
        "a b c d e f g h i l m n o p r s t u v w y th er in T A",
    ),
    language(
        "French",
        "a à b c ç d e é è ê f g i î l m n o ô p q r s t u v L' d' É",
    ),
    language(
        "Georgian",
        "ა ბ გ დ ე ვ ზ თ ი კ ლ მ ნ ო პ რ ს ტ უ ფ ქ ღ ყ შ ხ",
    ),
    language(
        "German",
        "a ä b ch d e f g h i k l m n o ö r s ß sch st t u ü w z D K",
    ),
    language(
        "Greek",
        "α ά β γ δ ε έ η ή θ ι ί κ λ μ ν ο ό π ρ σ τ υ φ χ ω ώ Α Σ",
    ),
    language("Hebrew", "א ב ג ד ה ו ז ח ט י כ ל מ נ ס ע פ צ ק ר ש ת"),
    language(
        "Hindi",
        "क का कि की को ख ग च ज ज़ त ता ति द दे न ने प पा ब म में य र ल व स से ह है",
    ),
    language(
        "Hungarian",
        "a á b cs d e é g gy h i í k l m n o ó ö ő r s sz t u ú ü ű v z",
    ),
    unspaced(
        "Japanese",
        "の に は を た が で て と し れ さ い る か な も 日 本 人 年 大 会 カ ン ト ー",
    ),
    language(
        "Korean",
        "가 고 구 그 기 나 는 니 다 대 도 동 로 를 리 마 부 사 서 시 아 에 을 이 인 자 정 지 하 한",
    ),
    language(
        "Polish",
        "a ą b c ć d e ę g i j k l ł m n ń o ó p r s ś t u w y z ź ż W",
    ),
    language(
        "Russian",
        "а б в г д е ж з и й к л м н о п р с т у х ч ш ы ь я П С",
    ),
    language(
        "Spanish",
        "a á b c d e é g i í l ll m n ñ o ó p r s t u ú v E L",
    ),
    language("Tamil", "க கா கு ச த தி து ந ப பு ம மா ய ர ல வ ள ன ட் ண் க்"),
    unspaced(
        "Thai",
        "กา การ ที่ เป็น ไม่ ใน มี ของ และ ได้ ให้ ว่า คน วัน ปี ไป มา นี้ จะ กับ",
    ),
    language(
        "Turkish",
        "a b c ç d e g ğ h ı i k l m n o ö r s ş t u ü v y z İ K",
    ),
    language(
        "Ukrainian",
        "а б в г ґ д е є ж з и і ї й к л м н о п р с т у х ч ь ю я",
    ),
    language(
        "Vietnamese",
        "a ă â b c ch đ e ê g h i k l m n nh o ô ơ t th u ư v ạ ế ộ ữ",
    ),
];

/// Different words of a language.
const WORDS: usize = 2_000;

impl Language {
    fn words(&self, chance: &mut Chance) -> Vec<String> {
        let pieces: Vec<&str> = self.pieces.split(' ').collect();
        let (shortest, longest) = self.length;
        let word = |_| {
            let length = shortest + chance.rank(longest - shortest + 1);
            (0..length)
                .map(|_| pieces[chance.rank(pieces.len())])
                .collect()
        };
        (0..WORDS).map(word).collect()
    }
}

/// Texts of 100 words, labelled with their language, so many in each.
pub(crate) fn scripts(texts_each: usize) -> Corpus {
    let mut chance = Chance::new(24);
    let mut corpus = Corpus::default();
    let words: Vec<Vec<String>> = LANGUAGES.iter().map(|it| it.words(&mut chance)).collect();
    for _ in 0..texts_each {
        for (language, words) in LANGUAGES.iter().zip(&words) {
            let mut text = String::new();
            for at in 0..100 {
                text.push_str(&words[chance.rank(WORDS)]);
                text.push_str(if at % 10 == 9 { ". " } else { language.gap });
            }
            corpus.texts.push(text);
            corpus.labels.push(language.name.to_owned());
        }
    }
    corpus
}
