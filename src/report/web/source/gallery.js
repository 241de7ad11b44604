// Still pictures: twins that differ only in the order of their atoms, and the steps of registration.
import { make } from "./dom.js";
import { colour_bar, marked_still, still } from "./picture.js";
import { unpack } from "./unpack.js";

/** The lower end of a logarithmic scale: at most four decades down. */
function lowest(numbers, high) {
  const smallest = numbers.reduce((least, value) => (value > 0 && value < least ? value : least), high);
  return Math.max(high * 1e-4, smallest);
}

function titled(title, picture, bar) {
  return make("div", { class: "titled" }, make("h4", {}, title), picture, bar);
}

/** Rough, diffuse, and their difference on a scale centred on 0. */
async function twin_row(twin) {
  const [rough, diffuse] = await Promise.all([unpack(twin.rough), unpack(twin.diffuse)]);
  const [height, width] = rough.shape;
  const difference = rough.numbers.map((value, i) => value - diffuse.numbers[i]);
  const high = Math.max(rough.high, diffuse.high), most = difference.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  const pattern = { map: "cividis", low: lowest(rough.numbers, high), high, logarithmic: true };
  const signed = { map: "signed", low: -most, high: most };
  const cell = (title, numbers, look) => titled(title, still(numbers, height, width, look, `${title}: ${twin.caption}`), colour_bar(look));
  return make(
    "figure",
    { class: "twin" },
    make("figcaption", {}, twin.caption),
    make("div", { class: "triple" }, cell("Stepped", rough.numbers, pattern), cell("Diffuse", diffuse.numbers, pattern),
      cell("Stepped − diffuse", difference, signed)),
  );
}

export async function twin_gallery(twins) {
  return make("div", { class: "twins" }, ...(await Promise.all(twins.map(twin_row))));
}

async function picture_figure({ image, logarithmic, caption, pixel_aspect, marks }) {
  const { shape, low, high, numbers } = await unpack(image);
  const look = { map: "cividis", low, high, logarithmic: logarithmic && low > 0 };
  return make("figure", {}, marked_still(numbers, shape[0], shape[1], look, caption, { pixel_aspect, marks }), make("figcaption", {}, caption));
}

export async function picture_gallery(pictures) {
  return make("div", { class: "pictures" }, ...(await Promise.all(pictures.map(picture_figure))));
}
