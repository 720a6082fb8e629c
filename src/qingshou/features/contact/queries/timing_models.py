"""The fitted models of a lender, kept as files: each named by the hash of its text, one of them the present one."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from qingshou.features.contact.timing.model import Model, ModelChanged, fitted, model_of_text
from qingshou.tenancy.queries import current_tenant

CURRENT = "timing-current"
HASH_LENGTH = 16


def models_folder() -> Path:
    """Return where the models of the lender in force lie."""
    return Path(settings.QINGSHOU_HOME) / "models" / current_tenant().code


def current_model() -> Model:
    """Return the model that chooses now; before the first was fitted, what is believed beforehand.

    Stops   ModelChanged  the file's text does not give the hash it is named by, or the file is gone
    """
    pointer = models_folder() / CURRENT
    if not pointer.exists():
        return believed_beforehand()
    return load_model(named=pointer.read_text(encoding="ascii").strip())


def load_model(*, named: str) -> Model:
    """Return a model by its hash; stops with ModelChanged."""
    if len(named) != HASH_LENGTH or not named.isalnum():
        raise ModelChanged("What names the present model of best time is no hash. Fit it again.", named=named[:40])
    path = models_folder() / f"timing-{named}.json"
    if not path.exists():
        raise ModelChanged(f"The model named {named} is not there any more. Fit it again.", named=named)
    return model_of_text(path.read_text(encoding="ascii"), named=named)


@lru_cache(maxsize=1)
def believed_beforehand() -> Model:
    """Return the model of no history."""
    return fitted([], [], [], at=None)
