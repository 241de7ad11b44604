// Numbers as a picture: one canvas pixel a number, enlarged without blur by the style sheet; with its colour bar.
import { draw, make } from "./dom.js";
import { colour_maps, gradient } from "./colour_maps.js";
import { format } from "./numbers.js";

/** A function number → 0 … 255. */
export function scale_of({ low, high, logarithmic }) {
  if (!logarithmic) return (value) => (255 * (value - low)) / (high - low || 1);
  const origin = Math.log(low), factor = 255 / (Math.log(high) - origin || 1);
  return (value) => (value > low ? (Math.log(value) - origin) * factor : 0);
}

/** Draws height × width numbers; `look` = {map, low, high, logarithmic}. */
export function paint(canvas, numbers, height, width, look) {
  canvas.height = height;
  canvas.width = width;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const colours = colour_maps[look.map], scale = scale_of(look);
  for (let i = 0; i < height * width; ++i) {
    const index = 3 * Math.max(0, Math.min(255, Math.round(scale(numbers[i])) || 0));
    image.data.set([colours[index], colours[index + 1], colours[index + 2], 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

/** The bar under a picture: lowest and highest number at its ends. */
export function colour_bar(look, unit = "") {
  const bar = make("span", { class: "ramp", style: `background:${gradient(look.map)}` });
  const end = (value) => make("span", {}, format(value, 2));
  return make("div", { class: "colour-bar" }, end(look.low), bar, end(look.high), unit ? make("span", {}, unit) : null);
}

/** A still picture with its caption. */
export function still(numbers, height, width, look, label) {
  const canvas = make("canvas", { class: "picture", role: "img", "aria-label": label });
  paint(canvas, numbers, height, width, look);
  canvas.style.aspectRatio = `${width} / ${height}`;
  return canvas;
}

/** A canvas under a drawing of the same extents, in pixels of the data. */
export function stage(height, width, aspect, label) {
  const canvas = make("canvas", { class: "picture", "aria-hidden": "true" });
  const overlay = draw("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const element = make("div", { class: "stage", "aria-label": label }, canvas, overlay);
  element.style.aspectRatio = String(aspect);
  element.style.setProperty("--aspect", aspect);
  return { element, canvas, overlay };
}

/** Ellipses, lines and names over a picture; whole numbers are the middles of pixels. */
function add_marks({ element, overlay }, { ellipses, lines, labels }, height, width) {
  const middle = (value) => value + 0.5;
  overlay.append(
    ...ellipses.map(([row, column, ry, rx]) => draw("ellipse", { cy: middle(row), cx: middle(column), ry, rx, class: "found" })),
    ...lines.map(([y1, x1, y2, x2, weight]) =>
      draw("line", { y1: middle(y1), x1: middle(x1), y2: middle(y2), x2: middle(x2), class: weight === "strong" ? "plane" : "fine" })),
  );
  const share = (value, size) => `${(100 * middle(value)) / size}%`;
  element.append(...labels.map(([row, column, text]) =>
    make("span", { class: "name", style: `top:${share(row, height)};left:${share(column, width)}` }, text)));
}

/** A still picture with marks over it; pixels `pixel_aspect` times as wide as high. */
export function marked_still(numbers, height, width, look, label, { pixel_aspect = 1, marks } = {}) {
  const place = stage(height, width, (width * pixel_aspect) / height, label);
  place.element.setAttribute("role", "img");
  paint(place.canvas, numbers, height, width, look);
  if (marks) add_marks(place, marks, height, width);
  return place.element;
}
