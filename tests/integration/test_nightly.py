import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipelines import nightly, paths
from pipelines.examination.locks import NIGHTLY, alone

SERVED = {"release_id": "abc", "as_of": "2024-06-30T22:00:00Z"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project whose pipeline is whatever `pipeline(code)` says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(nightly.URL, raising=False)
    monkeypatch.setattr(sys, "argv", ["nightly"])
    (tmp_path / paths.SERVING).mkdir(parents=True)
    (tmp_path / paths.SERVING / "serving.json").write_text(json.dumps(SERVED))
    (tmp_path / "params.yaml").write_text("source: {}")
    return tmp_path


@pytest.fixture
def pipeline(monkeypatch):
    def _pipeline(code):
        monkeypatch.setattr(nightly, "repro_command", lambda: [sys.executable, "-c", code])

    return _pipeline


def decided(folder, *promoted):
    plain = {"as_of": 0, "champion_before": None}
    entries = [
        {**plain, "release_id": f"r{number}", "promoted": good, "reason": f"reason {number}"}
        for number, good in enumerate(promoted)
    ]
    (folder / paths.REGISTRY).mkdir(parents=True)
    (folder / paths.REGISTRY / "history.jsonl").write_text("".join(json.dumps(one) + "\n" for one in entries))


def ended():
    with pytest.raises(SystemExit) as left:
        nightly.main()
    return left.value.code


def test_a_run_that_went_well_exits_0(folder, pipeline):
    pipeline("")
    decided(folder, True)
    assert ended() == 0


def test_a_refused_candidate_exits_3_and_says_why(folder, pipeline, capsys):
    pipeline("")
    decided(folder, True, False)
    assert ended() == 3
    told = capsys.readouterr().err
    assert told == "HOLDFAST NIGHTLY REFUSED: the gate refused the newest candidate: reason 1\n"


def test_a_refusal_that_was_followed_by_a_promotion_is_over(folder, pipeline):
    pipeline("")
    decided(folder, True, False, True)
    assert ended() == 0


def test_a_pipeline_that_fails_exits_1_and_says_so(folder, pipeline, capsys):
    pipeline("raise SystemExit(7)")
    assert ended() == 1
    assert "HOLDFAST NIGHTLY FAILED: the pipeline ended with 7" in capsys.readouterr().err


def test_a_second_run_at_once_does_nothing_and_exits_4(folder, pipeline):
    pipeline("raise SystemExit('it ran')")
    with alone(folder / NIGHTLY):
        assert ended() == 4


def test_every_night_leaves_a_line(folder, pipeline):
    pipeline("")
    ended()
    pipeline("raise SystemExit(1)")
    ended()
    lines = [json.loads(line) for line in (folder / nightly.LOG).read_text().splitlines()]
    assert [(line["result"], line["release"]) for line in lines] == [("fresh", "abc"), ("failed", "abc")]


def test_a_source_without_its_file_is_a_failed_night(folder, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["nightly", "nowhere"])
    assert ended() == 1


def test_told_events_are_exported_before_the_pipeline_reads_them(folder, pipeline, monkeypatch, capfd):
    (folder / "params.yaml").write_text("source: {also: event_store, also_path: data/told}")
    (folder / "serving.py").write_text("import sys; print('exporting to', *sys.argv[1:], flush=True)")
    pipeline("print('reading', flush=True)")
    ended()
    assert capfd.readouterr().out.splitlines()[:2] == [
        f"exporting to export {folder / 'data' / 'told'}",
        "reading",
    ]


def test_a_night_whose_told_events_cannot_be_exported_has_failed(folder, pipeline):
    (folder / "params.yaml").write_text("source: {also: event_store, also_path: data/told}")
    (folder / "serving.py").write_text("raise SystemExit(2)")
    pipeline("raise SystemExit('it ran')")
    assert ended() == 1


def test_a_killed_run_leaves_no_lock(tmp_path):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom pipelines.examination.locks import alone\n"
        f"with alone(Path({str(tmp_path / 'lock')!r})):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root) as holder:
        holder.stdout.readline()
        with alone(tmp_path / "lock") as held_by:
            assert held_by == holder.pid
        holder.kill()
    with alone(tmp_path / "lock") as held_by:
        assert held_by is None


@pytest.fixture
def ready_server():
    """A server whose /readyz tells what `told` holds, and the keys that it was sent."""
    told, keys = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            keys.append(self.headers.get("Authorization"))
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing: pytest shows what is printed."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", told, keys
        server.shutdown()
        thread.join()


def test_a_server_that_answers_from_what_was_made_is_waited_for(ready_server):
    url, told, _ = ready_server
    told |= SERVED
    assert nightly.answers_from(url, None, SERVED, seconds=5)


def test_a_server_that_stays_with_the_old_release_is_no_success(ready_server):
    url, told, _ = ready_server
    told |= {**SERVED, "release_id": "old"}
    assert not nightly.answers_from(url, None, SERVED, seconds=0.2)


def test_a_server_that_is_not_there_is_no_success():
    assert not nightly.answers_from("http://127.0.0.1:1", None, SERVED, seconds=0.2)


def test_the_server_is_asked_with_the_key(ready_server):
    url, told, keys = ready_server
    told |= SERVED
    nightly.answers_from(url, "hf_a_b", SERVED, seconds=5)
    assert keys == ["Bearer hf_a_b"]
