// Tables: density, selection on this page and across pages, columns picked by checkbox. State stays in the URL.

function selection(table: HTMLElement): void {
  const boxes = [...table.querySelectorAll<HTMLInputElement>("[data-select-row]")];
  const all = table.querySelector<HTMLInputElement>("[data-select-all]");
  const picked = boxes.filter((box) => box.checked).length;
  const bar = document.querySelector<HTMLElement>(`[data-selection-bar="${table.id}"]`);
  if (all) { all.checked = picked > 0 && picked === boxes.length; all.indeterminate = picked > 0 && picked < boxes.length; }
  if (!bar) return;
  bar.hidden = picked === 0;
  const everything = bar.querySelector<HTMLInputElement>("[data-select-everything]");
  const offer = bar.querySelector<HTMLElement>("[data-offer-everything]");
  if (offer) offer.hidden = picked !== boxes.length;
  if (everything && picked !== boxes.length) everything.checked = false;
  const count = bar.querySelector<HTMLElement>("[data-selected-count]");
  const total = Number(bar.dataset.total ?? picked);
  if (count) count.textContent = (everything?.checked ? total : picked).toLocaleString("en-US");
}

export function startTables(): void {
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.matches("[data-select-all]")) {
      const table = box.closest<HTMLElement>("[data-table]");
      table?.querySelectorAll<HTMLInputElement>("[data-select-row]").forEach((one) => { one.checked = box.checked; });
    }
    const bar = box.closest<HTMLElement>("[data-selection-bar]");
    const table = box.closest<HTMLElement>("[data-table]") ?? (bar && document.getElementById(bar.dataset.selectionBar ?? ""));
    if (table) selection(table);
    if (box.matches("[data-submit-on-change]")) box.form?.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-density-set]");
    if (!button) return;
    document.documentElement.dataset.density = button.dataset.densitySet;
    localStorage.setItem("qingshou-density", button.dataset.densitySet ?? "compact");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-columns-form]")) return;
    const cols = form.querySelector<HTMLInputElement>("[name=cols]");
    if (cols) cols.value = [...form.querySelectorAll<HTMLInputElement>("[data-column]:checked")].map((box) => box.dataset.column).join(",");
  }, true);
  // an emptied filter leaves the address, so that links stay short
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "get") return;
    for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input[name],select[name]")) {
      if (!field.value && field.type !== "checkbox") field.disabled = true;
    }
    setTimeout(() => form.querySelectorAll<HTMLInputElement>("[name]:disabled").forEach((one) => { one.disabled = false; }));
  });
  document.querySelectorAll<HTMLElement>("[data-table]").forEach(selection);
}
