"""What a result says of where it was measured."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version


def measured_on(packages: Sequence[str]) -> dict[str, str]:
    """`machine`, `python` and `versions` of these packages, as pages of results name them."""
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "python": platform.python_version(),
        "versions": ", ".join(f"{name} {version(name)}" for name in packages),
    }
