import { onScheme } from './colours';

/** A canvas as sharp as the screen. Lengths are pixels of CSS. */
export interface Sheet {
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
  width(): number;
  height(): number;
  /** Draws anew as soon as the browser shows the next picture. */
  redraw(): void;
}

/** Draws on a canvas when asked to, and when its size or the colour scheme changes. */
export function sheetOn(canvas: HTMLCanvasElement, draw: (sheet: Sheet) => void): Sheet {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser does not draw on a canvas.');
  let asked = 0;
  const sheet: Sheet = {
    canvas,
    context,
    width: () => canvas.clientWidth,
    height: () => canvas.clientHeight,
    redraw() {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => {
        const scale = devicePixelRatio;
        [canvas.width, canvas.height] = [
          Math.round(sheet.width() * scale),
          Math.round(sheet.height() * scale),
        ];
        context.scale(scale, scale);
        draw(sheet);
      });
    },
  };
  new ResizeObserver(() => sheet.redraw()).observe(canvas);
  onScheme(() => sheet.redraw());
  return sheet;
}
