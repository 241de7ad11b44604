// The page: reads the embedded content and builds a section for each part that is there.
import { curves_chart, depth_chart, redraw_charts, reliability_chart } from "./charts.js";
import { make } from "./dom.js";
import { fit_browser } from "./fit_browser.js";
import { picture_gallery, twin_gallery } from "./gallery.js";
import { interface_view } from "./interface_view.js";
import { scan_browser, scan_lead } from "./scan_browser.js";
import { answer_facts, class_bars, confusion_table, measures_table, text_table, tree, warnings } from "./tables.js";

function section(id, title, lead, ...children) {
  return make("section", { id, "aria-labelledby": `${id}-title` },
    make("h2", { id: `${id}-title` }, title), lead ? make("p", { class: "lead" }, lead) : null, ...children);
}

/** A withheld answer is said first, smaller worries last. */
function in_order(prediction) {
  const worries = warnings(prediction), parts = [class_bars(prediction), answer_facts(prediction)];
  return (prediction.abstains ? [worries, ...parts] : [...parts, worries]).filter(Boolean);
}

function answer({ prediction, drawing }) {
  if (!prediction && !drawing) return null;
  const words = prediction
    ? make("div", { class: "words" }, ...in_order(prediction))
    : null;
  const picture = drawing ? interface_view(drawing, prediction) : null;
  return section("answer", prediction ? "The interface" : "The specimen", "", make("div", { class: "answer" }, picture, words));
}

async function scan({ scan: content }) {
  return content && section("scan", "The scan", scan_lead(content), await scan_browser(content));
}

async function fit({ fit: patterns }) {
  return patterns && section("fit", "Best fit", "Patterns on the standard grid beside those of the interface that fits them best.", await fit_browser(patterns));
}

/** A part that brings its own heading. */
async function own_section(id, { title, lead, tables, charts, pictures }) {
  return section(id, title, lead,
    pictures ? await picture_gallery(pictures) : null,
    ...(tables ?? []).map(text_table),
    charts ? make("div", { class: "figures" }, ...charts.map(curves_chart)) : null);
}

const map = (content) => content.map && own_section("map", content.map);
const registration = (content) => content.registration && own_section("registration", content.registration);

function trust(content) {
  const { measures, confusion, reliability, depths, learning_curve, charts } = content;
  const figures = [
    confusion && confusion_table(confusion),
    depths && depth_chart(depths),
    reliability && reliability_chart(reliability),
    learning_curve && curves_chart(learning_curve),
    ...(charts ?? []).map(curves_chart),
  ].filter(Boolean);
  if (!measures && !figures.length) return null;
  return section("trust", "How far to trust it", "Measured on interfaces that the network never saw. Intervals resample families of structures, not patterns.",
    measures ? measures_table(measures, content.measures_note) : null, make("div", { class: "figures" }, ...figures));
}

const own_sections = ({ sections }) => Promise.all((sections ?? []).map((part, i) => own_section(`part-${i + 1}`, part)));

async function twins({ twins: pairs }) {
  return pairs && section("twins", "Twins", "Pairs with the same projected composition in every column: only the order of the atoms along the beam differs, and only the patterns tell.", await twin_gallery(pairs));
}

function provenance({ provenance: settings }) {
  return settings && section("settings", "Settings and origin", "", tree(settings));
}

function contents(sections) {
  if (sections.length < 2) return;
  const links = sections.map((part) => make("a", { href: `#${part.id}` }, part.querySelector("h2").textContent));
  document.querySelector("nav").append(...links);
}

/** Charts are drawn in fixed colours: again when the reader's scheme changes, and in light ones for print. */
function follow_colours() {
  const print = (theme) => () => {
    document.documentElement.dataset.theme = theme;
    redraw_charts();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw_charts);
  addEventListener("beforeprint", print("light"));
  addEventListener("afterprint", print("auto"));
}

async function show() {
  const content = JSON.parse(document.getElementById("content").textContent);
  const parts = [answer, map, scan, fit, registration, trust, own_sections, twins, provenance];
  const sections = (await Promise.all(parts.map((part) => part(content)))).flat().filter(Boolean);
  document.querySelector("main").append(...sections);
  contents(sections);
  follow_colours();
  document.documentElement.dataset.ready = "yes";
}

show().catch((error) => {
  document.querySelector("main").append(make("p", { class: "note strong" }, `This browser could not draw the report (${error.message}). A current Firefox, Chromium or Safari can.`));
  throw error;
});
