// Dialogs are <dialog>; <button data-dialog="id"> opens one, [data-close] closes it. Danger names the thing in its own words.

export function startDialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const opener = target.closest<HTMLElement>("[data-dialog]");
    if (opener) {
      event.preventDefault();
      const dialog = document.getElementById(opener.dataset.dialog ?? "") as HTMLDialogElement | null;
      dialog?.showModal();
      dialog?.querySelector<HTMLElement>("[autofocus],input:not([type=hidden]),select,textarea")?.focus();
      return;
    }
    const closer = target.closest<HTMLElement>("[data-close]");
    if (closer) closer.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement) target.close(); // a click on the backdrop
  });
  // one open menu at a time; a click elsewhere or Escape closes it
  document.addEventListener("click", (event) => {
    const inside = (event.target as HTMLElement).closest("details.menu");
    document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => { if (menu !== inside) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector<HTMLElement>("summary")?.focus();
    });
  });
  // the same form is not sent twice by an impatient hand
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll<HTMLButtonElement>("button[type=submit]").forEach((button) => button.setAttribute("aria-busy", "true"));
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  addEventListener("pageshow", () => document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }));
}
