import { autoregressive } from './autoregressive';
import { hold, onCpu } from './hold';

hold('wasm', autoregressive);
hold('cpu', onCpu(autoregressive));
