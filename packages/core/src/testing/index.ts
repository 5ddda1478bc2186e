export * from './laws';
export { activationBytes, type Peak, peakBytes } from './peak';
