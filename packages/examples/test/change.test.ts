import { twoDates } from '../src/change/dates';
import { pointLabels } from '../src/change/labels';
import { greenness } from '../src/change/land';
import { loadLandsat } from '../src/data/landsat';

const [side, seed] = [64, 3];
const scene = loadLandsat();
const dates = twoDates(scene, side, seed);

test('the same seed makes the same dates, another one others', () => {
  expect(twoDates(scene, side, seed)).toEqual(dates);
  expect(twoDates(scene, side, seed + 1).truth).not.toEqual(dates.truth);
});

test('the first date is the middle of the scene; a tenth of the pixels has changed, from plants to soil or back', () => {
  const bands = scene.bands.length;
  const from = (scene.side - side) / 2;
  const start = (from * scene.side + from) * bands;
  expect(dates.before.slice(0, side * bands)).toEqual(scene.values.slice(start, start + side * bands));
  const changed = Array.from(dates.truth.keys()).filter((p) => dates.truth[p] === 1);
  expect(changed.length / side ** 2).toBeGreaterThan(0.1);
  expect(changed.length / side ** 2).toBeLessThan(0.15);
  const difference = (p: number) => greenness(dates.after, p * bands) - greenness(dates.before, p * bands);
  const mean = (pixels: number[]) =>
    pixels.reduce((sum, p) => sum + Math.abs(difference(p)), 0) / pixels.length;
  const same = Array.from(dates.truth.keys()).filter((p) => dates.truth[p] === 0);
  expect(mean(changed)).toBeGreaterThan(2 * mean(same));
});

test('labels are different pixels, as many of each class, and right', () => {
  const labels = pointLabels(dates.truth, side, 35, seed);
  expect(new Set(labels.map(({ y, x }) => y * side + x)).size).toBe(70);
  expect(labels.filter((l) => l.changed === 1)).toHaveLength(35);
  for (const { y, x, changed } of labels) expect(dates.truth[y * side + x]).toBe(changed);
});
