"""Every text of the interface is translated, nothing visible is left bare, and 繁體 holds no simplified characters."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import django
import pytest
from opencc import OpenCC

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingshou.config.settings")
django.setup()

from qingshou.interfaces.web import catalogues  # noqa: E402
from qingshou.interfaces.web.messages import SOURCE, messages  # noqa: E402

SHOWN_ATTRIBUTES = frozenset({"title", "placeholder", "aria-label", "alt", "aria-description"})
# file formats, keys of a keyboard, the mark of the house, forms of dates, names of zones: the same in every language
SAME_EVERYWHERE = re.compile(
    r"^(CSV|XLSX|PNG|PDF|JSON|YAML|Parquet|IFRS 9|API|ID|TOTP|清|Enter|Esc|[a-z]|SHA-256"
    r"|qs_|YYYY-MM-DD|Asia/Shanghai|N/A, NULL, -|(%[Ymd][-/, ]*)+)$"
)
# correct in both scripts, or the usual form in the trade
IN_BOTH = frozenset("台里后面系只于干准并群峰裏岩床游着布占卷了才胡姜斗谷夸")


def templates() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.html") if "node_modules" not in path.parts)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_text_is_translated(language: str):
    left = sorted({f"{one.place}: {one.text}" for one in catalogues.missing(language)})
    assert left == []


def test_texts_are_found_in_templates_and_code():
    found = {(one.app, one.text) for one in messages()}
    assert ("interfaces/web", "How counted") in found  # a template
    assert ("features/cases", "Case opened") in found  # code
    assert len(found) > 200


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_translations_keep_their_placeholders(language: str):
    import polib

    wrong = []
    for path in catalogues.catalogue_files():
        if path.parts[-3] != language:
            continue
        for entry in polib.pofile(str(path)):
            places = set(re.findall(r"%\((\w+)\)", entry.msgid + entry.msgid_plural))
            for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
                if text and set(re.findall(r"%\((\w+)\)", text)) != places:
                    wrong.append(f"{path.relative_to(SOURCE)}: {entry.msgid}")
    assert wrong == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_one_text_has_one_translation(language: str):
    """Django merges the catalogues of all apps: of two translations of one text, chance would decide."""
    import polib

    said: dict[tuple[str, str], dict[str, str]] = {}
    for path in catalogues.catalogue_files():
        if path.parts[-3] == language:
            for entry in polib.pofile(str(path)):
                text = entry.msgstr or entry.msgstr_plural.get(0, "")
                if text:
                    said.setdefault((entry.msgctxt or "", entry.msgid), {})[text] = str(path.relative_to(SOURCE))
    assert {text: places for text, places in said.items() if len(places) > 1} == {}


def test_traditional_holds_no_simplified_characters():
    import polib

    to_traditional, to_simplified = OpenCC("s2t"), OpenCC("t2s")
    wrong = []
    for path in catalogues.catalogue_files():
        if path.parts[-3] != "zh_Hant":
            continue
        for entry in polib.pofile(str(path)):
            for character in set(entry.msgstr + "".join(entry.msgstr_plural.values())) - IN_BOTH:
                if to_simplified.convert(character) == character and to_traditional.convert(character) != character:
                    wrong.append(f"{path.relative_to(SOURCE)}: {character} in {entry.msgid}")
    assert wrong == []


class Bare(HTMLParser):
    """Gathers text that stands in a template outside every translation tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag, attributes):
        self._silent += tag in ("script", "style")
        self.found += [
            value for name, value in attributes if name in SHOWN_ATTRIBUTES and value and _has_letters(value)
        ]

    def handle_endtag(self, tag):
        self._silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self._silent and _has_letters(data):
            self.found.append(data.strip())


def _has_letters(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]", text)) and not SAME_EVERYWHERE.match(text.strip())


def bare_texts(source: str) -> list[str]:
    text = re.sub(r"{%-?\s*comment.*?endcomment\s*%}", "", source, flags=re.DOTALL)
    text = re.sub(r"{%\s*blocktrans(late)?\b.*?{%\s*endblocktrans(late)?\s*%}", "", text, flags=re.DOTALL)
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    reader = Bare()
    reader.feed(text)
    return reader.found


def test_no_bare_text_in_templates():
    bare = {str(path.relative_to(SOURCE)): found for path in templates() if (found := bare_texts(path.read_text()))}
    assert bare == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p title="Hello">{% translate "Hello" %}</p>', ["Hello"]),
        ("<p>{% blocktranslate %}Hello{% endblocktranslate %} {{ name }} 12 / 3</p>", []),
        ("<script>var a</script><kbd>Esc</kbd>", []),
    ],
)
def test_bare_text_is_seen(source: str, found: list[str]):
    assert bare_texts(source) == found


def test_no_template_trusts_data():
    trusting = [
        str(path.relative_to(SOURCE))
        for path in templates()
        if re.search(r"\|\s*safe\b|autoescape off|\son[a-z]+=\"|\sstyle=\"|<script(?![^>]*src=)", path.read_text())
    ]
    assert trusting == []
