// Keys typed ahead: while the next card is on its way, keys are meant for it and wait for it.
// After one that leads into a field nothing more is kept: what follows is text, and text must
// never become a judgement.

const MOST = 4;
const DEAF_AFTER_DROPPING_MS = 500;

// isBusy: true while a card is on its way. isShown: that card can be read already, only the server
// has not said so yet; writing on it need not wait. Four functions come back: inTurn wraps what a key does,
// catchUp does what waits, forget drops it. drop is for a card that came in place of the one that
// was expected: a hand that types on without a pause has not read it yet.
export function keysAhead(isBusy, isShown) {
  let kept = [];
  let deafUntil = -Infinity;
  const forget = () => {
    kept = [];
  };
  const drop = () => {
    forget();
    deafUntil = performance.now() + DEAF_AFTER_DROPPING_MS;
  };

  const inTurn = (act, { leadsToText = false } = {}) => (name) => {
    if (performance.now() < deafUntil) {
      drop();
      return true;
    }
    if (!isBusy()) {
      forget();
      return act(name);
    }
    if (leadsToText && !kept.length && isShown()) return act(name);
    if (kept.length < MOST && !kept.at(-1)?.leadsToText) kept.push({ act, name, leadsToText });
    return true;
  };

  const catchUp = () => {
    while (kept.length && !isBusy()) {
      const { act, name } = kept.shift();
      act(name);
    }
  };

  return { inTurn, catchUp, forget, drop };
}
