import { exact } from './exact';
import { hold, onCpu } from './hold';

hold('wasm', exact);
hold('cpu', onCpu(exact));
