import { continuous } from './continuous';
import { hold, iterated, onCpu } from './hold';

hold('wasm', continuous);
hold('cpu', onCpu(iterated(continuous)));
