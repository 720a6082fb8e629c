// Draws every <div data-chart="id of a JSON script">. The numbers' table stands beside it in the page; colours follow the theme.
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { option } from "./modules/chart_options";
import type { Spec } from "./modules/chart_options";
import { exportCsv, exportImage } from "./modules/chart_exports";

use([AriaComponent, BarChart, CanvasRenderer, GridComponent, HeatmapChart, LegendComponent, LineChart, TooltipComponent, VisualMapComponent]);

const drawn = new Map<HTMLElement, ReturnType<typeof init>>();

function draw(box: HTMLElement): void {
  const source = document.getElementById(box.dataset.chart ?? "");
  if (!source?.textContent) return;
  const spec = JSON.parse(source.textContent) as Spec;
  drawn.get(box)?.dispose();
  const chart = init(box, undefined, { renderer: "canvas" });
  chart.setOption(option(spec, getComputedStyle(document.documentElement)));
  chart.on("click", (point) => {
    const link = spec.links?.[point.seriesIndex ?? 0]?.[point.dataIndex];
    if (link) location.assign(link);
  });
  drawn.set(box, chart);
}

const boxes = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-chart]")];

boxes().forEach(draw);
addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
document.addEventListener("qingshou:theme", () => boxes().forEach(draw));
document.addEventListener("htmx:after:swap", () => boxes().filter((box) => !drawn.has(box)).forEach(draw));
document.addEventListener("click", (event) => {
  const button = (event.target as HTMLElement).closest<HTMLElement>("[data-chart-show],[data-chart-csv],[data-chart-image]");
  const figure = button?.closest<HTMLElement>("[data-chart-figure]");
  const box = figure?.querySelector<HTMLElement>("[data-chart]");
  if (!button || !figure || !box) return;
  if (button.dataset.chartShow) {
    figure.dataset.showing = button.dataset.chartShow;
    figure.querySelectorAll("[data-chart-show]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    drawn.get(box)?.resize();
  } else if (button.hasAttribute("data-chart-csv")) exportCsv(figure, box);
  else { const chart = drawn.get(box); if (chart) exportImage(chart, box); }
});
