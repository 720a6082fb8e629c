"""Why the wizard guessed so, in the reader's language: intake gives its reasons in English sentences of a few forms."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

_FORMS: tuple[tuple[re.Pattern[str], Callable[[], str]], ...] = (
    (re.compile(r"'(?P<name>.*)' is a usual name of it"), lambda: _("“%(name)s” is a usual name of it")),
    (re.compile(r"'(?P<name>.*)' resembles a usual name of it"), lambda: _("“%(name)s” resembles a usual name of it")),
    (re.compile(r"(?P<share>[0-9]+)% read as dates"), lambda: _("%(share)s %% of the values are dates")),
    (re.compile(r"(?P<share>[0-9]+)% read as numbers"), lambda: _("%(share)s %% of the values are numbers")),
    (re.compile(r"values are no dates"), lambda: _("the values are no dates")),
    (re.compile(r"values are no numbers"), lambda: _("the values are no numbers")),
    (re.compile(r"values are dates"), lambda: _("the values are dates")),
    (re.compile(r"the column is empty in the sample"), lambda: _("the column is empty in the sample")),
    (re.compile(r"two values"), lambda: _("two values")),
    (re.compile(r"more than two values"), lambda: _("more than two values")),
    (re.compile(r"three letters"), lambda: _("three letters")),
    (re.compile(r"not ISO codes"), lambda: _("not ISO codes")),
    (re.compile(r"every value (of the column )?differs"), lambda: _("every value differs")),
    (
        re.compile(r"the tape has no customer number: the loan number stands for it"),
        lambda: _("the file has no customer number: the loan number stands for it"),
    ),
    (re.compile(r"no column has a different value in every row"), lambda: _("no column tells the rows apart")),
    (re.compile(r"no column says it: please confirm"), lambda: _("no column says it: please confirm")),
    (
        re.compile(r"amounts carry the sign (?P<sign>.*): please confirm"),
        lambda: _("amounts carry the sign %(sign)s: please confirm"),
    ),
    (re.compile(r"(?P<words>.*) means so"), lambda: _("“%(words)s” means so")),
    (re.compile(r"written (?P<forms>.*)"), lambda: _("written %(forms)s")),
    (
        re.compile(r"two-digit years: 50 to 99 .*"),
        lambda: _("years of two digits: 50 to 99 are read as 1950 to 1999"),
    ),
    (
        re.compile(r"day and month could be the other way round: please check"),
        lambda: _("day and month could be the other way round: please check"),
    ),
    (re.compile(r"values above 1 are read as percent"), lambda: _("values above 1 are read as percent")),
    (re.compile(r"the header states the unit (?P<unit>.*)"), lambda: _("the header states the unit %(unit)s")),
    (re.compile(r"read as unknown: (?P<values>.*)"), lambda: _("read as unknown: %(values)s")),
    (
        re.compile(r"the values need a map to true and false"),
        lambda: _("the values need a list of what is true and false"),
    ),
    (
        re.compile(r"map the values to RETAIL, SMALL_BUSINESS or CORPORATE"),
        lambda: _("say which values are RETAIL, SMALL_BUSINESS or CORPORATE"),
    ),
    (re.compile(r"names of currencies read as ISO codes"), lambda: _("names of currencies read as ISO codes")),
)


def guess_words(reason: str) -> str:
    """Return a reason in the language in force; one of no known form as it is."""
    for form, words in _FORMS:
        match = form.fullmatch(reason)
        if match:
            return words() % match.groupdict()
    return reason
