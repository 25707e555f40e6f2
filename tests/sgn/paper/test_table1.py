"""Table 1 as data, and ours beside it."""

import pytest

from pipeline.sgn.paper import table1


def toy_of(shift: float) -> dict[str, list[dict[str, object]]]:
    """Metrics of two seeds, `shift` below and above the paper's numbers; Sin at zero and twice the shift."""
    rows: list[dict[str, object]] = []
    for weights, published in table1.PAPER.items():
        for model in ("sym", "hyper", "sin"):
            values = published.get(model, (shift, shift, shift))
            for seed, sign in enumerate((-1, 1)):
                cells = {c: v + sign * shift for c, v in zip(table1.COLUMNS, values, strict=True)}
                rows.append({"weights": list(weights), "model": model, "seed": seed, **cells})
    return {"losses": rows}


def test_the_paper_s_L_is_the_weighted_sum_of_its_parts() -> None:
    for (w_r, w_c), published in table1.PAPER.items():
        for model, (L, L_r, L_c) in published.items():
            # Four digits each; the one cell where the paper itself does not add up is off by 0.0003.
            tolerance = 0.0004 if (model, w_r) == ("hyper", 0.25) else 0.0001
            assert abs(L - (w_r * L_r + w_c * L_c)) <= tolerance


def test_table_has_mean_spread_and_the_paper_s_numbers() -> None:
    rows = table1.table(toy_of(0.01))
    assert len(rows) == 15
    row = next(r for r in rows if r["weights"] == [0.25, 0.75] and r["model"] == "sym")
    assert row["L_r"]["mean"] == pytest.approx(0.1674)
    assert row["L_r"]["std"] == pytest.approx(0.01 * 2**0.5, abs=1e-6)
    assert row["seeds"] == 2
    assert row["paper"] == {"L": 0.0878, "L_r": 0.1674, "L_c": 0.0613}
    assert all(r["paper"] is None for r in rows if r["model"] == "sin")


def test_one_seed_has_no_spread() -> None:
    toy = {"losses": [row for row in toy_of(0.0)["losses"] if row["seed"] == 0]}
    assert table1.table(toy)[0]["L"] == {"mean": 0.0001, "std": None}


def test_differences_name_the_cells_the_largest_first() -> None:
    rows = table1.table(toy_of(0.0))
    next(r for r in rows if r["weights"] == [0.0, 1.0] and r["model"] == "hyper")["L_r"]["mean"] -= 0.03
    cells = table1.differences(rows)
    assert len(cells) == 30
    assert cells[0] == {"weights": [0.0, 1.0], "model": "hyper", "column": "L_r", "difference": -0.03}
    assert {cell["difference"] for cell in cells[1:]} == {0.0}
