import re
import string
import tomllib

import pytest

from sincerity.paths import config_dir
from sincerity.texts import LANGUAGES

TEXTS = tomllib.loads((config_dir() / "texts" / "reading.toml").read_text(encoding="utf-8"))["problem"]
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in
                    (config_dir().parent / "sincerity" / "intake").glob("*.py")) if TEXTS else ""


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("code", TEXTS)
def test_every_sentence_belongs_to_a_code_that_is_used(code):
    assert f'"{code}"' in SOURCES or (code.startswith("setting_not_") and f'"{code[12:]}": ' in SOURCES)


@pytest.mark.parametrize("code", TEXTS)
def test_both_languages_say_the_same_places(code):
    for kind in ("what", "fix"):
        assert fields(TEXTS[code][kind]["zh"]) == fields(TEXTS[code][kind]["en"]), kind


@pytest.mark.parametrize("code", TEXTS)
def test_chinese_is_chinese_and_english_is_english(code):
    for kind in ("what", "fix"):
        sentences = TEXTS[code][kind]
        assert set(sentences) == set(LANGUAGES)
        assert re.search(r"[一-鿿]", sentences["zh"])
        assert not re.search(r"[一-鿿]", sentences["en"])
        assert sentences["zh"].endswith(("。", "？")) and sentences["en"].endswith((".", "?"))
