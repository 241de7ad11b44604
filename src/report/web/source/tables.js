// What is said in words, bars and tables: class probabilities, the answer's numbers, measures, confusion, settings.
import { figure, make } from "./dom.js";
import { fixed, format, percent } from "./numbers.js";

const class_meanings = {
  abrupt: "flat and sharp",
  rough: "a step inside the specimen",
  diffuse: "mixed cations",
  both: "a step and mixed cations",
};

/** One bar a class. */
export function class_bars({ classes, class_probability, abstains }) {
  const most = Math.max(...class_probability);
  const rows = classes.map((name, i) => {
    const share = class_probability[i];
    const bar = make("span", { class: "bar-track" }, make("span", { class: "bar-fill", style: `width:${100 * share}%` }));
    const label = make("span", { class: "bar-name" }, name, make("small", {}, class_meanings[name] ?? ""));
    return make("li", { class: share === most && !abstains ? "most" : "" }, label, bar, make("span", { class: "bar-value" }, percent(share)));
  });
  return make("ul", { class: "class-bars", "aria-label": "Probability of each class" }, ...rows);
}

/** Pairs of name and value. */
const facts = (pairs) =>
  make("dl", { class: "facts" }, ...pairs.map(([name, value, note]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value, note ? make("small", {}, note) : null))));

const probability_of = (p, ...names) => names.reduce((sum, name) => sum + p.class_probability[p.classes.indexOf(name)], 0);

/** The answer in numbers, none where it is withheld; of the step only where one is likely, of the widths where mixing is. */
export function answer_facts(p) {
  const pairs = [];
  if (!p.abstains && probability_of(p, "rough", "both") >= 0.2) {
    const up = p.probability_up >= 0.5, share = up ? p.probability_up : 1 - p.probability_up;
    pairs.push(
      ["Step depth", `${fixed(p.depth_nm, 1)} nm`, `90\u00a0%: ${fixed(p.depth_low_nm, 1)} to ${fixed(p.depth_high_nm, 1)} nm`],
      ["Below the step", `${up ? "substrate" : "film"} advances`, percent(share)],
    );
  }
  if (!p.abstains && probability_of(p, "diffuse", "both") >= 0.2)
    pairs.push(
      ["Width on A sites", `${fixed(p.sigma_a_cells, 2)} cells`, `± ${fixed(p.sigma_a_error, 2)}`],
      ["Width on B sites", `${fixed(p.sigma_b_cells, 2)} cells`, `± ${fixed(p.sigma_b_error, 2)}`],
    );
  if (p.thickness_nm > 0) pairs.push(["Thickness", `${fixed(p.thickness_nm, 1)} nm`, "as given"]);
  if (p.estimated_thickness_nm > 0)
    pairs.push(["Thickness by the patterns", `${fixed(p.estimated_thickness_nm, 2)} nm`, `± ${fixed(p.estimated_thickness_error, 2)}`]);
  pairs.push(["Positions covered", percent(p.covered_share), "of the standard grid"]);
  // A fit by the forward model has no training set.
  if (p.out_of_domain > 0)
    pairs.push(["Distance from training", fixed(p.out_of_domain, 2), "above 1: unlike the training data"]);
  return facts(pairs);
}

/** Why the answer is withheld, or what to be wary of. */
export function warnings({ abstains, reasons }) {
  if (!abstains && !reasons.length) return null;
  const title = abstains ? "No answer is given" : "To keep in mind";
  return make("div", { class: abstains ? "note strong" : "note", role: "note" }, make("h3", {}, title),
    make("ul", {}, ...reasons.map((reason) => make("li", {}, reason))));
}

/** Value and interval on a line from 0 to 1, where they fit there. */
const is_no_share = /(_nm|_cells|_mrad|error|mae|width)\b/i;

function whisker({ name, value, low, high }) {
  if (!(low >= 0 && high <= 1) || is_no_share.test(name)) return null;
  return make("span", { class: "whisker", "aria-hidden": "true" },
    make("span", { class: "range", style: `left:${100 * low}%;width:${100 * (high - low)}%` }),
    make("span", { class: "point", style: `left:${100 * value}%` }));
}

export function measures_table(measures, note) {
  const head = ["Measure", "Value", "95 % interval", "0 … 1", "Samples", "Structures", "Families"];
  const rows = measures.map((m) =>
    make("tr", {},
      make("th", { scope: "row" }, m.name.replaceAll("_", " "), make("small", {}, m.meaning)),
      make("td", { class: "number strong" }, format(m.value)),
      make("td", { class: "number" }, `${format(m.low)} to ${format(m.high)}`),
      make("td", { class: "whisker-cell" }, whisker(m)),
      make("td", { class: "number" }, m.n.toLocaleString("en")),
      make("td", { class: "number" }, m.structures.toLocaleString("en")),
      make("td", { class: "number" }, m.families.toLocaleString("en"))));
  const table = make("table", { class: "measures" },
    make("thead", {}, make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...rows));
  return make("div", {}, make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Measures" }, table),
    note ? make("p", { class: "meaning" }, note) : null);
}

/** What follows a line break is smaller print. */
function lines(text) {
  const [first, ...rest] = text.split("\n");
  return [first, ...rest.map((line) => make("small", {}, line))];
}

/** Words and numbers in rows; the first cell of each names it. */
export function text_table({ title, meaning, columns, rows }) {
  const body = rows.map(([name, ...cells]) =>
    make("tr", {}, make("th", { scope: "row" }, ...lines(name)), ...cells.map((cell) => make("td", { class: "number" }, ...lines(cell)))));
  const head = make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name)));
  const table = make("table", { class: "plain" }, make("thead", {}, head), make("tbody", {}, ...body));
  return figure(title, meaning, make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": title }, table));
}

/** Rows: what it was; columns: what was answered; shaded by the share of the row. */
export function confusion_table({ names, counts }) {
  const cell = (count, total, right) => {
    const share = total ? count / total : 0;
    const look = `--share:${Math.round(100 * share)}%`;
    return make("td", { class: (right ? "right" : "wrong") + (share > 0.5 ? " deep" : ""), style: look },
      percent(share), make("small", {}, count.toLocaleString("en")));
  };
  const rows = counts.map((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return make("tr", {}, make("th", { scope: "row" }, names[i]), ...row.map((count, j) => cell(count, total, i === j)));
  });
  const head = make("tr", {}, make("td", {}), ...names.map((name) => make("th", { scope: "col" }, name)));
  return figure("Confusion", "Rows: what it was. Columns: what was answered. Shares of each row, numbers of samples below.",
    make("table", { class: "confusion" }, make("thead", {}, head), make("tbody", {}, ...rows)));
}

const is_leaf = (value) => value === null || typeof value !== "object" || (Array.isArray(value) && value.every((v) => typeof v !== "object"));

function leaf(value) {
  if (typeof value === "string" && value.includes("\n")) return make("pre", { tabindex: "0" }, value);
  return make("code", {}, Array.isArray(value) ? value.join(", ") : value === null ? "–" : String(value));
}

/** Settings as a tree: tables fold, values stand beside their names. */
export function tree(object, depth = 0) {
  const rows = Object.entries(object).map(([name, value]) =>
    is_leaf(value)
      ? make("div", { class: "leaf" }, make("dt", {}, name), make("dd", {}, leaf(value)))
      : make("details", { open: depth < 1 ? false : true }, make("summary", {}, name), tree(value, depth + 1)));
  return make("dl", { class: "tree" }, ...rows);
}
