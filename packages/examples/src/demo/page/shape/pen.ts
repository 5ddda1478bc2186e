import { cells, type Stroke } from '../../protocol';

interface Pen {
  /** Takes all strokes away. */
  clear(): void;
  strokes(): readonly Stroke[];
}

interface PenOptions {
  strokes: readonly Stroke[];
  isOn: () => boolean;
  /** A line grows. */
  onLine: () => void;
  /** The pen is lifted, or the sheet is cleared. */
  onDone: () => void;
}

/** Cells that an arrow key goes. */
const stride = 2;
const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-stride, 0],
  ArrowRight: [stride, 0],
  ArrowUp: [0, -stride],
  ArrowDown: [0, stride],
};

/** Draws lines on a canvas with the pointer, or with Enter and the arrow keys. */
export function penOn(canvas: HTMLCanvasElement, { strokes: first, isOn, onLine, onDone }: PenOptions): Pen {
  let strokes = [...first];
  let line: [number, number][] | undefined;
  let at: [number, number] = [cells / 2, cells / 2];
  const begin = () => {
    line = [at];
    strokes = [...strokes, line];
    onLine();
  };
  const go = (x: number, y: number) => {
    at = [Math.max(0, Math.min(cells, x)), Math.max(0, Math.min(cells, y))];
    line?.push(at);
    if (line) onLine();
  };
  const lift = () => {
    if (line) onDone();
    line = undefined;
  };
  const place = ({ offsetX, offsetY }: PointerEvent): [number, number] => [
    (cells * offsetX) / canvas.clientWidth,
    (cells * offsetY) / canvas.clientHeight,
  ];
  canvas.addEventListener('pointerdown', (event) => {
    if (!isOn()) return;
    canvas.setPointerCapture(event.pointerId);
    at = place(event);
    begin();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (isOn() && event.buttons) go(...place(event));
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, lift);
  canvas.addEventListener('keydown', ({ key }) => {
    if (!isOn()) return;
    const arrow = arrows[key];
    if (arrow) go(at[0] + arrow[0], at[1] + arrow[1]);
    if (key === 'Enter') (line ? lift : begin)();
  });
  canvas.addEventListener('blur', lift);
  return {
    strokes: () => strokes,
    clear() {
      [strokes, line] = [[], undefined];
      onDone();
    },
  };
}
