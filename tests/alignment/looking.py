"""The addresses that look at a closed sort, for the tests that hold for every route."""

PAGES = ("/piles/similarity", "/piles/tree", "/piles/overlap", "/piles/partitions")
FILES = (
    "/piles/sorts.csv",
    "/piles/partitions.json",
    "/piles/similarity.csv",
    "/piles/similarity.png",
    "/piles/overlap.csv",
    "/piles/groups.csv",
    "/piles/tree.json",
    "/piles/tree.svg",
)
LOOKING = (*PAGES, *FILES)
