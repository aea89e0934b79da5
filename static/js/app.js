// The one entry module of every page. Sorting brings its own, beside this one.
import { startCopying } from "./copy.js";
import { startDialogs } from "./dialog.js";
import { startOperations } from "./operation.js";
import { startTheme } from "./theme.js";
import { startAskingAboutTexts } from "./unsent.js";

startTheme();
// Before the operations: a form that is still being asked about is not on its way.
startDialogs();
startOperations();
startCopying();
startAskingAboutTexts();
