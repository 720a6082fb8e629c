"""The catalogues of translations: compiled by the project itself, so that no gettext tools are needed.

python -m qingshou.interfaces.web.catalogues               compile every .po
python -m qingshou.interfaces.web.catalogues fill APP...   bring the catalogues of these apps (folders such as
    features/cases) in line with their sources, and write 繁體 from 简体 where it is missing (needs opencc)
"""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import polib

from qingshou.interfaces.web.messages import SOURCE, Message, messages

LANGUAGES = ("zh_Hans", "zh_Hant")


def compile() -> int:
    """Compile every .po beside itself when its .mo is older; returns how many were written."""
    written = 0
    for path in catalogue_files():
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            polib.pofile(str(path)).save_as_mofile(str(target))
            written += 1
    return written


def catalogue_files() -> Iterator[Path]:
    """Return the .po files of all apps."""
    return (path for path in SOURCE.rglob("locale/*/LC_MESSAGES/django.po") if "node_modules" not in path.parts)


def translated(language: str) -> set[tuple[str, str]]:
    """Return (context, text) of everything that some app translates."""
    return {
        (entry.msgctxt or "", entry.msgid)
        for path in catalogue_files()
        if path.parts[-3] == language
        for entry in polib.pofile(str(path))
        if entry.translated() and not entry.obsolete
    }


def missing(language: str) -> list[Message]:
    """Return the texts that no app translates into a language."""
    done = translated(language)
    return [one for one in messages() if (one.context, one.text) not in done]


def fill(apps: Collection[str]) -> int:
    """Bring the catalogues of some apps in line with their sources; returns how many texts need a translator."""
    wanted: dict[str, dict[tuple[str, str], Message]] = {}
    for one in messages():
        wanted.setdefault(one.app, {})[(one.context, one.text)] = one
    known = {language: _known(language) for language in LANGUAGES}
    left = 0
    for app, texts in wanted.items():
        if app not in apps:
            continue
        for language in LANGUAGES:
            left += _write(SOURCE / app / "locale" / language / "LC_MESSAGES" / "django.po", language, texts, known)
    return left


Known = dict[str, dict[tuple[str, str], polib.POEntry]]


def _known(language: str) -> dict[tuple[str, str], polib.POEntry]:
    return {
        (entry.msgctxt or "", entry.msgid): entry
        for path in catalogue_files()
        if path.parts[-3] == language
        for entry in polib.pofile(str(path))
        if entry.translated()
    }


def _write(path: Path, language: str, texts: dict[tuple[str, str], Message], known: Known) -> int:
    file = polib.POFile(wrapwidth=110)
    file.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    left = 0
    for key in sorted(texts):
        one = texts[key]
        text = _translation(known, language, key)
        left += not text
        entry = polib.POEntry(msgid=one.text, msgctxt=one.context or None)
        if one.plural:
            entry.msgid_plural, entry.msgstr_plural = one.plural, {0: text}
        else:
            entry.msgstr = text
        if "%(" in one.text:
            entry.flags.append("python-format")
        file.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(str(path))
    return left


def _translation(known: Known, language: str, key: tuple[str, str]) -> str:
    entry = known[language].get(key)
    if entry is not None:
        return str(entry.msgstr_plural.get(0) if entry.msgid_plural else entry.msgstr)
    plain = known["zh_Hans"].get(key)
    if language == "zh_Hant" and plain is not None:
        from opencc import OpenCC

        text = plain.msgstr_plural.get(0) if plain.msgid_plural else plain.msgstr
        return str(OpenCC("s2twp").convert(text)).replace("賬", "帳")
    return ""


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        sys.stdout.write(f"{fill(sys.argv[2:])} translations are missing\n")
    sys.stdout.write(f"{compile()} catalogues compiled\n")
