"""The edge of every stage: errors become exit codes, and a person reads why."""

import sys
from collections.abc import Callable

from models.domain.errors import HoldfastError

REFUSED = 2


def run(main: Callable[[], None]) -> None:
    """Run a stage's `main`; a `HoldfastError` is printed and exits 2, anything else fails loudly."""
    try:
        main()
    except HoldfastError as error:
        sys.stderr.write(f"{type(error).__name__}: {error.message}\n")
        sys.exit(REFUSED)
