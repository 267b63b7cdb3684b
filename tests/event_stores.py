"""Told events for tests of stores, and a program that tells events until it is killed.

`python tests/event_stores.py URL SEED` tells events and writes each event's name once it is acknowledged.
"""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from serving.store.kept import Kept

THREADS = 4


def event(number, customer="C1", payload=None):
    """Event `number` of a customer."""
    return Kept(f"e{number}", customer, 1_000 + number, payload or f'{{"number":{number}}}')


def main(url, seed):
    from serving.store.opening import open_store

    store = open_store(url)
    luck = random.Random(seed)
    first = luck.randrange(10**12)

    def tell(thread):
        for number in count(thread, THREADS):
            some = [event(first + 10 * number + place, f"C{number % 7}") for place in range(1 + number % 3)]
            names = [one.event_id for one in store.tell(some)]
            sys.stdout.write("".join(f"{name}\n" for name in names))
            sys.stdout.flush()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(tell, range(THREADS)))


if __name__ == "__main__":
    main(*sys.argv[1:])
