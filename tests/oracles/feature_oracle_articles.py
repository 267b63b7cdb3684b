"""The oracle of features on articles: what was counted of each is given, newest last, and looked up here."""

from math import nan

from tests.oracles.feature_oracle_rows import over, within

STATISTICS = ("popularity", "age_days", "launched", "repeat_rate", "return_rate", "price_level")
TOLD = {
    "item_popularity_365": "popularity",
    "item_launched_share_365": "launched",
    "item_repeat_rate_365": "repeat_rate",
    "item_return_rate_365": "return_rate",
    "item_price_level_365": "price_level",
    **{f"item_vector_{axis}_365": f"vector_{axis}" for axis in range(1, 9)},
}
ORDER = (*STATISTICS, *(f"vector_{axis}" for axis in range(1, 9)))


def article_features(bought, s, populations):
    """Means over the lines of a year that name an article; in order to sum them, in millionths."""
    named = [row for row in within(bought, s, 365) if row["item_id"] is not None]
    return {
        name: _mean([_looked_up(row["item_id"], what, s, populations) for row in named])
        for name, what in TOLD.items()
    }


def _mean(millionths):
    return over(sum(millionths) / 1e6, len(millionths)) if millionths else nan


def _looked_up(item, what, s, populations):
    known = [population for population in populations if population.as_of <= s]
    if not known:
        return 0
    newest = known[-1]
    place = newest.items.index(item) if item in newest.items else -1
    return int(newest.values[ORDER.index(what)][place])
