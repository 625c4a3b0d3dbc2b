"""Whether a customer may be addressed (CUS-49, 53). Pure."""

from __future__ import annotations

from crm_common.protocol.customer.consents import Purpose, Refused
from crm_common.protocol.customer.service import Holding

_HELD = (Holding.OWNED, Holding.DEPT_QUEUE)


def refusal(holding: Holding, said: bool | None, purpose: Purpose, *, needed: bool, often: bool) -> Refused | None:
    """Why not; None: it may.

    ``said`` is the customer's last word about the way, ``needed`` whether marketing needs a yes, ``often`` whether it
    has been addressed often enough. Messages about what it has ask nothing but that somebody looks after it.
    """
    if holding is Holding.ERASED:
        return Refused.UNKNOWN
    if holding not in _HELD:
        return Refused.NOT_HELD
    if purpose is Purpose.SERVICE:
        return None
    if said is False:
        return Refused.OPTED_OUT
    if said is None and needed:
        return Refused.NOT_AGREED
    return Refused.TOO_OFTEN if often else None
