"""Suggesting what a text is about: a small model over pieces of one to three characters, trained and asked here.

Training uses scikit-learn (TF–IDF and logistic regression, with a temperature fitted on texts that training did not
see, so that "80 %" is right four times of five); asking needs only the arrays and NumPy, so a web process stays small.
"""

from __future__ import annotations

import io
import json
import math
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.cases.models import Suggester
from linli.matters.models import Category
from linli.org.brief import brief

Floats = NDArray[np.float64]
LONGEST = 3  # characters of a piece
FEWEST = 2  # texts that a piece must stand in
MOST_PIECES = 20_000
MOST_TEXT = 400  # characters that are looked at
FOLDS = 5  # each fifth is judged by a model that has not seen it
RUN = 7  # characters in a row by which two texts are the same wording
SEED = 1
SPACES = re.compile(r"\s\s+")
BINS = 10


@dataclass(frozen=True)
class Suggestion:
    """A category by code, and how sure the model is, 0 to 1."""

    code: str
    confidence: float


@dataclass(frozen=True, eq=False)
class Model:
    """What is needed to ask: pieces with their weights, categories, a temperature."""

    pieces: dict[str, int]
    rarity: Floats
    weights: Floats
    bias: Floats
    codes: tuple[str, ...]
    temperature: float

    def ask(self, text: str, most: int = 3) -> list[Suggestion]:
        """Return the likeliest categories, the surest first; nothing where no piece is known."""
        counts = Counter(self.pieces[piece] for piece in pieces_of(text) if piece in self.pieces)
        if not counts:
            return []
        at = np.fromiter(counts, dtype=np.int64)
        values = (1 + np.log(np.fromiter(counts.values(), dtype=np.float64))) * self.rarity[at]
        values /= math.sqrt(float(values @ values))
        scores = (values @ self.weights[at] + self.bias) / self.temperature
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        return [Suggestion(self.codes[k], float(chances[k])) for k in np.argsort(-chances)[:most]]


def pieces_of(text: str) -> list[str]:
    """Return every run of one to three characters, spaces apart, as scikit-learn's character analyser does."""
    plain = SPACES.sub(" ", text.lower()[:MOST_TEXT])
    return [plain[at : at + size] for size in range(1, LONGEST + 1) for at in range(len(plain) - size + 1)]


def train(texts: Sequence[str], codes: Sequence[str]) -> tuple[bytes, dict[str, Any]]:
    """Train a model, and measure it on wordings that it has not seen, a fifth at a time.

    Parameters
    ----------
    texts, codes
        Texts with the codes of their categories; a category with fewer than five texts is left out.

    Returns
    -------
    The arrays as bytes, and figures: `macro_f1`, `right` (share right at the first), `calibration` (mean difference
    between how sure it was and how often it was right), `trained`, `tested`, `temperature`, and `by_code`: precision,
    recall and number tested. The model that is returned has seen all texts.

    Raises
    ------
    ValueError
        Fewer than two categories have enough texts.
    """
    from sklearn.metrics import f1_score, precision_recall_fscore_support
    from sklearn.model_selection import StratifiedGroupKFold

    pairs = sorted({(text[:MOST_TEXT], code) for text, code in zip(texts, codes, strict=True)})
    often = {code for code, number in Counter(code for _, code in pairs).items() if number >= FOLDS}
    kept = [pair for pair in pairs if pair[1] in often]
    if len(often) < 2:
        raise ValueError(f"at least two categories need {FOLDS} texts each")
    said, truth = [text for text, _ in kept], [code for _, code in kept]
    # texts in the same wording stand on the same side, or the model would be asked what it has learnt by heart
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a category with few wordings
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(said, truth, wordings(said, truth))
        tested: list[tuple[str, list[Suggestion]]] = []
        for seen, unseen in folds:
            model = _learn([said[k] for k in seen], [truth[k] for k in seen])
            tested += [(truth[k], model.ask(said[k], len(model.codes))) for k in unseen]
    temperature = _temperature([row for k, row in enumerate(tested) if k % 2 == 0])
    judged = [(code, _at(answers, temperature)) for code, answers in tested[1::2]]
    wanted, found = [code for code, _ in judged], [answer.code for _, answer in judged]
    sure = np.array([answer.confidence for _, answer in judged])
    right = np.array([a == b for a, b in zip(wanted, found, strict=True)])
    names = sorted(set(wanted))
    parts = precision_recall_fscore_support(wanted, found, labels=names, zero_division=0)
    figures = {
        "macro_f1": round(float(f1_score(wanted, found, labels=names, average="macro", zero_division=0)), 4),
        "right": round(float(right.mean()), 4), "calibration": round(_calibration(sure, right), 4),
        "trained": len(said), "tested": len(judged), "temperature": round(temperature, 3),
        "by_code": {
            name: [round(float(parts[0][k]), 3), round(float(parts[1][k]), 3), int(parts[3][k])]
            for k, name in enumerate(names)
        },
    }  # fmt: skip
    return _packed(replace(_learn(said, truth), temperature=temperature)), figures


def wordings(texts: Sequence[str], codes: Sequence[str]) -> list[int]:
    """Return for each text the number of its wording.

    Texts of a category that share seven characters in a row are in one wording, unless these stand in other categories
    too, as a greeting does.
    """
    places: dict[str, list[int]] = {}
    for k, text in enumerate(texts):
        for at in range(len(text) - RUN + 1):
            places.setdefault(text[at : at + RUN], []).append(k)
    leader = list(range(len(texts)))

    def lead(k: int) -> int:
        while leader[k] != k:
            leader[k] = leader[leader[k]]
            k = leader[k]
        return k

    for held in places.values():
        if len({codes[k] for k in held}) == 1:
            for k in held[1:]:
                leader[lead(k)] = lead(held[0])
    return [lead(k) for k in range(len(texts))]


def _learn(texts: Sequence[str], codes: Sequence[str]) -> Model:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(
        analyzer="char", ngram_range=(1, LONGEST), min_df=FEWEST, max_features=MOST_PIECES, sublinear_tf=True
    )
    learner = LogisticRegression(C=8.0, max_iter=400, class_weight="balanced", tol=1e-3)
    learner.fit(vectors.fit_transform(texts), codes)
    return _model(vectors, learner)


def suggest(text: str, most: int = 3) -> list[Suggestion]:
    """Return what a text may be about by the model in use; nothing where none is: it never blocks."""
    row = _in_use()
    return _read(row).ask(text, most) if row is not None else []


@brief
def _in_use() -> int | None:
    return Suggester.objects.filter(active=True).values_list("pk", flat=True).first()


def best(text: str) -> tuple[Category | None, float | None]:
    """Return the likeliest category that is still in use, and how sure the model is."""
    found = suggest(text)
    known = {one.code: one for one in Category.objects.filter(active=True, code__in=[one.code for one in found])}
    for one in found:
        if one.code in known:
            return known[one.code], one.confidence
    return None, None


@lru_cache(maxsize=2)
def _read(key: int) -> Model:
    return unpacked(bytes(Suggester.objects.values_list("weights", flat=True).get(pk=key)))


def unpacked(content: bytes) -> Model:
    """Return a model from the bytes that `train` made."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        said = json.loads(bytes(arrays["said"]).decode())
        return Model(
            {piece: k for k, piece in enumerate(said["pieces"])}, arrays["rarity"].astype(np.float64),
            arrays["weights"].astype(np.float64), arrays["bias"].astype(np.float64), tuple(said["codes"]),
            float(said["temperature"]),
        )  # fmt: skip


def _packed(model: Model) -> bytes:
    said = {"pieces": list(model.pieces), "codes": model.codes, "temperature": model.temperature}
    target = io.BytesIO()
    np.savez_compressed(
        target, said=np.frombuffer(json.dumps(said, ensure_ascii=False).encode(), dtype=np.uint8),
        rarity=model.rarity.astype(np.float32), weights=model.weights.astype(np.float16), bias=model.bias,
    )  # fmt: skip
    return target.getvalue()


def _model(vectors: Any, learner: Any) -> Model:
    names = list(vectors.get_feature_names_out())
    weights, bias, codes = learner.coef_, learner.intercept_, [str(code) for code in learner.classes_]
    if len(codes) == 2:
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    return Model(
        {name: k for k, name in enumerate(names)}, np.asarray(vectors.idf_), np.asarray(weights).T, np.asarray(bias),
        tuple(codes), 1.0,
    )  # fmt: skip


def _temperature(tested: Sequence[tuple[str, list[Suggestion]]]) -> float:
    """Return the temperature under which the models' own certainty explains these answers best."""
    from scipy.optimize import minimize_scalar

    rows = []
    for code, answers in tested:
        place = next((k for k, one in enumerate(answers) if one.code == code), None)
        if place is not None:
            rows.append((np.log(np.maximum([one.confidence for one in answers], 1e-12)), place))
    if not rows:
        return 1.0

    def loss(temperature: float) -> float:
        total = 0.0
        for scores, k in rows:
            scaled = scores / temperature
            total -= scaled[k] - (scaled.max() + math.log(float(np.exp(scaled - scaled.max()).sum())))
        return total / len(rows)

    return float(minimize_scalar(loss, bounds=(0.1, 10.0), method="bounded").x)


def _at(answers: list[Suggestion], temperature: float) -> Suggestion:
    """Return the first answer as it would be at a temperature."""
    if not answers:
        return Suggestion("", 0.0)
    scaled = np.log(np.maximum([one.confidence for one in answers], 1e-12)) / temperature
    chances = np.exp(scaled - scaled.max())
    return Suggestion(answers[0].code, float(chances[0] / chances.sum()))


def _calibration(sure: Floats, right: NDArray[np.bool_]) -> float:
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == k).sum() * abs(float(sure[bins == k].mean()) - float(right[bins == k].mean()))
        for k in range(BINS) if (bins == k).any()
    ]  # fmt: skip
    return float(sum(gaps) / max(len(sure), 1))
