// The interface as atoms seen along y, and beside it, on the same depth axis, where the step lies.
import { draw, make } from "./dom.js";
import { fixed, formula, percent, round_below } from "./numbers.js";

const is_likely = (probability) => probability >= 0.5;
const step_probability = ({ classes, class_probability }) =>
  class_probability[classes.indexOf("rough")] + class_probability[classes.indexOf("both")];

const margin = { left: 46, top: 34, right: 96, bottom: 14 };
const distribution_width = 150, gap = 14;

/** The same number in 0 … 1 for the same atom each time: cations drawn by chance stay where they are. */
function chance(depth, column, site) {
  let h = (depth * 73856093) ^ (column * 19349663) ^ (site * 83492791);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

/** Four lists of places: A and B of the substrate, A and B of the film. */
function places(drawing, cell) {
  const lists = [[], [], [], []];
  for (let depth = 0; depth < drawing.depths; ++depth)
    for (let column = 0; column < drawing.columns; ++column)
      for (const site of [0, 1]) {
        const share = (site ? drawing.film_b : drawing.film_a)[depth * drawing.columns + column] / 100;
        const film = chance(depth, column, site) < share ? 2 : 0;
        lists[film + site].push([(column + 0.25 + 0.5 * site) * cell, (depth + 0.25 + 0.5 * site) * cell]);
      }
  return lists;
}

const names = ["substrate-a", "substrate-b", "film-a", "film-b"];
const diameters = [0.62, 0.4, 0.66, 0.38]; // of a cell: heavy atoms larger

/** All atoms of a kind in one path: round caps of zero-length strokes are discs. */
function atoms(drawing, cell) {
  const shine = (list, diameter) =>
    list.map(([x, y]) => `M${(x - diameter * 0.18).toFixed(1)} ${(y - diameter * 0.18).toFixed(1)}h0`).join("");
  return places(drawing, cell).flatMap((list, kind) => {
    const diameter = diameters[kind] * cell;
    const discs = list.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join("");
    const path = draw("path", { d: discs, class: `atom ${names[kind]}`, "stroke-width": diameter.toFixed(2) });
    if (cell < 8) return [path];
    return [path, draw("path", { d: shine(list, diameter), class: "shine", "stroke-width": (diameter * 0.3).toFixed(2) })];
  });
}

const text = (x, y, content, attributes = {}) => draw("text", { x, y, ...attributes }, content);

function depth_axis(depth_nm, height) {
  const step = round_below(depth_nm / 3.5), scale = height / depth_nm;
  const ticks = [];
  for (let z = 0; z <= depth_nm * 1.0001; z += step)
    ticks.push(
      draw("line", { x1: -5, x2: 0, y1: z * scale, y2: z * scale, class: "axis" }),
      text(-9, z * scale + 4, fixed(z, step < 1 ? 1 : 0), { "text-anchor": "end" }),
    );
  const label = text(0, 0, "depth (nm)", { transform: `translate(-33 ${height / 2}) rotate(-90)`, "text-anchor": "middle" });
  return [...ticks, label];
}

/** Where the electrons come from. */
const beam = () => [
  draw("path", { d: "M-22 -28v16m-4 -5l4 5l4 -5", class: "beam" }),
  text(-29, -17, "e⁻", { "text-anchor": "end" }),
];

function titles(drawing, width) {
  const boundary = -drawing.first_column / drawing.columns;
  return [
    text((boundary * width) / 2, -12, formula(drawing.substrate), { "text-anchor": "middle", class: "substrate-name" }),
    text(((1 + boundary) * width) / 2, -12, formula(drawing.film), { "text-anchor": "middle", class: "film-name" }),
  ];
}

/** The share of the probability that each cell holds, as bars to the right, bar i centred on i cells of depth; 90 % and 50 % as bands behind. */
function distribution(prediction, scale, start, height) {
  const p = prediction.depth_probability, bin = prediction.depth_bin_nm;
  const most = Math.max(...p);
  const bars = p.map((share, i) => {
    const from = Math.max(0, i - 0.5) * bin, to = (i + 0.5) * bin;
    return draw(
      "rect",
      { x: start, y: from * scale + 0.5, width: (share / most) * distribution_width, height: Math.max(0.8, (to - from) * scale - 1), class: "bar" },
      draw("title", {}, `${fixed(from, 2)} to ${fixed(to, 2)} nm: ${percent(share)}`),
    );
  });
  const step = step_probability(prediction);
  const title = is_likely(step) ? "where the step lies" : `if there is a step (${percent(step)})`;
  return [
    draw("line", { x1: start, x2: start, y1: 0, y2: height, class: "axis" }),
    draw("g", { class: is_likely(step) ? "" : "unlikely" }, ...bars),
    text(start, -12, title),
  ];
}

/** Bands across from `start`: over the atoms too where a step is likely. */
function intervals(prediction, scale, start, width) {
  const { depth_low_nm: low, depth_high_nm: high, depth_half_low_nm: half_low, depth_half_high_nm: half_high, depth_nm: middle } = prediction;
  const band = (from, to, kind) => draw("rect", { x: start, y: from * scale, width: width - start, height: (to - from) * scale, class: kind });
  const far_enough = (edge) => Math.abs(edge - middle) * scale > 18;
  const ends = [low, high].filter(far_enough).map((edge) => text(width + 8, edge * scale + 4, fixed(edge, 1)));
  return {
    behind: [band(low, high, "band-90"), band(half_low, half_high, "band-50")],
    before: [
      draw("line", { x1: start, x2: width, y1: middle * scale, y2: middle * scale, class: "median" }),
      text(width + 8, middle * scale + 5, `${fixed(middle, 1)} nm`, { class: "value" }),
      ...ends,
    ],
  };
}

/** Atoms named and coloured, and what the bands mean. */
function legend(drawing, has_depths) {
  const atom = (name, kind) =>
    make("li", {}, make("span", { class: `swatch dot ${names[kind]}` }), drawing.cations[kind] ?? name);
  const band = (name, kind) => make("li", {}, make("span", { class: `swatch ${kind}` }), name);
  const bands = has_depths ? [band("50 % interval", "band-50"), band("90 % interval", "band-90"), band("median", "median")] : [];
  return make("ul", { class: "legend" }, ...names.map(atom), ...bands);
}

function label_of(drawing, prediction) {
  const size = `${drawing.depths} cells deep, ${drawing.columns} across`;
  if (!prediction) return `Atoms of the interface, ${size}.`;
  return (
    `Atoms of the interface, ${size}, and the distribution of the step's depth: median ${fixed(prediction.depth_nm, 1)} nm, ` +
    `90 % between ${fixed(prediction.depth_low_nm, 1)} and ${fixed(prediction.depth_high_nm, 1)} nm.`
  );
}

/** A figure; the depth distribution is drawn where `prediction` has one. */
export function interface_view(drawing, prediction) {
  const with_depths = prediction?.depth_probability?.length ? prediction : null;
  const cell = Math.min(20, 580 / drawing.depths);
  const width = drawing.columns * cell, height = drawing.depths * cell, scale = cell / drawing.cell_nm;
  const inner = width + (with_depths ? gap + distribution_width : 0);
  const right = with_depths ? margin.right : 14;
  const box = [-margin.left, -margin.top, margin.left + inner + right, margin.top + height + margin.bottom];
  const bands = with_depths ? intervals(with_depths, scale, is_likely(step_probability(with_depths)) ? 0 : width + gap, inner) : { behind: [], before: [] };
  const picture = draw(
    "svg",
    { viewBox: box.join(" "), width: box[2], height: box[3], class: "interface", role: "img", "aria-label": label_of(drawing, with_depths) },
    draw("rect", { x: 0, y: 0, width, height, class: "ground" }),
    ...atoms(drawing, cell),
    ...bands.behind,
    ...depth_axis(drawing.depths * drawing.cell_nm, height),
    ...titles(drawing, width),
    ...beam(),
    ...(with_depths ? distribution(with_depths, scale, width + gap, height) : []),
    ...bands.before,
  );
  return make("figure", { class: `interface-figure ${prediction?.abstains ? "withheld" : ""}` }, picture, legend(drawing, with_depths), make("figcaption", {}, drawing.caption));
}
