import { couplings } from './couplings';
import { hold, onCpu } from './hold';

hold('wasm', couplings);
hold('cpu', onCpu(couplings));
