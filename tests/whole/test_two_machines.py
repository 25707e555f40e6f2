"""Two machines and a remote: trainings that one made are not made again by another (docs/parallel.md)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import clone


def block(heading: str, language: str) -> str:
    """The first code block of a language after a heading of the page."""
    page = (clone.CHECKOUT / "docs/parallel.md").read_text(encoding="utf-8")
    found = re.search(rf"```{language}\n(.*?)```", page[page.index(heading) :], re.DOTALL)
    assert found
    return found[1]


def shell(folder: Path, script: str, **more: str) -> str:
    """Run lines of the page; what they said."""
    environment = clone.environment(**more)
    ran = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.mark.long
def test_what_two_tasks_trained_is_not_trained_again(tmp_path: Path) -> None:
    user = tmp_path / "user"
    clone.make(user)
    (user / "scratch").mkdir()
    (user / ".venv/bin").mkdir(parents=True)
    (user / ".venv/bin/activate").write_text("")  # the environment is this test's
    shell(user, block("## More than one machine", "").replace("/shared/sgn-remote", f"'{tmp_path}/remote'"))
    trainings = (user / "scratch/trainings.txt").read_text().splitlines()
    script = block("## More than one machine", "bash")
    assert f"--array=1-{len(trainings)} " in script
    tasks = ["train@model1", "train@model1-w100"]
    for stage in tasks:
        number = str(trainings.index(stage) + 1)
        said = shell(user, script, SLURM_SUBMIT_DIR=str(user), SLURM_ARRAY_TASK_ID=number)
        assert f"Running stage '{stage}'" in said
    assert "Stage 'vgg16' is cached" in said  # the second has the first's weights

    said = clone.dvc(user, "repro", "--pull", "evaluate@model1-w100")
    ran = re.findall("Running stage '([^']+)'", said)
    assert [stage for stage in ran if not stage.startswith(("images@", "styles@"))] == ["evaluate@model1-w100"]
    for stage in tasks:
        run = stage.removeprefix("train@")
        made = user / "scratch/clones" / stage
        for name in (f"models/{run}/0/generator.safetensors", f"reports/live/{run}"):
            paths = [path for path in (made / name, *(made / name).rglob("*")) if path.is_file()]
            assert paths
            for path in paths:
                assert (user / path.relative_to(made)).read_bytes() == path.read_bytes()


@pytest.mark.long
def test_without_a_remote_it_is_one_line(tmp_path: Path) -> None:
    clone.call(tmp_path, "git", "init", "-q")
    clone.dvc(tmp_path, "init", "-q")
    environment = clone.environment(PYTHONPATH=str(clone.CHECKOUT))
    command = [sys.executable, "-m", "pipeline.shell.share"]
    ran = subprocess.run(command, cwd=tmp_path, env={**os.environ, **environment}, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: ")
    assert "Traceback" not in ran.stderr
