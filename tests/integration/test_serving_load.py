"""`python -m serving load` and `export`: another folder is served in place of the old, or nothing changes."""

import json
import shutil
import subprocess
import sys

import pytest

from models.contract.told_files import read_told
from models.domain.errors import BadSource, DamagedRelease, InvalidSetting
from serving.store import commands
from serving.store.kept import Kept
from serving.store.opening import open_store

EVENT = Kept("e1", "C1", 5, "{}")


@pytest.fixture
def folders(tmp_path, make_serving_folder):
    """The folder that is served, and another one."""
    served, other = tmp_path / "served", tmp_path / "other"
    shutil.copytree(make_serving_folder(customers=3), served)
    changed = {number: {"model_version": "another"} for number in range(1, 9)}
    shutil.copytree(make_serving_folder(customers=5, changed=changed, release_id="another"), other)
    return served, other


def release_in(folder):
    return json.loads((folder / "serving.json").read_text())["release_id"]


def test_another_folder_takes_the_place_of_the_one_served(folders):
    served, other = folders
    commands.load(served, [str(other)])
    assert (release_in(served), release_in(other)) == ("another", "another")


def test_a_first_folder_is_loaded_where_there_was_none(folders, tmp_path):
    commands.load(tmp_path / "nothing yet", [str(folders[1])])
    assert release_in(tmp_path / "nothing yet") == "another"


def test_a_damaged_folder_changes_nothing(folders):
    served, other = folders
    (other / "plan.parquet").write_bytes(b"damaged")
    with pytest.raises(DamagedRelease):
        commands.load(served, [str(other)])
    assert (release_in(served), [path.name for path in served.parent.glob(".served*")]) == (
        "0123456789abcdef",
        [],
    )


@pytest.mark.parametrize("words", [[], ["a", "b"]])
def test_one_folder_must_be_named(folders, words):
    with pytest.raises(InvalidSetting, match="python -m serving load FOLDER"):
        commands.load(folders[0], words)


def test_a_folder_is_not_loaded_over_itself(folders):
    with pytest.raises(BadSource, match="no other folder"):
        commands.load(folders[0], [str(folders[0])])


def test_a_running_server_keeps_told_events_over_a_load(client_for, folders, tmp_path):
    served, other = folders
    event = {
        "event_id": "e1",
        "type": "order",
        "customer_id": "C1",
        "order_id": "O1",
        "ordered_at": "2024-07-02T10:00:00",
        "lines": [{"amount_minor": 5}],
    }
    with client_for(served) as client:
        client.post("/v1/events", json=event)
        commands.load(served, [str(other)])
        for _ in range(500):
            if client.get("/readyz").json().get("release_id") == "another":
                break
        assert client.post("/v1/events", json=event).json()["known"] == 1


def test_events_are_exported_beside_the_server_that_writes(tmp_path):
    url = f"sqlite:///{tmp_path / 'events.db'}"
    store = open_store(url)
    store.tell([EVENT])
    commands.export(url, [str(tmp_path / "told")])
    store.close()
    assert read_told(tmp_path / "told", None) == [("e1", "C1", 5, "{}")]


def test_events_known_later_can_be_left_out(tmp_path):
    url = f"sqlite:///{tmp_path / 'events.db'}"
    store = open_store(url)
    store.tell([EVENT, Kept("e2", "C1", 6, "{}")])
    commands.export(url, [str(tmp_path / "told")])
    store.close()
    assert [each[0] for each in read_told(tmp_path / "told", 5)] == ["e1"]


def test_without_a_store_there_is_nothing_to_export(tmp_path):
    with pytest.raises(BadSource, match="no store of events yet"):
        commands.export(f"sqlite:///{tmp_path / 'none.db'}", [str(tmp_path / "told")])


@pytest.mark.slow
def test_the_commands_run_from_a_shell(folders, tmp_path):
    environment = {"HOLDFAST_SERVING_DIR": str(folders[0]), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "serving", "load", str(folders[1])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, release_in(folders[0])) == (0, "another")
