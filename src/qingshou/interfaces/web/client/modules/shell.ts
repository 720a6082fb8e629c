// The shell: theme, the navigation on a phone, toasts that leave by themselves (errors stay).

export function startShell(): void {
  const root = document.documentElement;
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    if (target.closest("[data-theme-toggle]")) {
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      localStorage.setItem("qingshou-theme", root.dataset.bsTheme);
      document.dispatchEvent(new CustomEvent("qingshou:theme"));
    }
    if (target.closest("[data-nav-toggle]")) {
      const open = document.body.classList.toggle("nav-open");
      document.querySelector("[data-nav-toggle]")?.setAttribute("aria-expanded", String(open));
    }
    if (target.closest("[data-nav-close]")) document.body.classList.remove("nav-open");
    if (target.closest("[data-print]")) print();
    target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove();
  });
  document.querySelectorAll<HTMLElement>("[data-toast]:not([data-toast-stays])").forEach((toast) => {
    setTimeout(() => toast.remove(), 9000);
  });
}

export function toast(text: string): void {
  const place = document.querySelector("#toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "toast-line";
  box.setAttribute("role", "status");
  box.textContent = text;
  place.append(box);
  setTimeout(() => box.remove(), 6000);
}
