"""Navigation, and nothing else: which page answers under which address.

Data flow: the browser's path -> one page file under `screens/`. Pages draw themselves, the style sheet included.
Where people sign in, every address answers with the door until somebody has done so; nothing else is run for them. One
page opens to a link as well: the host page, which proves the link's token before it reads anything.
The icon is a file of ours: Streamlit's own symbols would be fetched from outside.
"""

from pathlib import Path

import streamlit as st

from dashboard.screens import door, host_entry

ICON = Path(__file__).resolve().parents[1] / "data" / "pictures" / "icon.png"
PAGES = ("live", "host", "replay", "review", "channels", "stress", "audit", "setup")

st.set_page_config(page_title="War room", page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
known = PAGES if door.me() is not None else ("host",) if host_entry.shown() else ()
st.navigation(
    [
        st.Page(
            f"screens/{name if name in known else 'sign_in'}.py",
            title=name.capitalize() if name in known else "War room",
            url_path=name,
            default=name == PAGES[0],
        )
        for name in PAGES
    ],
    position="hidden",
).run()
