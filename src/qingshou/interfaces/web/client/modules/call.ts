// The call page by keyboard: clocks that turn to caution, keys that lead to fields, what an outcome brings along.

const two = (value: number): string => String(value).padStart(2, "0");
const shown = (seconds: number): string =>
  seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  : `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;

function begunAt(clock: HTMLElement): number {
  if (clock.dataset.clockFrom) return Date.parse(clock.dataset.clockFrom);
  const key = `qingshou-account:${clock.dataset.clockCase}`;
  const kept = sessionStorage.getItem(key) ?? String(Date.now());
  sessionStorage.setItem(key, kept);
  return Number(kept);
}

function tick(): void {
  document.querySelectorAll<HTMLElement>("[data-clock]").forEach((clock) => {
    const seconds = Math.max(0, Math.floor((Date.now() - begunAt(clock)) / 1000));
    clock.textContent = shown(seconds);
    clock.classList.toggle("is-warning", seconds >= Number(clock.dataset.warn));
    clock.classList.toggle("is-late", seconds >= Number(clock.dataset.late));
  });
  document.querySelectorAll<HTMLElement>("[data-local-clock]").forEach((clock) => {
    clock.textContent = new Intl.DateTimeFormat("en-GB", {
      hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.localClock,
    }).format(new Date());
  });
}

const form = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("#call-form");
const field = <Kind extends HTMLElement>(name: string): Kind | null => form()?.querySelector<Kind>(`[name=${name}]`) ?? null;

function dayAhead(today: string, days: number): string {
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

// what comes next follows the outcome until somebody chooses it by hand
function follow(radio: HTMLInputElement, action = radio.dataset.next ?? "", on = ""): void {
  const next = field<HTMLSelectElement>("next_action"), date = field<HTMLInputElement>("next_action_on");
  const note = document.querySelector<HTMLElement>("[data-effect-note]");
  if (note) note.textContent = radio.dataset.effect ?? "";
  document.querySelector("#promise-box")?.classList.toggle("is-wanted", radio.value === "PROMISE");
  const promised = field<HTMLInputElement>("promise_due_on")?.value;
  if (next && !next.dataset.chosen) next.value = action;
  if (date && !date.dataset.chosen) {
    date.value = on || (radio.value === "PROMISE" && promised) || dayAhead(date.dataset.today ?? "", Number(radio.dataset.days));
  }
}

function choose(outcome: string, action?: string, on?: string): void {
  const radio = form()?.querySelector<HTMLInputElement>(`[name=outcome][value="${CSS.escape(outcome)}"]`);
  if (!radio) return;
  radio.checked = true;
  follow(radio, action || undefined, on);
}

// 1-9 belong to the script's branches; where the script has ended, to the outcomes
function deal(): void {
  const hasBranches = document.querySelector("#call-script [data-branch]") !== null;
  form()?.querySelectorAll<HTMLInputElement>("[name=outcome]").forEach((radio) => {
    const key = radio.parentElement?.querySelector<HTMLElement>("[data-outcome-key]");
    if (!key) return;
    key.hidden = hasBranches;
    if (hasBranches) delete radio.dataset.key;
    else radio.dataset.key = radio.dataset.number ?? "";
  });
}

function ended(): void {
  const script = document.querySelector<HTMLElement>("#call-script");
  if (!script?.dataset.ending) return;
  choose(script.dataset.ending, script.dataset.endingAction, script.dataset.endingOn);
  const reason = field<HTMLSelectElement>("reason");
  if (reason && !reason.value && script.dataset.endingReason) reason.value = script.dataset.endingReason;
}

export function startCall(): void {
  tick();
  setInterval(tick, 1000);
  document.addEventListener("click", (event) => {
    const leader = (event.target as HTMLElement).closest<HTMLElement>("[data-focus]");
    if (!leader) return;
    if (leader.dataset.check) {
      choose(leader.dataset.check);
      form()?.dispatchEvent(new Event("input"));  // the draft keeps it
    }
    const aim = document.querySelector<HTMLElement>(leader.dataset.focus ?? "");
    aim?.focus();
    aim?.scrollIntoView({ block: "nearest" });
  });
  if (!document.querySelector("[data-call]")) return;
  document.querySelector<HTMLElement>("[data-begin]")?.setAttribute("data-key", "c");
  document.addEventListener("change", (event) => {
    const target = event.target as HTMLInputElement;
    if (target.form !== form()) return;
    if (target.name === "outcome") follow(target);
    else if (target.name === "next_action" || target.name === "next_action_on") target.dataset.chosen = "1";
    else if (target.name === "promise_due_on") {
      const date = field<HTMLInputElement>("next_action_on");
      if (date && target.value) date.value = target.value;
    }
  });
  let askedAt = 0;
  const isScript = (event: Event): boolean => (event as CustomEvent).detail.ctx.target?.id === "call-script";
  document.addEventListener("htmx:before:request", (event) => { if (isScript(event)) askedAt = scrollY; });
  document.addEventListener("htmx:after:swap", (event) => {
    tick();
    // the light above is fetched every half minute: what was chosen by hand and where one reads stay
    if (!isScript(event)) return;
    deal();
    ended();
    // who has scrolled on to the form meanwhile is not thrown back to the script
    if (document.activeElement === document.body) {
      document.querySelector<HTMLElement>("#call-script [data-branch]")?.focus({ preventScroll: scrollY !== askedAt });
    }
  });
  deal();
  const checked = form()?.querySelector<HTMLInputElement>("[name=outcome]:checked");
  if (checked && form()?.querySelector(".is-invalid")) return;
  if (checked && form()?.querySelector("[data-draft-note]:not([hidden])")) {
    // a draft is back: what it chose stands, and what it says of the next step too
    for (const name of ["next_action", "next_action_on"]) {
      const kept = field<HTMLInputElement>(name);
      if (kept?.value) kept.dataset.chosen = "1";
    }
    follow(checked);
    return;
  }
  ended();
}
