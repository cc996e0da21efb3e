"""Customer: one customer at once: who, their details to correct, addresses, figures, orders, and what happened."""

import streamlit as st

from lib.ui.chosen import the_customer
from lib.ui.customers import (
    addresses,
    details_form,
    downloads,
    erase_link,
    figures,
    heading,
    latest_orders,
    what_happened,
)
from lib.ui.failures import part
from lib.ui.visit import enter, source_line

desk = enter("viewer")
reading = the_customer()
customer = reading.value

heading(customer)
source_line(reading.at, "directory" if reading.stale else "live")
with part("Figures"):
    figures(customer.cust_id)

left, right = st.columns([2, 3], gap="large")
with left:
    st.header("Details", anchor=False)
    details_form(customer, stale=reading.stale)
    st.header("Addresses", anchor=False)
    with part("Addresses"):
        addresses(customer.cust_id)
with right:
    st.header("Latest orders", anchor=False)
    with part("Latest orders"):
        latest_orders(customer.cust_id)
    st.header("What happened here", anchor=False)
    what_happened(customer.cust_id)
    downloads(customer.cust_id)
    erase_link(customer.cust_id)
