"""An operator finds every setting of the server in one table."""

import re
from pathlib import Path

from serving.settings import PREFIX, Settings

GUIDE = Path(__file__).parents[2] / "docs" / "operation.md"


def rows_of_the_table():
    _, _, after = GUIDE.read_text(encoding="utf-8").partition("## Settings of the server")
    return "\n".join(line.split("|")[1] for line in after.partition("\n## ")[0].splitlines() if "|" in line)


def test_every_setting_is_in_the_table_and_nothing_else():
    told = set(re.findall(rf"{PREFIX}\w+", rows_of_the_table()))
    assert told == {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
