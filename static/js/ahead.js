// Keys typed ahead: while the next card is on its way, keys are meant for it and wait for it.
// After one that leads into a field nothing more is kept: what follows is text, and text must
// never become a judgement.

const MOST = 4;

// isBusy: true while a card is on its way. Three functions come back: inTurn wraps what a key does,
// catchUp does what waits, forget drops it, since another card came than the one that was expected.
export function keysAhead(isBusy) {
  let kept = [];
  const forget = () => {
    kept = [];
  };

  const inTurn = (act, { leadsToText = false } = {}) => (name) => {
    if (!isBusy()) {
      forget();
      return act(name);
    }
    if (kept.length < MOST && !kept.at(-1)?.leadsToText) kept.push({ act, name, leadsToText });
    return true;
  };

  const catchUp = () => {
    while (kept.length && !isBusy()) {
      const { act, name } = kept.shift();
      act(name);
    }
  };

  return { inTurn, catchUp, forget };
}
