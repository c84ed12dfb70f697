"""Who may know what: stages go one way, each third-party package has its door, results depend on the input alone."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "sincerity"
MODULES = {path.relative_to(ROOT).with_suffix("").as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}

FOUNDATION = {
    "schema", "domain", "settings", "price_settings", "problems", "texts", "paths", "keyed_hash", "questionnaire",
    "method_charts", "screening_rules",
}
MAY_IMPORT = {  # a stage → what it may know of the rest of the package
    **dict.fromkeys(FOUNDATION, FOUNDATION),
    "intake": FOUNDATION | {"tables", "own_process"},  # its own rulings are kept as its tables are
    "rulings": FOUNDATION,
    "known": FOUNDATION | {"households", "prices", "rulings"},
    "households": FOUNDATION,
    "prices": FOUNDATION,
    "kpi": FOUNDATION,
    "charts": FOUNDATION,
    "scoring": FOUNDATION,
    "calibration": FOUNDATION | {"known", "scoring"},
    "allocation": FOUNDATION,
    "pricing": FOUNDATION | {"allocation", "prices"},
    "reports": FOUNDATION,
    "forecast": FOUNDATION,
    "tables": FOUNDATION,
    "lock": FOUNDATION,
    "manifest": FOUNDATION,
    "register": FOUNDATION | {"manifest", "publish"},
    "history": FOUNDATION | {"publish", "register"},
    "publish": FOUNDATION | {"lock", "manifest"},
    "published": FOUNDATION | {"manifest", "tables"},
    "verify_ballot": FOUNDATION,
    "verify": FOUNDATION | {"verify_ballot", "manifest", "published", "tables", "allocation"},
    "template": FOUNDATION | {"intake", "blank_forms"},
    "blank_forms": FOUNDATION,
}
EXCEPTIONS = {
    ("sincerity/reports/forecast_words", "sincerity.forecast.assumptions"),  # each assumption's own label
    ("sincerity/intake/launch_file", "sincerity.scoring.indicators"),  # the names of the measures a card may use
    *(("sincerity/reports/problems_workbook", f"sincerity.intake.{name}")  # it copies the sheets the problems stand in
      for name in ("raw", "sheets", "headers", "launch_aliases")),
}
DOORS = {  # third-party package → the modules that may know it
    "python_calamine": {"sincerity/intake/child"},
    "pulp": {"sincerity/allocation/model", "sincerity/pricing/model"},
    "highspy": {"sincerity/allocation/faces", "sincerity/pricing/solver"},
    "jinja2": {"sincerity/reports/page", "sincerity/reports/model_page"},
    "resvg_py": {"sincerity/reports/picture"},
    "distributed": {"sincerity/batch/executors"},
    "openpyxl": set(),
    "sqlalchemy": {f"sincerity/register/{name}" for name in ("chain", "checks", "database", "people", "place", "store",
                                                             "transfer")},
    "xlsxwriter": {
        "sincerity/blank_forms",
        "sincerity/template",
        "sincerity/reports/batch_workbook",
        "sincerity/reports/control_grid",
        "sincerity/reports/hand_out_books",
        "sincerity/reports/model_workbook",
        "sincerity/reports/poured_rows",
        "sincerity/reports/price_files",
        "sincerity/reports/price_sheet",
        "sincerity/reports/sheet_charts",
        "sincerity/reports/problems_workbook",
        "sincerity/reports/summary_sheet",
        "sincerity/reports/table_sheet",
        "sincerity/reports/wave_sheet",
        "sincerity/reports/workbook",
        "sincerity/reports/workbook_styles",
    },
}
SOLVING = (
    "instance", "build", "solve", "model", "faces", "levelled", "matching", "ladder", "serial", "certificate", "goals",
)
CALCULATION = (
    "scoring/", "calibration/", "allocation/", "forecast/", "charts/", "reports/", "known", "households", "prices",
    "kpi", "keyed_hash", "tables",
)
UNSTEADY_MODULES = {"random", "secrets", "time", "uuid", "os", "locale", "socket", "getpass", "tempfile"}
UNSTEADY_CALLS = {"now", "today", "utcnow", "print", "input", "getenv", "hash", "id"}


@cache
def imports_of(module: str) -> frozenset[str]:
    """Full names of all modules that ``module`` imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            found |= {f"{node.module}.{name.name}" for name in node.names} | {node.module}
    return frozenset(found)


def stage_of(module: str) -> str:
    return module.replace("/", ".").split(".")[1]


def own_imports(module: str) -> set[str]:
    """The package's own modules (never names inside them) that ``module`` imports."""
    known = {name.replace("/", ".") for name in MODULES}
    return {name for name in imports_of(module) if name in known}


@pytest.mark.parametrize("stage", sorted(MAY_IMPORT))
def test_a_stage_knows_only_what_comes_before_it(stage):
    allowed = MAY_IMPORT[stage] | {stage, "__init__"}
    strays = {
        (module, imported)
        for module in MODULES if stage_of(module) == stage
        for imported in own_imports(module) if stage_of(imported) not in allowed
    }
    assert strays - EXCEPTIONS == set()


def test_only_the_story_and_the_commands_see_several_stages():
    stages = {"intake", "scoring", "allocation", "reports"}
    seeing = {
        module for module in MODULES
        if len({stage_of(name) for name in own_imports(module)} & stages - {stage_of(module)}) > 1
    }
    assert seeing <= {
        "sincerity/round", "sincerity/commands/launch", "sincerity/commands/calibration", "sincerity/commands/register",
        "sincerity/commands/diff_in_words",
        "sincerity/forecasting", "sincerity/commands/price",
        "sincerity/earlier_rounds", "sincerity/plan_first", "sincerity/deciding", "sincerity/commands/decide",
    }


@pytest.mark.parametrize("package", sorted(DOORS))
def test_a_third_party_package_has_its_door(package):
    knowing = {module for module in MODULES if package in {name.split(".")[0] for name in imports_of(module)}}
    assert knowing <= DOORS[package]


def test_every_exception_is_still_needed():
    assert all(imported in own_imports(module) for module, imported in EXCEPTIONS)


def test_every_door_is_used():
    for package, modules in DOORS.items():
        for module in modules:
            assert package in {name.split(".")[0] for name in imports_of(module)}, (package, module)


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.startswith("sincerity/allocation/audit") or m == "sincerity/verify"])
def test_the_audit_shares_no_code_with_what_it_checks(module):
    forbidden = {f"sincerity.allocation.{name}" for name in SOLVING} | {"pulp", "highspy"}
    assert {f"sincerity/allocation/{name}" for name in SOLVING} <= MODULES.keys()
    assert imports_of(module) & forbidden == set()


@pytest.mark.parametrize("module", [m for m in MODULES if m.removeprefix("sincerity/").startswith(CALCULATION)])
def test_results_depend_on_the_input_alone(module):
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    top_level = {name.split(".")[0] for name in imports_of(module)}
    assert top_level & UNSTEADY_MODULES == set()
    calls = {called_name(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert calls & UNSTEADY_CALLS == set()
    assert [node.lineno for node in ast.walk(tree) if unseeded(node)] == []


def called_name(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def unseeded(node: ast.AST) -> bool:
    """A random generator without a seed, or numpy's global one."""
    if isinstance(node, ast.Call) and called_name(node) == "default_rng":
        return not node.args and not node.keywords
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "random"
        and node.attr not in ("default_rng", "Generator")
    )
