"""PURE: a category guessed from what one coder has said of other cards, and how sure that is.

A logistic regression over the TF-IDF words of the cards. Each card is also guessed by a model
that has not seen it: from those guesses come the hit rate and one temperature, which turns the
model's probabilities into confidence that can be taken at its word (Guo et al. 2017).
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FEWEST_CARDS = 20
FEWEST_OF_A_CATEGORY = 3
MOST_CARDS = 500  # bounds the time that learning takes; the newest judgements count
MOST_WORDS = 2_000  # those that stand in the most of these cards
_STRENGTH = 10.0
_MOST_STEPS = 60
_NEAR_ENOUGH = 1e-3
_LEAST_PROBABILITY = 1e-9


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt of `n_learnt` cards; of as many it guessed `n_right` as it had not seen."""

    classify: Any
    words: Any
    temperature: float
    n_learnt: int
    n_right: int


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest category and the calibrated confidence in it, from 0 to 1."""

    category_id: int
    confidence: float


def learn(vectors: Any, labels: Sequence[int], *, seed: int) -> Model | None:
    """Return a model of these cards, a sparse row each; None while there are too few to learn from.

    Categories with fewer than three cards are passed over: nothing can be learnt of them. The same
    cards and the same seed give the same model.
    """
    import numpy as np

    counts = Counter(labels)
    kept = [row for row, one in enumerate(labels) if counts[one] >= FEWEST_OF_A_CATEGORY]
    answers = np.array([labels[row] for row in kept])
    if vectors is None or len(kept) < FEWEST_CARDS or len(set(answers.tolist())) < 2:
        return None
    known = vectors[kept]
    words = np.sort(np.argsort(-known.getnnz(axis=0), kind="stable")[:MOST_WORDS])
    held_out, classify = _fit(known[:, words], answers, seed)
    places = np.searchsorted(classify.classes_, answers)
    return Model(
        classify=classify,
        words=words,
        temperature=_temperature(held_out, places),
        n_learnt=len(kept),
        n_right=int((held_out.argmax(axis=1) == places).sum()),
    )


def _fit(known: Any, answers: Any, seed: int) -> tuple[Any, Any]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    model = LogisticRegression(C=_STRENGTH, tol=_NEAR_ENOUGH, max_iter=_MOST_STEPS)
    folds = StratifiedKFold(FEWEST_OF_A_CATEGORY, shuffle=True, random_state=seed % 2**32)
    with warnings.catch_warnings():
        # Stopped early it is a weaker model, which its hit rate tells.
        warnings.simplefilter("ignore", ConvergenceWarning)
        held_out = cross_val_predict(model, known, answers, cv=folds, method="predict_proba")
        return held_out, model.fit(known, answers)


def _temperature(held_out: Any, places: Any) -> float:
    """Return the temperature under which the guesses at unseen cards are the likeliest."""
    import numpy as np

    tried = np.geomspace(0.2, 5.0, 49)
    rows = np.arange(len(places))
    losses = [-np.log(_soften(held_out, one)[rows, places]).mean() for one in tried]
    return float(tried[int(np.argmin(losses))])


def _soften(probabilities: Any, temperature: float) -> Any:
    import numpy as np

    logs = np.log(np.maximum(probabilities, _LEAST_PROBABILITY)) / temperature
    powers = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.maximum(powers / powers.sum(axis=1, keepdims=True), _LEAST_PROBABILITY)


def guess(model: Model, vector: Any) -> Guess:
    """Return the likeliest category of a card, a sparse row."""
    sure = _soften(model.classify.predict_proba(vector[:, model.words]), model.temperature)[0]
    place = int(sure.argmax())
    # However clear the words: after n cards guessed right, one more is with (n + 1) / (n + 2).
    most = (model.n_learnt + 1) / (model.n_learnt + 2)
    return Guess(int(model.classify.classes_[place]), min(float(sure[place]), most))


def confidence_words(confidence: float) -> str:
    """Return a confidence in words: what it is worth, not only how high it is."""
    if confidence < 0.5:
        return "a weak guess"
    return "a fair guess" if confidence < 0.8 else "a strong guess"
