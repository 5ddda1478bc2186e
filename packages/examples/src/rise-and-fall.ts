/** A share of the highest learning rate, t from 0 to 1: it rises from `first` over a twentieth of the time and falls as half a cosine. */
export const riseAndFall = (t: number, first = 0): number =>
  Math.min(1, first + 20 * t) * (1 + Math.cos(Math.PI * t)) * 0.5;
