"""What a release had to do without, in sentences: read from its files, for the run's end and the report."""

from pathlib import Path

from models.contract.storage import read_json
from models.evaluation.eligibility import fallbacks, features_off


def stepped_down(release: Path) -> tuple[str, ...]:
    """A sentence for each model of the release that is plainer than it could be, and why."""
    return fallbacks(
        churn=read_json(release / "churn" / "recipe.json"),
        value=read_json(release / "lifetime_value" / "recipe.json"),
        bound=read_json(release / "lifetime_value" / "bounds.json"),
        response=read_json(release / "response" / "response.json"),
    )


def switched_off(release: Path) -> tuple[str, ...]:
    """A sentence for each reason for which features of the release are off."""
    return features_off(read_json(release / "features.json")["switched_off"])
