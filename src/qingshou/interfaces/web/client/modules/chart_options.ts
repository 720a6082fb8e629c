// From a chart's plain description to ECharts' options. Axes start at zero unless the description says where honesty needs otherwise.

export interface Series { name: string; values: (number | null)[]; tone?: string; stack?: string }
export interface Spec {
  kind: "line" | "bar" | "stacked" | "waterfall" | "heat";
  title: string;
  unit?: string;
  format: "count" | "money" | "percent";
  categories: string[];
  series: Series[];
  rows?: string[];
  links?: (string | null)[][];
  axis_min?: number;
  unknown: string;
}

const TONES = ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6", "--chart-7", "--chart-8"];

export function worded(value: number | null | undefined, spec: Spec): string {
  if (value === null || value === undefined || Number.isNaN(value)) return spec.unknown;
  if (spec.format === "percent") return `${(value * 100).toFixed(2)} %`;
  const digits = spec.format === "money" ? 2 : 0;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function short(value: number, spec: Spec): string {
  if (spec.format === "percent") return `${Math.round(value * 1000) / 10} %`;
  const zh = document.documentElement.lang.startsWith("zh");
  return new Intl.NumberFormat(zh ? document.documentElement.lang : "en", { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

export function option(spec: Spec, style: CSSStyleDeclaration): object {
  const css = (name: string): string => style.getPropertyValue(name).trim();
  const text = { color: css("--ink-soft"), fontFamily: css("--tblr-font-sans-serif"), fontSize: 12 };
  const colour = (one: Series, place: number): string => css(one.tone ? `--${one.tone}` : TONES[place % TONES.length]);
  const line = { lineStyle: { color: css("--line") } };
  const shared = {
    aria: { enabled: true, label: { description: spec.title } },
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: text,
    grid: { left: 8, right: 16, top: spec.series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
    tooltip: { trigger: spec.kind === "heat" ? "item" : "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" },
      backgroundColor: css("--surface"), borderColor: css("--line"), textStyle: { ...text, color: css("--ink") },
      valueFormatter: (value: number) => worded(value, spec) },
  };
  // names of steps or reasons are all shown, on a phone aslant; of dates it is enough to show some
  const named = spec.kind !== "heat" && spec.categories.length <= 12 && !spec.categories.some((one) => /^\d{4}-/.test(one));
  const category = { type: "category", data: spec.categories, axisLine: line, axisTick: { show: false }, axisLabel: { ...text, hideOverlap: true, ...(named && innerWidth < 700 ? { interval: 0, rotate: 40, hideOverlap: false } : {}) } };
  const value = { type: "value", min: spec.axis_min, splitLine: line, axisLabel: { ...text, formatter: (one: number) => short(one, spec) } };
  if (spec.kind === "heat") return { ...shared, ...heat(spec, css, text, category) };
  const legend = spec.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: text, type: "scroll" } : undefined;
  if (spec.kind === "waterfall") return { ...shared, xAxis: category, yAxis: value, ...waterfall(spec, css, text) };
  const series = spec.series.map((one, place) => ({
    name: one.name, data: one.values, type: spec.kind === "line" ? "line" : "bar", stack: spec.kind === "stacked" ? one.stack ?? "all" : undefined,
    color: colour(one, place), symbolSize: 6, symbol: ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"][place % 6],
    barMaxWidth: 36, lineStyle: { width: 2, type: place % 2 ? "dashed" : "solid" }, connectNulls: false,
  }));
  return { ...shared, legend, xAxis: category, yAxis: value, series };
}

function waterfall(spec: Spec, css: (name: string) => string, text: object): object {
  // the first series holds signed steps; a step named in the second series (value 1) is a total and stands on zero
  const steps = spec.series[0].values.map((value) => value ?? 0);
  const totals = spec.series[1]?.values ?? [];
  let level = 0;
  const base: number[] = [], shown: object[] = [];
  steps.forEach((step, place) => {
    const before = totals[place] ? 0 : level;
    level = totals[place] ? step : level + step;
    base.push(Math.min(before, level));
    const tone = totals[place] ? "--chart-1" : step >= 0 ? "--rise" : "--fall";
    shown.push({ value: Math.abs(level - before), itemStyle: { color: css(tone), decal: step < 0 && !totals[place] ? { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: -0.7, color: css("--surface") } : undefined } });
  });
  const formatted = (place: number): string => (totals[place] || steps[place] < 0 ? "" : "+") + worded(steps[place], spec);
  return {
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" }, backgroundColor: css("--surface"), borderColor: css("--line"),
      textStyle: { ...text, color: css("--ink") }, formatter: (points: { dataIndex: number; name: string }[]) => `${points[0].name}\n${formatted(points[0].dataIndex)}` },
    series: [
      { type: "bar", stack: "w", data: base, itemStyle: { color: "transparent" }, emphasis: { disabled: true }, silent: true, barMaxWidth: 56 },
      { type: "bar", stack: "w", data: shown, barMaxWidth: 56, label: { show: true, position: "top", ...text, formatter: (point: { dataIndex: number }) => short(steps[point.dataIndex], spec) } },
    ],
  };
}

function heat(spec: Spec, css: (name: string) => string, text: object, category: object): object {
  const points = spec.series.flatMap((row, y) => row.values.map((value, x) => [x, y, value ?? "-"]));
  const most = Math.max(0, ...spec.series.flatMap((row) => row.values.map((value) => value ?? 0)));
  // a matrix of many columns has room for whole numbers only; its title says the unit, its table the exact value
  const narrow = spec.categories.length > 13;
  const cell = (value: number) => (narrow && spec.format === "percent" ? String(Math.round(value * 100)) : short(value, spec));
  return {
    grid: { left: 8, right: 16, top: 8, bottom: 8, containLabel: true },
    // every column keeps its name: a matrix whose columns cannot be told apart says nothing
    xAxis: { ...category, axisLabel: { ...text, interval: 0, ...(innerWidth < 700 ? { rotate: 60 } : { width: 84, overflow: "break" }) }, position: "top", splitArea: { show: false } },
    yAxis: { type: "category", data: spec.series.map((row) => row.name), inverse: true, axisTick: { show: false }, axisLine: { lineStyle: { color: css("--line") } }, axisLabel: text },
    visualMap: { min: 0, max: spec.format === "percent" ? 1 : most || 1, show: false, inRange: { color: [css("--heat-0"), css("--heat-1"), css("--heat-2"), css("--heat-3")] } },
    tooltip: { trigger: "item", renderMode: "richText", confine: true, backgroundColor: css("--surface"), borderColor: css("--line"), textStyle: { ...text, color: css("--ink") },
      formatter: (point: { data: [number, number, number | string] }) => {
        const [x, y, value] = point.data;
        return `${spec.series[y].name} → ${spec.categories[x]}\n${worded(typeof value === "number" ? value : null, spec)}`;
      } },
    series: [{ type: "heatmap", data: points, itemStyle: { borderColor: css("--surface"), borderWidth: 2 },
      label: { show: true, formatter: (point: { data: [number, number, number | string] }) => (typeof point.data[2] === "number" ? (point.data[2] === 0 ? "–" : cell(point.data[2])) : spec.unknown), fontSize: narrow && innerWidth < 700 ? 10 : 12, color: css("--heat-ink"), textBorderColor: css("--heat-halo"), textBorderWidth: 2 } }],
  };
}
