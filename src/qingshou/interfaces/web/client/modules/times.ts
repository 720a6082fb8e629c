// Dates stay ISO; how long ago or ahead stands on hover.

export function startTimes(): void {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
  document.addEventListener("mouseover", (event) => {
    const time = (event.target as HTMLElement).closest<HTMLTimeElement>("time[datetime]");
    if (!time || time.title) return;
    const days = (Date.parse(time.dateTime) - Date.now()) / 86_400_000;
    const [amount, unit]: [number, Intl.RelativeTimeFormatUnit] =
      Math.abs(days) >= 365 ? [days / 365, "year"] : Math.abs(days) >= 60 ? [days / 30, "month"]
      : Math.abs(days) >= 1 || time.dateTime.length === 10 ? [days, "day"] : [days * 24, "hour"];
    time.title = words.format(Math.round(amount), unit);
  });
}
