/** What the page and its worker say to each other. Nothing here needs TensorFlow.js, which the page does not load. */

/** The best first: the steps of a small flow are so short that a GPU is mostly waited for. */
export const backendNames = ['wasm', 'webgpu', 'webgl'] as const;
export type BackendName = (typeof backendNames)[number];

export const shapeNames = [
  'eightGaussians',
  'twoMoons',
  'checkerboard',
  'rings',
  'banana',
  'pinwheel',
  'spirals',
  'drawn',
] as const;
export type ShapeName = (typeof shapeNames)[number];

export const couplingNames = ['spline', 'affine'] as const;

/** Points of a line that was drawn, both coordinates from 0 to `cells`, y downwards. */
export type Stroke = readonly (readonly [x: number, y: number])[];

/** Along each axis of the sheet that is drawn on. */
export const cells = 64;

/** Lines of the grid of latents along each axis, at −3, −2.5, …, 3; so many points on each. */
export const [linesOfGrid, pointsOfLine] = [13, 49];

/** [from, to] along both axes, as long on one as on the other. */
export type Square = readonly [x: readonly [number, number], y: readonly [number, number]];

export type Point = readonly [x: number, y: number];

export interface LessonSettings {
  shape: ShapeName;
  /** Of the shape `drawn`. */
  strokes: readonly Stroke[];
  coupling: (typeof couplingNames)[number];
  seed: number;
}

/** What does not change in the course of a lesson. */
export interface Subject {
  window: Square;
  entropy: number | null;
  /** Of the data, [n, 2]. */
  points: Float32Array;
}

/** The flow at a moment. Points are [n, 2]; those of one index belong together from frame to frame. */
export interface Frame {
  step: number;
  /** log q in the middle of each of side × side pixels of the window, by rows from the top. */
  logDensity: Float32Array;
  side: number;
  /** x = f⁻¹(z) of the same draws z. */
  samples: Float32Array;
  /** x = f⁻¹(z) of the lines of a grid of latents, one after the other. */
  grid: Float32Array;
  /** z = f(x) of the data. */
  latents: Float32Array;
}

/** How good the flow is on held-out points, in nats. */
export interface Score {
  step: number;
  /** Mean −log q. */
  crossEntropy: number;
  /** Mean log p − log q, the divergence from the data, where log p is known. */
  gap: number | null;
}

/** A point there and back, from either end. */
export interface Trip {
  x: Point;
  z: Point;
  /** log q(x) */
  logDensity: number;
  /** log|det ∂z/∂x| */
  logDet: number;
  /** Distance of the point that came back from the one that set out. */
  error: number;
}

/** A flow that learns a shape: whoever shows it asks for some more steps, and for a frame. */
export interface Lesson {
  subject: Subject;
  /** Makes steps until a time is over, at least one, or exactly so many. Resolves with the number made so far. */
  advance(budget: { milliseconds: number } | { steps: number }): Promise<number>;
  frame(side: number): Promise<Frame>;
  score(): Promise<Score>;
  /** From a point of one side to the other, and back. */
  travel(from: 'x' | 'z', point: Point): Promise<Trip>;
  end(): void;
}

/** Couplings on images [batch, size, size, 16]. */
export interface NeedlesSettings {
  depth: number;
  size: number;
  batch: number;
}

export const gradientKinds = ['reversible', 'stored'] as const;
/** How a training step comes by its activations on the way back. */
export type GradientKind = (typeof gradientKinds)[number];

/** What `inn.memoryPlan` predicts of a training step, in bytes beyond the weights and the batch. */
export interface Prediction extends Record<GradientKind, number> {
  /** The greatest depth at which stored activations stay within the limit that was asked for. */
  deepest: number;
}

/** A training step that was made: the most bytes alive at once beyond the weights and the batch. */
export interface Measured {
  bytes: number;
  milliseconds: number;
}
