"""Sign-in with the accounts of the house (OpenID Connect), where a deployment sets it up.

Streamlit reads `[auth]` from its secrets: client, secret, address of the provider. Without it the
app is open to whoever reaches it.
"""

from __future__ import annotations

import streamlit as st


def required() -> bool:
    """Tell whether a provider is set up."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def ask() -> None:
    """End the run of a visitor who has not signed in, with the way to do so."""
    if not required() or st.user.is_logged_in:
        return
    st.title("Downstream")
    st.markdown("What outages cost a creator platform in a year. Sign in to go on.")
    st.button("Sign in", on_click=st.login, type="primary", key="sign_in")
    st.stop()


def offer_to_leave() -> None:
    """Offer to sign out."""
    if required():
        st.button("Sign out", on_click=st.logout, key="sign_out", type="tertiary")
