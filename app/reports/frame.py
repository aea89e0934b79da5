"""The frame of every page about agreement."""

from dataclasses import replace

from app.studies.deps import Here
from app.web.render import Shell


def under_agreement(here: Here) -> Shell:
    """Return the frame of the page with Agreement as the current section."""
    address = here.url("agreement")
    nav = tuple(replace(link, current=link.url == address) for link in here.shell.nav)
    return replace(here.shell, nav=nav)
