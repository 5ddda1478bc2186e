import { continuous } from './continuous';
import { hold, onCpu } from './hold';

hold('wasm', continuous);
hold('cpu', onCpu(continuous));
