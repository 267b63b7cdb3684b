import pytest

from models.domain.errors import InvalidSetting
from serving.access.hosts import check_may_listen, check_origin, host_name, is_from_here, is_loopback
from serving.access.limits import check_size
from serving.refusals import BadPath, BodyTooLarge, ForeignHost, ForeignOrigin, HeadersTooLarge, PathTooLong


def _scope(*, host="127.0.0.1:8000", client=("127.0.0.1", 5), path="/", query=b"", **headers):
    named = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {
        "type": "http",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        "client": client,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LOCALHOST"])
def test_the_server_may_listen_on_loopback_without_a_key(host):
    check_may_listen(host, has_keys=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", "", "localhost.evil.com"])
def test_the_server_may_not_listen_anywhere_else_without_a_key(host):
    with pytest.raises(InvalidSetting, match="keys create"):
        check_may_listen(host, has_keys=False)


def test_the_server_may_listen_for_the_world_with_a_key():
    check_may_listen("0.0.0.0", has_keys=True)


@pytest.mark.parametrize(
    ("header", "name"),
    [("localhost:8000", "localhost"), ("[::1]:8000", "::1"), ("[::1]", "::1"), ("127.0.0.1", "127.0.0.1")],
)
def test_a_host_header_is_read_without_its_port(header, name):
    assert host_name(header) == name


@pytest.mark.parametrize("name", ["127.0.0.1.nip.io", "evil.example", "", "127.1", "0"])
def test_a_name_that_could_resolve_elsewhere_is_not_loopback(name):
    assert not is_loopback(name)


def test_a_program_on_this_machine_is_from_here():
    assert is_from_here(_scope())


def test_a_name_that_is_not_this_machine_s_is_refused():
    with pytest.raises(ForeignHost):
        is_from_here(_scope(host="evil.example"))


@pytest.mark.parametrize("client", [("192.168.1.9", 5), ("::ffff:127.0.0.1", 5), ("socket", 5), None])
def test_a_peer_that_is_not_plainly_this_machine_is_not_from_here(client):
    assert not is_from_here(_scope(client=client))


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "via", "x_real_ip"])
def test_what_a_proxy_sends_on_is_not_from_here(header):
    assert not is_from_here(_scope(**{header: "203.0.113.9"}))


def test_an_announced_body_beyond_the_limit_is_refused_unread():
    with pytest.raises(BodyTooLarge):
        check_size(_scope(content_length="2049"), 2048)


def test_a_body_at_the_limit_is_let_through():
    check_size(_scope(content_length="2048"), 2048)


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/./x", "//evil.example", "/v1/customers/\x00", "/v1/customers/a\nb"]
)
def test_a_path_that_looks_for_a_way_around_is_refused(path):
    with pytest.raises(BadPath):
        check_size(_scope(path=path), 2048)


@pytest.mark.parametrize("path", ["/v1/customers/a..b", "/v1/customers/a/b", "/v1/customers/شـ\u200cکیب"])
def test_a_customer_may_have_a_strange_id(path):
    check_size(_scope(path=path), 2048)


@pytest.mark.parametrize(("path", "query"), [("/" + "a" * 4_000, b""), ("/", b"a" * 8_001)])
def test_an_address_beyond_the_limit_is_refused(path, query):
    with pytest.raises(PathTooLong):
        check_size(_scope(path=path, query=query), 2048)


def test_headers_beyond_the_limit_are_refused():
    with pytest.raises(HeadersTooLarge):
        check_size(_scope(cookie="a" * 16_384), 2048)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_a_page_of_another_site_may_not_write(headers):
    with pytest.raises(ForeignOrigin):
        check_origin("POST", _scope(**headers)["headers"])


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://127.0.0.1:8000"}, {"sec_fetch_site": "same-origin"}]
)
def test_a_program_and_the_server_s_own_page_may_write(headers):
    check_origin("POST", _scope(**headers)["headers"])


def test_a_link_from_another_site_may_be_followed():
    check_origin("GET", _scope(sec_fetch_site="cross-site")["headers"])
