"""Words of scripts without spaces."""

from __future__ import annotations

import pytest

from aggregator.core.fingerprint import fingerprint, unpack
from aggregator.core.segments import segment
from aggregator.types import Fingerprint

# Two reports of one event in each language, by two hands.
REPORTS = {
    "zh": (
        (
            "市政府7日宣布，将把老码头改建成公共图书馆，总投资约27亿元，预计2030年完工。市长林海在记者会上表示，"
            "改建方案听取了三千多名市民的意见，码头上的两座起重机将作为工业遗产保留下来。"
        ),
        (
            "滨江市的旧码头将变成一座图书馆。市长林海7日公布了这项计划，他说两座旧起重机不会拆除，"
            "而是要作为工业遗产保留。工程预计花费27亿元。已有三千多名市民参加了意见征集。"
        ),
    ),
    "ja": (
        (
            "浜江市は7日、老朽化した旧埠頭を改修し、公共図書館として再生する計画を発表した。林海市長は記者会見で、"
            "三千人を超える市民の意見を取り入れ、二基のクレーンは産業遺産として保存すると述べた。"
        ),
        (
            "古い埠頭が図書館に生まれ変わる。浜江市の林海市長が7日に明らかにした計画では、二基の古いクレーンは"
            "解体せず、産業遺産として残すという。三千人以上の市民が意見を寄せた。"
        ),
    ),
    "th": (
        (
            "เทศบาลเมืองปิ่นเจียงประกาศว่าจะปรับปรุงท่าเรือเก่าให้เป็นห้องสมุดสาธารณะ หลินไห่กล่าวว่าแผนนี้"
            "รับฟังความคิดเห็นของประชาชนกว่าสามพันคน และปั้นจั่นสองตัวจะถูกเก็บรักษาไว้เป็นมรดกทางอุตสาหกรรม"
        ),
        (
            "ท่าเรือเก่าของเมืองปิ่นเจียงกำลังจะกลายเป็นห้องสมุด หลินไห่ระบุว่าจะไม่รื้อปั้นจั่นเก่าทั้งสองตัว "
            "แต่จะอนุรักษ์ไว้เป็นมรดกทางอุตสาหกรรม มีประชาชนกว่าสามพันคนร่วมแสดงความคิดเห็นแล้ว"
        ),
    ),
}


def containment(one: bytes, other: bytes) -> float:
    mine, theirs = set(unpack(one)), set(unpack(other))
    return len(mine & theirs) / min(len(mine), len(theirs))


@pytest.mark.parametrize("language", REPORTS)
def test_two_reports_share_words_but_not_their_wording(language: str) -> None:
    one, other = (fingerprint("", text, language) for text in REPORTS[language])
    assert containment(one.shingles, other.shingles) < 0.3
    assert containment(one.terms, other.terms) > 0.4


@pytest.mark.parametrize("language", REPORTS)
def test_a_copy_that_is_cut_within_a_sentence_is_still_one(language: str) -> None:
    text, _ = REPORTS[language]
    whole, part = (fingerprint("", piece, language) for piece in (text, text[7:-9]))
    assert containment(whole.shingles, part.shingles) > 0.9


def test_chinese_is_read_in_pairs_between_function_words() -> None:
    assert segment("老码头的图书馆", "zh") == ["老码", "码头", "的", "图书", "书馆"]
    assert _printed("的", "zh").terms == b""


def test_japanese_is_read_by_script() -> None:
    assert segment("図書館をニュースで見た", "ja") == [
        "図書",
        "書館",
        "を",
        "ニュース",
        "で",
        "見",
        "た",
    ]
    assert len(unpack(_printed("図書館をニュースで見た", "ja").terms)) == 4


def test_thai_is_read_in_pairs_of_syllables() -> None:
    assert segment("เทศบาลเมือง", "th") == ["เทศบาล", "บาลเมือง"]
    assert segment("ห้อง", "th") == ["ห้อง"]


@pytest.mark.parametrize("run", ["ພາສາລາວ", "မြန်မာဘာသာ", "ភាសាខ្មែរ"])
def test_other_scripts_are_read_in_letters_with_their_marks(run: str) -> None:
    found = segment(run, "")
    assert found[0] == run[: len(found[0])]
    assert found[-1] == run[-len(found[-1]) :]


def test_the_script_tells_where_the_language_is_not_known() -> None:
    found = fingerprint("", "老码头改建成图书馆", None)
    assert (found.language, found.length) == ("zh", 8)


def _printed(text: str, language: str) -> Fingerprint:
    return fingerprint("", text, language)
