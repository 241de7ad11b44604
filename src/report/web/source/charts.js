// Curves, reliability, scatter: uPlot with this page's colours, redrawn when those change.
import uPlot from "uplot";
import { figure, make } from "./dom.js";
import { format, percent, power_of_ten } from "./numbers.js";

const height = 300;
const charts = new Set();

/** The style sheet's colours at this moment (light, dark, print). */
function palette() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    ink: colour("--ink"), muted: colour("--muted"), rule: colour("--rule"), paper: colour("--paper"),
    series: ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5"].map(colour),
  };
}

const with_alpha = (hex, alpha) => hex + Math.round(255 * alpha).toString(16).padStart(2, "0");

const is_decade = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6;
const decades = (u, splits) => splits.map((value) => (is_decade(value) ? value : null));
const tick_text = (u, splits) => splits.map((value) => (value === null ? "" : power_of_ten(value)));

function axis(label, colours, { size, logarithmic = false }) {
  const font = "12px system-ui, 'DejaVu Sans', sans-serif";
  const lines = { stroke: colours.rule, width: 1, ...(logarithmic ? { filter: decades } : {}) };
  return {
    label, font, labelFont: font, labelSize: 20, labelGap: 2, size, stroke: colours.muted,
    grid: lines, ticks: { ...lines, size: 4 },
    ...(logarithmic ? { filter: decades, values: tick_text } : {}),
  };
}

const axes = (x_name, y_name, colours, { x_log = false, y_log = false } = {}) => [
  axis(x_name, colours, { size: 30, logarithmic: x_log }),
  axis(y_name, colours, { size: 46, logarithmic: y_log }),
];

/** Arrow keys, Home and End move the cursor from point to point, as the pointer does. */
function step_cursor(plot, event) {
  const x = plot.data[0], last = x.length - 1, at = plot.cursor.idx;
  const targets = { ArrowLeft: (at ?? 1) - 1, ArrowRight: (at ?? -1) + 1, Home: 0, End: last };
  if (!(event.key in targets)) return;
  event.preventDefault();
  const index = Math.max(0, Math.min(last, targets[event.key]));
  plot.setCursor({ left: plot.valToPos(x[index], "x"), top: plot.over.clientHeight / 2 }, true, true);
}

/** Keeps a uPlot as wide as its place and in the page's colours. `options_of(palette)` → {options, data}. */
function living_chart(label, options_of, { still = false } = {}) {
  const place = make("div", { class: "chart", role: still ? "img" : "group", tabindex: still ? undefined : 0, "aria-label": label });
  let plot = null;
  const redraw = () => {
    plot?.destroy();
    const { options, data } = options_of(palette());
    const width = Math.max(240, place.clientWidth);
    const cursor = { y: false, drag: { setScale: false }, ...options.cursor };
    plot = new uPlot({ width, height, padding: [10, 22, 0, 0], ...options, cursor }, data, place);
    plot.root.querySelector(".u-legend")?.setAttribute("aria-live", "polite");
  };
  new ResizeObserver(() => {
    if (!plot) redraw();
    else if (Math.abs(plot.width - place.clientWidth) > 1) plot.setSize({ width: Math.max(240, place.clientWidth), height });
  }).observe(place);
  if (!still) place.addEventListener("keydown", (event) => step_cursor(plot, event));
  charts.add(redraw);
  return place;
}

export function redraw_charts() {
  for (const redraw of charts) redraw();
}

const is_missing = (value) => value === null || value === undefined;
const shown = (u, value) => (is_missing(value) ? "" : format(value));

/** A line's value with the interval that the next two columns hold. */
const shown_with_interval = (u, value, series, index) => {
  if (is_missing(value)) return "";
  const [high, low] = [u.data[series + 1][index], u.data[series + 2][index]];
  return is_missing(low) ? format(value) : `${format(value)} (${format(low)} to ${format(high)})`;
};

const edge_name = "edge of a band";

/** A band's edges have no lines of their own in the legend. */
function hide_edges(u) {
  u.root.querySelectorAll(".u-series").forEach((row, i) => {
    if (u.series[i].label === edge_name) row.style.display = "none";
  });
}

/** The interval alone: what a band shows that has no line. */
const shown_interval = (u, value, series, index) =>
  is_missing(u.data[series + 1][index]) ? "" : `${format(u.data[series + 2][index])} to ${format(u.data[series + 1][index])}`;

const dashes = [undefined, [9, 4], [2, 3], [9, 3, 2, 3], [5, 3]];
const few_points = 60;

const looks = {
  line: (curve, dash) => ({ width: 2, dash, points: { show: curve.x.length < few_points } }),
  dots: () => ({ width: 2, paths: () => null, points: { show: true } }),
  band: () => ({ width: 0, paths: () => null, points: { show: false } }),
};

/** The name of the x axis stands in the legend only while there is a value to it. */
function show_place(u) {
  u.root.querySelector(".u-series").style.display = is_missing(u.cursor.idx) ? "none" : "";
}

/** A curve's columns: its line, and its band's two edges where it has one. */
function columns(curve, colour, dash) {
  const look = looks[curve.style](curve, dash);
  const value = curve.style === "band" ? shown_interval : curve.low.length ? shown_with_interval : shown;
  const line = { label: curve.name, stroke: colour, value, ...look, points: { size: 6, fill: colour, width: 0, ...look.points } };
  const series = [line], data = [curve.y];
  if (curve.low.length) {
    const edge = { stroke: "transparent", width: 0, points: { show: false }, label: edge_name };
    series.push(edge, edge);
    data.push(curve.high, curve.low);
  }
  return { series, table: [curve.x, ...data] };
}

/** Colours and dashes count the lines; a band alone, or dots without an interval, have the colour of the curve before. */
function numbered(curves) {
  let number = -1;
  const goes_with_last = ({ style, low }) => style === "band" || (style === "dots" && !low.length && number >= 0);
  return curves.map((curve) => ({ curve, number: goes_with_last(curve) ? Math.max(0, number) : ++number }));
}

/** `draw(ctx, left, right, box, pixel)` for a stretch of the x axis, kept inside the plot. */
function over_stretch(u, { low, high }, draw) {
  const { ctx, bbox } = u;
  const inside = (x) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, u.valToPos(x, "x", true)));
  ctx.save();
  draw(ctx, inside(low), inside(high), bbox, devicePixelRatio || 1);
  ctx.restore();
}

function write_name(ctx, name, x, bbox, pixel, colour) {
  ctx.fillStyle = colour;
  ctx.font = `${12 * pixel}px system-ui, 'DejaVu Sans', sans-serif`;
  const half = ctx.measureText(name).width / 2;
  ctx.textAlign = "center";
  ctx.fillText(name, Math.min(bbox.left + bbox.width - half, Math.max(bbox.left + half, x)), bbox.top + 14 * pixel);
}

/** Shades a stretch of the x axis, under the curves, with its name at the top. */
const shade = (range, colours) => (u) =>
  over_stretch(u, range, (ctx, left, right, bbox, pixel) => {
    ctx.fillStyle = with_alpha(colours.muted, 0.12);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = with_alpha(colours.muted, 0.5);
    if (right - left < 12 * pixel) ctx.fillRect((left + right) / 2 - 0.75 * pixel, bbox.top + 20 * pixel, 1.5 * pixel, bbox.height);
    write_name(ctx, range.name, (left + right) / 2, bbox, pixel, colours.muted);
  });

/** Greys the curves where they are no answer. */
const veil = (range, colours) => (u) =>
  over_stretch(u, range, (ctx, left, right, bbox, pixel) => {
    ctx.fillStyle = with_alpha(colours.paper, 0.7);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = with_alpha(colours.muted, 0.22);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    if (right - left > 64 * pixel) write_name(ctx, range.name, (left + right) / 2, bbox, pixel, colours.ink);
  });

/** Vertical lines from edge to edge of a band: what a curve of dots has instead. */
const whiskers = ({ x, low, high }, colour) => (u) => {
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * (devicePixelRatio || 1);
  x.forEach((value, i) => {
    if (is_missing(low[i])) return;
    const place = u.valToPos(value, "x", true);
    ctx.beginPath();
    ctx.moveTo(place, u.valToPos(low[i], "y", true));
    ctx.lineTo(place, u.valToPos(high[i], "y", true));
    ctx.stroke();
  });
  ctx.restore();
};

function curves_options(chart, colours) {
  const colour_of = (number) => colours.series[number % colours.series.length];
  const curves = numbered(chart.curves);
  const parts = curves.map(({ curve, number }) => columns(curve, colour_of(number), dashes[number % dashes.length]));
  const series = [{ label: chart.x_name, value: shown }], bands = [], swatches = ["transparent"];
  parts.forEach((part, i) => {
    const start = series.length;
    series.push(...part.series);
    swatches[start] = curves[i].curve.style === "band" ? with_alpha(colour_of(curves[i].number), 0.3) : colour_of(curves[i].number);
    if (part.series.length > 1 && curves[i].curve.style !== "dots") bands.push({ series: [start + 1, start + 2], fill: with_alpha(colour_of(curves[i].number), 0.16) });
  });
  const scale = (logarithmic) => (logarithmic ? { distr: 3 } : {});
  const options = {
    series, bands,
    scales: { x: { time: false, ...scale(chart.x_log) }, y: { ...scale(chart.y_log), dir: chart.y_down ? -1 : 1 } },
    axes: axes(chart.x_name, chart.y_name, colours, chart),
    legend: { markers: { width: 0, fill: (u, i) => swatches[i] ?? "transparent" } },
    cursor: chart.cursor ? { sync: { key: chart.cursor, setSeries: false } } : {},
    hooks: {
      init: [hide_edges, show_place],
      setLegend: [show_place],
      drawClear: chart.marked ? [shade(chart.marked, colours)] : [],
      draw: [
        ...curves.filter(({ curve }) => curve.style === "dots" && curve.low.length).map(({ curve, number }) => whiskers(curve, colour_of(number))),
        ...(chart.withheld ?? []).map((range) => veil(range, colours)),
      ],
    },
  };
  return { options, data: uPlot.join(parts.map((part) => part.table)) };
}

/** The numbers behind curves, for copying and for screen readers. */
function numbers_behind(chart) {
  const rows = chart.curves.flatMap((curve) =>
    curve.x.map((x, i) => {
      const interval = curve.low.length ? `${format(curve.low[i])} to ${format(curve.high[i])}` : "";
      return make("tr", {}, ...[curve.name, format(x), format(curve.y[i], 4), interval].map((cell) => make("td", {}, cell)));
    }));
  const head = ["Curve", chart.x_name, chart.y_name, "Interval"].map((name) => make("th", { scope: "col" }, name));
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
  return make("details", { class: "numbers" }, make("summary", {}, "Numbers"), make("div", { class: "wide" }, table));
}

export function curves_chart(chart) {
  const label = `${chart.title}: ${chart.y_name} over ${chart.x_name}, ${chart.curves.map((curve) => curve.name).join(", ")}`;
  const plot = living_chart(label, (colours) => curves_options(chart, colours));
  const meaning = chart.withheld ? `${chart.meaning} Greyed where there is no answer.` : chart.meaning;
  return figure(chart.title, meaning, plot, numbers_behind(chart));
}

/** Points with vertical intervals and the line where answer and truth agree, drawn onto an empty plot. */
function agreement_chart({ label, points, x_name, y_name, range, size, faint }) {
  const draw_points = (colours) => (u) => {
    const { ctx } = u;
    const x_of = (x) => u.valToPos(x, "x", true), y_of = (y) => u.valToPos(y, "y", true);
    const pixel = devicePixelRatio || 1;
    ctx.save();
    ctx.lineWidth = pixel;
    ctx.strokeStyle = colours.muted;
    ctx.setLineDash([5 * pixel, 4 * pixel]);
    ctx.beginPath();
    ctx.moveTo(x_of(range[0]), y_of(range[0]));
    ctx.lineTo(x_of(range[1]), y_of(range[1]));
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.strokeStyle = with_alpha(colours.series[0], faint ? 0.18 : 0.7);
    ctx.fillStyle = with_alpha(colours.series[0], faint ? 0.75 : 1);
    for (const point of points) {
      ctx.beginPath();
      ctx.moveTo(x_of(point.x), y_of(point.low));
      ctx.lineTo(x_of(point.x), y_of(point.high));
      ctx.stroke();
      ctx.beginPath();
      ctx.arc(x_of(point.x), y_of(point.y), size(point) * pixel, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.restore();
  };
  return living_chart(label, (colours) => ({
    options: {
      legend: { show: false },
      cursor: { show: false },
      hooks: { draw: [draw_points(colours)] },
      series: [{}, { points: { show: false }, paths: () => null }],
      scales: { x: { time: false, range }, y: { range } },
      axes: axes(x_name, y_name, colours),
    },
    data: [range, range],
  }), { still: true });
}

export function reliability_chart(bins) {
  const total = bins.reduce((sum, bin) => sum + bin.n, 0);
  const error = bins.reduce((sum, bin) => sum + (bin.n / total) * Math.abs(bin.right - bin.confidence), 0);
  const points = bins.map((bin) => ({ x: bin.confidence, y: bin.right, low: bin.low, high: bin.high, n: bin.n }));
  const plot = agreement_chart({
    label: `Reliability: share of right answers over confidence; mean difference ${format(error, 2)}`,
    points, range: [0, 1], x_name: "confidence", y_name: "share of right answers",
    size: (point) => 3 + 6 * Math.sqrt(point.n / total),
  });
  return figure("Reliability", `Of the answers given with a confidence, how many are right? On the dashed line: just as many. Mean difference ${format(error, 2)}.`, plot);
}

export function depth_chart({ truth, answer, low, high }) {
  const points = truth.map((x, i) => ({ x, y: answer[i], low: low[i], high: high[i] }));
  const most = Math.max(...truth, ...answer) * 1.05;
  const error = points.reduce((sum, { x, y }) => sum + Math.abs(x - y), 0) / points.length;
  const inside = points.filter(({ x, low, high }) => x >= low && x <= high).length / points.length;
  const plot = agreement_chart({
    label: `Step depth, answer over truth, ${points.length} interfaces; mean absolute error ${format(error)} nm`,
    points, range: [0, most], x_name: "true depth (nm)", y_name: "answered depth (nm)", size: () => 2.5, faint: true,
  });
  return figure("Step depth", `${points.length} interfaces; mean absolute error ${format(error, 2)} nm; ${percent(inside)} of the 90\u00a0% intervals hold the truth.`, plot);
}
