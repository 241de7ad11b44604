// Choosing a position on a map, by pointer or by keys.
import { draw } from "./dom.js";

/** {at: {row, column}, held}, in the middle at first; `moved` is called after each change. */
export function position_picker(element, rows, columns, moved) {
  const picker = { at: { row: Math.floor(rows / 2), column: Math.floor(columns / 2) }, held: false };
  const within = (value, count) => Math.max(0, Math.min(count - 1, value));
  const move_to = (row, column) => {
    picker.at = { row: within(row, rows), column: within(column, columns) };
    moved();
  };
  const point = (event) => {
    const box = element.getBoundingClientRect();
    move_to(Math.floor(((event.clientY - box.top) / box.height) * rows), Math.floor(((event.clientX - box.left) / box.width) * columns));
  };
  const press = (event) => {
    const step = event.shiftKey ? 5 : 1;
    const { row, column } = picker.at;
    const targets = {
      ArrowUp: [row - step, column],
      ArrowDown: [row + step, column],
      ArrowLeft: [row, column - step],
      ArrowRight: [row, column + step],
      Home: [row, 0],
      End: [row, columns - 1],
    };
    if (!targets[event.key]) return;
    event.preventDefault();
    picker.held = true;
    move_to(...targets[event.key]);
  };
  element.tabIndex = 0;
  element.setAttribute("role", "application");
  element.addEventListener("pointermove", (event) => picker.held || point(event));
  element.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse") picker.held = !picker.held;
    point(event);
  });
  element.addEventListener("keydown", press);
  return picker;
}

/** The frame around the chosen position. */
export function position_mark(row, column) {
  const box = { x: column, y: row, width: 1, height: 1 };
  return [draw("rect", { ...box, class: "mark-outer" }), draw("rect", { ...box, class: "mark" })];
}
