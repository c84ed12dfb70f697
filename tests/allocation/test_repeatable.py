"""The same instance gives the same plan, whatever the process, its hash seed or its number of threads."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from dataclasses import replace
import numpy as np
from sincerity.allocation.solve import solve
from tests.allocation.random_instances import herding_instance
from tests.allocation.shipped_policies import shipped_policies
instance = herding_instance(150, 70, 9)
bounded = replace(instance, layout_min=np.array([0, 25, 0, 0]), layout_max=np.array([5, 70, 70, 70]))
for policy in shipped_policies().values():
    for case in (instance, bounded):
        plan = solve(case, policy, 60.0)
        print(policy.name, plan.path, plan.status, plan.picks.tolist(), [goal.value for goal in plan.goals])
"""


def answer(hash_seed: str, threads: str) -> str:
    environment = {
        **os.environ, "PYTHONHASHSEED": hash_seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads
    }
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=True,
    )
    return run.stdout


def test_hash_seed_and_threads_change_nothing():
    one, other = answer("0", "1"), answer("4711", "2")
    assert one.count("proven") == 8
    assert one == other
