import pytest


@pytest.fixture(scope="module")
def told(ask):
    """What /metrics says after a few requests, by line."""
    ask.get("/v1/customers/C000002")
    ask.get("/v1/at-risk?limit=0")
    ask.get("/no/such/path")
    answer = ask.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def count_of(route, status):
    return f'holdfast_request_seconds_count{{route="{route}",status="{status}"}}'


def test_answers_are_timed_by_route_and_status(told):
    assert told[count_of("GET /v1/customers/{}", 200)] >= 1
    assert told[count_of("GET /v1/at-risk", 422)] >= 1


def test_a_path_that_is_none_makes_no_series_of_its_own(told):
    assert told[count_of("unmatched", 404)] >= 1


def test_problems_are_counted_by_name(told):
    assert told['holdfast_problems_total{problem="invalid-request"}'] >= 1


def test_the_release_in_use_is_named(told):
    assert told['holdfast_release_info{release="0123456789abcdef"}'] == 1


def test_customers_are_counted(told):
    assert told["holdfast_customers"] == 253


def test_deciles_rise(told):
    deciles = [told[f'holdfast_churn_probability{{percentile="{each}"}}'] for each in range(10, 100, 10)]
    assert deciles == sorted(deciles)
    assert deciles[0] < deciles[-1]


def test_deciles_of_caps_are_whole_money_somebody_may_get(told):
    assert told['holdfast_incentive_cap_minor{percentile="90"}'] > 0


def test_no_label_names_a_customer(told):
    assert [name for name in told if "C000002" in name] == []


def test_lines_of_the_audit_trail_are_counted(told):
    assert told["holdfast_audit_lines_total"] >= 1


def test_a_server_without_a_release_says_so(tmp_path, client_for):
    with client_for(tmp_path / "none") as ask:
        assert "holdfast_ready 0" in ask.get("/metrics").text.splitlines()
