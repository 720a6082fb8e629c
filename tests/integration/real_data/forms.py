"""A page's form as a browser would send it: every field with the value it shows."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._select: str | None = None
        self._has_choice = False
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name and given.get("type") not in ("file", "submit", "button"):
            if given.get("type") not in ("checkbox", "radio"):
                self.found[name] = value
            elif "checked" in given:
                self.found[name] = given.get("value") or "on"
        elif tag == "select":
            self._select, self._has_choice = name, False
        elif tag == "option" and self._select and ("selected" in given or not self._has_choice):
            # without a chosen one a browser sends the first
            if "selected" in given or self._select not in self.found:
                self.found[self._select] = value
            self._has_choice = self._has_choice or "selected" in given
        elif tag == "textarea" and name:
            self._textarea = name
            self.found[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.found[self._textarea] += data


def fields_of(page: str) -> dict[str, str]:
    """Return name -> value of every field of a page; of a textarea without the line break that begins it."""
    reader = _Fields()
    reader.feed(page)
    return {name: value.removeprefix("\n") for name, value in reader.found.items()}
