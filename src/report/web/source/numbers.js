// Numbers as a reader wants them.

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function power(exponent) {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => superscripts[digit]);
  return "10" + (exponent < 0 ? "⁻" : "") + digits;
}

/** 0.01, 1, 1000, then 10⁴ …: the ticks of a logarithmic axis. */
export function power_of_ten(value) {
  const exponent = Math.round(Math.log10(value));
  return exponent < -3 || exponent > 3 ? power(exponent) : String(Number(value.toPrecision(3)));
}

const whole = (value) => (Math.abs(value) < 10000 ? String(Math.round(value)) : Math.round(value).toLocaleString("en"));

/** `digits` significant ones; a true minus sign; powers of ten for the very small and very large. */
export function format(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    const exponent = Math.floor(Math.log10(size) + 1e-9);
    return `${(value / 10 ** exponent).toPrecision(Math.max(2, digits - 1))} × ${power(exponent)}`.replace("-", "−");
  }
  const text = size >= 10 ** digits ? whole(value) : value.toPrecision(digits);
  return text.replace("-", "−");
}

/** With `decimals` behind the point. */
export const fixed = (value, decimals) =>
  value === null || !Number.isFinite(value) ? "–" : value.toFixed(decimals).replace("-", "−");

/** 0.973 → "97.3 %"; one decimal near the ends. */
export function percent(share) {
  if (share === null || !Number.isFinite(share)) return "–";
  const value = 100 * share;
  const decimals = (value > 0.05 && value < 10) || (value > 90 && value < 99.95) ? 1 : 0;
  return `${value.toFixed(decimals)}\u00a0%`; // the space does not break
}

/** The largest of 1, 2, 5 × 10ⁿ that is no more than `value`: lengths of scale bars, steps of axes. */
export function round_below(value) {
  const decade = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].map((step) => step * decade).find((step) => step <= value * 1.0001) ?? decade;
}

/** Chemistry's lowered numbers: "SrTiO3" → "SrTiO₃". */
export const formula = (text) => text.replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
