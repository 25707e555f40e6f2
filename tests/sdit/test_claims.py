"""Rules: the paper's numbers pass, permuted ones fail, and what does nothing supports nothing."""

import numpy as np
import pytest

from pipeline.claims.verdict import ANYTHING, HOLDS, NOT_MEASURABLE, UNDECIDED
from pipeline.sdit.paper import claims, printed, tables
from tests.sdit import made_up

LPIPS = [lpips for _, lpips in printed.TABLE61.values()]


def test_table_6_1s_order_passes_and_its_reverse_fails() -> None:
    assert claims.ordered(np.array([*LPIPS, 0.9])) > 0
    assert claims.ordered(np.array([*LPIPS[::-1], 0.9])) < 0
    assert claims.ordered(np.array([*LPIPS, 0.3])) < 0  # no translations


@pytest.mark.parametrize(("table", "number"), [(printed.TABLE63, 0), (printed.TABLE63, 1), (printed.TABLE64, 1)])
def test_the_papers_means_pass_the_comparisons_and_swapped_ones_fail(
    table: dict[str, dict[str, tuple[float, float]]], number: int
) -> None:
    sdit, stargan = (np.mean([pair[number] for pair in table[name].values()]) for name in ("SDIT", "StarGAN"))
    assert claims.larger(np.array([sdit, stargan, 0.9])) > 0
    assert claims.larger(np.array([stargan, sdit, 0.9])) < 0


def test_table_6_2s_identity_passes() -> None:
    assert claims.no_larger(np.array([0.065, 0.065, 0.9])) > 0
    assert claims.no_larger(np.array([0.108, 0.065, 0.9])) < 0  # IcGAN
    assert claims.no_larger(np.array([0.0, 0.065, 0.25])) < 0  # the identity


def test_codes_must_be_seen_and_stargan_must_have_one_output() -> None:
    assert claims.seen(np.array([0.2, 0.4, 0.0, 0.9])) > 0
    assert claims.seen(np.array([0.01, 0.4, 0.0, 0.9])) < 0
    assert claims.seen(np.array([0.2, 0.4, 0.1, 0.9])) < 0


def test_beta_must_be_apart_from_gamma_and_near_both() -> None:
    assert claims.beta_alone(np.array([0.2, 0.05, 0.21, 0.9])) > 0
    assert claims.beta_alone(np.array([0.2, 0.15, 0.21, 0.9])) < 0
    assert claims.beta_alone(np.array([0.2, 0.05, 0.5, 0.9])) < 0


def plenty() -> dict[str, object]:
    """Two seeds of every arm that agree with the paper."""
    flat = {"yellow": 0.0, "blue": 0.0}
    few, many = ({"yellow": value, "blue": value} for value in (0.02, 0.11))
    less = {"yellow": 0.8, "blue": 0.8}
    apart = {key: {"yellow": lpips, "blue": lpips} for key, lpips in zip(printed.TABLE61, LPIPS, strict=True)}

    def twice(key: str, **changes: object) -> object:
        both = {"over_inputs": apart[key]} | changes if key in apart else changes
        return made_up.result(key, both, both)

    return {
        "sdit": twice("sdit", per_input=many),
        "sdit-no-latent": twice("sdit-no-latent", per_input=few, recovery=0.1),
        "stargan": twice("stargan", per_input=flat, over_inputs=few, reverse=less),
        "attention-only": twice("attention-only", per_input=flat),
        "cin-only": twice("cin-only", per_input=many),
        "cin-latent": twice("cin-latent", per_input=many, outside=0.2),
        "beta": twice("beta", per_input=many),
        "gamma": twice("gamma", per_input=few),
        "ccam": twice("ccam", per_input=many),
        "cbn": twice("cbn", per_input=many),
        "concat": twice("concat", per_input=flat),
    }


def test_results_that_agree_with_the_paper_support_every_claim() -> None:
    judged = claims.judged(plenty(), {})  # type: ignore[arg-type]
    assert {claim["id"]: claim["verdict"] for claim in judged if claim["verdict"] != HOLDS} == {}
    assert len(judged) == len({claim["id"] for claim in judged}) == 13


def test_what_a_null_passes_supports_nothing() -> None:
    judged = claims.judged(plenty(), {"identity": plenty()})  # type: ignore[arg-type, dict-item]
    verdicts = {claim["id"]: claim["verdict"] for claim in judged}
    assert verdicts.pop("sdit-one-network") == HOLDS  # a count is no question to a null
    assert set(verdicts.values()) == {ANYTHING}


def test_one_seed_decides_nothing_and_no_run_is_not_measurable() -> None:
    runs = plenty()
    runs["cin-latent"] = made_up.result("cin-latent", {"outside": 0.2})
    del runs["stargan"]
    verdicts = {claim["id"]: claim["verdict"] for claim in claims.judged(runs, {})}  # type: ignore[arg-type]
    assert verdicts["sdit-attention-keeps"] == UNDECIDED
    assert verdicts["sdit-many-outputs"] == verdicts["sdit-reverse"] == NOT_MEASURABLE
    assert verdicts["sdit-latent-diverse"] == HOLDS


def test_tables_have_a_row_for_each_run_that_is_there() -> None:
    found = tables.tables(plenty(), {})  # type: ignore[arg-type]
    assert [row["run"] for row in found["table61"]] == list(printed.TABLE61)
    assert found["table61"][0]["paper"] == {"id": 0.061, "lpips": 0.408}
    assert found["table63"]["SDIT"]["blue"] == {"reverse": 0.9, "over_inputs": 0.424}
    assert found["assignments"][0]["run"] == "sdit"
    assert tables.tables({}, {})["table61"] == []


def test_the_specs_recomputed_means_are_the_printed_tables() -> None:
    mean = np.mean([lpips for _, lpips in printed.TABLE64["SDIT"].values()])
    assert mean == pytest.approx(0.813, abs=5e-4)  # printed is 0.828
