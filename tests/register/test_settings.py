"""[register] in launch.toml: its two keys, typed; anything else is refused in words."""

import pytest

from sincerity.intake.launch_file import load_settings
from tests.test_cli import LAUNCH_TOML


def settings_with(tmp_path, written):
    (tmp_path / "launch.toml").write_text(LAUNCH_TOML + written, encoding="utf-8")
    return load_settings(tmp_path)


def test_a_server_and_the_variable_of_its_password(tmp_path):
    settings, problems = settings_with(
        tmp_path, '[register]\nurl = "postgresql+psycopg://planner@host/db"\npassword_env = "REGISTER_PASSWORD"\n')
    assert problems == ()
    assert settings.register_url == "postgresql+psycopg://planner@host/db"
    assert settings.register_password_env == "REGISTER_PASSWORD"


def test_without_it_the_register_is_a_file(tmp_path):
    settings, _ = settings_with(tmp_path, "")
    assert (settings.register_url, settings.register_password_env) == ("", "")


@pytest.mark.parametrize(("written", "code", "key", "said"), [
    ("[register]\nurl = 5\n", "setting_not_text", "register.url", "5"),
    ('[register]\nurl = ""\n', "setting_not_text", "register.url", ""),
    ("[register]\npassword_env = true\n", "setting_not_text", "register.password_env", "true"),
    ('[register]\npassword = "secret"\n', "setting_misspelt_key", "register.password", "password_env"),
    ('[register]\ndatabase = "x"\n', "setting_unknown_key", "register.database", "url, password_env"),
])
def test_what_does_not_belong_there_is_named(tmp_path, written, code, key, said):
    settings, problems = settings_with(tmp_path, written)
    assert settings is None
    assert [(problem.code, problem.header) for problem in problems] == [(code, key)]
    assert said in problems[0].what("en") + problems[0].fix("en")
