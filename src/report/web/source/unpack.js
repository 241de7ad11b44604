// Back from the page's text to numbers: base64, gzip, coding (packed.h is the way there).

async function bytes_of(text) {
  const zipped = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/** What each of the 256 codes stands for. */
function values_of_codes({ coding, low, high }) {
  const values = new Float32Array(256);
  for (let code = 0; code < 256; ++code)
    values[code] =
      coding === "linear8" ? low + ((high - low) * code) / 255 : code === 0 ? 0 : low * (high / low) ** ((code - 1) / 254);
  return values;
}

/** Codes as they travelled: {shape, low, high, codes: Uint8Array, values: 256 numbers}. */
export async function unpack_codes(packed) {
  const codes = new Uint8Array(await bytes_of(packed.data));
  return { shape: packed.shape, low: packed.low, high: packed.high, codes, values: values_of_codes(packed) };
}

/** Numbers: {shape, low, high, numbers: Float32Array}. */
export async function unpack(packed) {
  const { shape, low, high } = packed;
  if (packed.coding === "float32") return { shape, low, high, numbers: new Float32Array(await bytes_of(packed.data)) };
  const { codes, values } = await unpack_codes(packed);
  return { shape, low, high, numbers: Float32Array.from(codes, (code) => values[code]) };
}
