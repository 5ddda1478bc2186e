import type { Point, Square } from '../../protocol';
import { planeOf } from '../plane';
import type { Sheet } from '../sheet';

/** Of the side of the window, for a press of an arrow key. */
const stride = 1 / 50;
const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-stride, 0],
  ArrowRight: [stride, 0],
  ArrowUp: [0, stride],
  ArrowDown: [0, -stride],
};

interface ProbeOptions {
  isOn: () => boolean;
  window: () => Square;
  /** Where the point is, from where the keys move it. */
  at: () => Point;
  onMove: (point: Point) => void;
}

/** Moves a point over a sheet with the pointer or the arrow keys. */
export function probeOn(sheet: Sheet, { isOn, window, at, onMove }: ProbeOptions): void {
  const { canvas } = sheet;
  const follow = ({ offsetX, offsetY, buttons }: PointerEvent) => {
    // A pen that is not down may be followed.
    if (isOn() || !buttons) onMove(planeOf(sheet, window()).toPoint(offsetX, offsetY));
  };
  canvas.addEventListener('pointerdown', follow);
  canvas.addEventListener('pointermove', follow);
  canvas.addEventListener('keydown', (event) => {
    const arrow = arrows[event.key];
    if (!arrow) return;
    event.preventDefault();
    if (!isOn()) return;
    const [[left, right]] = window();
    const [x, y] = at();
    onMove([x + arrow[0] * (right - left), y + arrow[1] * (right - left)]);
  });
}
