import { hold, onCpu } from './hold';
import { linear } from './linear';

hold('wasm', linear);
hold('cpu', onCpu(linear));
