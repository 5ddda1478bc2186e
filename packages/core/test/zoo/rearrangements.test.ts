import { hold, onCpu } from './hold';
import { rearrangements } from './rearrangements';

hold('wasm', rearrangements);
hold('cpu', onCpu(rearrangements));
