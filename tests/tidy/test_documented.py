"""Every command, setting and exit code appears in the documents."""

import re
from pathlib import Path

import typer.main

ROOT = Path(__file__).resolve().parents[2]


def documents() -> str:
    return "\n".join(path.read_text() for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))])


def command_names() -> list[str]:
    from qingshou.interfaces import cli

    cli._mount(None)
    root = typer.main.get_command(cli.app)
    names = []

    def walk(command: object, path: str) -> None:
        children = getattr(command, "commands", {})
        for name, child in children.items():
            walk(child, f"{path} {name}")
        if not children:
            names.append(path)

    walk(root, "qingshou")
    return names


def test_every_command_is_documented():
    text = documents()
    names = command_names()
    assert len(names) > 15
    assert [name for name in names if name not in text] == []


def test_every_setting_is_documented():
    from qingshou.config.environment import Environment

    text = (ROOT / "docs" / "reference" / "settings.md").read_text()
    for name, field in Environment.model_fields.items():
        shown = field.validation_alias if isinstance(field.validation_alias, str) else f"QINGSHOU_{name.upper()}"
        assert f"`{shown}`" in text


def test_every_exit_code_is_documented():
    text = (ROOT / "README.md").read_text()
    errors = (ROOT / "src/qingshou/kernel/errors.py").read_text()
    for code in set(re.findall(r"exit_code(?:: ClassVar\[int\])? = (\d+)", errors)) - {"1"}:
        assert re.search(rf"\b{code}\b", text), code
