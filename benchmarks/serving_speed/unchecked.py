"""Our server without the check of golden customers: copies under other names fall into other lots."""

from serving import releases
from serving.__main__ import main

if __name__ == "__main__":
    releases.check_golden = lambda _: None
    main()
