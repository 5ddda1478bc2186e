import { conditional } from './conditional';
import { hold, onCpu } from './hold';

hold('wasm', conditional);
hold('cpu', onCpu(conditional));
