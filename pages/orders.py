"""Orders: one customer's whole order history: filters, charts, table, one order in full, and the file of it."""

from lib.ui.chosen import the_customer
from lib.ui.orders import body, chosen_filters, title
from lib.ui.visit import enter, source_line

desk = enter("viewer")
reading = the_customer()
cust_id = reading.value.cust_id

title(reading.value)
filters = chosen_filters(cust_id)
walk = desk.api.history(cust_id, filters.a_day_wider())
source_line(walk.at, "orders read live")
body(cust_id, filters, walk)
