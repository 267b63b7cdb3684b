"""What a feature computes, hashed: a release names the features it was trained on, to the last detail."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from models.features.declaration import Feature

# Raised when the kernel or the formulas change what a declaration means.
MEANING = 1


def fingerprints(features: Sequence[Feature]) -> Mapping[str, str]:
    """The hash of each feature by name. Wording (label, family, unit) is left out: it changes no number."""
    return {feature.name: _sha256([MEANING, canonical(feature.value)]) for feature in features}


def fingerprint(
    features: Sequence[Feature], money: str | None = None, counting: Mapping[str, Any] | None = None
) -> str:
    """One hash of all features in their order: sha256 over canonical JSON.

    money: names the constant money that amounts are in; None where they are taken as they stand. counting:
    how articles were counted, as plain values; empty where they were not.
    """
    stated: list[Any] = [] if money is None else [("money", money)]
    stated += [("articles", counting)] if counting else []
    return _sha256([*fingerprints(features).items(), *stated])


def canonical(declared: Any) -> Any:
    """A declaration as plain values: {type: {field: value}} for each part."""
    if isinstance(declared, Enum):
        return declared.value
    if is_dataclass(declared):
        parts = {field.name: canonical(getattr(declared, field.name)) for field in fields(declared)}
        return {type(declared).__name__: parts}
    if isinstance(declared, tuple):
        return [canonical(item) for item in declared]
    return declared


def _sha256(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
