"""Stage: what offers do. Nothing is learned yet: the response is assumed, and every answer says so."""

from models.contract.storage import read_table, write_json
from models.evaluation.offer_designs import OfferCounts, assumed_response, count_offers
from pipelines import paths
from pipelines.stage import run


def main() -> None:
    """Write data/fitted/uplift/response.json."""
    offers = paths.TABLES / "offers.parquet"
    counts = count_offers(read_table(offers)) if offers.exists() else OfferCounts()
    response = assumed_response(counts)
    write_json(response, paths.FITTED_UPLIFT / "response.json")
    print(f"response: {response['state']} ({response['reason']}); {counts.refused:,} offers refused")


if __name__ == "__main__":
    run(main)
