"""The `customers` table: what the shop knows of each customer from the day of joining."""

import pyarrow as pa

from models.contract.tables import CUSTOMERS
from pipelines.sources.simulator.arrow_columns import column, consents, contract_table, instants, words
from pipelines.sources.simulator.customers import ACQUISITION, CONSENTS, REGIONS, Customers


def customers_table(customers: Customers, end: int) -> pa.Table:
    """The `customers` table: one version each, known from the day of joining."""
    known = customers.joined_at <= end
    table = contract_table(
        CUSTOMERS,
        {
            "customer_id": customers.ids,
            "signed_up_at": instants(customers.joined_at),
            "birth_date": instants(customers.born_at),
            "region": words(REGIONS, customers.region),
            "acquisition_channel": words(ACQUISITION, customers.acquisition),
            "referred_by": customers.id_of(customers.referred_by),
            **{f"may_contact_{channel}": consents(customers.allow(channel)) for channel in CONSENTS},
            "known_at": instants(customers.joined_at),
        },
    )
    return table.filter(column(known))
