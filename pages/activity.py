"""Activity: writes whose outcome is unknown, then everything done through the desk."""

from datetime import UTC, datetime

import streamlit as st

from lib.ui.activities import needs_eyes, trail
from lib.ui.visit import enter, source_line

desk = enter("viewer")
st.title("Activity", anchor=False)
source_line(datetime.now(UTC), "the desk's own records")
needs_eyes(desk.ledger.needs_eyes())
trail(desk.ledger.newest())
