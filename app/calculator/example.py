"""A small table to try the calculator with: three coders, one gap, some disagreement."""

_SAID = {
    "Cleo": "slow slow look look text text slow look text look text slow",
    "Ada": "slow slow look text text text slow look text look text slow",
    "Ben": "slow look look text text text slow look . look text look",
}
EXAMPLE = "card_id,coder,category\n" + "".join(
    f"c{number},{coder},{'' if label == '.' else label}\n"
    for coder, said in sorted(_SAID.items())
    for number, label in enumerate(said.split(), 1)
)
