"""A Persian retailer's files, from `make map` through `make real` to a list, with no setting touched."""

import shutil
import subprocess
import sys

import pytest
import yaml

from pipelines.sources.concealing import VARIABLE
from pipelines.workspace import CODE, PIPELINE, SHIPPED_PARAMS, SOURCE_PARAMS
from tests.e2e.conftest import ROOT
from tests.persian_shop import DONE, PERSIAN, shop, write

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

SECRET = "a secret of the shop's own"


@pytest.fixture(scope="module")
def facts():
    return shop()


@pytest.fixture(scope="module")
def project(tmp_path_factory, facts):
    """The code and settings as shipped, and the shop's books beside them."""
    folder = tmp_path_factory.mktemp("project")
    for package in CODE:
        shutil.copytree(ROOT / package, folder / package)
    for name in (*PIPELINE, SHIPPED_PARAMS):
        shutil.copy2(ROOT / name, folder / name)
    (folder / SOURCE_PARAMS).mkdir()
    write(folder / "books", facts, PERSIAN)
    return folder


@pytest.fixture(scope="module")
def mapped(project):
    """What `make map` printed."""
    answers = ["NAME=shop", "YES=1", "UNIT=toman", "MARGIN=۳۰٪", "CONSENT=allow"]
    found = subprocess.run(
        [sys.executable, "-m", "pipelines.map_files", "books", *answers],
        cwd=project, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def ran(project, mapped, run_source):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, SECRET)
        return run_source(project, "shop", project / "books")


def test_the_proposal_shows_an_order_in_words(mapped):
    assert "toman)." in mapped


def test_every_ticket_found_its_customer(printed):
    assert any("complaints: 0 of" in line and "name nobody we know by phone" in line for line in printed)


def test_everybody_who_bought_is_on_the_list(facts, listed):
    bought = {f"C{line.customer:03}" for line in facts.lines if line.status == DONE}
    assert {row["customer_id"] for row in listed} == bought


def test_amounts_are_rials(listed):
    assert {row["currency"] for row in listed} == {"IRR"}


def test_something_is_worth_doing(listed):
    assert int(listed[0]["expected_gain_minor"]) > 0


def test_what_may_be_spent_suits_the_shops_orders(project, listed):
    policy = yaml.safe_load((project / SOURCE_PARAMS / "shop.yaml").read_text())["policy"]
    caps = [int(row["incentive_cap_minor"]) for row in listed if row["recommended_action"] != "leave_alone"]
    assert policy["rounding_step_minor"] <= max(caps) <= policy["absolute_limit_minor"]


def test_complaints_are_reasons(listed):
    assert any("complaint" in row[f"reason_{number}"] for row in listed for number in (1, 2, 3))
