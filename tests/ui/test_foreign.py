"""Foreign text stays text: what Markdown would act on is escaped, what hides is shown."""

from __future__ import annotations

import pytest

from lib.ui.foreign import plain, revealed


@pytest.mark.parametrize(
    "text",
    ["**b**", "[x](javascript:alert(1))", "![p](https://e.x/p.gif)", ":red[x]", "$x$", "<b>x</b>", "`c`", "# H", "a|b"],
)
def test_no_mark_of_markdown_is_left_bare(text: str) -> None:
    escaped = plain(text)
    assert escaped != text
    for at, character in enumerate(escaped):
        if character in "*[]()!:$<>`#|":
            assert escaped[at - 1] == "\\"


def test_lines_become_one_line() -> None:
    assert plain("a\n\n# b") == "a \\# b"


def test_addresses_of_the_web_are_no_links() -> None:
    assert "\u2060" in plain("https://evil.example")
    assert "\u2060" in plain("www.evil.example")
    assert "\u2060" in plain("a@b.example")


def test_letters_of_every_script_stay_as_they_are() -> None:
    for name in ("Zoë Łukasiewicz", "王小明", "محمد", "Nguyễn Thị Hương"):
        assert plain(name) == name


def test_hidden_characters_are_written_out() -> None:
    assert revealed("a\u202eb\u200dc\nd") == "a⟨U+202E⟩b⟨U+200D⟩c⟨U+000A⟩d"
    assert revealed("Zoë O'Brien") == "Zoë O'Brien"
