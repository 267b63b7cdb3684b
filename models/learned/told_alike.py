"""Rows of different days told by one model of rhythm: by that which their cut is told by.

A model fitted on a few months of log errs at another level than one of a year. Learned beside the former and
asked beside the latter, a correction overshoots: on CDNOW it foretold a twentieth too few silent. So rows to
learn from are looked up in the models of the cut. Those read no label and nothing after the cut; how a row
itself came to be, and what it says of its day beyond its columns of rhythm, stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.features.frame import FeatureFrame
from models.learned.rhythm import Rhythm
from models.learned.rows import LabelledRows


@dataclass(frozen=True)
class RhythmOfDay:
    """Models of rhythm and the instant (microseconds) from which on rows are looked up in them."""

    snapshot: int
    rhythm: Rhythm


def told_alike(rows: LabelledRows, rhythms: Sequence[RhythmOfDay], cut: int) -> LabelledRows:
    """The rows with every column of rhythm that they have as the newest models at or before `cut` tell it.

    rhythms: oldest first. Rows stay as they are where there is none yet, or where they lack what it reads.
    """
    known = [one.rhythm for one in rhythms if one.snapshot <= cut]
    return replace(rows, frame=_told_by(known[-1], rows.frame)) if known else rows


def _told_by(rhythm: Rhythm, frame: FeatureFrame) -> FeatureFrame:
    read = {name for column in rhythm.columns for name in column.reads}
    told = [place for place, name in enumerate(rhythm.names) if frame.has(name)]
    if not told or not all(frame.has(name) for name in read):
        return frame
    places = [frame.names.index(rhythm.names[place]) for place in told]
    values = np.array(frame.values)
    values[:, places] = rhythm.look_up(frame)[:, told]
    return replace(frame, values=values)
