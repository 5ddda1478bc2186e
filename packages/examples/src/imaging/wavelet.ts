/** Samples to a period of the wavelet at its peak frequency; it is as long before its middle as after. */
export const period = 5;

/** A Ricker wavelet, the negative second derivative of a Gaussian.   Ricker 1953, doi:10.1190/1.1437843. */
export const wavelet = Array.from({ length: 2 * period + 1 }, (_, k) => {
  const u = ((Math.PI * (k - period)) / period) ** 2;
  return (1 - 2 * u) * Math.exp(-u);
});
