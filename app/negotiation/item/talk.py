"""The discussion of one disagreement, as threads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from app.negotiation.comments import comments_on
from app.negotiation.item.parts import CommentView, TalkPart
from app.negotiation.item.scene import Scene
from app.negotiation.item.slips import silent_coders
from app.negotiation.models import Comment
from app.negotiation.rules import Stage
from app.studies.rules import Action, Role


def talk_part(scene: Scene) -> TalkPart:
    """Return what was said, answers under what they answer, and what one may add."""
    said = comments_on(scene.session, scene.found) if scene.sees_talk else ()
    passed = dict.fromkeys(one.member_id for one in said if not one.text)
    spoke = {one.member_id for one in said}
    may_speak = scene.sees_talk and not scene.is_over and scene.here.may(Action.COMMENT)
    if scene.here.role is Role.ARBITER and not scene.is_party:
        may_speak = may_speak and scene.stage is Stage.ESCALATED
    is_talked_about = scene.stage in {Stage.OPENED, Stage.PROPOSED}
    return TalkPart(
        comments=_threads(scene, [one for one in said if one.text]),
        silent=silent_coders(scene),
        passed=tuple(scene.speaker(one) for one in passed),
        may_comment=may_speak,
        may_pass=may_speak
        and is_talked_about
        and scene.is_party
        and scene.here.member_id not in spoke,
        waits_for=scene.waits_for,
    )


def _threads(scene: Scene, said: Sequence[Comment]) -> tuple[CommentView, ...]:
    by_id = {one.id or 0: one for one in said}
    answers: dict[int, list[Comment]] = defaultdict(list)
    for one in said:
        if one.reply_to is not None:
            answers[_root_of(by_id, one)].append(one)
    return tuple(
        _comment(scene, one, tuple(_comment(scene, other) for other in answers[one.id or 0]))
        for one in said
        if one.reply_to is None
    )


def _root_of(by_id: Mapping[int, Comment], comment: Comment) -> int:
    """Return what a thread began with; whoever answers an answer speaks in the same thread."""
    while comment.reply_to is not None and comment.reply_to in by_id:
        comment = by_id[comment.reply_to]
    return comment.id or 0


def _comment(scene: Scene, one: Comment, replies: tuple[CommentView, ...] = ()) -> CommentView:
    return CommentView(one.id or 0, scene.speaker(one.member_id), one.text, one.at, replies)
