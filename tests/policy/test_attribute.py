"""Attributes: what a statement says to hold, whose it is, and what gives none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.attribute import attribute_names, attributes


def told(content: str) -> list[tuple[str, str, str]]:
    return [(one.holder, one.name, one.value) for one in attributes(content)]


@pytest.mark.parametrize(
    ("content", "holder"),
    [
        ("I live in Berlin.", "user"),
        ("We live in Berlin.", "user"),
        ("User: I live in Berlin.", "user"),
        ("The user lives in Berlin", "user"),
        ("user lives in Berlin", "user"),
        ("Lives in Berlin", "user"),
        ("Assistant: You live in Berlin.", "user"),
        ("Caroline: I live in Berlin.", "caroline"),
        ("Ada Lovelace: I live in Berlin.", "ada lovelace"),
        ("Note: I live in Berlin.", "user"),
        ("Ada lives in Berlin", "ada"),
        ("Caroline: Ada lives in Berlin", "ada"),
        ("My sister lives in Berlin", "user sister"),
        ("Caroline: My mum lives in Berlin", "caroline mother"),
        ("Ada's older brother lives in Berlin", "ada older brother"),
        ("My sister Eva lives in Berlin", "user sister eva"),
        ("Caroline: Where do you live? Melanie: I live in Berlin now", "melanie"),
        ("Caroline: Where do you live? Melanie: In Berlin.", "melanie"),
    ],
)
def test_holder_is_whoever_is_meant(content: str, holder: str) -> None:
    assert told(content) == [(holder, "town", "berlin")]


@pytest.mark.parametrize(
    "content",
    [
        "She lives in Berlin.",
        "My friend lives in Berlin.",
        "You live in Berlin.",
        "Someone lives in Berlin.",
        "People live in Berlin.",
        "I lived in Berlin.",
        "I used to live in Berlin.",
        "I will live in Berlin.",
        "I might live in Berlin.",
        "I want to live in Berlin.",
        "I'm going to live in Berlin.",
        "I would live in Berlin.",
        "If I live in Berlin, I walk a lot.",
        "When I live in Berlin, I walk a lot.",
        "I wish I live in Berlin.",
        "Do I live in Berlin?",
        "I live in Berlin?",
        'Tom wrote: "and then I live in Berlin".',
        "Tom said I live in Berlin.",
        "In the novel, Ada lives in Berlin.",
        "I live in Berlin for the summer.",
        "I also live in Berlin.",
        "I moved to Berlin when I was five.",
        "I moved to Berlin ten years ago.",
        "In 2009 I moved to Berlin.",
        "I moved to a big house.",
        "I live in a big house.",
        "I moved the meeting to Berlin.",
        "I did not move to Berlin.",
        "I have never lived in Berlin.",
        "I speak French.",
        "",
        "   ",
        "\ud800",
    ],
)
def test_what_is_not_said_to_hold_gives_no_attribute(content: str) -> None:
    assert told(content) == []


@pytest.mark.parametrize(
    ("content", "name", "value"),
    [
        ("I live in Germany.", "country", "germani"),
        ("I live at 12 Elm Street.", "street", "12 elm street"),
        ("I no longer live in Berlin.", "town", "not berlin"),
        ("I moved from Rome to San Diego!", "town", "san diego"),
        ("I'm from Oslo.", "origin town", "oslo"),
        ("I was born in 1990.", "birthday", "1990"),
        ("I work for Acme.", "employer", "acm"),
        ("I left Acme.", "employer", "not acm"),
        ("I got a new job at Acme.", "employer", "acm"),
        ("I study law at MIT.", "school", "mit"),
        ("I report to Priya.", "manager", "priya"),
        ("I work as a programmer.", "occupation", "softwar engineer"),
        ("I am thirty-four.", "age", "34"),
        ("I turned 34 on Friday.", "age", "34"),
        ("My name is Ada.", "name", "ada"),
        ("Call me Addy.", "nickname", "addi"),
        ("I can't stand loud music.", "likes loud music", "no"),
        ("I love to hike.", "likes hike", "yes"),
        ("I quit smoking.", "smoke", "no"),
        ("I no longer drink coffee.", "drink coffe", "no"),
        ("I drink coffee every day.", "drink coffe", "yes"),
        ("I have a nut allergy.", "allergic to nut", "yes"),
        ("I'm lactose intolerant.", "intolerant of lactos", "yes"),
        ("I prefer tea over coffee.", "prefers of coffe and tea", "tea"),
        ("I switched to dark mode.", "preferred theme", "dark"),
        ("I cancelled my Netflix subscription.", "subscribes to netflix", "no"),
        ("We have two children.", "number of children", "2"),
        ("I have no kids.", "number of children", "0"),
        ("We upgraded from Postgres 15 to 18.", "postgres version", "18"),
        ("My favourite colour is green.", "color favorite", "green"),
        ("My birthday is on the 3rd of May.", "birthday", "3 may"),
        ("My phone number is +49 (171) 123-4567.", "phone", "1234567"),
        ("My e-mail is ADA@example.org.", "email", "ada@example.org"),
        ("The deadline was moved to Tuesday.", "deadline day", "tuesday"),
        ("I moved the deadline from Monday to Tuesday.", "deadline day", "tuesday"),
        ("The port of staging is 5433.", "port staging", "5433"),
        ("Staging runs on port 5433.", "port staging", "5433"),
        ("Our budget is 5k.", "budget", "5000"),
        ("Push notifications are turned off.", "notifications push enabled", "no"),
        ("Deadline: Tuesday", "deadline day", "tuesday"),
        ("i live in berlin", "town", "berlin"),
        ("My city is Berlin.", "town", "berlin"),
        ("I'm not married.", "married", "no"),
        ("I'm not single.", "partnered", "yes"),
        ("My girlfriend and I broke up.", "partnered", "no"),
        ("I'm 180 cm tall.", "height", "180 cm"),
        ("I go by Sam.", "nickname", "sam"),
        ("I was hired by Acme.", "employer", "acm"),
        ("I quit coffee.", "drink coffe", "no"),
        ("I gave up sugar in January.", "eat sugar", "no"),
        ("I started drinking coffee again.", "drink coffe", "yes"),
        ("My address is 12 Elm Street.", "street", "12 elm street"),
        ("I'm now a senior nurse.", "occupation", "senior nurs"),
        ("We upgraded Python to 3.12.", "python version", "3.12"),
        ("The Python version is 3.12.", "python version", "3.12"),
        ("I get up at 7.", "wake time", "07:00"),
        ("I go to bed at midnight.", "bed time", "00:00"),
        ("My blood type is A.", "blood type", "a"),
    ],
)
def test_statement_gives_its_attribute(content: str, name: str, value: str) -> None:
    assert told(content) == [("user", name, value)]


@pytest.mark.parametrize(
    "content",
    [
        "The deadline is tight.",
        "The deadline should be Friday.",
        "The old deadline is Friday.",
        "Their deadline is Friday.",
        "My manager is on holiday.",
        "My boss is a nightmare.",
        "The password is very weak.",
        "My job is stressful.",
        "I am 20 weeks pregnant.",
        "I am 10 minutes late.",
        "I love it.",
        "I don't hate cats.",
        "I don't drink coffee after lunch.",
        "I eat meat when I travel.",
        "Sounds like fun.",
        "My company moved to Paris.",
        "I'm engaged in local politics.",
        "I am a runner.",
        "I do running with others.",
        "I am dating again.",
        "I am sure they all see me as the author and love the book.",
        "I moved to Tuesday.",
        "I have never stopped smoking.",
        "I don't run every day.",
        "I wake up at 6 on Sundays.",
        "I don't prefer tea over coffee.",
        "I gave Tom a book.",
        "I hope I'm not allergic to nuts.",
        "My sister is called Eva.",
    ],
)
def test_remark_gives_no_attribute(content: str) -> None:
    assert told(content) == []


def test_each_clause_gives_its_own_attributes() -> None:
    found = told("Ada lives in Paris and works at Globex as a nurse, but she hates trains.")

    assert found == [
        ("ada", "town", "paris"),
        ("ada", "employer", "globex"),
        ("ada", "occupation", "nurs"),
    ]


def test_couple_that_parted_is_told_of_both() -> None:
    assert told("Chris and Ada broke up.") == [
        ("chris", "partnered", "no"),
        ("chris", "partner", "not ada"),
        ("ada", "partnered", "no"),
        ("ada", "partner", "not chris"),
    ]


def test_deed_of_marriage_names_the_partner() -> None:
    assert told("Ada married Bob last week.") == [
        ("ada", "partnered", "yes"),
        ("ada", "married", "yes"),
        ("ada", "partner", "bob"),
    ]


def test_parting_names_who_is_no_partner() -> None:
    assert told("I broke up with Tom.") == [
        ("user", "partnered", "no"),
        ("user", "partner", "not tom"),
    ]


@pytest.mark.parametrize("both", ["Bob and I got married.", "Eva: Bob and I got married."])
def test_couple_with_the_speaker_is_told_of_him(both: str) -> None:
    speaker = "eva" if both.startswith("Eva") else "user"

    assert (speaker, "partner", "bob") in told(both)
    assert (speaker, "married", "yes") in told(both)


def test_thing_liked_is_part_of_the_name() -> None:
    found = told("I love tea, coffee and warm milk.")

    assert found == [("user", f"likes {one}", "yes") for one in ("tea", "coffe", "warm milk")]


def test_no_to_a_question_about_oneself_is_a_statement() -> None:
    assert told("Assistant: Do you still smoke? User: No.") == [("user", "smoke", "no")]


def test_yes_to_a_question_about_oneself_is_a_statement() -> None:
    assert told("Eva: Are you vegan? Tom: Yes!") == [
        ("tom", "diet", "vegan"),
        ("tom", "eat meat", "no"),
    ]


def test_attribute_with_two_values_in_one_content_is_left_out() -> None:
    assert told("I live in Berlin. I live in Rome. I smoke.") == [("user", "smoke", "yes")]


def test_same_attribute_said_twice_counts_once() -> None:
    assert told("I live in Berlin. I live in Berlin, really.") == [("user", "town", "berlin")]


def test_keys_do_not_tell_the_value() -> None:
    assert (
        attribute_names("I live in Berlin.")
        == attribute_names("Lives in Rome")
        == ("user\x1ftown",)
    )


def test_keys_are_sorted() -> None:
    assert attribute_names("I smoke. I live in Berlin.") == ("user\x1fsmoke", "user\x1ftown")


@pytest.mark.parametrize(
    "piece",
    [
        "now ", "I now ", "I live in Berlin ", "a, ", "A.b ", "Ada's ", "My ", " ", "'", "9,",
        "twenty-", "from to ", "no ", "The port of ", "I prefer a to ", "(last week ", '"', "\n",
        "Who? ", "Caroline: ", "is ", "and I ", "very ", "\u2026", "\u00e9", "x",
    ],
)  # fmt: skip
def test_twenty_thousand_characters_of_anything_end(piece: str) -> None:
    content = piece * (20_000 // len(piece))

    assert len(attributes(content)) <= len(content)


@given(st.text(st.sampled_from("Ia m.,'?:\n\"not live in Bd5"), max_size=60))
def test_any_text_gives_keys_that_are_unique(content: str) -> None:
    keys = [one.key for one in attributes(content)]

    assert len(keys) == len(set(keys))


@given(st.text(max_size=80))
def test_any_text_gives_the_same_each_time(content: str) -> None:
    assert attributes(content) == attributes(content)
