// A virtual detector whose ring the reader sets.
import { make } from "./dom.js";
import { format } from "./numbers.js";

/** Distance of each pixel from the disc's centre, in radii. */
function distances({ row, column, radius_rows, radius_columns }, height, width) {
  const result = new Float32Array(height * width);
  for (let i = 0; i < result.length; ++i)
    result[i] = Math.hypot((Math.floor(i / width) - row) / radius_rows, ((i % width) - column) / radius_columns);
  return result;
}

/** The sum over the ring for every position. Binned pixels hold means, hence the factor. */
function sums({ codes, values }, pixels, size, factor) {
  const result = new Float32Array(codes.length / size);
  for (let position = 0; position < result.length; ++position) {
    let sum = 0;
    for (const pixel of pixels) sum += values[codes[position * size + pixel]];
    result[position] = sum * factor;
  }
  return result;
}

const extremes = (numbers) => ({ low: numbers.reduce((a, b) => Math.min(a, b)), high: numbers.reduce((a, b) => Math.max(a, b)) });

function slider(label, value, most, oninput) {
  const input = make("input", { type: "range", min: 0, max: most, step: most / 200, value, oninput });
  return { input, element: make("label", {}, label, input) };
}

/** Two sliders; `onchange` receives the map. Radii in radii of the disc. */
export function own_ring(scan, patterns, onchange) {
  const [, , height, width] = patterns.shape;
  const distance = distances(scan.disc, height, width), most = Math.max(...distance);
  const mrad = scan.disc.radius_columns * scan.mrad_per_pixel_x;
  const text = make("output");
  let waiting = false;
  const refresh = () => {
    waiting = false;
    const [from, to] = radii();
    const pixels = [...distance.keys()].filter((i) => distance[i] >= from && distance[i] <= to);
    const numbers = sums(patterns, pixels, height * width, scan.bin ** 2);
    text.textContent = mrad ? `${format(from * mrad)} to ${format(to * mrad)} mrad` : `${format(from)} to ${format(to)} disc radii`;
    onchange({ shape: [], numbers, ...extremes(numbers) });
  };
  const later = () => {
    if (!waiting) requestAnimationFrame(refresh);
    waiting = true;
  };
  const inner = slider("Inner", Math.min(1.2, 0.5 * most), most, later);
  const outer = slider("Outer", Math.min(1.8, most), most, later);
  const radii = () => [Number(inner.input.value), Number(outer.input.value)].sort((a, b) => a - b);
  const controls = make("div", { class: "ring-controls", hidden: true }, inner.element, outer.element, text);
  return { controls, radii, refresh };
}
