import { elementwise } from './elementwise';
import { hold, onCpu } from './hold';

hold('wasm', elementwise);
hold('cpu', onCpu(elementwise));
