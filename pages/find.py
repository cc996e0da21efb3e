"""Find: one box for any customer, however an operator knows them."""

import streamlit as st

from lib.ui.finding import add_customer, recently_opened, search
from lib.ui.visit import enter

desk = enter("viewer")
st.title("Find")
search()
recently_opened()
if desk.directory.overview().count:
    add_customer()
