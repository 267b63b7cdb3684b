"""Where the warehouse is, and that nobody reads its password."""

import pytest

from models.domain.errors import BadSource
from pipelines.sources.warehouse_url import masked, scheme, warehouse_url

HERE = "postgres://ann@db.example.org/shop"
SECRET = "postgres://ann:hun%2Fter2@db.example.org/shop"


def test_the_setting_names_the_warehouse():
    assert warehouse_url(HERE, {}) == HERE


def test_the_environment_wins():
    assert warehouse_url(HERE, {"HOLDFAST_WAREHOUSE_URL": SECRET}) == SECRET


def test_an_empty_variable_does_not_count():
    assert warehouse_url(HERE, {"HOLDFAST_WAREHOUSE_URL": " "}) == HERE


def test_without_a_url_the_message_names_the_variable():
    with pytest.raises(BadSource, match="HOLDFAST_WAREHOUSE_URL"):
        warehouse_url(None, {})


@pytest.mark.parametrize(
    "url",
    [SECRET, "postgres://db.example.org/shop?password=hunter2", "duckdb://md:shop?motherduck_token=hunter2"],
)
def test_a_password_does_not_belong_in_the_settings(url):
    with pytest.raises(BadSource, match="holds a password") as caught:
        warehouse_url(url, {})
    assert "hun" not in caught.value.message


@pytest.mark.parametrize(
    "said",
    [
        "no connection to postgres://ann:hun%2Fter2@db.example.org/shop",
        "password hun%2Fter2 is wrong",
        "password hun/ter2 is wrong",
    ],
)
def test_a_message_shows_no_password(said):
    assert "ter2" not in masked(said, SECRET)


def test_a_message_shows_nothing_of_a_url_that_cannot_be_read():
    assert masked("no such host: http://[ann:hunter2", "http://[ann:hunter2") == "no such host: ***"


@pytest.mark.parametrize(
    ("url", "kind"), [(HERE, "postgres"), ("DuckDB:///a.duckdb", "duckdb"), ("shop.duckdb", "")]
)
def test_the_scheme_says_what_kind_of_warehouse_it_is(url, kind):
    assert scheme(url) == kind
