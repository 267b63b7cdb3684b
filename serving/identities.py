"""Customers named by a key of another system: normalised, hidden under a secret, and looked up."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from models.contract.storage import read_summary
from models.domain.errors import InvalidSetting
from models.domain.identity import Concealment, concealed, fingerprint
from models.domain.vocabulary import IdentityKind
from serving.refusals import UnknownKey

IDENTITY_FILE = "identity.parquet"
VARIABLE = "HOLDFAST_ID_KEY"


@dataclass(frozen=True)
class Identities:
    """Whose keys are known: customers by kind and hidden key; country_code: of phones that name none.

    key_fingerprint: of the secret that hid them; None where the source holds no keys.
    """

    customers: Mapping[tuple[str, str], str]
    country_code: str | None = None
    key_fingerprint: str | None = None

    def customer(self, system: IdentityKind, external_id: str, secret: str | None) -> str:
        """The id of the customer whose key it is. Raises `UnknownKey`, or `InvalidSetting` for the secret."""
        if self.key_fingerprint is None:
            raise UnknownKey("the source holds no keys of other systems", remedy="Ask by customer_id.")
        self._check(secret)
        how = Concealment((secret or "").encode(), self.country_code)
        hidden = concealed(system, external_id, how)
        if hidden is None:
            raise UnknownKey(f"this is no key of the kind {system}", remedy="Correct the key or its kind.")
        # Where no table says whose a key is, the hidden key itself is the customer's id.
        return self._known(system, hidden) if self.customers else hidden

    def _known(self, system: IdentityKind, hidden: str) -> str:
        found = self.customers.get((system, hidden))
        if found is None:
            raise UnknownKey(
                f"nobody is known by this key of the kind {system}, or several are",
                remedy="Check the key, or ask by customer_id.",
            )
        return found

    def _check(self, secret: str | None) -> None:
        if secret is None or fingerprint(secret.encode()) != self.key_fingerprint:
            raise InvalidSetting(
                f"{VARIABLE} is not the secret that hid the keys of this source",
                remedy=f"Set {VARIABLE} to what it was when the pipeline ran, and start the server again.",
            )


NO_IDENTITIES = Identities({})


def open_identities(folder: Path, country_code: str | None) -> Identities:
    """The keys of a serving folder's history; none where there are none."""
    if not folder.is_dir():
        return NO_IDENTITIES
    key, path = read_summary(folder).identity_key, folder / IDENTITY_FILE
    if not path.exists():
        return Identities({}, country_code, key)
    rows = pq.ParquetFile(path).read(use_threads=False).to_pydict()
    keys = zip(rows["system"], rows["external_id"], strict=True)
    return Identities(dict(zip(keys, rows["customer_id"], strict=True)), country_code, key)
