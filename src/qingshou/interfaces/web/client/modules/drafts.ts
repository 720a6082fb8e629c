// What was typed survives the back button, a closed lid and an expired sign-in: kept in this browser until it is sent.
// Only forms marked data-draft; never passwords. A draft is dropped after two days.

const PREFIX = "qingshou-draft:";
const KEPT_MS = 2 * 24 * 3600 * 1000;

const fields = (form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] =>
  [...form.querySelectorAll<HTMLInputElement>("input[name],textarea[name],select[name]")]
    .filter((field) => !/^(hidden|password|file|checkbox|radio|submit)$/.test(field.type));

export function startDrafts(): void {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
    if (!kept.at || Date.now() - kept.at > KEPT_MS) localStorage.removeItem(key);
  }
  document.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach((form) => {
    const key = PREFIX + form.dataset.draft;
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    if (kept && !form.querySelector(".is-invalid")) {
      for (const field of fields(form)) if (kept.values[field.name] !== undefined) field.value = kept.values[field.name];
      form.querySelector<HTMLElement>("[data-draft-note]")?.removeAttribute("hidden");
    }
    form.addEventListener("input", () => {
      const values = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
    });
    form.addEventListener("submit", () => localStorage.removeItem(key));
  });
}
