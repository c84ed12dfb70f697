"""The buyer register as it may be shown: one row per household, phone numbers masked."""

from __future__ import annotations

import pandas as pd

from sincerity.domain import PUBLISHED_BUYERS, Known
from sincerity.scoring.indicators import facts_of, last_contact_at, outbound_calls
from sincerity.settings import Settings


def buyer_register(known: Known, settings: Settings, priority: pd.Series) -> pd.DataFrame:
    """PUBLISHED_BUYERS in the order of ``priority`` (buyer ids); phones masked unless the settings say not to."""
    facts = facts_of(known, settings)
    phones = known.buyers["phone"]
    shown = known.buyers.assign(
        phone_masked=masked(phones) if settings.mask_phones else phones,
        last_contact_at=last_contact_at(facts),
        outbound_calls=outbound_calls(facts),
    )
    return PUBLISHED_BUYERS.frame(shown.set_index("buyer_id").loc[priority].reset_index())


def masked(phones: pd.Series) -> pd.Series:
    """Phone numbers with all but the first three and the last four digits starred; short ones starred throughout."""
    stars = (phones.str.len() - 7).clip(lower=0)
    long = phones.str.slice(0, 3) + stars.map(lambda count: "*" * count) + phones.str.slice(-4)
    return long.where(stars > 0, phones.str.replace(r".", "*", regex=True))
