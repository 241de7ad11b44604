// Patterns on the standard grid, those fitted to them, and the difference, at a position to choose.
import { make } from "./dom.js";
import { colour_bar, paint, stage } from "./picture.js";
import { position_mark, position_picker } from "./position_picker.js";
import { unpack } from "./unpack.js";

/** The sum of each pattern. */
function totals({ shape: [rows, columns, height, width], numbers }) {
  const size = height * width;
  return Float32Array.from({ length: rows * columns }, (_, i) => numbers.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0));
}

const largest = (numbers) => numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;

export async function fit_browser(fit) {
  const [measured, fitted] = await Promise.all([unpack(fit.measured), unpack(fit.fitted)]);
  const [rows, columns, height, width] = measured.shape, size = height * width;
  const difference = measured.numbers.map((value, i) => value - fitted.numbers[i]);
  const parts = [["Measured", measured.numbers], ["Best fit", fitted.numbers], ["Measured − best fit", difference]]
    .map(([title, numbers]) => ({ title, numbers, bar: make("div"), ...stage(height, width, width / height, title) }));

  const map = stage(rows, columns, Math.min(columns / rows, 6), "Positions of the standard grid. Arrow keys move the position.");
  const sums = totals(measured);
  paint(map.canvas, sums, rows, columns, { map: "cividis", low: sums.reduce((a, b) => Math.min(a, b)), high: largest(sums) });
  const readout = make("p", { class: "readout", "aria-live": "polite" });
  const show = () => {
    const { row, column } = picker.at, start = (row * columns + column) * size;
    const shown = parts.map(({ numbers }) => numbers.subarray(start, start + size));
    // One scale for both patterns of a position, the difference on its own, centred on 0.
    const pattern = { map: "cividis", low: 0, high: Math.max(largest(shown[0]), largest(shown[1])) }, most = largest(shown[2]);
    const looks = [pattern, pattern, { map: "signed", low: -most, high: most }];
    parts.forEach(({ canvas, bar }, i) => {
      paint(canvas, shown[i], height, width, looks[i]);
      bar.replaceChildren(colour_bar(looks[i]));
    });
    map.overlay.replaceChildren(...position_mark(row, column));
    readout.textContent = `Row ${row}, column ${column} of the standard grid`;
  };
  const picker = position_picker(map.element, rows, columns, show);
  show();
  const panels = parts.map(({ title, element, bar }) => {
    element.setAttribute("role", "img");
    return make("div", { class: "titled" }, make("h4", {}, title), element, bar);
  });
  return make("div", { class: "fit" }, map.element, readout, make("div", { class: "triple" }, ...panels));
}
