"""Races for money over HTTP, servers and database killed meanwhile: `make soak-ledger`, small."""

import pytest

from benchmarks.ledger_speed.wheel import postgres
from tests.money_race.commands import KINDS
from tests.money_race.processes import Database
from tests.money_race.races import Place, Size, run_race

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.mark.parametrize("kind", KINDS)
def test_clients_of_one_server_race_for_money_and_none_is_given_twice(finished, tmp_path, kind):
    place = Place(finished.data / "serving", tmp_path / "stores", f"sqlite:///{tmp_path / 'ledger.db'}")
    found = run_race(place, kind, Size(operations=500, server_kills=1))
    assert (found.faults, found.operations >= 500) == ((), True)


def test_clients_of_two_servers_outlive_kills_of_both_and_of_their_database(finished, tmp_path):
    with postgres() as server:
        database = Database(server)
        place = Place(finished.data / "serving", tmp_path / "stores", server.get_uri(), 2, database)
        found = run_race(place, "mix", Size(operations=800, server_kills=2, database_kills=2))
    assert (found.faults, database.kills) == ((), 2)
