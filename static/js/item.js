// One disagreement: the way along the agenda by keys, writing, and marking evidence.

import { startMarking } from "./evidence.js";
import { showMap, startKeys } from "./keys.js";

const way = (name) => {
  const link = document.querySelector(`[data-way="${name}"]`);
  link?.click();
  return Boolean(link);
};

const write = () => {
  const field = document.querySelector("[data-write]");
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
  return Boolean(field);
};

startKeys({ ArrowLeft: way, ArrowRight: way, ",": write, "?": showMap });
startMarking();
