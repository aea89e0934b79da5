"""Gwet's standard errors over cards, once more from the formulas, card by card.

Gwet, K. L. (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5; alpha: Gwet (2015).
Cards that nobody judged are left out first.
"""

from math import fsum

from tests.agreement.by_hand import (
    beyond_chance,
    brennan_prediger,
    card_agreement,
    chance_of_conger,
    chance_of_fleiss,
    chance_of_gwet,
    mean,
    percent,
    root_of_spread,
    said,
    same,
    shares,
    total_weight,
)


def spread_of(cards, weight, expected, parts):
    """The error of (p_a - p_e) / (1 - p_e), given each card's part in chance agreement."""
    n = len(cards)
    n_pairable = sum(len(said(card)) >= 2 for card in cards)
    kappa = beyond_chance(percent(cards, weight), expected)
    values = []
    for card, part in zip(cards, parts, strict=True):
        is_pairable = len(said(card)) >= 2
        beyond = card_agreement(said(card), weight) - expected if is_pairable else 0
        values.append(
            n / n_pairable * beyond / (1 - expected)
            - 2 * (1 - kappa) * (part - expected) / (1 - expected)
        )
    return root_of_spread(values, kappa)


def fleiss_error(cards, categories, weight=same):
    cards = [card for card in cards if said(card)]
    share = shares(cards, categories)
    parts = [
        mean(fsum(share[k] * weight(label, k) for k in categories) for label in said(card))
        for card in cards
    ]
    return spread_of(cards, weight, chance_of_fleiss(cards, categories, weight), parts)


def gwet_error(cards, categories, weight=same):
    cards = [card for card in cards if said(card)]
    share, q = shares(cards, categories), len(categories)
    factor = total_weight(categories, weight) / (q * (q - 1))
    parts = [factor * mean(1 - share[label] for label in said(card)) for card in cards]
    return spread_of(cards, weight, chance_of_gwet(cards, categories, weight), parts)


def brennan_prediger_error(cards, categories, weight=same):
    cards = [card for card in cards if said(card)]
    expected = total_weight(categories, weight) / len(categories) ** 2
    assert brennan_prediger(cards, categories, weight) is not None
    return spread_of(cards, weight, expected, [expected] * len(cards))


def conger_error(cards, categories, weight=same):
    """A coder's share is a ratio: labels of a category over cards judged, and both vary."""
    cards = [card for card in cards if said(card)]
    columns = [column for column in zip(*cards, strict=True) if said(column)]
    n, m = len(cards), len(columns)
    n_judged = [len(said(column)) for column in columns]
    own = [
        {k: column.count(k) / judged for k in categories}
        for column, judged in zip(columns, n_judged, strict=True)
    ]
    parts = [0.0] * n
    for g in range(m):
        alike = {
            k: fsum(own[h][c] * weight(k, c) for h in range(m) if h != g for c in categories)
            for k in categories
        }
        usual = fsum(own[g][k] * alike[k] for k in categories)
        for u, label in enumerate(columns[g]):
            named = alike[label] if label is not None else 0.0
            beyond = (label is not None) - n_judged[g] / n
            parts[u] += (named - beyond * usual) * n / n_judged[g] / (m * (m - 1))
    return spread_of(cards, weight, chance_of_conger(cards, categories, weight), parts)


def alpha_error(cards, categories, weight=same):
    """Of alpha with the distances 1 - w, over cards judged at least twice."""
    cards = [said(card) for card in cards if len(said(card)) >= 2]
    n, size = len(cards), mean(len(card) for card in cards)
    share = {k: fsum(card.count(k) for card in cards) / (n * size) for k in categories}
    expected = fsum(share[k] * share[c] * weight(k, c) for k in categories for c in categories)
    alike = [card_agreement(card, weight) * len(card) / size for card in cards]
    observed = mean(alike)
    small = 1 / (n * size)
    alpha = beyond_chance(observed, expected)
    values = []
    for card, found in zip(cards, alike, strict=True):
        excess = (len(card) - size) / size
        named = fsum(share[k] * weight(label, k) for label in card for k in categories) / size
        corrected = found - ((1 - small) * observed + small) * excess
        part = named - expected * excess
        values.append((corrected - expected - 2 * (1 - alpha) * (part - expected)) / (1 - expected))
    return root_of_spread(values, alpha)
