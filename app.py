"""What is served: the desk's pages behind its security headers, with an orderly start and end.

The script that every visit runs is `lib/ui/shell.py`, not this file: Streamlit would serve a folder `pages/` beside
the script past the shell's gate to the first visitor after a start.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from lib.settings import ROOT
from lib.ui.desk import close_desk
from lib.ui.edge import SecurityHeaders, alive, script
from lib.ui.failures import show_unforeseen


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Imports what the pages need, takes those objects out of every later collection (a third of the cost of a
    click without it), and at the end lets every write reach its outcome."""
    for name in ("altair", "pandas", "pyarrow"):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        await asyncio.to_thread(close_desk, for_good=True)


app = st.App(
    ROOT / "lib" / "ui" / "shell.py",
    lifespan=lifespan,
    middleware=[Middleware(SecurityHeaders)],
    routes=[Route("/healthz", alive), Route("/desk.js", script)],
    on_script_error=show_unforeseen,
)
