// The mean of a map along y, under the map and as wide: across an interface that runs along y, its change.
import { draw } from "./dom.js";

const height = 60;

function means(numbers, rows, columns) {
  const result = new Float64Array(columns);
  for (let i = 0; i < rows * columns; ++i) result[i % columns] += numbers[i] / rows;
  return result;
}

/** A plot with `show(numbers, rows, columns)` and `mark(column)`. */
export function profile_plot(aspect) {
  const line = draw("path"), here = draw("line", { y1: 0, y2: height, class: "here" });
  const base = draw("line", { x1: 0, y1: height, y2: height });
  const element = draw("svg", { class: "profile", preserveAspectRatio: "none", "aria-hidden": "true" }, base, here, line);
  element.style.setProperty("--aspect", aspect);

  const show = (numbers, rows, columns) => {
    const profile = means(numbers, rows, columns);
    const low = Math.min(...profile), high = Math.max(...profile);
    const y = (value) => (height * (1 - 0.94 * ((value - low) / (high - low || 1)) - 0.03)).toFixed(2);
    const points = [...profile].map((value, column) => `${column + 0.5} ${y(value)}`);
    element.setAttribute("viewBox", `0 0 ${columns} ${height}`);
    base.setAttribute("x2", columns);
    line.setAttribute("d", `M${points.join("L")}`);
  };
  const mark = (column) => {
    here.setAttribute("x1", column + 0.5);
    here.setAttribute("x2", column + 0.5);
  };
  return { element, show, mark };
}
