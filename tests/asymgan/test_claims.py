"""The rules: the paper's numbers pass, permuted ones fail, networks that do nothing pass none."""

from typing import Any

import pytest

from pipeline.asymgan.paper import claims, tables
from pipeline.asymgan.paper.numbers import NAMES, TABLE1, TABLE2
from pipeline.asymgan.results import Codes, Control, Loop, Nulls, OfSeed, RunResult, Scores

JUDGED = {
    *("asymgan-table1", "asymgan-table1-extended", "asymgan-table2", "asymgan-table2-extended", "asymgan-noise"),
    *("asymgan-noise-plain", "asymgan-sizes", "asymgan-stays", "asymgan-masks", "asymgan-diversity", "asymgan-dropout"),
    *("asymgan-reference", "asymgan-codes", "asymgan-interpolation", "asymgan-injections"),
}
NEVER = {"asymgan-table3"}


def scores(percent: tuple[float, ...]) -> Scores:
    pixel, per_class, iou = (value / 100 for value in percent)
    return Scores(pixel=pixel, per_class=per_class, iou=iou)


def seed(key: str, shift: float = 0.0, **more: Any) -> OfSeed:
    """What a run that does as the paper says would get; its tables are the paper's."""
    ours = key not in ("cyclegan", "cyclegan-dropout")
    row = key if key in TABLE1 else "asymgan" if ours else "cyclegan"
    loop = Loop(
        clean=(0.15 if ours else 0.05) + shift,
        noise=[0.15 + shift] * 3 if ours else [0.2, 0.25, 0.3],
        crop=0.16 if ours else 0.3,
        resize=0.16 if ours else 0.3,
    )
    values: dict[str, Any] = {
        "photo_to_label": scores(TABLE1[row]),
        "label_to_photo": scores(TABLE2[row]),
        "made_labels": TABLE2[row][0] / 100 + (0.01 if ours else 0.2),
        "forward": loop,
        "backward": loop,
        "stays": [0.01] * 3 if ours else [0.1] * 3,
        "diversity": 0.2 + shift if ours else 0.02 if key == "cyclegan-dropout" else 0.0,
        "control": Control(encoded=0.2 if key == "no-perception" else 0.6, sampled=0.0) if ours else None,
        "codes": Codes(error=[0.3] * 8, deviation=[1.0] * 8) if ours else None,
        "interpolation": 1.4 if ours else None,
        "edges": (0.5 if key == "no-adversarial" else 0.9, 2.0 if key == "no-smoothness" else 1.1),
    }
    return OfSeed(**{**values, **more})


def run(key: str, **more: Any) -> RunResult:
    return RunResult(
        run=key,
        injection="cin",
        extension=True,
        dropout=False,
        leaves_out="nothing",
        scale="small",
        precision="fp32",
        steps=1,
        pictures=4,
        codes=2,
        real=scores((90.0, 80.0, 70.0)),
        seeds={"0": seed(key, **more), "1": seed(key, 0.001, **more)},
    )


def as_the_paper() -> dict[str, RunResult]:
    return {key: run(key) for key in NAMES}


def nothing() -> RunResult:
    """A network that gives noise, the same each time."""
    chance = scores((30.0, 20.0, 6.0))
    still = Loop(clean=0.5, noise=[0.5] * 3, crop=0.5, resize=0.5)
    return run(
        "asymgan",
        photo_to_label=chance,
        label_to_photo=chance,
        made_labels=0.3,
        forward=still,
        stays=[0.0] * 3,
        diversity=0.0,
        control=Control(encoded=0.0, sampled=0.0),
        codes=Codes(error=[claims.ZERO] * 8, deviation=[0.0] * 8),
        interpolation=10.0,
        edges=(0.0, 0.0),
    )


def verdicts(runs: dict[str, RunResult], nulls: Nulls | None = None) -> dict[str, str]:
    return {claim["id"]: claim["verdict"] for claim in claims.decided(runs, nulls)}


def test_what_does_as_the_paper_says_holds_and_people_are_not_measured() -> None:
    nulls = Nulls(nulls=dict.fromkeys(claims.NULLS, nothing()))
    found = verdicts(as_the_paper(), nulls)
    assert {name for name, verdict in found.items() if verdict == "holds"} >= JUDGED
    assert {name for name, verdict in found.items() if verdict == "not measurable"} == NEVER


def test_with_the_runs_exchanged_every_judged_claim_fails() -> None:
    runs = as_the_paper()
    exchanged = {**runs, "cyclegan": runs["asymgan"], "cyclegan-dropout": runs["asymgan"]}
    exchanged |= {"asymgan": nothing(), "asymgan-plain": runs["cyclegan"]}
    found = verdicts(exchanged)
    assert {name: found[name] for name in JUDGED if found[name] != "fails"} == {}


def test_a_network_that_does_nothing_passes_no_rule() -> None:
    runs = {**as_the_paper(), **dict.fromkeys(claims.ASYMGANS, nothing())}
    passed = {claim["id"] for claim in claims.claims(runs) if (claim["answer"].margin or -1) > 0}
    assert passed == set()


def test_each_ablation_must_lack_its_own() -> None:
    runs = as_the_paper()
    assert verdicts(runs)["asymgan-ablation"] == "holds"
    for key in claims.ABLATIONS:
        assert verdicts({**runs, key: runs["asymgan"]})["asymgan-ablation"] == "fails"
        assert (
            verdicts({name: one for name, one in runs.items() if name != key})["asymgan-ablation"] == "not measurable"
        )


def test_a_rule_that_a_null_passes_supports_nothing() -> None:
    found = verdicts(as_the_paper(), Nulls(nulls=dict.fromkeys(claims.NULLS, run("asymgan"))))
    assert {found[name] for name in JUDGED} == {"passed by anything"}


def test_a_claim_about_a_run_that_is_not_there_is_not_measurable() -> None:
    runs = as_the_paper()
    del runs["cyclegan-dropout"]
    found = verdicts(runs)
    assert found["asymgan-dropout"] == found["asymgan-diversity"] == "not measurable"
    assert found["asymgan-noise"] == "holds"


@pytest.mark.parametrize("name", ["asymgan-noise", "asymgan-sizes"])
def test_the_identity_which_no_change_spoils_is_no_translation(name: str) -> None:
    same = Loop(clean=0.0, noise=[0.01] * 3, crop=0.0, resize=0.0)
    identity = run("asymgan", forward=same, photo_to_label=scores((30.0, 20.0, 6.0)))
    assert verdicts({**as_the_paper(), "asymgan": identity})[name] == "fails"


def test_tables_have_the_papers_numbers_beside_ours() -> None:
    rows = {row["run"]: row for row in tables.scores(as_the_paper(), "photo_to_label", TABLE1)}
    for key, paper in TABLE1.items():
        assert tuple(rows[key]["paper"].values()) == paper
        assert tuple(rows[key][name]["mean"] for name in ("pixel", "per_class", "iou")) == pytest.approx(paper)
    assert rows["cyclegan-dropout"]["paper"] is None
    # The gains that the paper quotes for its form without extension losses.
    gains = [a - b for a, b in zip(TABLE1["asymgan-plain"], TABLE1["cyclegan"], strict=True)]
    assert gains == pytest.approx([16.5, 6.4, 5.9])
    gains = [a - b for a, b in zip(TABLE2["asymgan-plain"], TABLE2["cyclegan"], strict=True)]
    assert gains == pytest.approx([13.4, 6.0, 5.0])
