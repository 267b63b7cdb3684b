"""What goes on from a file that holds keys: the mapping's columns, keys hidden, and nothing else in clear."""

from pathlib import Path

import pyarrow as pa
import pytest

from models.domain.errors import InvalidSetting
from models.domain.identity import Concealment, concealed
from models.domain.settings import settings_from
from models.domain.vocabulary import IdentityKind
from pipelines.sources.csv_text import LINE
from pipelines.sources.hiding import hidden, uses_keys
from pipelines.sources.mapped import WITHHELD
from pipelines.sources.mapping import TableMapping
from pipelines.sources.source import SourceSettings
from pipelines.sources.table_plan import plan_of

HOW = Concealment(b"a secret of the business", country_code="98")
SOURCE = {"kind": "files", "path": "x", "currency": "EUR", "amount_unit": "major", "timezone": "UTC"}

PHONE = "09120000001"
ROWS = {
    "no": ["A", "A", None], "line": ["1", "2", None], "phone": [PHONE, "no phone", None],
    "day": ["2024-01-05", "2024-01-05", None], "sum": ["1", "2", None],
    "note": [f"call {PHONE}", f"call {PHONE}", None], LINE: [None, None, f"B,1,{PHONE}"],
}  # fmt: skip
COLUMNS = {
    "order_id": "no",
    "line_id": "line",
    "customer_id": {"column": "phone", "identity": "phone"},
    "ordered_at": "day",
    "amount_minor": "sum",
}


def mapping_of(**mapping):
    return settings_from(TableMapping, mapping, where="mapping")


def gone_on(how=HOW, **mapping):
    """The columns that go on, by heading."""
    settings = settings_from(SourceSettings, SOURCE | {"tables": {"orders": mapping}}, where="source")
    headings = [name for name in ROWS if name != LINE]
    plan = plan_of("orders", settings.tables["orders"], headings, Path("file.csv"), settings)
    batch = pa.record_batch({name: pa.array(values, pa.string()) for name, values in ROWS.items()})
    (found,) = hidden(iter([batch]), plan, how)
    return found.to_pydict()


def without(*names):
    return {name: source for name, source in COLUMNS.items() if name not in names}


def test_a_key_is_hidden():
    hash_of_it = concealed(IdentityKind.PHONE, PHONE, HOW)
    assert gone_on(columns=COLUMNS)["phone"] == [hash_of_it, "unreadable", None]


def test_columns_that_the_mapping_does_not_name_stay_behind():
    assert "note" not in gone_on(columns=COLUMNS)


def test_where_identical_lines_are_merged_the_other_columns_still_tell_them_apart():
    first, second, _ = gone_on(columns=without("line_id"))["line"]
    assert first != second


def test_where_identical_lines_are_merged_the_other_columns_cannot_be_read():
    first, second, third = gone_on(columns=without("line_id"))["note"]
    assert first == second != f"call {PHONE}"
    assert third is None


def test_a_line_that_was_not_understood_is_not_kept():
    assert gone_on(columns=COLUMNS)[LINE] == [None, None, WITHHELD]


def test_a_file_without_keys_goes_on_as_it_is():
    assert gone_on(how=None, columns=COLUMNS | {"customer_id": "phone"}) == ROWS


@pytest.mark.parametrize(
    "mapping",
    [
        pytest.param({"columns": COLUMNS | {"item_id": "phone"}}, id="another column"),
        pytest.param({"columns": COLUMNS, "where": [{"column": "phone", "in": [PHONE]}]}, id="condition"),
        pytest.param({"columns": COLUMNS, "identities": {"email": "phone"}}, id="another kind"),
        pytest.param({"columns": COLUMNS, "identities": {"phone": "note"}}, id="the same kind again"),
        pytest.param(
            {"columns": COLUMNS | {"customer_id": "no"}, "identities": {"phone": "note", "email": "note"}},
            id="two kinds",
        ),
    ],
)
def test_a_key_is_read_as_nothing_else(mapping):
    with pytest.raises(InvalidSetting, match="is a key and is hidden"):
        gone_on(**mapping)


@pytest.mark.parametrize("test", ["is_null", "not_null"])
def test_whether_a_key_is_there_may_be_asked(test):
    assert gone_on(columns=COLUMNS, where=[{"column": "phone", test: True}])


@pytest.mark.parametrize(
    ("mapping", "uses"),
    [
        ({}, False),
        ({"columns": COLUMNS}, True),
        ({"columns": COLUMNS | {"customer_id": "phone"}}, False),
        ({"identities": {"phone": "phone"}}, True),
        ({"preset": "zendesk"}, True),
        ({"preset": "zendesk", "columns": {"customer_id": "User ID"}}, False),
    ],
)
def test_a_mapping_uses_keys_where_it_names_customers_by_them_or_says_whose_they_are(mapping, uses):
    assert uses_keys(mapping_of(**mapping)) is uses
