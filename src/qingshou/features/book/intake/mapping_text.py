"""YAML of mappings, read so that nothing turns into something else: '007', dates and 'no' stay the text they are."""

import re
from pathlib import Path
from typing import Any

import yaml

from qingshou.features.book.intake.errors import MappingWrong

_SIZE_MAX = 1_000_000


class _PlainLoader(yaml.SafeLoader):
    """Only true, false, null and plain integers are anything but text; no tags, no anchors."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed in a mapping")
        return super().compose_node(parent, index)


_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(?:null|~|)$"), ["n", "~", ""])
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,14})$"), list("-0123456789")
)


def _text_keys(value: Any) -> Any:
    """Keys of value maps are what stands in the file: text."""
    if isinstance(value, dict):
        return {
            ("true" if key is True else "false" if key is False else "" if key is None else str(key)): _text_keys(inner)
            for key, inner in value.items()
        }
    return [_text_keys(inner) for inner in value] if isinstance(value, list) else value


def parse_yaml(source: Path | str) -> Any:
    """Return the plain content of a mapping file or text; MappingWrong names the line of a fault."""
    text = source.read_text("utf-8-sig") if isinstance(source, Path) else source
    if len(text) > _SIZE_MAX:
        raise MappingWrong("The mapping is larger than a megabyte: that is no mapping.")
    try:
        return _text_keys(yaml.load(text, Loader=_PlainLoader))  # noqa: S506 (a SafeLoader with fewer types)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the text"
        raise MappingWrong(f"The mapping is not YAML: {place}: {getattr(error, 'problem', error)}.") from None
    except RecursionError:
        raise MappingWrong("The mapping is nested too deeply.") from None


def dump_yaml(raw: dict[str, Any]) -> str:
    """Return a mapping's dictionary as YAML that `parse_yaml` reads back unchanged."""
    return yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=120)
