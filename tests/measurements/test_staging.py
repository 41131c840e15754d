from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.database import transaction
from api.core.driver import driver_connection
from api.measurements.staging import Stage


class TestExecute:
    async def test_errors_of_the_driver_come_as_the_session_would_raise_them(
        self, engine: AsyncEngine
    ) -> None:
        """So that a lost connection or a deadlock is answered like any other: 503, retry."""
        async with transaction(engine) as session:
            stage = Stage(await driver_connection(session))
            with pytest.raises(OperationalError) as caught:
                await stage.execute("do $$ begin raise sqlstate '40P01'; end $$")
            assert getattr(caught.value.orig, "sqlstate", None) == "40P01"
            await session.rollback()
