"""The examples of docs/api.md do what they say: each is sent to a server, and answered."""

import io
import re
import shlex
import urllib.request
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import _serving_folder
from tests.judging_worlds import answering, served

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
HERE = "http://127.0.0.1:8000"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands():
    """Every curl of the page, as its words."""
    words = [word for block in blocks("sh") for word in (*shlex.split(block), "curl")]
    starts = [place for place, word in enumerate(words) if word == "curl"]
    return [words[begin + 1 : end] for begin, end in pairwise(starts) if end > begin + 1]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    made = tmp_path_factory.mktemp("examples")
    folder = served(lambda **more: _serving_folder(made / "serving", **more), made / "elsewhere")
    with answering(folder, made / "stores") as client:
        yield client


@pytest.mark.parametrize("words", commands(), ids=lambda words: words[0].removeprefix(HERE))
def test_a_command_is_answered(shop, words):
    url, *options = words
    given = dict(zip(options[::2], options[1::2], strict=True)) if options else {}
    headers = dict(
        word.split(": ", 1) for flag, word in zip(options[::2], options[1::2], strict=True) if flag == "-H"
    )
    method = "POST" if "-d" in given else "GET"
    answer = shop.request(method, url.removeprefix(HERE), content=given.get("-d"), headers=headers)
    assert (answer.status_code, "error" in answer.text) == (200, False)


def test_the_page_has_commands():
    assert len(commands()) >= 10


@pytest.mark.parametrize("code", blocks("python"))
def test_a_program_prints_what_it_was_answered(shop, code, monkeypatch, capsys):
    def sent(request):
        parts = urlsplit(request.full_url)
        answer = shop.request(request.get_method(), parts.path, content=request.data, headers=request.headers)
        return io.BytesIO(answer.content)

    monkeypatch.setattr(urllib.request, "urlopen", sent)
    exec(compile(code, "docs/api.md", "exec"), {})
    assert "C000001" in capsys.readouterr().out
