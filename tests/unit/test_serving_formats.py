import pytest

from serving.formats import Format, preferred_format
from serving.refusals import NotAcceptable


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", Format.JSON),
        ("*/*", Format.JSON),
        ("application/json", Format.JSON),
        ("text/csv", Format.CSV),
        ("TEXT/HTML", Format.HTML),
        ("text/*", Format.CSV),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Format.HTML),
        ("text/csv;q=0.5, text/html;q=0.9", Format.HTML),
        ("application/json;q=0, */*", Format.CSV),
        ("text/html;q=nonsense, text/csv;q=0.1", Format.CSV),
    ],
)
def test_the_format_that_accept_likes_best_is_chosen(accept, chosen):
    assert preferred_format(accept) is chosen


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "*/*;q=0"])
def test_a_caller_that_accepts_nothing_we_have_is_refused(accept):
    with pytest.raises(NotAcceptable, match="application/json, text/csv, text/html"):
        preferred_format(accept)
