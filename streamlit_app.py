"""The app of On Record: `streamlit run streamlit_app.py`."""

import streamlit as st

from assistant.ui import desk, frame, notices
from assistant.ui.pages import pages

st.set_page_config(page_title="On Record", page_icon="🗞️", layout="wide", menu_items={})
every = pages()
page = st.navigation(every.all, position="hidden")
frame.draw(every)
desk.desk().warm()
with frame.body(page, every), notices.instead_of_errors():
    page.run()
