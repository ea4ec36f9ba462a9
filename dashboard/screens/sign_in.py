"""The door of the pages: whom to sign in with; or, for who did and was given no role, whom that leaves out.

Data flow: the providers of `[auth]` -> one button each -> Streamlit sends the browser to the provider and back.
Invariants: no frame is read here, so nothing of a show is seen before somebody is known.
What can fail: the provider does not answer; Streamlit brings the browser back to this page.
"""

import streamlit as st

from dashboard.screens import door, stage, theme
from dashboard.screens.words import speaker


def page() -> None:
    """Show the page."""
    theme.apply()
    say = speaker(stage.language())
    with st.container(key="entry", gap="small", horizontal_alignment="center"):
        if st.user.get("is_logged_in"):
            stage.message(say("You are not on the list"), say("Ask whoever runs this war room for a role."))
            st.button(say("Sign out"), key="sign_out", on_click=st.logout)
            return
        stage.message(say("War room"), say("Sign in to look at the show."))
        for name in door.providers():
            label = f"{say('Sign in')} · {name}" if name else say("Sign in")
            st.button(label, key=f"sign_in_{name}", on_click=st.login, args=(name or None,), type="primary")


page()
