"""Customers that carry no known_at: what a run says of them, and what it cannot take from them.

Most shops hold one row a customer, as it stands today. Consents, the sign-up and whatever never changes may
be read from it. Any other attribute would tell every earlier snapshot how the customer turned out.
"""

from collections.abc import Collection

from models.contract.attributes import PREFIX
from models.domain.errors import Leakage


def undated_note(columns: Collection[str]) -> str:
    """Since when customers are taken to be known; `columns` are the contract's that the source has."""
    sign_up = "signed_up_at, else since " if "signed_up_at" in columns else ""
    return (
        f"customers has no known_at: each is taken as known since {sign_up}the first known order, "
        "and who never ordered since as-of"
    )


def refuse_changing_attributes(attributes: Collection[str], static: Collection[str]) -> None:
    """Raise `Leakage`, naming them, for attributes that are not among those that never change."""
    changing = [name for name in attributes if name not in static]
    if changing:
        raise Leakage(
            "customers has no known_at, so its attributes are today's and would stand on rows of long ago",
            allowed="attributes listed in source.static_attributes, which never change, or a known_at",
            given=", ".join(f"customers.{PREFIX}{name}" for name in changing),
            remedy="Map known_at to the moment from which each version held, or to the day of the export "
            "(known_at: {constant: 2024-06-30}): an attribute is then known only from that day. "
            f"If they never change, list {', '.join(changing)} in source.static_attributes.",
        )
