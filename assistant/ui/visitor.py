"""Who is visiting: a signed-in user, or whoever holds the key in the browser's cookie. Conversations belong to them."""

from __future__ import annotations

import hashlib
import re
import secrets

import streamlit as st

COOKIE = "onrecord_visitor"
_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")


def owner() -> str:
    """Return the key that this visitor's conversations are stored under: of the sign-in, else made from the cookie's.

    What stands in the catalog is not the cookie itself: who reads the one does not get the other.
    """
    user = st.user.to_dict() if getattr(st.user, "is_logged_in", False) else {}
    secret = f"user:{user['iss']}:{user['sub']}" if user.get("sub") and user.get("iss") else f"visitor:{visitor()}"
    return hashlib.sha256(secret.encode()).hexdigest()


def visitor() -> str:
    """Return the key of this browser; a new one is handed to it with the page."""
    if "visitor" not in st.session_state:
        known = str(st.context.cookies.get(COOKIE, ""))
        st.session_state["visitor"] = known if _KEY.fullmatch(known) else secrets.token_urlsafe(24)
    return str(st.session_state["visitor"])
