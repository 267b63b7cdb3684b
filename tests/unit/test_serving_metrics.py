import json
import logging
import sys

import pytest

from serving.operation.asked import Asked
from serving.operation.logs import JsonLines, frames
from serving.operation.metrics import MOST_SERIES, Metrics, count, lines, observe


def told(metrics):
    return [line for line in lines(metrics) if not line.startswith("#")]


def test_what_is_counted_adds_up():
    metrics = Metrics()
    count(metrics, "holdfast_problems_total", problem="forbidden")
    count(metrics, "holdfast_problems_total", by=2, problem="forbidden")
    assert told(metrics) == ['holdfast_problems_total{problem="forbidden"} 3']


def test_a_metric_that_nobody_declared_is_refused():
    with pytest.raises(KeyError):
        count(Metrics(), "holdfast_surprises_total")


def test_a_label_that_is_missing_is_refused():
    with pytest.raises(KeyError):
        count(Metrics(), "holdfast_problems_total")


def test_labels_do_not_grow_without_end():
    metrics = Metrics()
    for number in range(MOST_SERIES + 50):
        count(metrics, "holdfast_problems_total", problem=f"problem-{number}")
    assert 'holdfast_problems_total{problem="other"} 50' in told(metrics)
    assert len(told(metrics)) == MOST_SERIES + 1


def test_a_latency_falls_into_its_bucket_and_all_above():
    metrics = Metrics()
    observe(metrics, "GET /x", 200, 0.004)
    below = {line.split('le="')[1].split('"')[0]: line.split()[-1] for line in told(metrics) if "le=" in line}
    assert (below["0.0025"], below["0.005"], below["+Inf"]) == ("0", "1", "1")


def test_a_latency_on_a_bound_counts_as_within_it():
    metrics = Metrics()
    observe(metrics, "GET /x", 200, 0.005)
    assert 'holdfast_request_seconds_bucket{route="GET /x",status="200",le="0.005"} 1' in told(metrics)


def test_a_label_cannot_break_the_format():
    metrics = Metrics()
    count(metrics, "holdfast_problems_total", problem='a"\n\\')
    assert told(metrics) == ['holdfast_problems_total{problem="a\\"\\n\\\\"} 1']


def test_every_metric_says_what_it_is():
    text = list(lines(Metrics()))
    assert sum(line.startswith("# TYPE") for line in text) == sum(line.startswith("# HELP") for line in text)


def _logged(**given):
    record = logging.LogRecord("holdfast", logging.INFO, "x.py", 1, "answered", (), given.pop("error", None))
    record.__dict__.update(given)
    return json.loads(JsonLines().format(record))


def test_a_log_line_is_json_with_its_facts():
    line = _logged(facts={"route": "GET /v1/customers/{}"})
    assert (line["event"], line["level"], line["route"]) == ("answered", "info", "GET /v1/customers/{}")


def test_an_error_is_logged_by_where_and_not_by_its_message():
    try:
        raise KeyError("C000042")
    except KeyError:
        line = _logged(error=sys.exc_info())
    assert (line["error"], "C000042" in json.dumps(line)) == ("KeyError", False)


def test_where_an_error_came_from_names_the_function():
    try:
        raise ValueError
    except ValueError as error:
        (where,) = frames(error.__traceback__)
    assert where.endswith("test_where_an_error_came_from_names_the_function")


def test_a_request_begins_with_nobody_behind_it():
    assert not Asked("id", 0.0).caller.known
