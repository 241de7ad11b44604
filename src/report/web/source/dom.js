// Small hands for building elements.

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** An HTML element; text children are text, never markup. */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** A figure: heading, one plain sentence, what it shows. */
export function figure(title, meaning, ...children) {
  const heading = title ? make("h3", {}, title) : null;
  const lead = meaning ? make("p", { class: "meaning" }, meaning) : null;
  return make("figure", {}, heading, lead, ...children);
}

let groups = 0;

/** Buttons of which one is chosen: radio buttons in their looks and keys. `choices` are [value, label] pairs. */
export function choice(name, choices, chosen, onchange) {
  const group = `choice-${++groups}`;
  const buttons = choices.map(([value, label]) => {
    const input = make("input", { type: "radio", name: group, value, checked: value === chosen });
    input.addEventListener("change", () => onchange(value));
    return make("label", {}, input, make("span", {}, label));
  });
  return make("div", { class: "choice", role: "radiogroup", "aria-label": name }, ...buttons);
}
