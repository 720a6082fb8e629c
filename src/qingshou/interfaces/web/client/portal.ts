// The debtor's page works without this; it adds figures that follow what is typed.
import htmx from "htmx.org/dist/htmx.esm.js";

declare global {
  interface Window { htmx: unknown }
}
window.htmx = htmx;
document.documentElement.classList.add("has-script");
document.getElementById("problems")?.focus();
