import { megabytes } from './megabytes';

const svg = 'http://www.w3.org/2000/svg';
const radius = 88;
/** The ends of the scale, in bytes: powers of ten. */
const [from, to] = [6, 10];

export interface Dial {
  /** Turns the needle to so many bytes, or lays it down. */
  show(bytes: number | undefined, words: string): void;
  /** Sets the mark of the prediction. */
  predict(bytes: number | undefined): void;
}

/** Degrees from the upright. */
const angleOf = (bytes: number): number =>
  -90 + (180 * (Math.max(from, Math.min(to, Math.log10(bytes))) - from)) / (to - from);

const element = (name: string, attributes: Record<string, string>, text = ''): SVGElement => {
  const made = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};

/** A half-round scale of bytes, logarithmic, with a needle and the mark of a prediction. */
export function dialIn(place: HTMLElement, name: string): Dial {
  const figure = element('svg', { viewBox: '-120 -112 240 132', role: 'img', 'aria-label': name });
  const arc = `M ${-radius} 0 A ${radius} ${radius} 0 0 1 ${radius} 0`;
  figure.append(element('path', { class: 'arc', d: arc }));
  for (let power = from; power <= to; power++) {
    const turn = `rotate(${angleOf(10 ** power)})`;
    figure.append(
      element('line', { class: 'tick', y1: String(-radius), y2: String(8 - radius), transform: turn }),
    );
    const angle = (angleOf(10 ** power) * Math.PI) / 180;
    const [x, y] = [(radius + 14) * Math.sin(angle), 4 - (radius + 10) * Math.cos(angle)];
    figure.append(element('text', { x: String(x), y: String(y) }, megabytes(10 ** power)));
  }
  const mark = element('path', { class: 'mark', d: `M 0 ${2 - radius} l -6 13 h 12 z` });
  const needle = element('path', {
    class: 'needle',
    d: `M -3.5 0 L 0 ${14 - radius} L 3.5 0 A 3.5 3.5 0 0 1 -3.5 0 z`,
  });
  figure.append(mark, needle);
  place.prepend(figure);
  const turn = (part: SVGElement, bytes: number | undefined) => {
    part.style.transform = `rotate(${bytes === undefined ? -90 : angleOf(bytes)}deg)`;
  };
  const dial: Dial = {
    show(bytes, words) {
      turn(needle, bytes);
      figure.setAttribute('aria-label', `${name}: ${words}`);
    },
    predict(bytes) {
      mark.style.visibility = bytes === undefined ? 'hidden' : 'visible';
      turn(mark, bytes);
    },
  };
  dial.show(undefined, 'nothing measured yet');
  dial.predict(undefined);
  return dial;
}
