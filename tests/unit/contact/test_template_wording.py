"""What a wording may not say; what denies it; what must be said; and the starting set, all clean."""

import re

import pytest
from django.utils.translation import override

from qingshou.features.contact.phrases.templates import CODES, FINDINGS, TONES, VARIABLES
from qingshou.features.contact.templating import starting_set as starting
from qingshou.features.contact.templating import variables
from qingshou.features.contact.templating.differences import differences
from qingshou.features.contact.templating.rendering import render, variables_in
from qingshou.features.contact.templating.segments import limit_of, segments_of
from qingshou.features.contact.templating.word_lists import all_rules, article_of, word_list
from qingshou.features.contact.templating.wording import (
    WORDS,
    OwnWords,
    judge_wording,
    own_words_of,
)

PARTS = "{lender_name} {contact_phone} {opt_out_words} {collector_notice} "


def found(text, language="zh-hans", **more):
    given = {"language": language, "channel": "SMS"} | more
    return [one for one in judge_wording(PARTS + text, **given) if one.place]


def codes(text, **more):
    return {one.code for one in found(text, **more)}


@pytest.mark.parametrize(("text", "code"), [
    ("再不还款就让您坐牢", "ARREST"), ("您已涉嫌犯罪", "ARREST"), ("警察会来拘留您", "ARREST"), ("會被逮捕", "ARREST"),
    ("我们将报警处理", "ARREST"), ("後果自負", "VIOLENCE"), ("后果自负", "VIOLENCE"), ("派人上门堵您", "VIOLENCE"),
    ("法院已受理", "FALSE_AUTHORITY"), ("公安机关通知您", "FALSE_AUTHORITY"), ("这里是法务部", "FALSE_AUTHORITY"),
    ("傳票已寄出", "FALSE_AUTHORITY"), ("列入黑名单", "BLACKLIST"), ("影响您的子女上学", "BLACKLIST"),
    ("限制高消费", "BLACKLIST"), ("不能乘坐高铁", "BLACKLIST"), ("在朋友圈曝光", "SHAMING"), ("張貼大字報", "SHAMING"),
    ("让全公司都知道", "SHAMING"), ("爆通讯录", "THIRD_PERSONS"), ("通知您的家人", "THIRD_PERSONS"),
    ("联系您的单位", "THIRD_PERSONS"), ("聯絡您的公司", "THIRD_PERSONS"), ("聯繫您的親友", "THIRD_PERSONS"),
    ("让您的父母代还", "THIRD_PERSONS"), ("可向亲友借款", "NEW_DEBT"), ("去其他平台借一笔", "NEW_DEBT"),
    ("以贷还贷也行", "NEW_DEBT"), ("卖房还款", "NEW_DEBT"),
    ("最后通牒", "FALSE_URGENCY"), ("两小时内付清", "FALSE_URGENCY"),
    ("24小时之内", "FALSE_URGENCY"), ("请今天付清，否则", "FALSE_URGENCY"),
    ("我们将起诉", "LEGAL"), ("律師函", "LEGAL"),
    ("采取法律手段", "LEGAL"), ("查封您的财产", "LEGAL"), ("您这个老赖", "INSULT"), ("不要脸", "INSULT"),
    ("需付上门费", "EXTRA_FEES"), ("可修复征信", "MISLEADING"), ("限时减免", "MISLEADING"),
    ("You will be arrested", "ARREST"), ("go to jail", "ARREST"), ("We will call the police", "ARREST"),
    ("Pay or else", "VIOLENCE"), ("We know where you live", "VIOLENCE"), ("This is a court notice", "FALSE_AUTHORITY"),
    ("You are on a blacklist", "BLACKLIST"), ("you may lose your job", "BLACKLIST"),
    ("We will post your name online", "SHAMING"), ("everyone will know", "SHAMING"),
    ("We will call your employer", "THIRD_PERSONS"), ("we have your contact list", "THIRD_PERSONS"),
    ("Borrow from a friend", "NEW_DEBT"), ("take out another loan", "NEW_DEBT"), ("your last chance", "FALSE_URGENCY"),
    ("within 2 hours", "FALSE_URGENCY"), ("Pay now or we come", "FALSE_URGENCY"), ("We will sue you", "LEGAL"),
    ("our attorney", "LEGAL"), ("garnish your wages", "LEGAL"), ("you deadbeat", "INSULT"),
    ("a collection fee is added", "EXTRA_FEES"), ("we can repair your credit", "MISLEADING"),
])  # fmt: skip
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_may_not_be_said_is_found_whatever_the_language_on_the_label(text, code, language):
    errors = {one.code for one in found(text, language=language) if one.is_error}
    assert code in errors


@pytest.mark.parametrize("text", [
    "我们不会起诉您", "我们不会因此起诉您", "我们不会起诉、拘留或上门催收", "绝不通知您的家人", "我们不会联系您的单位",
    "我們不會聯繫您的公司，也不會通知您的家人", "不用担心会被拘留", "任何人不得拘留您",
    "We will not sue you", "We will never call your employer", "You cannot be arrested", "Nobody will be arrested",
    "We will not sue you, arrest you or call your employer", "You can't be arrested or sued",
])  # fmt: skip
def test_a_denial_is_no_threat(text):
    assert {one.code for one in found(text) if one.is_error} == set()


@pytest.mark.parametrize(("text", "code"), [
    ("不还就起诉", "LEGAL"), ("您若不能按时还款将被拘留", "ARREST"), ("如不能如期付款就会拘留", "ARREST"),
    ("不得不起诉您", "LEGAL"), ("我们不会不起诉", "LEGAL"), ("我们不会起诉，将拘留您", "ARREST"),
    ("不排除起诉", "LEGAL"), ("We cannot wait to sue you", "LEGAL"), ("Do not make us sue you", "LEGAL"),
    ("We will not sue you, and will arrest you", "ARREST"), ("You will not be able to avoid jail", "ARREST"),
    ("If you do not pay we will sue", "LEGAL"),
])  # fmt: skip
def test_what_only_looks_like_a_denial_is_a_threat(text, code):
    assert code in {one.code for one in found(text) if one.is_error}


@pytest.mark.parametrize(
    "text", ["坐 牢", "坐·牢", "坐\u200b牢", "坐-牢", "坐*牢", "ＪＡＩＬ", "JaIl", "ja\u00adil", "ｊａｉｌ"]
)
def test_hiding_a_word_does_not_help(text):
    (one,) = [one for one in found(text) if one.code == "ARREST"]
    assert (PARTS + text)[slice(*one.place)] == one.matched == text


@pytest.mark.parametrize("text", [
    "谨防诈骗", "请联系本公司", "收到付款后立即更新", "如有疑问请来电", "我们想帮您", "谢谢您的理解",
    "You can pay at once or in parts", "Your issue is noted", "Please pursue what suits you", "a courteous reply",
])  # fmt: skip
def test_decent_words_pass(text):
    assert {one.code for one in found(text) if one.is_error} == set()


@pytest.mark.parametrize(("text", "code"), [
    ("可能影响征信", "CREDIT_BUREAU"), ("我们会上门", "VISIT"), ("否则", "OR_ELSE"), ("你好！！", "SHOUTING"),
    ("请你付款", "IMPOLITE"), ("your credit report", "CREDIT_BUREAU"), ("otherwise", "OR_ELSE"),
])  # fmt: skip
def test_what_makes_one_think_again(text, code):
    assert {(one.code, one.level) for one in found(text)} == {(code, "WARNING")}


def test_a_claim_at_law_may_speak_of_it():
    assert codes("我们已起诉", code="LEGAL_FILED") == set()
    (court,) = found("法院已受理", code="LEGAL_FILED")
    assert (court.code, court.level) == ("FALSE_AUTHORITY", "WARNING")
    assert "ARREST" in codes("坐牢", code="LEGAL_FILED")


def missing(text, **more):
    given = {"language": "zh-hans", "channel": "SMS", "code": "REMINDER"} | more
    return {one.code: one.level for one in judge_wording(text, **given) if one.place is None}


@pytest.mark.parametrize(("text", "more", "left"), [
    ("您好", {}, {"LENDER_MISSING": "ERROR", "OPT_OUT_MISSING": "ERROR", "NO_WAY_TO_ANSWER": "WARNING"}),
    ("{lender_name}{contact_phone}退订回T", {}, {}),
    ("{lender_name}{contact_phone}拒收请回复R", {}, {}),
    ("{lender_name}{contact_phone}", {"channel": "WECOM"}, {"OPT_OUT_MISSING": "ERROR"}),
    ("{lender_name}{contact_phone}", {"channel": "POST", "subject": "x"}, {}),
    ("{lender_name}{contact_phone}", {"channel": "EMAIL"}, {"SUBJECT_MISSING": "ERROR", "OPT_OUT_MISSING": "WARNING"}),
    ("{lender_name}{contact_phone}", {"channel": "EMAIL", "subject": "x", "jurisdiction": "us", "language": "en"},
     {"OPT_OUT_MISSING": "ERROR", "MINI_MIRANDA_MISSING": "ERROR"}),
    ("{lender_name}{contact_phone} reply STOP {collector_notice}", {"jurisdiction": "us", "language": "en"}, {}),
    ("{lender_name}{contact_phone} opt out. This communication is from a debt collector.",
     {"jurisdiction": "us", "language": "en"}, {}),
    ("{lender_name}{contact_phone} opt out", {"jurisdiction": "us", "language": "en", "is_collector": False}, {}),
    ("{lender_name}已停止", {"code": "OPT_OUT_CONFIRMED"}, {}),
    ("{lender_name} Sorry", {"code": "WRONG_PERSON_SORRY", "jurisdiction": "us", "language": "en"}, {}),
])  # fmt: skip
def test_what_must_be_said(text, more, left):
    assert missing(text, **more) == left


@pytest.mark.parametrize("text", ["您的欠款", "{debtor_name}", "{amount_due}", "关于还款", "{loan_ref_tail}"])
def test_somebody_else_is_told_nothing_of_the_debt(text):
    (one,) = found(text, code="WRONG_PERSON_SORRY")
    assert (one.code, one.level, one.matched in text) == ("TELLS_OF_DEBT", "ERROR", True)
    assert codes(text, code="REMINDER") == set()


def test_a_subject_line_is_seen_by_others():
    given = {"language": "en", "channel": "EMAIL"}
    told = judge_wording(PARTS, subject="Your loan is overdue", **given)
    assert [(one.code, one.level, one.part, one.matched) for one in told] == [
        ("SUBJECT_TELLS_OF_DEBT", "WARNING", "subject", "loan")
    ]
    assert judge_wording(PARTS, subject="Your account ending {loan_ref_tail}", **given) == []
    (threat,) = judge_wording(PARTS, subject="We will sue", **given)
    assert (threat.code, threat.part, threat.place) == ("LEGAL", "subject", (8, 11))


def test_own_words():
    own = OwnWords(extra=("亲爱的", " "), allowed=("律师",))
    assert [(one.code, one.level, one.matched) for one in found("亲 爱的，如您有律师请告知", own=own)] == [
        ("OWN_WORD", "ERROR", "亲 爱的"), ("LEGAL", "WARNING", "律师"),
    ]  # fmt: skip
    kept = {"contact_words": {"en": {"extra": ["dear"], "allowed": []}}}
    assert own_words_of(kept, "en") == OwnWords(("dear",), ())
    assert own_words_of({}, "en") == own_words_of(kept, "zh-hans") == OwnWords()


@pytest.mark.parametrize(("code", "jurisdiction", "instrument", "confidence"), [
    ("ARREST", "china", "银行保险机构消费者权益保护管理办法", "secondary"),
    ("SHAMING", "china", "金融机构个人消费类贷款催收工作指引（试行）", "secondary"),
    ("OPT_OUT_MISSING", "china", None, None), ("LEGAL", "uk", "FCA CONC", "read"), ("INSULT", "uk", None, None),
    ("MINI_MIRANDA_MISSING", "us", "12 CFR 1006", "read"), ("OPT_OUT_MISSING", "us", "12 CFR 1006", "unverified"),
    ("SHAMING", "hongkong", "Code of Banking Practice", "read"), ("ARREST", "mars", None, None),
])  # fmt: skip
def test_articles_where_one_is_known(code, jurisdiction, instrument, confidence):
    article = article_of(code, jurisdiction)
    assert (article.instrument if article else None) == instrument
    assert (article.confidence if article else None) == confidence


def test_every_code_has_its_words_in_both_places():
    assert set(FINDINGS) == set(WORDS) >= {rule.code for rule in all_rules()}
    with override("en"):
        assert {code: str(words) for code, words in FINDINGS.items()} == WORDS
        assert {code: str(words) for code, words in VARIABLES.items()} == {
            code: one.words for code, one in variables.VARIABLES.items()
        }
    assert set(CODES) == set(starting.CODES)
    assert set(TONES) == set(starting.TONES)
    assert word_list("fr").language == "en"


def test_a_long_hostile_text_is_judged_in_time():
    import time

    for text in (
        "不会" * 9000,
        "will not " * 2200,
        "起诉、" * 6000,
        "or " * 6000,
        "坐 " * 9000,
        "{" * 19_000,
        "we do not be " * 1500,
    ):
        begun = time.process_time()
        judge_wording(text, language="en", channel="EMAIL")
        assert time.process_time() - begun < 5


@pytest.mark.parametrize("jurisdiction", ["china", "us", "uk", "hongkong", "taiwan"])
def test_every_starting_text_passes_and_fits(jurisdiction):
    texts = starting.starting_set(jurisdiction=jurisdiction)
    assert len(texts) == len({(one.code, one.channel, one.language, one.tone) for one in texts}) == 309
    parts = []
    for one in texts:
        given = {"language": one.language, "channel": one.channel, "code": one.code, "subject": one.subject}
        assert judge_wording(one.body, jurisdiction=jurisdiction, **given) == [], one
        values = variables.examples_in(one.language)
        if jurisdiction != "us":
            values |= {"collector_notice": ""}
        filled = render(one.body, values)
        assert limit_of(one.channel).over(one.body) == limit_of(one.channel).over(filled) == 0
        assert "{" not in render(one.subject, values, one_line=True) + filled
        if one.channel == "SMS":
            parts.append(segments_of(filled, in_mainland=jurisdiction == "china" and one.language != "en").count)
    # the American notice of a debt collector takes room of its own
    assert max(parts) == (3 if jurisdiction == "us" else 2)


def test_every_step_is_there_in_every_language_and_on_every_channel():
    texts = starting.starting_set()
    for code in starting.CODES:
        for language in variables.LANGUAGES:
            there = {one.channel for one in texts if (one.code, one.language) == (code, language)}
            assert there >= {"SMS", "SOCIAL", "EMAIL"}
    by_place = {language: [(one.code, one.channel, one.tone) for one in texts if one.language == language]
                for language in variables.LANGUAGES}  # fmt: skip
    assert by_place["zh-hans"] == by_place["zh-hant"] == by_place["en"]
    for one in texts:
        twin = next(two for two in texts if two.language == "zh-hans"
                    and (two.code, two.channel, two.tone) == (one.code, one.channel, one.tone))  # fmt: skip
        assert set(variables_in(one.body)) == set(variables_in(twin.body)), one


def test_texts_that_ask_for_money_name_several_ways_to_pay():
    asking = {"REMINDER", "MISSED_PAYMENT", "PROMISE_CONFIRMED", "REMINDER_BEFORE_DUE"}
    ways = re.compile(r"手机银行.*网点|手機銀行.*分行|mobile.*branch", re.DOTALL)
    assert all(ways.search(one.body) for one in starting.starting_set() if one.code in asking)


def test_traditional_texts_hold_no_simplified_characters():
    from opencc import OpenCC

    to_traditional, to_simplified = OpenCC("s2t"), OpenCC("t2s")
    text = "".join(one.body + one.subject for one in starting.starting_set() if one.language == "zh-hant")
    wrong = {
        character
        for character in set(text) - set("台里后面系只于干准并群游布占卷了才")
        if to_simplified.convert(character) == character and to_traditional.convert(character) != character
    }
    assert wrong == set()


@pytest.mark.parametrize(("before", "after", "changes"), [
    ("您好", "您好吗", [("KEPT", "您好"), ("ADDED", "吗")]),
    ("a b", "a c", [("KEPT", "a "), ("TAKEN", "b"), ("ADDED", "c")]),
    ("{debtor_name}", "{agent_name}", [("TAKEN", "{debtor_name}"), ("ADDED", "{agent_name}")]), ("", "", []),
    ("x", "x", [("KEPT", "x")]), ("x", "", [("TAKEN", "x")]),
])  # fmt: skip
def test_differences(before, after, changes):
    assert [(one.kind, one.text) for one in differences(before, after)] == changes
