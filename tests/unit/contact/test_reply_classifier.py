"""The suggestion of a reply's reason: same in, same out; quick; silent where it does not know."""

import subprocess
import sys
import time

import numpy
import pytest
from threadpoolctl import threadpool_limits

from qingshou.features.contact.inbound.classifier import (
    FLOOR,
    REASONS,
    examples_of,
    model_of,
    prepared,
    suggest,
    untrained,
    version_of,
    written_out,
)
from qingshou.features.contact.inbound.language import LANGUAGES, language_of

CLEAR = [
    ("zh-hans", "对不起我忘记还款了，马上还", "FORGOT"),
    ("zh-hans", "公司裁员，我没有工作了，没钱", "LOST_INCOME"),
    ("zh-hans", "我住院做手术了", "ILLNESS"),
    ("zh-hans", "我没借过这笔钱，金额也不对", "DISPUTE"),
    ("zh-hans", "可以分期还吗", "WANTS_PLAN"),
    ("zh-hans", "你打错了，我不是这个人", "WRONG_PERSON"),
    ("zh-hans", "滚，再打我就弄死你", "HOSTILE"),
    ("zh-hant", "我失業了，沒有收入", "LOST_INCOME"),
    ("zh-hant", "唔好意思，唔記得還", "FORGOT"),
    ("en", "sorry I forgot to pay", "FORGOT"),
    ("en", "I lost my job", "LOST_INCOME"),
    ("en", "I'm in hospital after surgery", "ILLNESS"),
    ("en", "I never took out this loan, the amount is wrong", "DISPUTE"),
    ("en", "can I pay in instalments", "WANTS_PLAN"),
    ("en", "wrong number, I'm not him", "WRONG_PERSON"),
    ("en", "go to hell you scum", "HOSTILE"),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_sixty_examples_and_none_twice(language: str) -> None:
    examples = examples_of(language)
    for reason in REASONS:
        assert sum(one == reason for _text, one in examples) >= 60, reason
    assert len({prepared(text) for text, _reason in examples}) == len(examples)


@pytest.mark.parametrize(("language", "text", "reason"), CLEAR)
def test_clear_cases(language: str, text: str, reason: str) -> None:
    found = suggest(text, language)
    assert found.reason == reason
    assert FLOOR <= found.share <= 1
    assert found.second != reason
    assert found.version == version_of(language)


@pytest.mark.parametrize("text", ["", "   ", "123456", "?!", "😀", "https://example.com"])
def test_nothing_said_suggests_nothing(text: str) -> None:
    assert suggest(text, "en").reason == ""


def test_below_the_floor_nothing_is_suggested() -> None:
    found = suggest("zyx wvu tsr", "en")
    assert (found.reason, found.share < FLOOR) == ("", True)


def test_any_other_language_is_read_as_the_first() -> None:
    assert suggest("可以分期吗", "fr") == suggest("可以分期吗", "zh-hans")


def test_the_arrays_say_what_the_library_says() -> None:
    examples = examples_of("en")
    pipeline = untrained("en")
    with threadpool_limits(1):
        pipeline.fit([prepared(text) for text, _ in examples], [reason for _, reason in examples])
    model = written_out(pipeline, "x")
    texts = [prepared(text) for _language, text, _reason in CLEAR] + ["", "zyx"]
    wanted = pipeline.predict_proba(texts)
    assert numpy.allclose([model.shares(text) for text in texts], wanted, atol=1e-9)


def test_another_process_suggests_the_same() -> None:
    said = (
        "import qingshou.features.contact.inbound.classifier as c; print(c.suggest('公司裁员了，能分期吗', 'zh-hans'))"
    )
    told = subprocess.run([sys.executable, "-c", said], stdout=subprocess.PIPE, text=True, check=True)
    assert told.stdout.strip() == str(suggest("公司裁员了，能分期吗", "zh-hans"))


def test_it_learns_and_answers_quickly() -> None:
    begun = time.process_time()
    for language in LANGUAGES:
        model_of.__wrapped__(language)
    assert time.process_time() - begun < 5
    begun = time.process_time()
    for _ in range(200):
        suggest("I lost my job last month and cannot pay the whole amount, could we talk about a plan?", "en")
    assert (time.process_time() - begun) / 200 < 0.005


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("我忘记还款了", "zh-hant", "zh-hans"),
        ("我忘記還款了", "zh-hans", "zh-hant"),
        ("唔該", "zh-hans", "zh-hant"),
        ("T", "zh-hant", "en"),
        ("123", "zh-hant", "zh-hant"),
        ("好", "zh-hant", "zh-hant"),
        ("好", "en", "zh-hans"),
        ("Sorry, I forgot", "zh-hans", "en"),
        ("OK我明天还", "en", "zh-hans"),
        ("可以send個link俾我嗎", "zh-hans", "zh-hant"),
        ("", "en", "en"),
        ("", "fr", "zh-hans"),
    ],
)
def test_language_by_script(text: str, default: str, language: str) -> None:
    assert language_of(text, default=default) == language
