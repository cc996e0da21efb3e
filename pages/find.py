"""Find: one box for any customer, however an operator knows them."""

from datetime import UTC, datetime

import streamlit as st

from lib.ui.finding import add_customer, recently_opened, search
from lib.ui.visit import enter, source_line

desk = enter("viewer")
st.title("Find", anchor=False)
source_line(datetime.now(UTC), "the desk's own directory")
search()
recently_opened()
if desk.directory.overview().count:
    add_customer()
