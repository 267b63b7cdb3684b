"""Every table of the contract, declared once.

Ingest validates against these declarations, the data dictionary is generated from them, and the simulator
writes them. Only `orders` is required; `customers` is derived from it when missing.
"""

from models.contract.columns import Column, Kind, Table
from models.domain.vocabulary import IdentityKind, OfferDesign, Purpose

CHANNELS = ("email", "sms", "phone", "post", "app")

_KNOWN_AT = Column(
    "known_at", Kind.INSTANT, "when the business came to know the row; its event time when absent"
)


def _customer_id(meaning: str = "whose row it is; an opaque string") -> Column:
    return Column("customer_id", Kind.ID, meaning, required=True)


ORDERS = Table(
    name="orders",
    grain="one order line",
    key=("order_id", "line_id"),
    event="ordered_at",
    required=True,
    known_at=(("ordered_at", "known_at"),),
    columns=(
        Column("order_id", Kind.ID, "the order that the line belongs to", required=True),
        Column("line_id", Kind.ID, "the line within the order", required=True),
        _customer_id("who ordered"),
        Column("ordered_at", Kind.INSTANT, "when the order was placed, or the return made", required=True),
        Column("item_id", Kind.ID, "the article"),
        Column("category", Kind.CATEGORY, "the article's category"),
        Column("units", Kind.INTEGER, "how many; negative for a return"),
        Column(
            "amount_minor",
            Kind.MONEY,
            "what the customer paid for the line; negative for a return",
            required=True,
        ),
        Column("margin_minor", Kind.MONEY, "the line's contribution margin; negative for a return"),
        _KNOWN_AT,
    ),
)

CUSTOMERS = Table(
    name="customers",
    grain="one version of one customer; the latest known at a snapshot counts",
    key=("customer_id", "known_at"),
    event="known_at",
    known_at=(("known_at", "known_at"),),
    columns=(
        _customer_id("the customer"),
        Column("signed_up_at", Kind.INSTANT, "when the account was opened"),
        Column("birth_date", Kind.INSTANT, "the start of the local day of birth"),
        Column("region", Kind.CATEGORY, "where the customer lives, as coarse as the business likes"),
        Column("acquisition_channel", Kind.CATEGORY, "how the customer came"),
        Column("referred_by", Kind.ID, "the customer who referred this one"),
        *(
            Column(
                f"may_contact_{channel}", Kind.BOOLEAN, f"consent to contact by {channel}; null: nobody asked"
            )
            for channel in CHANNELS
        ),
        Column(
            "known_at",
            Kind.INSTANT,
            "from when this version was known; where a source does not say: since `signed_up_at`, else since "
            "the first known order",
            required=True,
        ),
    ),
)

COMPLAINTS = Table(
    name="complaints",
    grain="one complaint",
    key=("complaint_id",),
    event="opened_at",
    known_at=(
        ("opened_at", "opened_known_at"),
        ("promised_at", "promised_known_at"),
        ("first_response_at", "first_response_known_at"),
        ("resolved_at", "resolved_known_at"),
        ("followed_up_at", "followed_up_known_at"),
        ("reopened_at", "reopened_known_at"),
    ),
    undated_known_with="resolved_at",
    known_apart=(("satisfaction", "satisfaction_known_at"),),
    columns=(
        Column("complaint_id", Kind.ID, "the complaint", required=True),
        _customer_id("who complained"),
        Column("opened_at", Kind.INSTANT, "when the customer complained", required=True),
        Column(
            "promised_at",
            Kind.INSTANT,
            "by when an answer was promised (a moment in the future when promised)",
        ),
        Column("first_response_at", Kind.INSTANT, "the first answer by a person"),
        Column("resolved_at", Kind.INSTANT, "when it was settled"),
        Column("followed_up_at", Kind.INSTANT, "the call afterwards: is all well now?"),
        Column("reopened_at", Kind.INSTANT, "when the customer came back with it"),
        Column("channel", Kind.CATEGORY, "how it reached the business"),
        Column("reason", Kind.CATEGORY, "what the customer said"),
        Column("root_cause", Kind.CATEGORY, "what turned out to be the cause"),
        Column("severity", Kind.INTEGER, "1 (slight) to 5 (grave)", low=1, high=5),
        Column(
            "satisfaction", Kind.INTEGER, "1 (bad) to 5 (good), as answered by the customer", low=1, high=5
        ),
        Column("handled_by", Kind.ID, "the team or person who handled it"),
        Column("handling_cost_minor", Kind.MONEY, "what handling cost, refunds apart", low=0),
        *(
            Column(
                f"{fact}_known_at",
                Kind.INSTANT,
                f"when `{fact}_at` became known; that moment itself when absent",
            )
            for fact in ("opened", "promised", "first_response", "resolved", "followed_up", "reopened")
        ),
        Column("satisfaction_known_at", Kind.INSTANT, "when it was told; with the resolution when absent"),
    ),
)

CONTACTS = Table(
    name="contacts",
    grain="one contact",
    key=("contact_id",),
    event="contacted_at",
    known_at=(("contacted_at", "known_at"),),
    columns=(
        Column("contact_id", Kind.ID, "the contact", required=True),
        _customer_id("with whom"),
        Column("contacted_at", Kind.INSTANT, "when", required=True),
        Column("direction", Kind.CATEGORY, "who began", required=True, values=("inbound", "outbound")),
        Column("channel", Kind.CATEGORY, "how"),
        Column("purpose", Kind.CATEGORY, "what for; `ask_why`: they were asked why they stay away"),
        _KNOWN_AT,
    ),
)

OFFERS = Table(
    name="offers",
    grain="one customer in one campaign",
    key=("campaign_id", "customer_id"),
    event="assigned_at",
    known_at=(("assigned_at", "known_at"), ("redeemed_at", "redeemed_known_at")),
    columns=(
        Column("campaign_id", Kind.ID, "the campaign", required=True),
        _customer_id("who was assigned"),
        Column("assigned_at", Kind.INSTANT, "when the arm was decided", required=True),
        Column("arm", Kind.CATEGORY, "the action; `none` is the control", required=True),
        Column(
            "propensity", Kind.NUMBER, "probability of this arm for this customer when decided", low=0, high=1
        ),
        Column(
            "design",
            Kind.CATEGORY,
            "how customers were chosen",
            required=True,
            values=tuple(design.value for design in OfferDesign),
        ),
        Column("purpose", Kind.CATEGORY, "why", values=tuple(purpose.value for purpose in Purpose)),
        Column(
            "face_value_minor", Kind.MONEY, "what the offer is worth to the customer", required=True, low=0
        ),
        Column("contact_cost_minor", Kind.MONEY, "what the contact cost", required=True, low=0),
        Column("redeemed_at", Kind.INSTANT, "when it was used"),
        Column(
            "redeemed_known_at", Kind.INSTANT, "when the use became known; that moment itself when absent"
        ),
        _KNOWN_AT,
    ),
)

CONTRACTS = Table(
    name="contracts",
    grain="one contract",
    key=("contract_id",),
    event="started_at",
    known_at=(("started_at", "known_at"), ("ended_at", "ended_known_at")),
    columns=(
        Column("contract_id", Kind.ID, "the contract", required=True),
        _customer_id("whose"),
        Column("started_at", Kind.INSTANT, "when it began", required=True),
        Column("renews_at", Kind.INSTANT, "when it renews unless ended"),
        Column("ended_at", Kind.INSTANT, "when it ended"),
        Column("reason", Kind.CATEGORY, "why it ended"),
        Column("ended_known_at", Kind.INSTANT, "when the end became known (notice may come before it)"),
        _KNOWN_AT,
    ),
)

SURVEYS = Table(
    name="surveys",
    grain="one answer",
    key=("survey_id",),
    event="answered_at",
    known_at=(("answered_at", "known_at"),),
    columns=(
        Column("survey_id", Kind.ID, "the answer", required=True),
        _customer_id("who answered"),
        Column("answered_at", Kind.INSTANT, "when", required=True),
        Column("kind", Kind.CATEGORY, "csat or nps", required=True, values=("csat", "nps")),
        Column("score", Kind.INTEGER, "csat 1 to 5, nps 0 to 10", required=True, low=0, high=10),
        Column("reason", Kind.CATEGORY, "why, as the customer said"),
        _KNOWN_AT,
    ),
)

ACTIVITY = Table(
    name="activity",
    grain="one event",
    key=("customer_id", "at", "kind"),
    event="at",
    known_at=(("at", "known_at"),),
    columns=(
        _customer_id("whose"),
        Column("at", Kind.INSTANT, "when", required=True),
        Column(
            "kind",
            Kind.CATEGORY,
            "what happened",
            required=True,
            values=("visit", "use", "cart", "checkout_failed", "payment_failed"),
        ),
        Column("quantity", Kind.NUMBER, "how much"),
        _KNOWN_AT,
    ),
)

OUTCOMES = Table(
    name="outcomes",
    grain="one customer whose outcome a wide table says",
    key=("customer_id",),
    event="known_at",
    known_at=(("known_at", "known_at"),),
    columns=(
        _customer_id("whose"),
        Column("churned", Kind.BOOLEAN, "whether the customer left; null: nobody knows yet"),
        Column("gone", Kind.BOOLEAN, "whether the customer left for good; null: no"),
        Column("value_minor", Kind.MONEY, "what the customer brought over the horizon"),
        Column("known_at", Kind.INSTANT, "when this was known", required=True),
    ),
)

# Made from the keys that other tables hold, never read as it is: a key must be hidden before it is written.
IDENTITY = Table(
    name="identity",
    grain="one key by which another system knows a customer",
    key=("system", "external_id"),
    event="",
    columns=(
        Column(
            "system",
            Kind.CATEGORY,
            "what kind of key it is",
            required=True,
            values=tuple(kind.value for kind in IdentityKind),
        ),
        Column("external_id", Kind.ID, "the key, normalised and hidden by a keyed hash", required=True),
        _customer_id("whose key it is; a key of several customers is left out"),
    ),
)

# Of no customer, so it stands apart: amounts are brought to constant money by it.
PRICE_INDEX = Table(
    name="price_index",
    grain="one published value of one period",
    key=("period_start", "known_at"),
    event="period_start",
    columns=(
        Column("period_start", Kind.INSTANT, "when the period begins", required=True),
        Column("index", Kind.NUMBER, "the price level, above 0, on any base", required=True),
        Column("known_at", Kind.INSTANT, "when the value was published; the end of its period when absent"),
    ),
)

TABLES: tuple[Table, ...] = (
    ORDERS,
    CUSTOMERS,
    COMPLAINTS,
    CONTACTS,
    OFFERS,
    CONTRACTS,
    SURVEYS,
    ACTIVITY,
    OUTCOMES,
)


def table(name: str) -> Table:
    """The declaration of a table by name. Raises `KeyError`."""
    for declared in TABLES:
        if declared.name == name:
            return declared
    raise KeyError(f"the contract has no table {name}")
