"""What was told since the run changes the answers of whom it is told of, in lists too, and nobody else's."""

import pytest

from tests.judging_worlds import answering, served


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from tests.conftest import _serving_folder

    made = tmp_path_factory.mktemp("told")
    return served(lambda **more: _serving_folder(made / "serving", **more), made / "elsewhere")


@pytest.fixture
def shop(folder, tmp_path):
    """A client of a server that judges anew, to which nothing was told yet."""
    with answering(folder, tmp_path) as client:
        yield client


def test_complaints_of_an_erased_customer_wait_for_no_answer(shop):
    assert shop.delete("/v1/customers/C000003").status_code == 200
    assert [each["customer_id"] for each in shop.get("/v1/complaints").json()["items"]] == [
        "C000001",
        "C000004",
    ]
