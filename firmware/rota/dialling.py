"""Numbers that the box may be told to ring, forward to or text.

A SIM that forwards calls pays for them: a premium number in the rota, typed by mistake or by
somebody who earns by it, is toll fraud. The same check stands at every door by which a number
comes in, and once more before it is used.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, shortnumberinfo

from firmware.rota.number import NumberFault

# E.164 country codes whose calls cost like neighbours' do: Europe and France overseas. Others,
# satellite systems among them, are refused unless they are the site's own country.
NEIGHBOURS = frozenset({
    30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 262, 298, 299, 350, 351,
    352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 376, 377, 378, 380, 381,
    382, 383, 385, 386, 387, 389, 420, 421, 423, 508, 590, 594, 596, 687, 689,
})  # fmt: skip
_COSTLY = {
    PhoneNumberType.PREMIUM_RATE: "it is a premium-rate number",
    PhoneNumberType.SHARED_COST: "it is a shared-cost number",
    PhoneNumberType.PAGER: "it is a pager",
    PhoneNumberType.VOICEMAIL: "it is a voicemail",
}


def check_diallable(number: str, country_code: str) -> str:
    """``number`` (E.164) itself, if calls and SMS may go to it; else raises ``NumberFault``.

    ``country_code`` is the site's own. Refused are emergency, short, premium-rate and shared-cost
    numbers and countries far away. A number of a plan that the metadata does not know passes:
    plans change faster than boxes are updated.
    """
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException as fault:
        raise NumberFault("there is no country with this code") from fault
    if parsed.country_code not in NEIGHBOURS | {int(country_code)}:
        raise NumberFault("calls to that country are not allowed")
    if not phonenumbers.is_possible_number(parsed) and shortnumberinfo.is_possible_short_number(
        parsed
    ):
        raise NumberFault("it is an emergency or short number")
    costly = _COSTLY.get(phonenumbers.number_type(parsed))
    if costly is not None:
        raise NumberFault(costly)
    return number
