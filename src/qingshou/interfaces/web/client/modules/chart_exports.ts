// A chart's numbers as CSV (from its table, exactly) and its picture as PNG.

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// a text that a spreadsheet would run as a formula is led by an apostrophe; a plain number never is
const cell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+( %)?$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function exportCsv(figure: HTMLElement, box: HTMLElement): void {
  const rows = [...figure.querySelectorAll("table tr")].map((row) =>
    [...row.querySelectorAll<HTMLElement>("th,td")].map((one) => cell(one.dataset.value ?? one.textContent?.trim() ?? "")).join(","));
  save(new Blob(["\ufeff" + rows.join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" }), `${box.dataset.fileName ?? "chart"}.csv`);
}

export function exportImage(chart: { getDataURL(options: object): string }, box: HTMLElement): void {
  const data = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: getComputedStyle(document.documentElement).getPropertyValue("--surface") });
  const bytes = Uint8Array.from(atob(data.split(",")[1]), (letter) => letter.charCodeAt(0));
  save(new Blob([bytes], { type: "image/png" }), `${box.dataset.fileName ?? "chart"}.png`);
}
