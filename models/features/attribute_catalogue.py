"""Attributes in the catalogue of features: what each of their columns is, and the hash that names them."""

import hashlib
import json
from collections.abc import Sequence

from models.contract.columns import Kind
from models.features.attributes import Encoding

FAMILY = "attributes"


def described(encodings: Sequence[Encoding]) -> list[dict[str, str]]:
    """One entry per feature column for `features.json`."""
    return [
        {
            "name": name,
            "family": FAMILY,
            "unit": "number" if each.attribute.kind is Kind.NUMBER else "0 or 1",
            "label": _label(each, name),
            "fingerprint": _sha256([each.attribute.name, each.attribute.kind.value]),
        }
        for each in encodings
        for name in each.names
    ]


def attribute_columns(encodings: Sequence[Encoding]) -> dict[str, str]:
    """The attribute's column that each feature name belongs to."""
    return {name: each.attribute.column for each in encodings for name in each.names}


def fingerprint_with(fingerprint: str, encodings: Sequence[Encoding]) -> str:
    """One hash of features and attributes: names and kinds count, levels are learned anew by each release."""
    if not encodings:
        return fingerprint
    return _sha256([fingerprint, [[each.attribute.name, each.attribute.kind.value] for each in encodings]])


def _label(encoding: Encoding, name: str) -> str:
    attribute = encoding.attribute
    if attribute.kind is not Kind.CATEGORY:
        return attribute.name
    return f"{attribute.name}: {name.removeprefix(attribute.column + '=') or 'empty'}"


def _sha256(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
