export * from './laws';
export { type Peak, peakBytes } from './peak';
