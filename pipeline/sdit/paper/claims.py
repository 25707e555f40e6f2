"""The paper's claims as rules, their margins and verdicts; null controls are asked the same.

Where a rule compares how diverse or how unchanged translations are, it also asks whether they are translations at all:
more than half of them taken for their target. Without this the identity keeps everything and noise is diverse.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pipeline.claims import verdict
from pipeline.claims.verdict import Numbers, claim, counted, decide, rounded
from pipeline.sdit.paper import numbers, printed
from pipeline.sdit.paper.numbers import Number, Runs, array, of_run

MORE = 1.1  # one number is larger than another if it is so many times as large
OTHER_DISTANCE = "The distance was that of VGG16's features with equal weights, before LPIPS's own were found."
SEEN = 0.1  # codes are seen if they change a picture by this part of the distance of two inputs' translations
RECOVERED = 0.5  # a correlation of z and F_rec's answer
ON_OBJECT = 0.1  # of attention, in (0, 1)
TARGETS = 0.5  # of the translations are taken for their target; chance is a quarter
A_DOMAIN = 0.01  # of the parameters, for a further domain
FAR = 2.0  # times as diverse: beta beside gamma
NEAR = 0.5  # of beta's diversity: how far CIN's may be from it

Rule = Callable[[Numbers], float]

# --- the rules: each takes a seed's numbers ---------------------------------------------------------------------------


def all_targets(values: Numbers) -> float:
    """The least accuracy of any target, (1,)."""
    return float(values[0]) - TARGETS


def more_than_others(values: Numbers) -> float:
    """The first number is MORE times as large as all others but the last, and the last, an accuracy, is enough."""
    return min(float((values[0] / (MORE * values[1:-1]).clip(1e-9)).min()) - 1, float(values[-1]) - TARGETS)


def larger(values: Numbers) -> float:
    """The first of two numbers is larger; the third, an accuracy, is enough."""
    return min(float(values[0] - values[1]), float(values[2]) - TARGETS)


def no_larger(values: Numbers) -> float:
    """The first of two numbers is at most MORE times the second; the third, an accuracy, is enough."""
    return min(MORE - float(values[0] / max(values[1], 1e-9)), float(values[2]) - TARGETS)


def smaller(values: Numbers) -> float:
    """The second of two numbers is MORE times as large as the first; the third, an accuracy, is enough."""
    return min(float(values[1] / max(MORE * values[0], 1e-9)) - 1, float(values[2]) - TARGETS)


def seen(values: Numbers) -> float:
    """Distance per input, over inputs, another network's per input, accuracy: the first is SEEN, the third 0."""
    if values[2] != 0:
        return -float(values[2])
    return min(float(values[0] / max(values[1], 1e-9)) - SEEN, float(values[3]) - TARGETS)


def recovers(values: Numbers) -> float:
    """A correlation is above RECOVERED, and above another, (2,)."""
    return min(float(values[0]) - RECOVERED, float(values[0] - values[1]))


def on_object(values: Numbers) -> float:
    """Attention on the object minus beside it, and an accuracy, (2,)."""
    return min(float(values[0]) - ON_OBJECT, float(values[1]) - TARGETS)


def ordered(values: Numbers) -> float:
    """Rank correlation of five diversities with Table 6.1's minus 0.5; the sixth, an accuracy, is enough."""
    paper = [lpips for _, lpips in printed.TABLE61.values()]
    ranks = np.argsort(np.argsort(values[:-1])), np.argsort(np.argsort(paper))
    return min(float(np.corrcoef(*ranks)[0, 1]) - 0.5, float(values[-1]) - TARGETS)


def beta_alone(values: Numbers) -> float:
    """Diversity with beta, gamma and both, and the accuracy with beta, (4,)."""
    beta, gamma, both, right = (float(value) for value in values)
    apart = abs(both - beta) / max(beta, 1e-9)
    return min(beta / max(FAR * gamma, 1e-9) - 1, NEAR - apart, right - TARGETS)


def small_growth(values: Numbers) -> float:
    """Parameters, and with one domain more, (2,)."""
    return A_DOMAIN - float(values[1] / values[0] - 1)


# --- the claims -------------------------------------------------------------------------------------------------------

RIGHT = f"and more than {TARGETS:.0%} of its translations are taken for their target"
SDIT_RIGHT = ("sdit", numbers.accuracy)


def asked(runs: Runs) -> list[dict[str, Any]]:
    """The claims before their verdicts."""

    def one(
        name: str, text: str, where: str, rule_text: str, rule: Rule, of: Sequence[tuple[str, Number]]
    ) -> dict[str, Any]:
        measured = {
            f"{key}: {number.__name__.replace('_', ' ')}": None
            if (value := of_run(runs[key], number)) is None
            else rounded(value)
            for key, number in of
            if key in runs
        }
        changed = OTHER_DISTANCE if "LPIPS" in rule_text else None
        return claim(name, text, where, rule_text, decide(rule, array(runs, of)), measured, changed=changed)

    per_input, over_inputs = numbers.per_input, numbers.over_inputs
    return [
        one(
            "sdit-targets",
            "One network translates into every domain.",
            "Tables 6.3 and 6.4",
            f"Of the translations into each domain more than {TARGETS:.0%} are taken for it by a classifier of real "
            "pictures.",
            all_targets,
            [("sdit", numbers.worst_accuracy)],
        ),
        one(
            "sdit-many-outputs",
            "StarGAN gives one output for an input, SDIT many.",
            "Figure 6.4",
            "LPIPS between two translations of one input is exactly 0 for StarGAN, and for SDIT more than "
            f"{SEEN:.0%} of that between two inputs' translations, {RIGHT}. StarGAN's part holds by its form.",
            seen,
            [("sdit", per_input), ("sdit", over_inputs), ("stargan", per_input), SDIT_RIGHT],
        ),
        one(
            "sdit-latent-diverse",
            "L_LAT makes the outputs more diverse.",
            "Table 6.1, Figure 6.3",
            f"LPIPS between two translations of one input is {MORE} times as large with L_LAT as without, {RIGHT}.",
            more_than_others,
            [("sdit", per_input), ("sdit-no-latent", per_input), SDIT_RIGHT],
        ),
        one(
            "sdit-latent-recovered",
            "With L_LAT the code can be read from the picture.",
            "Equation 6.6",
            f"The correlation of z with F_rec's answer, mean over the entries, is above {RECOVERED} and above that "
            "without L_LAT, where nothing taught F_rec.",
            recovers,
            [("sdit", numbers.recovery), ("sdit-no-latent", numbers.recovery)],
        ),
        one(
            "sdit-over-inputs",
            "SDIT's outputs are more diverse than StarGAN's by the paper's own measure, which mixes inputs.",
            "Tables 6.2 and 6.3",
            f"LPIPS between the translations of two inputs is larger for SDIT than for StarGAN, {RIGHT}.",
            larger,
            [("sdit", over_inputs), ("stargan", over_inputs), SDIT_RIGHT],
        ),
        one(
            "sdit-reverse",
            "A classifier learns the domains better from SDIT's translations than from StarGAN's.",
            "Table 6.3",
            f"Accuracy on real test pictures, mean over the domains, is larger for SDIT than for StarGAN, {RIGHT}.",
            larger,
            [("sdit", numbers.reverse), ("stargan", numbers.reverse), SDIT_RIGHT],
        ),
        one(
            "sdit-keeps",
            "SDIT keeps the input's identity as well as StarGAN.",
            "Table 6.2",
            "The cosine distance of VGG16's features of input and translation, in the place of VGG-Face's, is at most "
            f"{MORE} times StarGAN's, {RIGHT}.",
            no_larger,
            [("sdit", numbers.kept), ("stargan", numbers.kept), SDIT_RIGHT],
        ),
        one(
            "sdit-attention-object",
            "Attention lies where the attribute is.",
            "Figure 6.5",
            f"The attention map's mean on the object is more than {ON_OBJECT} larger than beside it, {RIGHT}.",
            on_object,
            [("sdit", numbers.on_object), SDIT_RIGHT],
        ),
        one(
            "sdit-attention-keeps",
            "Without attention the code changes what it should not.",
            "Figure 6.3",
            f"The mean |change| of pixels beside the object is {MORE} times as large without attention as with it, "
            f"{RIGHT}.",
            smaller,
            [("sdit", numbers.outside), ("cin-latent", numbers.outside), SDIT_RIGHT],
        ),
        one(
            "sdit-table61-order",
            "The order of the five arms by diversity.",
            "Table 6.1",
            f"The rank correlation of our five LPIPS over inputs with the printed ones is above 0.5, {RIGHT}.",
            ordered,
            [*((key, over_inputs) for key in printed.TABLE61), SDIT_RIGHT],
        ),
        one(
            "sdit-beta",
            "beta(z) makes the outputs diverse, gamma(z) alone does not.",
            "Figure 6.6",
            f"Without attention and L_LAT, LPIPS per input is {FAR:g} times as large with beta alone as with "
            f"gamma alone, that with both differs from beta's by at most {NEAR:.0%}, {RIGHT}.",
            beta_alone,
            [("beta", per_input), ("gamma", per_input), ("cin-only", per_input), ("beta", numbers.accuracy)],
        ),
        one(
            "sdit-concat",
            "Concatenation is the least diverse way to inject a vector (SGN's finding, asked of SDIT's z).",
            "not in the paper",
            f"LPIPS per input is {MORE} times as large with CIN, CCAM and CBN as with concatenation, {RIGHT}. "
            "Concatenation's 0 holds by construction: a constant channel cancels in the instance norm.",
            least_last,
            [("sdit", per_input), ("ccam", per_input), ("cbn", per_input), ("concat", per_input), SDIT_RIGHT],
        ),
        _one_network(runs),
    ]


def least_last(values: Numbers) -> float:
    """All diversities are MORE times the last but one, and seen at all; the last is an accuracy."""
    *others, last, right = (float(value) for value in values)
    return min(min(others) - max(MORE * last, 1e-4), right - TARGETS)


def _one_network(runs: Runs) -> dict[str, Any]:
    counts = runs["sdit"].parameters if "sdit" in runs else None
    pair = None if counts is None else np.array([counts["all"], counts["all with a domain more"]], dtype=float)
    return claim(
        "sdit-one-network",
        "The number of networks does not grow with the number of domains.",
        "Tables 6.3 and 6.4",
        f"A further domain adds less than {A_DOMAIN:.0%} of the parameters (label channels and D_cls), where a network "
        "for each pair would double them.",
        counted(small_growth, pair),
        {} if counts is None else dict(counts),
    )


def judged(runs: Runs, nulls: dict[str, Runs]) -> list[dict[str, Any]]:
    """The claims with their verdicts; a count is no question to a null control."""
    not_asked = {"sdit-one-network"}
    return verdict.final(
        asked(runs), {name: [c for c in asked(of_null) if c["id"] not in not_asked] for name, of_null in nulls.items()}
    )
