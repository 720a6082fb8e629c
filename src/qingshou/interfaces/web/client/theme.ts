// Runs before the first paint, so that a dark page never flashes white and density does not jump.
const root = document.documentElement;
const wanted = localStorage.getItem("qingshou-theme");
const dark = wanted ? wanted === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
root.dataset.bsTheme = dark ? "dark" : "light";
root.dataset.density = localStorage.getItem("qingshou-density") ?? "compact";
root.classList.add("has-script");
