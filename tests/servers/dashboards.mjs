// Draws the dashboards of config/grafana as PNGs from what a Prometheus has recorded, in headless
// Chromium: each panel's own queries, at its own place, in its own units, colours and columns. It
// stands in for Grafana, which cannot be had here, and prints a line for each panel without data.
//   node dashboards.mjs http://127.0.0.1:9090 FROM TO FOLDER variable=value… -- DASHBOARD.json…
// FROM and TO are seconds since 1970; the pictures are FOLDER/NAME.png.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createRequire } from "node:module";

const require = createRequire(process.env.COREWATCH_TEST_PAGES + "/");
const puppeteer = require("puppeteer-core");

const [prometheus, from, to, folder, ...rest] = process.argv.slice(2);
const chosen = rest.slice(0, rest.indexOf("--")).map((pair) => pair.split("="));
const files = rest.slice(rest.indexOf("--") + 1);

// Grafana's grid: 24 columns, rows of 38 pixels with the gap below them.
const [WIDTH, ROW, GAP] = [1040, 38, 8];
// As many points of a line as the picture can show.
const STEP = Math.max(1, Math.round((to - from) / 300));
const COLOURS = { green: "#73bf69", orange: "#ff9830", red: "#f2495c", blue: "#5794f2" };
const PALETTE = ["#73bf69", "#f2cc0c", "#5794f2", "#ff780a", "#e02f44", "#b877d9", "#8ab8ff", "#96d98d"];

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

async function ask(path, parameters) {
  const answer = await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const said = await answer.json();
  if (said.status !== "success") throw new Error(said.error);
  return said.data.result;
}

// A query with its variables filled in, as Grafana does it.
function filled(expr) {
  for (const [name, value] of chosen) expr = expr.replaceAll("$" + name, value);
  return expr.replaceAll("$__rate_interval", `${4 * STEP + 1}s`);
}

function inUnit(value, { unit, decimals }) {
  const fixed = (number, places) => number.toLocaleString("en-GB", {
    minimumFractionDigits: decimals ?? 0, maximumFractionDigits: decimals ?? places });
  if (unit === "percentunit") return `${(value * 100).toFixed(decimals ?? 1)}%`;
  if (unit === "bytes") return value >= 2 ** 20 ? `${(value / 2 ** 20).toFixed(1)} MiB` : `${(value / 1024).toFixed(1)} KiB`;
  if (unit === "d") return `${fixed(value, 0)} days`;
  if (unit === "dateTimeAsIso") return new Date(value).toISOString().slice(0, 19).replace("T", " ");
  if (unit !== "s") return fixed(value, 2);
  for (const [seconds, name] of [[86400 * 7, "weeks"], [86400, "days"], [3600, "hours"], [60, "mins"]])
    if (value >= seconds) return `${fixed(value / seconds, 1)} ${name}`;
  return value > 0 && value < 1 ? `${Math.round(value * 1000)} ms` : `${fixed(value, 1)} s`;
}

function colourOf(value, { thresholds, mappings }) {
  const mapped = mappings.find((m) => m.options[value])?.options[value];
  if (mapped) return COLOURS[mapped.color];
  const reached = thresholds.steps.filter((step) => step.value === null || value >= step.value);
  return COLOURS[reached.at(-1).color];
}

const shown = (value, defaults) =>
  defaults.mappings.find((m) => m.options[value])?.options[value].text ?? inUnit(value, defaults);

function named(target, labels, title) {
  if (target.legendFormat === "__auto") return title;
  return target.legendFormat.replace(/{{(\w+)}}/g, (_, label) => labels[label] ?? "");
}

// The series of a panel by name, each with its points.
async function lines(panel) {
  const all = [];
  for (const target of panel.targets) {
    const range = { query: filled(target.expr), start: from, end: to, step: STEP };
    for (const { metric, values } of await ask("query_range", range))
      all.push({ name: named(target, metric, panel.title), points: values.map(([t, v]) => [t, Number(v)]) });
  }
  return all.map((s) => ({ ...s, points: s.points.filter(([, v]) => Number.isFinite(v)) }));
}

async function now(panel) {
  const all = [];
  for (const target of panel.targets)
    for (const { metric, value } of await ask("query", { query: filled(target.expr), time: to }))
      all.push({ name: named(target, metric, panel.title), labels: metric, value: Number(value[1]), refId: target.refId });
  return all;
}

function stat(all, panel, width, height) {
  const { defaults } = panel.fieldConfig;
  const [first] = all;
  const value = first.points.at(-1)[1];
  const colour = colourOf(value, defaults);
  const low = Math.min(...first.points.map(([, v]) => v), 0);
  const high = Math.max(...first.points.map(([, v]) => v), low + 1e-9);
  const x = (t) => ((t - from) / (to - from)) * width;
  const y = (v) => height - 4 - ((v - low) / (high - low)) * height * 0.3;
  const path = first.points.map(([t, v]) => `${x(t).toFixed(1)},${y(v).toFixed(1)}`).join(" L");
  const area = `M${x(first.points[0][0])},${height} L${path} L${x(first.points.at(-1)[0])},${height}Z`;
  return `<svg width="${width}" height="${height}"><path d="${area}" fill="${colour}" fill-opacity=".18"/>
    <path d="M${path}" fill="none" stroke="${colour}"/>
    <text x="${width / 2}" y="${height / 2 + 6}" text-anchor="middle" font-size="${Math.min(26, Math.round(width / 5.2))}" fill="${colour}">${escape(shown(value, defaults))}</text></svg>`;
}

function timeseries(all, panel, width, height) {
  const { defaults } = panel.fieldConfig;
  const stacked = defaults.custom.stacking.mode === "normal";
  const base = new Map();
  const drawn = all.map((series) => ({ ...series, points: series.points.map(([t, v]) => {
    const below = stacked ? base.get(t) ?? 0 : 0;
    base.set(t, below + v);
    return [t, below, below + v];
  }) }));
  const high = defaults.max ?? Math.max(...drawn.flatMap((s) => s.points.map(([, , v]) => v)), 1e-9);
  // The names below, on as many lines as they take.
  const left = 70;
  const places = [];
  let [place, line] = [left, 0];
  for (const { name } of drawn) {
    const long = 30 + 6.6 * name.length;
    if (place + long > width && place > left) [place, line] = [left, line + 1];
    places.push([place, line]);
    place += long;
  }
  const bottom = height - 42 - 16 * line;
  const x = (t) => left + ((t - from) / (to - from)) * (width - left - 8);
  const y = (v) => bottom - (v / high) * (bottom - 10);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const value = defaults.decimals === 0 && high > 4 ? Math.round(part * high) : part * high;
    return `<line x1="${left}" x2="${width - 8}" y1="${y(value)}" y2="${y(value)}" stroke="#2c3235"/>
      <text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${escape(inUnit(value, { ...defaults, decimals: defaults.decimals ?? undefined }))}</text>`;
  });
  const hours = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = Number(from) + part * (to - from);
    const anchor = part === 1 ? "end" : "middle";
    return `<text x="${x(at)}" y="${bottom + 15}" text-anchor="${anchor}">${new Date(at * 1000).toISOString().slice(11, 19)}</text>`;
  });
  const paths = drawn.map(({ points }, number) => {
    const colour = PALETTE[number % PALETTE.length];
    let [upper, lower, last] = ["", "", null];
    for (const [t, below, value] of points) {
      const gap = last === null || t - last > 2 * STEP;
      upper += gap ? `M${x(t).toFixed(1)},${y(value).toFixed(1)}` : `H${x(t).toFixed(1)}V${y(value).toFixed(1)}`;
      lower += `${lower ? "L" : "M"}${x(t).toFixed(1)},${y(value).toFixed(1)}`;
      last = t;
    }
    const back = [...points].reverse().map(([t, below]) => `L${x(t).toFixed(1)},${y(below).toFixed(1)}`).join("");
    return `<path d="${lower}${back}Z" fill="${colour}" fill-opacity="${defaults.custom.fillOpacity / 100}"/>
      <path d="${upper}" fill="none" stroke="${colour}" stroke-width="${defaults.custom.lineWidth}"/>`;
  });
  const legend = drawn.map(({ name }, number) => {
    const [at, below] = [places[number][0], height - 10 - 16 * (line - places[number][1])];
    return `<rect x="${at}" y="${below - 6}" width="12" height="4" fill="${PALETTE[number % PALETTE.length]}"/>
      <text x="${at + 16}" y="${below}">${escape(name)}</text>`;
  });
  return `<svg width="${width}" height="${height}">${grid.join("")}${hours.join("")}${paths.join("")}${legend.join("")}</svg>`;
}

function bargauge(all, panel, width, height) {
  const { defaults } = panel.fieldConfig;
  const high = Math.max(...all.map((bar) => bar.value), 1);
  const each = Math.min(24, height / all.length);
  const label = 20 + 6.6 * Math.max(...all.map((bar) => bar.name.length));
  const bars = all.map(({ name, value }, number) => {
    const top = number * each;
    const long = width - label - 60;
    return `<text x="${label - 8}" y="${top + each / 2 + 4}" text-anchor="end">${escape(name)}</text>
      <rect x="${label}" y="${top + 2}" width="${long}" height="${each - 5}" fill="#22252b"/>
      <rect x="${label}" y="${top + 2}" width="${(long * value) / high}" height="${each - 5}" fill="${colourOf(value, defaults)}"/>
      <text x="${width - 8}" y="${top + each / 2 + 4}" text-anchor="end" fill="${colourOf(value, defaults)}">${escape(inUnit(value, defaults))}</text>`;
  });
  return `<svg width="${width}" height="${height}">${bars.join("")}</svg>`;
}

// The rows of a table after its transformations: merged by labels, columns named, ordered, left out.
function table(all, panel) {
  const { defaults, overrides } = panel.fieldConfig;
  const single = panel.targets.length === 1;
  const rows = [];
  for (const { labels, value, refId } of all) {
    const same = rows.find((row) => Object.entries(labels).every(([k, v]) => row[k] === undefined || row[k] === v)
      && row[`Value #${refId}`] === undefined);
    const row = same ?? rows[rows.push({}) - 1];
    Object.assign(row, labels, { [single ? "Value" : `Value #${refId}`]: value });
  }
  const { excludeByName, renameByName, indexByName } = panel.transformations.find((t) => t.id === "organize").options;
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => !excludeByName[key]);
  keys.sort((a, b) => (indexByName[a] ?? 99) - (indexByName[b] ?? 99));
  const title = (key) => renameByName[key] ?? key;
  for (const { displayName, desc } of panel.options.sortBy) {
    const key = keys.find((k) => title(k) === displayName);
    rows.sort((a, b) => ((a[key] ?? 0) - (b[key] ?? 0)) * (desc ? -1 : 1));
  }
  const unitOf = (key) => {
    const own = overrides.find((o) => o.matcher.options === title(key))?.properties ?? [];
    return { ...defaults, ...Object.fromEntries(own.map(({ id, value }) => [id, value])) };
  };
  const cell = (row, key) => typeof row[key] === "number" ? inUnit(row[key], unitOf(key)) : row[key] ?? "";
  const head = keys.map((key) => `<th>${escape(title(key))}</th>`).join("");
  const body = rows.map((row) => `<tr>${keys.map((key) => `<td>${escape(cell(row, key))}</td>`).join("")}</tr>`);
  return `<table><tr>${head}</tr>${body.join("")}</table>`;
}

const browser = await puppeteer.launch({
  executablePath: process.env.COREWATCH_TEST_CHROMIUM,
  // Letters in shades of grey: a picture half as large.
  args: ["--no-sandbox", "--disable-gpu", "--disable-lcd-text"],
});
for (const file of files) {
  const dashboard = JSON.parse(readFileSync(file, "utf8"));
  const name = basename(file, ".json");
  const panels = [];
  for (const panel of dashboard.panels) {
    const { x, y, w, h } = panel.gridPos;
    const [width, height] = [(WIDTH / 24) * w - GAP, ROW * h - GAP];
    const asked = ["stat", "timeseries"].includes(panel.type) ? lines : now;
    const all = (await asked(panel)).filter((series) => series.points?.length !== 0);
    const draw = { stat, timeseries, bargauge, table }[panel.type];
    if (all.length === 0) console.log(`${name}: ${panel.title}: no data`);
    const inside = all.length === 0 ? "<p>No data</p>" : draw(all, panel, width - 18, height - 34);
    panels.push(`<section style="left:${(WIDTH / 24) * x}px;top:${ROW * y + 40}px;width:${width}px;height:${height}px">
      <h2>${escape(panel.title)}</h2>${inside}</section>`);
  }
  const rows = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const page = await browser.newPage();
  await page.setViewport({ width: WIDTH + 16, height: ROW * rows + 48 });
  await page.setContent(`<!doctype html><style>
    body { margin: 8px; background: #111217; color: #ccccdc; font: 12px "DejaVu Sans", sans-serif; position: relative }
    h1 { font-size: 16px; font-weight: normal; margin: 4px } h2 { font-size: 12px; margin: 6px 8px; font-weight: bold; white-space: nowrap }
    section { position: absolute; box-sizing: border-box; background: #181b1f; border: 1px solid #2c3235; overflow: hidden }
    svg { margin-left: 8px } text { fill: #ccccdc; font: 11px "DejaVu Sans", sans-serif } p { margin: 8px }
    table { border-collapse: collapse; width: 100%; font-size: 11px }
    th, td { text-align: left; padding: 3px 8px; border-bottom: 1px solid #2c3235; white-space: nowrap }
    </style><h1>${escape(dashboard.title)}</h1>${panels.join("")}`);
  await page.evaluate(() => document.querySelectorAll("text[fill], text[font-size]").forEach((text) => {
    text.style.fill = text.getAttribute("fill");
    if (text.getAttribute("font-size")) text.style.fontSize = text.getAttribute("font-size") + "px";
  }));
  await page.screenshot({ path: `${folder}/${name}.png` });
  await page.close();
}
await browser.close();
