"""Erase: who it is, what goes, confirmed by typing their e-mail; then what became of it, and a receipt."""

import streamlit as st

from lib.ui.chosen import the_customer_afresh
from lib.ui.customers import downloads
from lib.ui.erasing import confirmation, outcome, preview, title
from lib.ui.visit import enter, source_line

desk = enter("eraser")
title()
if not outcome():
    reading = the_customer_afresh()
    source_line(reading.at, "read past every cache")
    left, right = st.columns((3, 2), gap="large")
    with left:
        counts = preview(reading.value)
    with right:
        downloads(reading.value.cust_id)
        confirmation(reading.value, counts)
