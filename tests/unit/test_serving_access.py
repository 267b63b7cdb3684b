import pytest

from models.domain.errors import InvalidSetting
from serving.access import check_listens_here_only, host_name, is_loopback, refusal_of
from serving.refusals import BodyTooLarge, ForeignHost


def _scope(*, host="127.0.0.1:8000", client=("127.0.0.1", 5), length=None):
    headers = [(b"host", host.encode())]
    if length is not None:
        headers.append((b"content-length", length.encode()))
    return {"type": "http", "headers": headers, "client": client}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LOCALHOST"])
def test_the_server_may_listen_on_loopback(host):
    check_listens_here_only(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", "", "localhost.evil.com"])
def test_the_server_may_not_listen_anywhere_else(host):
    with pytest.raises(InvalidSetting, match="no API keys in this version"):
        check_listens_here_only(host)


@pytest.mark.parametrize(
    ("header", "name"),
    [("localhost:8000", "localhost"), ("[::1]:8000", "::1"), ("[::1]", "::1"), ("127.0.0.1", "127.0.0.1")],
)
def test_a_host_header_is_read_without_its_port(header, name):
    assert host_name(header) == name


@pytest.mark.parametrize("name", ["127.0.0.1.nip.io", "evil.example", "", "127.1", "0"])
def test_a_name_that_could_resolve_elsewhere_is_not_loopback(name):
    assert not is_loopback(name)


def test_a_request_from_this_machine_is_let_through():
    assert refusal_of(_scope()) is None


def test_a_foreign_host_header_is_refused():
    assert isinstance(refusal_of(_scope(host="evil.example")), ForeignHost)


def test_a_peer_on_another_machine_is_refused():
    assert isinstance(refusal_of(_scope(client=("192.168.1.9", 5))), ForeignHost)


def test_an_announced_body_beyond_the_limit_is_refused_unread():
    assert isinstance(refusal_of(_scope(length="2097153")), BodyTooLarge)


def test_a_body_at_the_limit_is_let_through():
    assert refusal_of(_scope(length="2097152")) is None
