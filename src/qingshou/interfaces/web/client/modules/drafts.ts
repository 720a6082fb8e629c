// What was typed and chosen survives the back button, a closed lid and an expired sign-in: kept in this browser until it
// is sent; what was sent and refused is back too. Only forms marked data-draft; never passwords, nor what must be ticked to agree. Dropped after two days.

const PREFIX = "qingshou-draft:";
const KEPT_MS = 2 * 24 * 3600 * 1000;
const ANSWERED_MS = 60 * 1000; // a refusal comes with the next page

type Kept = Record<string, string | string[]>;
const all = (form: HTMLFormElement): HTMLInputElement[] =>
  [...form.querySelectorAll<HTMLInputElement>("input[name],textarea[name],select[name]")];
const fields = (form: HTMLFormElement): HTMLInputElement[] =>
  all(form).filter((field) => !/^(hidden|password|file|checkbox|radio|submit)$/.test(field.type));
const choices = (form: HTMLFormElement): HTMLInputElement[] =>
  all(form).filter((field) => field.type === "radio" || (field.type === "checkbox" && !field.required));

function valuesOf(form: HTMLFormElement): Kept {
  const values: Kept = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  for (const one of choices(form)) {
    const chosen = (values[one.name] ??= []) as string[];
    if (one.checked) chosen.push(one.value);
  }
  return values;
}

function restore(form: HTMLFormElement, values: Kept): void {
  for (const field of fields(form)) {
    const value = values[field.name];
    if (typeof value === "string") field.value = value;
  }
  for (const one of choices(form)) {
    const chosen = values[one.name];
    if (Array.isArray(chosen)) one.checked = chosen.includes(one.value);
  }
}

export function startDrafts(): void {
  const isRefused = document.querySelector("[data-toast-stays]") !== null;
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
    const isTaken = kept.sent && !(isRefused && Date.now() - kept.sent < ANSWERED_MS);
    if (!kept.at || Date.now() - kept.at > KEPT_MS || isTaken) localStorage.removeItem(key);
  }
  keepDraftsIn(document.body);
  document.addEventListener("htmx:after:swap", () => keepDraftsIn(document.body)); // panels come later
}

function keepDraftsIn(part: HTMLElement): void {
  part.querySelectorAll<HTMLFormElement>("form[data-draft]:not([data-draft-kept])").forEach((form) => {
    form.dataset.draftKept = "";
    const key = PREFIX + form.dataset.draft;
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (kept && !form.querySelector(".is-invalid")) {
      restore(form, kept.values);
      form.querySelector<HTMLElement>("[data-draft-note]")?.removeAttribute("hidden");
    }
    form.addEventListener("input", () => {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: valuesOf(form) }));
    });
    form.addEventListener("submit", () => {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), sent: Date.now(), values: valuesOf(form) }));
    });
  });
}
