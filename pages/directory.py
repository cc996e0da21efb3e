"""Directory: the customers that the desk knows of: how many, how fresh, and more from a file."""

from datetime import UTC, datetime

import streamlit as st

from lib.ui.directories import connection_check, export, fill_in_names, import_file, overview
from lib.ui.visit import enter, source_line

desk = enter("viewer")
st.title("Directory", anchor=False)
source_line(datetime.now(UTC), "the desk's own records")
overview(desk.directory.overview())
import_file()
fill_in_names()
export()
connection_check()
