"""Every text that binds contact, by the place and the part of it that it holds for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from qingshou.law.brazil.alagoas_7782 import rules as alagoas
from qingshou.law.brazil.amazonas_306 import rules as amazonas
from qingshou.law.brazil.consumer_code import rules as brazil
from qingshou.law.brazil.espirito_santo_10626 import rules as espirito_santo
from qingshou.law.brazil.rio_7868 import rules as rio
from qingshou.law.brazil.sao_paulo_15426 import rules as sao_paulo
from qingshou.law.chile.law_19496 import rules as chile
from qingshou.law.china.banking_association_2026 import rules as guidance
from qingshou.law.china.card_2011 import contact as card
from qingshou.law.china.gbt_45251 import rules as standard
from qingshou.law.colombia.law_2300 import rules as colombia
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.hongkong.banking_code import rules as hongkong
from qingshou.law.india.rbi_agents_2022 import rules as india
from qingshou.law.india.rbi_conduct_draft import rules as india_draft
from qingshou.law.indonesia.pojk_22 import rules as indonesia
from qingshou.law.japan.money_lending_act import rules as japan
from qingshou.law.kenya.digital_credit import rules as kenya
from qingshou.law.korea.debtor_protection import rules as korea
from qingshou.law.mexico.condusef_2014 import rules as mexico
from qingshou.law.nigeria.digital_lending import rules as nigeria
from qingshou.law.philippines.sec_mc_18 import rules as philippines
from qingshou.law.taiwan.outsourcing import rules as taiwan
from qingshou.law.thailand.collection_act import rules as thailand
from qingshou.law.uk.breathing_space import contact as breathing_space
from qingshou.law.uk.conc_7 import rules as conc
from qingshou.law.us.massachusetts_debt import rules as massachusetts
from qingshou.law.us.reg_f import rules as reg_f
from qingshou.law.values import Instrument
from qingshou.law.vietnam.circular_43 import rules as vietnam


@dataclass(frozen=True, slots=True)
class Text:
    """One text, what it binds to, and for whom.

    `region` '' holds for the whole place; `collectors_only`: a creditor collecting in its own name is not bound;
    `is_draft`: applies only where it is asked for by name; `is_aside`: gives stops only, and does not
    make a date covered.
    """

    law: Instrument
    contact: Callable[[date], ContactLaw]
    region: str = ""
    collectors_only: bool = False
    is_draft: bool = False
    is_aside: bool = False


TEXTS: tuple[Text, ...] = (
    Text(alagoas.LAW, alagoas.contact, region="AL"),
    Text(amazonas.LAW, amazonas.contact, region="AM"),
    Text(brazil.LAW, brazil.contact),
    Text(espirito_santo.LAW, espirito_santo.contact, region="ES"),
    Text(rio.LAW, rio.contact, region="RJ"),
    Text(sao_paulo.LAW, sao_paulo.contact, region="SP"),
    Text(chile.LAW, chile.contact),
    Text(standard.LAW, standard.contact),
    Text(guidance.LAW, guidance.contact),
    Text(card.LAW, card.contact, is_aside=True),
    Text(colombia.LAW, colombia.contact),
    Text(hongkong.LAW, hongkong.contact),
    Text(india.LAW, india.contact),
    Text(india_draft.LAW, india_draft.contact, is_draft=True),
    Text(indonesia.LAW, indonesia.contact),
    Text(japan.LAW, japan.contact),
    Text(kenya.LAW, kenya.contact),
    Text(korea.LAW, korea.contact),
    Text(mexico.LAW, mexico.contact),
    Text(nigeria.LAW, nigeria.contact),
    Text(philippines.LAW, philippines.contact),
    Text(taiwan.LAW, taiwan.contact),
    Text(thailand.LAW, thailand.contact),
    Text(conc.LAW, conc.contact),
    Text(breathing_space.LAW, breathing_space.contact, is_aside=True),
    Text(reg_f.LAW, reg_f.contact, collectors_only=True),
    Text(massachusetts.LAW, massachusetts.contact, region="MA"),
    Text(vietnam.LAW, vietnam.contact),
)
