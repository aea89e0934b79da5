"""Every figure leads to a note, and every note says what a researcher has to know."""

import re

import pytest
from fastapi.testclient import TestClient

from app.agreement import Measure
from app.agreement.names import NAMES
from app.agreement.names import TOPICS as TOPICS_OF_FIGURES
from app.help.topics import GROUPS, Topic, find_topic
from tests.project import ROOT

PROSE_GROUPS = {
    "Preparing and sorting",
    "Deciding, and what leaves a study",
    "Keeping a server",
}
TOPICS = [topic for group in GROUPS for topic in group.topics]
NOTES = [topic for group in GROUPS if group.title not in PROSE_GROUPS for topic in group.topics]
WITHOUT_A_VALUE = {"calculator"}  # what has no value of its own cannot be undefined
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LINK = re.compile(r"topic=['\"]([\w-]+)['\"]")


def text_of(topic: Topic) -> str:
    return (ROOT / "templates" / "help" / f"{topic.slug}.html").read_text("utf-8")


def sections_of(topic: Topic) -> dict[str, str]:
    parts = re.split(r"<h2>(.+?)</h2>", text_of(topic))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def named(topics: list[Topic]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("topic", topics, ids=lambda topic: topic.slug)


@pytest.mark.parametrize("measure", list(Measure))
def test_every_figure_has_a_name_and_a_note(measure: Measure) -> None:
    assert NAMES[measure]
    assert find_topic(TOPICS_OF_FIGURES[measure]) is not None


def test_every_topic_that_a_page_leads_to_exists() -> None:
    given = {
        slug: path.name for path in TEMPLATES for slug in LINK.findall(path.read_text("utf-8"))
    }
    assert {"getting-started", "category-kappa"} <= given.keys()
    assert {slug: name for slug, name in given.items() if find_topic(slug) is None} == {}


def test_no_two_topics_share_an_address_or_a_title() -> None:
    assert len({topic.slug for topic in TOPICS}) == len(TOPICS)
    assert len({topic.title for topic in TOPICS}) == len(TOPICS)


def test_every_text_is_in_the_index() -> None:
    texts = {path.stem for path in (ROOT / "templates" / "help").glob("*.html")}
    assert texts - {"_topic", "index"} == {topic.slug for topic in TOPICS}


@pytest.mark.parametrize(
    "slug",
    [
        *("weighted-kappa", "scotts-pi", "fleiss-kappa", "congers-kappa", "gwets-ac"),
        *("brennan-prediger", "specific-agreement", "prevalence-and-bias", "intervals"),
        *("benchmarks", "what-if", "planning", "calculator", "percent-agreement", "cohens-kappa"),
        *("lights-kappa", "krippendorffs-alpha", "category-kappa", "sets", "open-sorts"),
    ],
)
def test_there_is_a_note_on(slug: str) -> None:
    assert slug in {topic.slug for topic in NOTES}


@named(NOTES)
def test_a_note_says_what_when_and_with_what_care(topic: Topic) -> None:
    sections = sections_of(topic)
    expected = ["What it says", "When to use it", "When it is undefined", "Take care", "Source"]
    if topic.slug in WITHOUT_A_VALUE:
        expected.remove("When it is undefined")
    assert list(sections) == expected
    assert all(re.sub(r"<[^>]+>|\s", "", section) for section in sections.values())


@named(NOTES)
def test_a_note_names_its_source_with_a_year_and_a_doi(topic: Topic) -> None:
    source = sections_of(topic)["Source"]
    assert re.search(r"\((18|19|20)\d\d\)", source)
    assert re.search(r"\bdoi:10\.\d{4,}/\S+", source)


@named(TOPICS)
def test_a_topic_is_a_page_with_its_title(topic: Topic, client: TestClient) -> None:
    answer = client.get(f"/help/{topic.slug}")
    assert answer.status_code == 200
    assert "<h1>" in answer.text
    assert f'aria-current="page">{topic.title.replace(chr(39), "&#39;")}</a>' in answer.text


def test_the_index_leads_to_every_topic_under_its_group(client: TestClient) -> None:
    index = client.get("/help").text
    for group in GROUPS:
        section = index.partition(f">{group.title}</h2>")[2].partition("</section>")[0]
        assert all(f'/help/{topic.slug}"' in section for topic in group.topics)


def test_the_index_stays_easy_to_scan() -> None:
    assert all(1 < len(group.topics) <= 8 for group in GROUPS)
    assert all(len(topic.summary) <= 50 for topic in TOPICS)
