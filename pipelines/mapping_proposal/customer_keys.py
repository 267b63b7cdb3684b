"""By which key a file names its customers, and which files say whose key it is."""

from collections.abc import Collection, Mapping

from models.domain.vocabulary import IdentityKind
from pipelines.mapping_proposal.assignment import USED, Match
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.fitting import MOSTLY
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.planned import Planned, TablePlan
from pipelines.mapping_proposal.similarity import similarity
from pipelines.mapping_proposal.synonyms.people import EMAIL, PHONE

_HEADINGS = {IdentityKind.PHONE: PHONE, IdentityKind.EMAIL: EMAIL}


def key_column(looked: Looked, kind: IdentityKind, taken: Collection[str] = ()) -> Contents | None:
    """The column of a file that is called such a key and holds such keys."""
    found = [
        (similarity(one.heading, _HEADINGS[kind]), one)
        for one in looked.columns
        if one.heading not in taken and _holds(one, kind)
    ]
    called = [(like, one) for like, one in found if like >= USED]
    return max(called, key=lambda entry: entry[0])[1] if called else None


def customer_of(looked: Looked, match: Match | None) -> Planned | None:
    """How the customer is read: by id, else by a phone number or an address; None where nobody is named."""
    if match is not None:
        kind = _written_as(looked.column(match.heading))
        plain = Planned(match.heading, (match.heading,), match.score)
        return plain if kind is None else plain.with_setting(identity=kind.value)
    for kind in _HEADINGS:
        key = key_column(looked, kind)
        if key is not None:
            return Planned({"column": key.heading, "identity": kind.value}, (key.heading,))
    return None


def identities_of(plan: TablePlan, wanted: Collection[IdentityKind]) -> dict[str, str]:
    """The keys of the wanted kinds that stand beside a customer's id in this table, by heading."""
    if plan.identity is not None or "customer_id" not in plan.columns:
        return {}
    keys = {kind: key_column(plan.looked, kind) for kind in sorted(wanted)}
    return {kind.value: key.heading for kind, key in keys.items() if key is not None}


def wanted_keys(plans: Mapping[str, TablePlan]) -> frozenset[IdentityKind]:
    """The kinds of key by which some table names its customers."""
    return frozenset(plan.identity for plan in plans.values() if plan.identity is not None)


def unlinked(plans: Mapping[str, TablePlan]) -> list[str]:
    """Sentences on tables whose customers nobody will know: no other table says whose their keys are."""
    linked = {kind for plan in plans.values() for kind in plan.settings.get("identities", {})}
    strangers = {
        name: plan.identity
        for name, plan in plans.items()
        if plan.identity is not None and plan.identity not in linked and name != "orders"
    }
    return [
        f"{name} names customers by {kind}, orders do not, and no file says whose {kind} it is: "
        "add one that holds customers' ids beside it"
        for name, kind in strangers.items()
        if plans["orders"].identity is not kind
    ]


def _written_as(contents: Contents) -> IdentityKind | None:
    """A key that stands under a heading for ids: an address, or a number as it is dialled."""
    if contents.emails >= MOSTLY:
        return IdentityKind.EMAIL
    return IdentityKind.PHONE if contents.dialled >= MOSTLY else None


def _holds(contents: Contents, kind: IdentityKind) -> bool:
    return (contents.phones if kind is IdentityKind.PHONE else contents.emails) >= MOSTLY
