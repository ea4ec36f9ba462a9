"""Navigation, and nothing else: which page answers under which address.

Data flow: the browser's path -> one page file under `screens/`. Pages draw themselves, the style sheet included.
The icon is a file of ours: Streamlit's own symbols would be fetched from outside.
"""

from pathlib import Path

import streamlit as st

ICON = Path(__file__).resolve().parents[1] / "data" / "pictures" / "icon.png"

st.set_page_config(page_title="War room", page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
st.navigation(
    [
        st.Page("screens/live.py", title="Live", url_path="live", default=True),
        st.Page("screens/replay.py", title="Replay", url_path="replay"),
        st.Page("screens/channels.py", title="Channels", url_path="channels"),
        st.Page("screens/stress.py", title="Stress", url_path="stress"),
    ],
    position="hidden",
).run()
