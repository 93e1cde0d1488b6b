"""Several processes make the queue's tables at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from aggregator.engine.schema import PRESENT, Scripts, prepare

pytestmark = pytest.mark.anyio

SCRIPTS = Scripts(schema="CREATE", migrations={"01.sql": "ALTER"})


class Role:
    def take(self) -> bool:
        return True

    def drop(self) -> None:
        pass


class Tables:
    """An empty database, in which somebody else makes the tables after the first question."""

    def __init__(self) -> None:
        self.made = False
        self.scripts: list[str] = []

    async def rows(self, sql: str) -> Sequence[Mapping[str, Any]]:
        made, self.made = self.made, True
        if sql == PRESENT:
            return [{"present": made}]
        return [{"name": "01.sql"}] if made else []

    async def run(self, script: str) -> None:
        self.scripts.append(script)


async def test_tables_that_another_process_is_just_making_are_ours() -> None:
    tables = Tables()
    await prepare(tables, SCRIPTS, Role())
    assert tables.scripts == []
