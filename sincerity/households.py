"""Who belongs together: one household is one buyer, however often its members were registered.

Buyers with the same id, the same household id or a phone in common are one household, and links chain:
when a and b share a household id and b and c share a phone, a, b and c are one. Masked, too short and
filler numbers (138****0001, 12345, 000…) link nobody.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sincerity.domain import BUYERS, COMMITMENTS
from sincerity.schema import Column, Schema

HOUSEHOLDS = Schema("households", (
    *(column for column in BUYERS.columns if column.name != "source_row"),
    Column("household_key", "str"),  # stable under renamed buyer ids wherever a phone or household id is known
    Column("members", "str"),  # all joined buyer ids, the representative first, space-separated
), key=("buyer_id",))

_OF_THE_REPRESENTATIVE = ("name", "phone", "household_id", "consultant", "channel", "purpose", "payment")
_SEVERAL_PHONES = r"[/、,;|\n]"
_PREFIX_OF_MOBILE = r"^(?:(?:00)?86|0)(?=1[3-9]\d{9}$)"
_SHORTEST_PHONE = 7  # digits; a landline without its area code
_AFTER_DIGITS = "~"


def phone_numbers(phones: pd.Series) -> pd.Series:
    """Every usable number in ``phones``, digits only, +86 removed from mobiles; one row per number, index kept.

    A cell may hold several numbers. A cell without a usable one gives no row.
    """
    single = phones.str.normalize("NFKC").str.split(_SEVERAL_PHONES, regex=True).explode().astype("str")
    masked = single.str.contains(r"[*xX]", regex=True)
    digits = single.str.replace(r"\D", "", regex=True).str.replace(_PREFIX_OF_MOBILE, "", regex=True)
    filler = digits.str.fullmatch(r"(\d)\1*")
    return digits[~masked & ~filler & (digits.str.len() >= _SHORTEST_PHONE)]


def household_members(buyers: pd.DataFrame) -> pd.DataFrame:
    """One row per buyer id with ``household`` (number), ``member_no`` (0 = representative) and ``phone_number``.

    Rows are ordered by household and member. The representative registered first; ties go to the lower
    phone number, then to the lower buyer id.
    """
    buyers = buyers.reset_index(drop=True)
    numbers = phone_numbers(buyers["phone"])
    first_number = numbers.groupby(level=0).first().reindex(buyers.index).fillna("").astype("str")
    members = buyers.assign(
        household=_components(buyers, numbers),
        phone_number=first_number,
        _phone_order=first_number.where(first_number != "", _AFTER_DIGITS),
    )
    members = members.sort_values(["household", "registered_on", "_phone_order", "buyer_id"], kind="stable")
    members = members.drop(columns="_phone_order").drop_duplicates("buyer_id").reset_index(drop=True)
    return members.assign(member_no=members.groupby("household").cumcount())


def merge_households(members: pd.DataFrame) -> pd.DataFrame:
    """HOUSEHOLDS of the ``household_members``, ordered by household key.

    State: bought_elsewhere when any member did, gave_up when all members did, else active. The strongest
    commitment counts, with its own date and number. What the representative leaves open is taken from the
    first member who states it.
    """
    by_household = members.groupby("household")
    stated = members[[*_OF_THE_REPRESENTATIVE]].replace("", np.nan).groupby(members["household"]).first()
    merged = stated.fillna("").assign(
        buyer_id=by_household["buyer_id"].first(),
        registered_on=by_household["registered_on"].min(),
        budget_yuan=by_household["budget_yuan"].first(),
        state=_states(members),
        household_key=household_keys(members),
        members=_joined_ids(members),
    )
    merged = merged.join(_strongest_commitments(members))
    return HOUSEHOLDS.frame(merged.sort_values("household_key", kind="stable"))


def household_keys(members: pd.DataFrame) -> pd.Series:
    """Per household a key that says what it rests on: phone, else household id, else buyer id of the first member."""
    keys = pd.DataFrame({
        "phone": _prefixed("phone:", members["phone_number"]),
        "household": _prefixed("household:", members["household_id"].str.strip()),
        "buyer": _prefixed("buyer:", members["buyer_id"]),
    }).groupby(members["household"]).first()
    return keys["phone"].fillna(keys["household"]).fillna(keys["buyer"]).astype("str")


def _components(buyers: pd.DataFrame, numbers: pd.Series) -> npt.NDArray[np.int32]:
    """The number of each buyer row's household: connected parts of the graph of rows and the keys they carry."""
    links = pd.concat([
        _prefixed("buyer:", buyers["buyer_id"]),
        _prefixed("household:", buyers["household_id"].str.strip()),
        _prefixed("phone:", numbers),
    ]).dropna()
    key_numbers, keys = pd.factorize(links)
    rows, size = links.index.to_numpy(), len(buyers) + len(keys)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, len(buyers) + key_numbers)), shape=(size, size))
    return connected_components(graph, directed=False)[1][: len(buyers)]


def _prefixed(prefix: str, words: pd.Series) -> pd.Series:
    return (prefix + words).where(words != "")


def _states(members: pd.DataFrame) -> pd.Series:
    household = members["household"]
    bought = (members["state"] == "bought_elsewhere").groupby(household).any()
    gone = members["state"].isin(["gave_up", "bought_elsewhere"]).groupby(household).all()
    return pd.Series(np.select([bought, gone], ["bought_elsewhere", "gave_up"], "active"), index=bought.index)


def _strongest_commitments(members: pd.DataFrame) -> pd.DataFrame:
    level = pd.Index(COMMITMENTS).get_indexer(members["commitment"])
    ordered = members.assign(_weakness=-level).sort_values(["household", "_weakness", "subscribed_on"], kind="stable")
    strongest = ordered.drop_duplicates("household").set_index("household")
    return strongest[["commitment", "subscribed_on", "queue_no"]]


def _joined_ids(members: pd.DataFrame) -> pd.Series:
    shared = members["household"].duplicated(keep=False)
    alone = members[~shared].set_index("household")["buyer_id"]
    together = members[shared].groupby("household")["buyer_id"].agg(" ".join)
    return pd.concat([alone, together.astype("str")])
