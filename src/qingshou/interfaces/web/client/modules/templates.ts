// The editor of a wording: a button puts a variable where the cursor was last, and the check runs again.

type Field = HTMLInputElement | HTMLTextAreaElement;

export function startTemplates(): void {
  let last: Field | null = null;
  document.addEventListener("focusin", (event) => {
    const field = (event.target as HTMLElement).closest<Field>("[data-insert-into]");
    if (field) last = field;
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-insert]");
    const form = button?.closest("form");
    if (!button || !form) return;
    const field = last && form.contains(last) ? last : form.querySelector<Field>("textarea[data-insert-into]");
    if (!field) return;
    const end = field.value.length;
    // a field that was never touched takes it at its end
    const [from, to] = last === field ? [field.selectionStart ?? end, field.selectionEnd ?? end] : [end, end];
    field.setRangeText(button.dataset.insert ?? "", from, to, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
