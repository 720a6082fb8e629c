"""Every text of the interface that needs a translation, found in templates and code."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[2]
_SINGLE = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
_PLURAL = frozenset({"ngettext", "ngettext_lazy"})
_CONTEXT = frozenset({"pgettext", "pgettext_lazy"})
_CALL = re.compile(r"\b(_|gettext|ngettext|pgettext|npgettext)\(")


@dataclass(frozen=True, slots=True)
class Message:
    """One text to translate: its app's folder, where it stands, its context and plural where it has them."""

    app: str
    place: str
    text: str
    context: str = ""
    plural: str = ""


def app_of(path: Path) -> str:
    """Return the folder of the app a file belongs to; what stands in none belongs to the pages' own."""
    for folder in path.parents:
        if (folder / "apps.py").exists():
            return str(folder.relative_to(SOURCE))
        if folder == SOURCE:
            break
    return "interfaces/web"


def messages() -> Iterator[Message]:
    """Return every text of templates and Python files."""
    for path in sorted(SOURCE.rglob("*.html")):
        if "node_modules" not in path.parts:
            yield from _of_template(path)
    for path in sorted(SOURCE.rglob("*.py")):
        if not {"migrations", "node_modules"} & set(path.parts):
            yield from _of_code(path)


def _of_code(path: Path) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8")
    if "gettext" not in text:
        return
    tree = ast.parse(text)
    names = _imported(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        kind = names.get(called, called)
        given = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        place = f"{path.relative_to(SOURCE)}:{node.lineno}"
        if kind in _SINGLE and given:
            yield Message(app_of(path), place, given[0])
        elif kind in _PLURAL and len(given) > 1:
            yield Message(app_of(path), place, given[0], plural=given[1])
        elif kind in _CONTEXT and len(given) > 1:
            yield Message(app_of(path), place, given[1], context=given[0])


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return local name -> what it is of gettext, so that `_` counts only where it translates."""
    names = {"_": ""}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


def _of_template(path: Path) -> Iterator[Message]:
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    place = str(path.relative_to(SOURCE))
    for found in _CALL.finditer(code):
        given = list(_strings(code[found.end() :]))
        kind = found.group(1)
        if kind in ("_", "gettext") and given:
            yield Message(app_of(path), place, given[0])
        elif kind == "ngettext" and len(given) > 1:
            yield Message(app_of(path), place, given[0], plural=given[1])
        elif kind == "pgettext" and len(given) > 1:
            yield Message(app_of(path), place, given[1], context=given[0])


def _strings(code: str) -> Iterator[str]:
    """Return the string literals at the beginning of an argument list."""
    rest = code
    while found := re.match(r"\s*[urb]*('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?", rest, re.DOTALL):
        yield ast.literal_eval(found.group(1))
        rest = rest[found.end() :]
