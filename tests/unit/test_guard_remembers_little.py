"""What a guard remembers of methods does not grow with the words that callers make up."""

import asyncio

from serving.access import guard
from serving.access.audit import AuditTrail
from serving.access.scopes import Asks
from serving.operation.asked import begin
from serving.operation.metrics import Metrics


def test_a_mount_remembers_no_more_methods_than_there_are(monkeypatch, tmp_path):
    looked_up = []

    def need(method, _):
        looked_up.append(method)
        return Asks.NOTHING

    async def answer(*_):
        pass

    monkeypatch.setattr(guard, "need_of", need)
    behind = guard.guarded(answer, "/static", AuditTrail(tmp_path, lambda: 0), Metrics())
    for method in (*(f"WORD{number}" for number in range(100)), "WORD0"):
        scope = {"type": "http", "method": method, "headers": []}
        begin(scope)
        asyncio.run(behind(scope, answer, answer))
    assert looked_up.count("WORD0") == 2
