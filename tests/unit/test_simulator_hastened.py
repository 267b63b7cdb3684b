from datetime import date

import numpy as np
import pytest

from models.domain.instants import DAY, HOUR, local_midnight
from pipelines.sources.simulator.hastened import hasten
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import shop_time

ZONE = "Europe/Berlin"
TIME = shop_time(SimulatorSettings(start="2022-06-01", years=2), ZONE)


def at(month, day, hour):
    return local_midnight(date(2023, month, day), ZONE) + hour * HOUR


ORDERS = Orders(np.array([0, 0, 1]), np.array([at(3, 1, 9), at(6, 1, 15), at(3, 20, 10)]))


def hastened(who, when, days_later=5, fixed=(False, False, False)):
    moved = hasten(
        ORDERS,
        TIME,
        np.array([who]),
        np.array([when]),
        days_later=np.array([days_later]),
        fixed=np.array(fixed),
    )
    return moved.at.tolist()


def test_the_next_order_comes_sooner_at_its_own_hour():
    assert hastened(0, at(3, 10, 20)) == [at(3, 1, 9), at(3, 15, 15), at(3, 20, 10)]


def test_an_hour_of_the_day_survives_the_change_of_clocks():
    assert hastened(0, at(3, 24, 8), days_later=3)[1] == local_midnight(date(2023, 3, 27), ZONE) + 15 * HOUR


def test_an_order_that_comes_sooner_anyway_stays():
    assert hastened(1, at(3, 18, 12)) == ORDERS.at.tolist()


def test_an_order_that_must_not_move_stays():
    assert hastened(0, at(3, 10, 20), fixed=(False, True, False)) == ORDERS.at.tolist()


@pytest.mark.parametrize("who", [0, 1])
def test_after_the_last_order_there_is_nothing_to_hasten(who):
    assert hastened(who, at(7, 1, 12)) == ORDERS.at.tolist()


def test_orders_stay_sorted():
    moved = hastened(0, at(3, 1, 10), days_later=1)
    assert moved[0] < moved[1] < at(3, 3, 0) + DAY
