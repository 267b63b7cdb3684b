from pathlib import Path

import pytest

from models.domain.errors import InvalidSetting
from serving.settings import from_environment


def test_by_default_the_server_listens_on_loopback(monkeypatch):
    monkeypatch.delenv("HOLDFAST_HOST", raising=False)
    assert from_environment().host == "127.0.0.1"


def test_the_environment_says_where_to_read(monkeypatch):
    monkeypatch.setenv("HOLDFAST_SERVING_DIR", "elsewhere/serving")
    assert from_environment().serving_dir == Path("elsewhere/serving")


def test_other_holdfast_variables_are_left_alone(monkeypatch):
    monkeypatch.setenv("HOLDFAST_REAL_DATA", "logs")
    assert from_environment().port == 8000


@pytest.mark.parametrize("port", ["none", "0", "70000"])
def test_an_impossible_port_is_refused_by_its_variable(monkeypatch, port):
    monkeypatch.setenv("HOLDFAST_PORT", port)
    with pytest.raises(InvalidSetting, match="Correct or unset HOLDFAST_PORT"):
        from_environment()
