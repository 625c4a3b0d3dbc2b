"""The error keeps its meaning over the wire and speaks both languages."""

import pytest

from crm_common.errors import Code, CommonRules, CrmError, Rule, Rules


def test_an_error_survives_the_wire_with_its_companions() -> None:
    other = CommonRules.a_field_is_unknown(field="colour", name="colour")
    error = CommonRules.a_value_has_the_wrong_shape(field="name", problem="too long", also=(other,))

    back = CrmError.from_wire(error.to_wire())

    assert (back.code, back.rule, back.field, back.details) == (
        Code.VALIDATION,
        "a_value_has_the_wrong_shape",
        "name",
        {"problem": "too long"},
    )
    assert [(o.rule, o.field) for o in back.also] == [("a_field_is_unknown", "colour")]


def test_an_unknown_code_from_a_newer_service_is_unavailable() -> None:
    assert CrmError.from_wire({"code": "TEAPOT", "rule": "x"}).code is Code.UNAVAILABLE


def test_messages_follow_the_language_and_english_is_the_rest() -> None:
    error = CommonRules.a_page_is_too_large(limit=100)

    assert error.message("zh-CN") == "每页最多 100 条记录。"
    assert error.message("en") == "A page has at most 100 records."
    assert error.message("fr") == "A page has at most 100 records."


def test_a_missing_detail_stays_visible_instead_of_failing_the_request() -> None:
    assert CommonRules.a_page_is_too_large().message() == "A page has at most {limit} records."


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="two rules are named a_page_is_too_large"):

        class Copy(Rules):
            a_page_is_too_large = Rule(Code.VALIDATION, en="x", zh="x")


def test_every_rule_speaks_both_languages_and_fills_the_same_places() -> None:
    import string

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for name, rule in Rules.registry.items():
        assert rule.en.strip(), name
        assert rule.zh.strip(), name
        assert any("\u4e00" <= sign <= "\u9fff" for sign in rule.zh), name
        assert places(rule.en) == places(rule.zh), name


def test_whoever_knows_the_protocol_knows_every_sentence() -> None:
    """The gateway renders what services refuse; it imports their protocols, and nothing else of theirs."""
    import subprocess
    import sys
    from pathlib import Path

    books = "import crm_common.protocol.declare as d; d.services(); from crm_common.errors import Rules; "
    asked = f"{books} print(*sorted(each.__module__ for each in Rules.__subclasses__()))"
    known = set(
        subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout.split()
    )

    package = Path(__file__).parents[1] / "crm_common"
    declaring = {
        "crm_common." + ".".join(path.relative_to(package).with_suffix("").parts)
        for path in package.rglob("*.py")
        if "(Rules):" in path.read_text()
    }
    assert declaring <= known
