"""Owns what is written to a log about an error: its kind and its place, never its values, which may be personal."""

from __future__ import annotations

import traceback
from pathlib import PurePath


def described(error: BaseException) -> str:
    """'KeyError at tables.py:12': what happened and where, for somebody who mends it."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"{type(error).__name__} at {place}"
