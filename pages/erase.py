"""Erase: who it is, what goes, confirmed by typing their e-mail; then what became of it, and a receipt."""

from lib.ui.erasing import confirmation, outcome, preview, title
from lib.ui.visit import enter, source_line, the_customer

desk = enter("eraser")
title()
if not outcome():
    reading = the_customer(fresh=True)
    source_line(reading.at, "read past every cache")
    counts = preview(reading.value)
    confirmation(reading.value, counts)
