// Keyboard first: j k through a list, Enter opens, n next case, / search, ? help. Never while typing.
// A page adds a key by markup alone: <a data-key="c"> is clicked when c is pressed.

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  && !(target instanceof HTMLInputElement && /^(checkbox|radio|button|submit)$/.test(target.type));

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-rows] [data-row]")]
  .filter((row) => row.offsetParent !== null);

function move(step: number): void {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step))];
  all.forEach((row) => { row.classList.remove("is-current"); row.removeAttribute("aria-current"); });
  next.classList.add("is-current");
  next.setAttribute("aria-current", "true");
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function open(): boolean {
  const link = document.querySelector<HTMLAnchorElement>("[data-row].is-current a[href]");
  link?.click();
  return link !== null;
}

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target instanceof HTMLElement && typing(event.target)) {
      event.target.blur();
      return;
    }
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const keyed = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") document.querySelector<HTMLInputElement>("#search")?.select();
    else if (event.key === "?") document.querySelector<HTMLDialogElement>("#keys-help")?.showModal();
    else if (event.key === "x") document.querySelector<HTMLElement>("[data-row].is-current [data-select-row]")?.click();
    else if (event.key === "Enter" && event.target instanceof HTMLElement
             && (event.target === document.body || event.target.matches("[data-row]"))) { if (!open()) return; }
    else if (keyed && !keyed.hasAttribute("disabled")) { keyed.focus(); keyed.click(); }
    else return;
    event.preventDefault();
  });
  // a click anywhere on a row opens it, save on controls and selected text
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("[data-row]");
    if (!row || target.closest("a,button,input,label,summary,select") || getSelection()?.toString()) return;
    row.querySelector<HTMLAnchorElement>("a[href][data-open]")?.click();
  });
}
