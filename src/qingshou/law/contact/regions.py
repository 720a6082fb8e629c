"""Parts of a place by code and by name: the states of the United States and of Brazil, as address books spell them."""

import unicodedata
from functools import lru_cache

_US = """AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware,
DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas,
KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi,
MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York,
NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island,
SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, VA Virginia, WA Washington,
WV West Virginia, WI Wisconsin, WY Wyoming, PR Puerto Rico, GU Guam, VI Virgin Islands, AS American Samoa,
MP Northern Mariana Islands"""
_BRAZIL = """AC Acre, AL Alagoas, AP Amapa, AM Amazonas, BA Bahia, CE Ceara, DF Distrito Federal, ES Espirito Santo,
GO Goias, MA Maranhao, MT Mato Grosso, MS Mato Grosso do Sul, MG Minas Gerais, PA Para, PB Paraiba, PR Parana,
PE Pernambuco, PI Piaui, RJ Rio de Janeiro, RN Rio Grande do Norte, RS Rio Grande do Sul, RO Rondonia, RR Roraima,
SC Santa Catarina, SP Sao Paulo, SE Sergipe, TO Tocantins"""


def region_code(place: str, region: str) -> str | None:
    """Return the code of a part of a place.

    Takes   place   a jurisdiction
            region  code or name, in any case, with or without accents, also as 'US-MA' or 'BR-SP'; '' when not known
    Gives   str     the code; the text as it came where no part of the place has rules of its own
            None    the place has parts with rules of their own and this is none of its parts
    """
    if not region.strip() or place not in _KNOWN:
        return region.strip()
    return _KNOWN[place].get(_plain(region))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(one if one.isalnum() else " " for one in letters if not unicodedata.combining(one)).split())


def _read(listed: str, country: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for part in listed.replace("\n", " ").split(", "):
        code, _, name = part.partition(" ")
        known |= {_plain(code): code, _plain(name): code, _plain(f"{country}-{code}"): code}
    return known


_KNOWN = {"us": _read(_US, "US"), "brazil": _read(_BRAZIL, "BR")}
