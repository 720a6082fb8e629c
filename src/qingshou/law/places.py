"""The jurisdictions that classify, by code."""

from qingshou.law.china.jurisdiction import CHINA
from qingshou.law.eu.jurisdiction import EU
from qingshou.law.hongkong.jurisdiction import HONGKONG
from qingshou.law.india.jurisdiction import INDIA
from qingshou.law.jurisdiction import Jurisdiction
from qingshou.law.taiwan.jurisdiction import TAIWAN
from qingshou.law.us.jurisdiction import US

PLACES: dict[str, Jurisdiction] = {place.code: place for place in (CHINA, TAIWAN, HONGKONG, INDIA, EU, US)}
