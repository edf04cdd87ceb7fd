"""Text fields of an OpenAPI document: found wherever a shape leaves room for words."""

from typing import Any

from nrem.proof.field import text_fields


def _document(schema: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    body = {"content": {"application/json": {"schema": schema}}}
    return {"paths": {"/x": {"post": {"requestBody": body}}}, **more}


def _fields(schema: dict[str, Any], **more: Any) -> set[str]:  # noqa: ANN401 - JSON
    return {one.removeprefix("POST /x ") for one in text_fields(_document(schema, **more))}


def test_strings_are_found_in_objects_lists_choices_and_references() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "maxLength": 5},
            "b": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "c": {"type": "array", "items": {"$ref": "#/components/schemas/C"}},
            "d": {"type": "object", "additionalProperties": True},
            "e": {"type": "object", "additionalProperties": {"type": "integer"}},
            "f": {},
        },
    }
    of_c = {"type": "object", "properties": {"g": {"type": "string"}, "n": {"type": "number"}}}

    found = _fields(schema, components={"schemas": {"C": of_c}})

    assert found == {".a", ".b", ".c[].g", ".d.*", ".f"}


def test_texts_that_the_server_chooses_from_are_no_place_for_words() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "enum": ["x"]},
            "b": {"type": "string", "const": "x"},
            "c": {"type": "string", "format": "date-time"},
            "d": {"type": "string", "format": "uri"},
        },
    }

    assert _fields(schema) == {".d"}


def test_a_shape_that_contains_itself_ends() -> None:
    of_t = {
        "type": "object",
        "properties": {"t": {"$ref": "#/components/schemas/T"}, "s": {"type": "string"}},
    }

    assert _fields({"$ref": "#/components/schemas/T"}, components={"schemas": {"T": of_t}}) == {
        ".s"
    }


def test_parameters_are_told_with_where_they_stand() -> None:
    parameters = [
        {"in": "path", "name": "id", "schema": {"type": "string"}},
        {"in": "query", "name": "q", "schema": {"type": "string"}},
        {"in": "query", "name": "limit", "schema": {"type": "integer"}},
    ]

    found = list(text_fields({"paths": {"/x/{id}": {"get": {"parameters": parameters}}}}))

    assert found == ["GET /x/{id} path.id", "GET /x/{id} query.q"]
