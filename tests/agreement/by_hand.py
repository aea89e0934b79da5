"""The coefficients written down once more from their definitions, slow and obvious.

A table is a list of cards; a card is a list with what each coder said, None where nothing. Nothing
here uses the engine or an array. A figure that the definition leaves without value is None.
"""

from collections import Counter
from itertools import combinations, permutations
from math import comb, fsum, sqrt


def said(card):
    return [label for label in card if label is not None]


def cards_judged(cards, at_least=1):
    return [said(card) for card in cards if len(said(card)) >= at_least]


def mean(values):
    values = list(values)
    return fsum(values) / len(values) if values else None


def same(one, other):
    return 1.0 if one == other else 0.0


def weighting(categories, form):
    """Agreement weights by name; the rank of a category is its place in the codebook."""
    rank = {category: place for place, category in enumerate(categories)}
    q = len(categories)

    def weight(one, other):
        apart = abs(rank[one] - rank[other])
        if apart == 0:
            return 1.0
        return {
            "unweighted": 0.0,
            "linear": 1 - apart / (q - 1),
            "quadratic": 1 - apart**2 / (q - 1) ** 2,
            "ordinal": 1 - comb(apart + 1, 2) / comb(q, 2),
        }[form]

    return weight


def card_agreement(labels, weight=same):
    return mean(weight(one, other) for one, other in permutations(labels, 2))


def percent(cards, weight=same):
    return mean(card_agreement(labels, weight) for labels in cards_judged(cards, 2))


def pooled(cards):
    return mean(
        same(one, other)
        for labels in cards_judged(cards, 2)
        for one, other in combinations(labels, 2)
    )


def unanimous(cards):
    return mean(float(len(set(labels)) == 1) for labels in cards_judged(cards, 2))


def is_varied(cards):
    return len({label for card in cards for label in said(card)}) > 1


def beyond_chance(observed, expected):
    return None if observed is None else (observed - expected) / (1 - expected)


def shares(cards, categories):
    judged = cards_judged(cards)
    return {
        category: mean(labels.count(category) / len(labels) for labels in judged)
        for category in categories
    }


def chance_of_fleiss(cards, categories, weight=same):
    share = shares(cards, categories)
    return fsum(
        share[one] * share[other] * weight(one, other) for one in categories for other in categories
    )


def fleiss(cards, categories):
    if percent(cards) is None or not is_varied(cards):
        return None
    return beyond_chance(percent(cards), chance_of_fleiss(cards, categories))


def fleiss_listwise(cards, categories):
    return fleiss([card for card in cards if None not in card], categories)


def coder_shares(cards, categories):
    """For each coder who said anything, the share of each category in all they said."""
    found = []
    for column in zip(*cards, strict=True):
        labels = said(column)
        if labels:
            counts = Counter(labels)
            found.append({k: counts[k] / len(labels) for k in categories})
    return found


def chance_of_conger(cards, categories, weight=same):
    return mean(
        fsum(one[k] * other[g] * weight(k, g) for k in categories for g in categories)
        for one, other in combinations(coder_shares(cards, categories), 2)
    )


def conger(cards, categories):
    if percent(cards) is None or not is_varied(cards):
        return None
    return beyond_chance(percent(cards), chance_of_conger(cards, categories))


def total_weight(categories, weight):
    return fsum(weight(one, other) for one in categories for other in categories)


def chance_of_gwet(cards, categories, weight=same):
    q, share = len(categories), shares(cards, categories)
    spread = fsum(share[k] * (1 - share[k]) for k in categories)
    return total_weight(categories, weight) * spread / (q * (q - 1))


def gwet(cards, categories, weight=same):
    if percent(cards) is None or len(categories) < 2:
        return None
    return beyond_chance(percent(cards, weight), chance_of_gwet(cards, categories, weight))


def brennan_prediger(cards, categories, weight=same):
    if percent(cards) is None or len(categories) < 2:
        return None
    chance = total_weight(categories, weight) / len(categories) ** 2
    return beyond_chance(percent(cards, weight), chance)


def differs(one, other):
    return float(one != other)


def by_numbers(distance):
    return lambda one, other: distance(float(one), float(other))


interval = by_numbers(lambda a, b: (a - b) ** 2)
ratio = by_numbers(lambda a, b: ((a - b) / (a + b)) ** 2 if a != b else 0.0)


def ordinal(cards, categories):
    """Krippendorff's distance of ranks: the pairable judgements from one to the other."""
    counts = Counter(label for labels in cards_judged(cards, 2) for label in labels)
    rank = {category: place for place, category in enumerate(categories)}

    def distance(one, other):
        low, high = sorted((rank[one], rank[other]))
        between = sum(counts[category] for category in categories[low : high + 1])
        return (between - (counts[one] + counts[other]) / 2) ** 2

    return distance


def alpha(cards, distance=differs):
    """1 - D_o / D_e over pairable judgements, whatever a judgement is."""
    pairable = cards_judged(cards, 2)
    counts = Counter(label for labels in pairable for label in labels)
    n = sum(counts.values())
    if len(counts) < 2:
        return None
    apart = {(one, other): distance(one, other) for one in counts for other in counts}
    found = fsum(
        apart[pair] / (len(labels) - 1) for labels in pairable for pair in permutations(labels, 2)
    )
    chance = fsum(counts[one] * counts[other] * apart[one, other] for one, other in apart)
    return None if chance == 0 else 1 - (found / n) / (chance / (n * (n - 1)))


def both_judged(cards, first, second):
    return [
        (card[first], card[second])
        for card in cards
        if card[first] is not None and card[second] is not None
    ]


def cohen(pairs, weight=same):
    """Kappa of two coders from the cards both judged, weighted if weights are given."""
    if len({label for pair in pairs for label in pair}) < 2:
        return None
    n = len(pairs)
    rows, columns = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    observed = mean(weight(*pair) for pair in pairs)
    chance = fsum(
        rows[one] * columns[other] * weight(one, other) for one in rows for other in columns
    )
    return beyond_chance(observed, chance / n**2)


def scott(pairs):
    if len({label for pair in pairs for label in pair}) < 2:
        return None
    counts = Counter(label for pair in pairs for label in pair)
    chance = fsum((times / (2 * len(pairs))) ** 2 for times in counts.values())
    return beyond_chance(mean(same(*pair) for pair in pairs), chance)


def largest_kappa(pairs):
    if cohen(pairs) is None:
        return None
    n = len(pairs)
    rows, columns = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = fsum(rows[k] * columns[k] for k in rows) / n**2
    return beyond_chance(fsum(min(rows[k], columns[k]) for k in rows) / n, chance)


def light(cards):
    active = [place for place, column in enumerate(zip(*cards, strict=True)) if said(column)]
    kappas = [cohen(both_judged(cards, *pair)) for pair in combinations(active, 2)]
    return mean(kappa for kappa in kappas if kappa is not None)


def specific(cards, category):
    """How many of the other judgements of a card that is said to be `category` say so, too."""
    return mean(
        float(other == category)
        for labels in cards_judged(cards, 2)
        for one, other in permutations(labels, 2)
        if one == category
    )


def prevalence_index(pairs, first, second):
    n_first, n_second = pairs.count((first, first)), pairs.count((second, second))
    return abs(n_first - n_second) / len(pairs) if pairs else None


def bias_index(pairs, first, second):
    n_first, n_second = pairs.count((first, second)), pairs.count((second, first))
    return abs(n_first - n_second) / len(pairs) if pairs else None


def against_others(cards, category):
    """The same cards with two answers only: True for the category, False for another one."""
    return [[None if label is None else label == category for label in card] for card in cards]


def root_of_spread(values, centre):
    n = len(values)
    return sqrt(fsum((value - centre) ** 2 for value in values) / (n * (n - 1)))
