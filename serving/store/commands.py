"""`python -m serving export FOLDER` and `python -m serving load FOLDER`."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from models.contract.told_files import write_told
from models.domain.errors import BadSource, InvalidSetting
from serving.golden import check_golden
from serving.loading import load_snapshot
from serving.store.opening import read_store


def export(store_url: str, words: Sequence[str]) -> int:
    """Write all told events to a folder that ingest reads. Raises `InvalidSetting`, `BadSource`."""
    folder = _folder(words, "export")
    events = read_store(store_url)
    written = write_told(
        ((one.event_id, one.customer_id, one.known_at, one.payload) for one in events), folder
    )
    said = f"source.also: event_store and source.also_path: {folder} in params.yaml"
    sys.stdout.write(f"{written:,} events are in {folder}; with {said} `make` reads them beside the source\n")
    return 0


def load(serving_dir: Path, words: Sequence[str]) -> int:
    """Put another folder in the place of the one that is served; a running server takes it up by itself.

    It is read and checked first. Told events stay where they are: the server joins them with the new run.
    Raises `InvalidSetting`, `BadSource`, `MissingRelease` or `DamagedRelease`; then nothing was changed.
    """
    folder = _folder(words, "load")
    if not folder.is_dir() or folder.resolve() == serving_dir.resolve():
        raise BadSource(
            "there is no other folder to load from",
            allowed=f"a folder as data/serving is, but not {serving_dir}",
            given=str(folder),
            remedy="Name the folder that the pipeline wrote.",
        )
    incoming, replaced = _beside(serving_dir, "incoming"), _beside(serving_dir, "replaced")
    for left in (incoming, replaced):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(folder, incoming)
    try:
        snapshot = load_snapshot(incoming)
        check_golden(snapshot)
    except BaseException:
        shutil.rmtree(incoming, ignore_errors=True)
        raise
    if serving_dir.exists():
        serving_dir.rename(replaced)
    incoming.rename(serving_dir)
    shutil.rmtree(replaced, ignore_errors=True)
    sys.stdout.write(f"release {snapshot.release_id} is in {serving_dir}; a running server takes it up\n")
    return 0


def _folder(words: Sequence[str], command: str) -> Path:
    if len(words) != 1:
        raise InvalidSetting(
            f"`{command}` takes one folder",
            allowed=f"python -m serving {command} FOLDER",
            given=" ".join(words) or "nothing",
        )
    return Path(words[0])


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.{what}")
