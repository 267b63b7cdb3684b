"""Offers that somebody outside of the world decided on, such as a plan that was made from its books."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import OfferDesign
from pipelines.sources.simulator.campaigns import Assignment, Campaign
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.prices import price_level
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime


@dataclass(frozen=True)
class Decided:
    """A campaign of others, after all of the world's own.

    at: when, in microseconds. customer_ids: who was in it, each once. face_values_minor: what each got, in
    the money of that day, 0 for nothing [n].
    """

    name: str
    at: int
    customer_ids: Sequence[str]
    face_values_minor: NDArray[np.int64]


def assignment_of(
    decided: Decided, settings: SimulatorSettings, customers: Customers, time: ShopTime
) -> Assignment:
    """The same as the world keeps its own campaigns. Raises `ValueError` for customers whom it has not."""
    ids = customers.ids.to_numpy(zero_copy_only=False).astype(np.str_)
    order = np.argsort(ids)
    wanted = np.array(decided.customer_ids, dtype=np.str_)
    place = order[np.minimum(np.searchsorted(ids, wanted, sorter=order), len(ids) - 1)]
    if np.any(ids[place] != wanted):
        raise ValueError("somebody got an offer who is no customer of this world")
    ascending = np.argsort(place)
    faces, arm = np.unique(np.append(0, decided.face_values_minor[ascending]), return_inverse=True)
    level = float(price_level(settings, time.start, np.array(decided.at)))
    campaign = Campaign(decided.name, 0, OfferDesign.RANDOMISED)
    unknown = np.full(len(place), np.nan)  # whoever decided knows the chances, and logs them
    menu = tuple(float(face) / level for face in faces[1:])
    return Assignment(campaign, decided.at, place[ascending], arm[1:], unknown, menu)
