"""The policies as ``config/policies.toml`` ships them."""

import tomllib

from sincerity.paths import config_dir
from sincerity.settings import Policy


def shipped_policies() -> dict[str, Policy]:
    raw = tomllib.loads((config_dir() / "policies.toml").read_text(encoding="utf-8"))["policy"]
    return {
        name: Policy(name, rule["method"], tuple(rule["steps"]), rule["label"], rule["sentence"])
        for name, rule in raw.items()
    }
