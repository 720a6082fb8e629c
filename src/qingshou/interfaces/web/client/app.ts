// The shell's behaviour. Pages work without it; it adds speed, keys and comfort.
import htmx from "htmx.org/dist/htmx.esm.js";
import { startKeys } from "./modules/keys";
import { startTables } from "./modules/tables";
import { startDialogs } from "./modules/dialogs";
import { startShell } from "./modules/shell";
import { startDrafts } from "./modules/drafts";
import { startTimes } from "./modules/times";
import { startTemplates } from "./modules/templates";
import { startCall } from "./modules/call";

declare global {
  interface Window { htmx: unknown }
}
window.htmx = htmx;
startShell();
startKeys();
startTables();
startDialogs();
startDrafts();
startTimes();
startCall();
startTemplates();
