from typing import Any

import pytest

from nrem.errors import InvalidError
from nrem.policy.card import MAX_VALUE, CardSchema

TEXT = {"type": "string"}
SHORT = {"type": "string", "maxLength": 40}
NONE = {"type": "null"}


def _read(its: dict[str, Any]) -> CardSchema:
    return CardSchema.read({"type": "object", "properties": {"name": its}})


@pytest.mark.parametrize(
    ("its", "most"),
    [
        (TEXT, MAX_VALUE),
        (SHORT, 40),
        ({"anyOf": [TEXT, NONE]}, MAX_VALUE),
        ({"anyOf": [SHORT, NONE]}, 40),
        ({"anyOf": [NONE, SHORT]}, 40),
        ({"anyOf": [TEXT], "maxLength": 7}, 7),
    ],
)
def test_limit_of_a_text_stands_beside_its_type_or_its_field(
    its: dict[str, Any], most: int
) -> None:
    assert _read(its).fields[0].max_length == most


@pytest.mark.parametrize(
    "options",
    [
        None,
        [],
        [NONE],
        [TEXT, {"type": "integer"}],
        [TEXT, SHORT],
        ["string", NONE],
        [{"type": "string", "pattern": "a"}, NONE],
        [{"type": ["string"]}, NONE],
    ],
)
def test_options_that_are_not_one_text_and_null_are_refused(options: object) -> None:
    with pytest.raises(InvalidError) as caught:
        _read({"anyOf": options})

    assert caught.value.field == "schema.properties.name"


@pytest.mark.parametrize("length", [0, MAX_VALUE + 1, "9", True])
def test_limit_within_an_option_is_a_number_of_characters(length: object) -> None:
    with pytest.raises(InvalidError) as caught:
        _read({"anyOf": [{"type": "string", "maxLength": length}, NONE]})

    assert caught.value.field == "schema.properties.name.maxLength"
