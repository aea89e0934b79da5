"""PURE: the figures that stand beside the headline."""

from app.agreement import Estimate
from app.reports.headline import Figure
from app.reports.stored import Stored, StoredFacet, estimate_of


def companions(stored: StoredFacet, agreement: Stored) -> tuple[Figure, ...]:
    """Return the other figures of a facet, the same ones whatever came out."""
    if stored.is_multiple:
        return _companions_of_sets(agreement)
    several = len(stored.coders) > 2
    shares = _shares(agreement, several=several)
    kappas = _light(agreement) if several else _unweighted(stored)
    alphas = _alphas(stored, agreement, several=several)
    rest = (
        Figure("Fleiss' kappa", estimate_of(agreement["fleiss"])),
        Figure("Gwet's AC1", estimate_of(agreement["ac1"])),
    )
    return (*shares, *kappas, *alphas, *rest)


def _shares(agreement: Stored, *, several: bool) -> tuple[Figure, ...]:
    percent = estimate_of(agreement["percent"])
    unanimous = estimate_of(agreement["unanimous"])
    detail = _of_cards(unanimous)
    if not several:  # for two coders the three shares are one
        return (Figure("Percent agreement", percent, True, "percent-agreement", detail),)
    of_pairs = estimate_of(agreement["percent_of_pairs"])
    return (
        Figure("Percent agreement, mean of cards", percent, True, "percent-agreement"),
        Figure("Percent agreement of all pairs", of_pairs, True, "percent-agreement"),
        Figure("Unanimous cards", unanimous, True, "percent-agreement", detail),
    )


def _of_cards(unanimous: Estimate) -> str:
    if unanimous.value is None:
        return ""
    n_same = round(unanimous.value * unanimous.n_units)
    return f"{n_same} alike"


def _light(agreement: Stored) -> tuple[Figure, ...]:
    light = estimate_of(agreement["light"])
    return (Figure("Light's kappa", light, topic="lights-kappa", detail=light.note or ""),)


def _unweighted(stored: StoredFacet) -> tuple[Figure, ...]:
    pairs = stored.pairs()
    if not stored.is_ordinal or not pairs:
        return ()
    kappas = {"linear weights": "kappa_linear", "unweighted": "kappa"}
    return tuple(
        Figure(f"Cohen's kappa, {words}", estimate_of(pairs[0].figures[key]), topic="cohens-kappa")
        for words, key in kappas.items()
    )


def _alphas(stored: StoredFacet, agreement: Stored, *, several: bool) -> tuple[Figure, ...]:
    topic = "krippendorffs-alpha"
    main = Figure(
        f"Krippendorff's alpha, {agreement['alpha_distance']}",
        estimate_of(agreement["alpha"]),
        topic=topic,
    )
    beside = agreement["alpha_companion"]
    found = () if several else (main,)
    if beside is None or not stored.is_ordinal:
        return found
    name = f"Krippendorff's alpha, {agreement['companion_distance']}"
    return (*found, Figure(name, estimate_of(beside), topic=topic))


def _companions_of_sets(agreement: Stored) -> tuple[Figure, ...]:
    unanimous = estimate_of(agreement["unanimous"])
    alpha = estimate_of(agreement["alpha_companion"])
    jaccard = estimate_of(agreement["jaccard"])
    exact = estimate_of(agreement["percent"])
    return (
        Figure("The very same set", exact, True, "percent-agreement"),
        Figure("Unanimous cards", unanimous, True, "percent-agreement", _of_cards(unanimous)),
        Figure("Mean Jaccard similarity", jaccard, topic="sets"),
        Figure("Krippendorff's alpha, sets (Jaccard)", alpha, topic="sets"),
    )
