"""The only relation with personal data: what a buyer is called, where to reach them, what they said.

It mirrors the newest input. A buyer who was erased stays erased, even while the launch's own files still
name them.
"""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sql
from sqlalchemy.engine import Connection

from sincerity.register.database import PEOPLE_FACTS

ERASED = "erased"
_FIELDS = ("buyer_id", "field", "about", "content")


def kept_people(connection: Connection, launch_id: str) -> pd.DataFrame:
    """All personal facts of the launch as the register holds them, marks of erased buyers included."""
    query = sql.select(*(PEOPLE_FACTS.c[name] for name in _FIELDS)).where(PEOPLE_FACTS.c.launch_id == launch_id)
    return pd.DataFrame(connection.execute(query).all(), columns=list(_FIELDS), dtype="str")


def keep_people(connection: Connection, launch_id: str, current: pd.DataFrame) -> None:
    """Make the relation hold ``current`` (PEOPLE), erased buyers left out."""
    kept = kept_people(connection, launch_id)
    erased = kept.loc[kept["field"] == ERASED, "buyer_id"]
    wanted = current[~current["buyer_id"].isin(erased)]
    both = kept[kept["field"] != ERASED].merge(wanted, how="outer", on=list(_FIELDS), indicator=True)
    _delete(connection, launch_id, both[both["_merge"] == "left_only"])
    _insert(connection, launch_id, both[both["_merge"] == "right_only"])


def forget(connection: Connection, launch_id: str, buyer_id: str) -> int:
    """Delete every personal fact of the buyer and mark the id as erased; give how many there were."""
    ours = (PEOPLE_FACTS.c.launch_id == launch_id) & (PEOPLE_FACTS.c.buyer_id == buyer_id)
    facts = connection.execute(
        sql.select(sql.func.count()).select_from(PEOPLE_FACTS).where(ours, PEOPLE_FACTS.c.field != ERASED)
    ).scalar_one()
    connection.execute(PEOPLE_FACTS.delete().where(ours))
    mark = {"launch_id": launch_id, "buyer_id": buyer_id, "field": ERASED, "about": "", "content": ""}
    connection.execute(PEOPLE_FACTS.insert().values(mark))
    return int(facts)


def _insert(connection: Connection, launch_id: str, facts: pd.DataFrame) -> None:
    if len(facts):
        statement = PEOPLE_FACTS.insert().values(launch_id=launch_id, **dict.fromkeys(_FIELDS, ""))
        compiled = statement.compile(dialect=connection.dialect)
        records = facts[list(_FIELDS)].assign(launch_id=launch_id)
        places = compiled.positiontup
        rows = list(records[places].itertuples(index=False, name=None)) if places else records.to_dict("records")
        connection.exec_driver_sql(str(compiled), rows)


def _delete(connection: Connection, launch_id: str, facts: pd.DataFrame) -> None:
    if len(facts):
        same = [PEOPLE_FACTS.c[name] == sql.bindparam(f"the_{name}") for name in _FIELDS]
        statement = PEOPLE_FACTS.delete().where(PEOPLE_FACTS.c.launch_id == launch_id, *same)
        connection.execute(statement, facts[list(_FIELDS)].add_prefix("the_").to_dict("records"))
