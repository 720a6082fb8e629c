"""The form of a new campaign: reads and cleans; the operation judges."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.edges.products import product_words
from qingshou.edges.words import LANGUAGES
from qingshou.features.cases.phrases import NEXT_ACTIONS, SEVERITIES, STAGES
from qingshou.features.cases.queries import facet_values
from qingshou.features.contact.operations.campaigns import HOLDOUT_USUAL, PER_MINUTE_MOST, TONES
from qingshou.features.contact.phrases.campaigns import NO_HOLDOUT, SEGMENT
from qingshou.features.contact.phrases.door import CHANNELS
from qingshou.features.contact.phrases.templates import CODES as TEMPLATE_CODES
from qingshou.features.contact.phrases.templates import TONES as TONE_WORDS
from qingshou.features.contact.queries.segments import segment_choices
from qingshou.features.contact.rules.segments import AMOUNTS, NAMES, WHOLE
from qingshou.law.contact.terms import WRITTEN, Channel
from qingshou.tenancy.queries import current_tenant

BEST = "BEST"
_LIVE_SEVERITIES = ("MILD", "MODERATE", "SEVERE", "UNKNOWN")
_LIVE_STAGES = tuple(code for code in STAGES if code != "CLOSED")
_CLASSES = {forms.Select: "form-select", forms.CheckboxInput: "form-check-input"}


def _all_of(choices: Any) -> list[tuple[str, Any]]:
    return [("", _("All")), *choices]


class SegmentForm(forms.Form):
    """Whom the campaign is for."""

    severity = forms.ChoiceField(label=SEGMENT["severity"], required=False, initial="MILD",
                                 choices=_all_of((code, SEVERITIES[code]) for code in _LIVE_SEVERITIES))  # fmt: skip
    stage = forms.ChoiceField(label=SEGMENT["stage"], required=False, initial="FIRST_CONTACT",
                              choices=_all_of((code, STAGES[code]) for code in _LIVE_STAGES))  # fmt: skip
    days_min = forms.IntegerField(label=SEGMENT["days_min"], required=False, min_value=0, max_value=36_500)
    days_max = forms.IntegerField(label=SEGMENT["days_max"], required=False, min_value=0, max_value=36_500)
    arrears_min = forms.DecimalField(label=SEGMENT["arrears_min"], required=False, min_value=0, decimal_places=3)
    arrears_max = forms.DecimalField(label=SEGMENT["arrears_max"], required=False, min_value=0, decimal_places=3)
    product = forms.ChoiceField(label=SEGMENT["product"], required=False)
    branch = forms.ChoiceField(label=SEGMENT["branch"], required=False)
    region = forms.ChoiceField(label=SEGMENT["region"], required=False)
    language = forms.ChoiceField(label=SEGMENT["language"], required=False)
    next_action = forms.ChoiceField(label=SEGMENT["next_action"], required=False,
                                    choices=_all_of(NEXT_ACTIONS.items()))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = facet_values() | segment_choices()
        words: dict[str, dict[str, Any]] = {
            "product": product_words(current_tenant().settings), "language": dict(LANGUAGES),
        }  # fmt: skip
        for name in ("product", "branch", "region", "language"):
            told = words.get(name, {})
            self.fields[name].choices = _all_of((one, told.get(one, one)) for one in found[name])  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = _CLASSES.get(type(field.widget), "form-control")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for low, high in (WHOLE, AMOUNTS):
            least, most = given.get(low), given.get(high)
            if least is not None and most is not None and least > most:
                self.add_error(high, _("The range is upside down: the upper end lies below the lower one."))
        return given

    @property
    def segment(self) -> dict[str, object]:
        """Return what is asked for, by the names of a segment."""
        given = {name: self.cleaned_data.get(name) for name in NAMES}
        return {name: value for name, value in given.items() if value not in ("", None)}


class CampaignForm(SegmentForm):
    """All of a new campaign."""

    name = forms.CharField(label=pgettext_lazy("campaign", "Name"), max_length=80)
    channel = forms.ChoiceField(
        label=_("Channel"),
        initial="SMS",
        choices=[
            *((one.value, CHANNELS[one.value]) for one in Channel if one in WRITTEN),
            (BEST, _("Best channel and hour for each person")),
        ],
    )
    template_code = forms.ChoiceField(
        label=_("What is said"), initial="REMINDER", choices=lambda: list(TEMPLATE_CODES.items())
    )
    tone = forms.ChoiceField(label=_("Tone"), initial="FRIENDLY", choices=[(one, TONE_WORDS[one]) for one in TONES])
    per_minute = forms.IntegerField(
        label=_("Messages a minute at most"), initial=600, min_value=1, max_value=PER_MINUTE_MOST
    )
    holdout_percent = forms.DecimalField(
        label=_("Left alone by lot, in percent"), initial=int(HOLDOUT_USUAL * 100), min_value=0, max_value=50,
        decimal_places=1,
        help_text=_("They get nothing from this campaign. Only so can be seen what it was worth."),
    )  # fmt: skip
    no_holdout_reason = forms.ChoiceField(
        label=_("Why nobody is left alone"), required=False, choices=[("", "—"), *NO_HOLDOUT.items()],
        help_text=_("Needed where nobody is left alone."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("holdout_percent") == 0 and not given.get("no_holdout_reason"):
            self.add_error("no_holdout_reason", _("Say why nobody is left alone."))
        return given

    @property
    def asked(self) -> dict[str, Any]:
        """Return what `make_campaign` takes."""
        given = self.cleaned_data
        share = (given["holdout_percent"] / 100).quantize(Decimal("0.001"))
        return {
            "name": given["name"],
            "channel": "" if given["channel"] == BEST else given["channel"],
            "is_best_time": given["channel"] == BEST,
            "template_code": given["template_code"],
            "tone": given["tone"],
            "segment": self.segment,
            "holdout_share": share,
            "no_holdout_reason": "" if share else given["no_holdout_reason"],
            "per_minute": given["per_minute"],
        }
