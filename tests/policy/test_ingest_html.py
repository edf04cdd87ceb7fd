import pytest

from nrem.policy.ingest_html import text_of


def test_blocks_stand_apart_and_headings_have_marks() -> None:
    page = "<h1>Tea &amp;  cats</h1><p>One\n<b>bold</b> word.</p><h2>Two</h2><div>More</div>"

    assert text_of(page) == "# Tea & cats\n\nOne bold word.\n\n## Two\n\nMore"


def test_lists_and_rows_are_lines() -> None:
    page = "<ul><li>a</li><li>b</li></ul><table><tr><td>1</td><td>2</td></tr><tr><td>3</table>"

    assert text_of(page) == "- a\n- b\n\n1 2\n\n3"


def test_line_breaks_stay() -> None:
    assert text_of("one<br>two<br/>three") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var secret = '<p>no</p>';</script>",
        "<style>p {}</style>",
        "<head><title>T</title></head>",
        "<nav><ul><li>menu</li></ul></nav>",
        "<form><button>go</button></form>",
        "<!-- comment -->",
        "<template><p>no</p></template>",
    ],
)
def test_what_is_not_shown_is_left_out(hidden: str) -> None:
    assert text_of(f"<p>one</p>{hidden}<p>two</p>") == "one\n\ntwo"


def test_head_that_nobody_closed_ends_with_the_body() -> None:
    assert text_of("<head><meta x><body><p>here") == "here"


@pytest.mark.parametrize("page", ["", "<", "<p", "&#x110000;", "</p></p>", "<![CDATA[x", "<!x"])
def test_any_page_gives_some_text(page: str) -> None:
    assert isinstance(text_of(page), str)
