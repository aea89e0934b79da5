"""Help: what the pages do, what each figure means, every setting and every command."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.accounts.deps import PageShell
from app.errors import NotFound
from app.help.commands import Command, commands
from app.help.settings import Setting, settings
from app.help.topics import GROUPS, Group, Topic, find_topic
from app.web.render import respond

router = APIRouter()


@dataclass(frozen=True, slots=True)
class HelpPage:
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A page of help; `settings` and `commands` are filled on the pages that list them."""

    topic: Topic
    groups: tuple[Group, ...]
    settings: tuple[Setting, ...]
    commands: tuple[Command, ...]


@router.get("/help", name="help")
def help_index(request: Request, shell: PageShell) -> Response:
    return respond(request, "help/index.html", HelpPage(GROUPS), shell)


@router.get("/help/{topic}", name="help_topic")
def help_topic(request: Request, shell: PageShell, topic: str) -> Response:
    found = find_topic(topic)
    if found is None:
        raise NotFound
    page = TopicPage(
        topic=found,
        groups=GROUPS,
        settings=settings() if topic == "settings" else (),
        commands=commands() if topic == "commands" else (),
    )
    return respond(request, f"help/{found.slug}.html", page, shell)
